//! A provider in this process under real Terraform: the lifecycle of resources and their states.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use serde_json::json;
use tfplugin::acceptance::{Feature, RecordedResource, Workspace};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Nesting, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Adopted, Attr, Change, Context, Diagnostic, Diagnostics, Import, ListResource, ListResources, Listing,
    MovedState, Provider, Resource, Resources, StoredState, Type, Value, to_value,
};

use crate::example::object;
use crate::terraform::{require, terraform};

const ADDRESS: &str = "example.com/tfplugin/cloud";

/// The objects of the cloud, by id. They outlive what Terraform knows of them.
type Objects = Arc<Mutex<BTreeMap<String, Machine>>>;

#[derive(Default)]
struct Cloud {
    objects: Objects,
}

impl Provider for Cloud {
    type Config = ();
    type Client = Objects;

    async fn configure(&self, (): (), _: &Context) -> Result<Objects, Diagnostics> {
        Ok(Arc::clone(&self.objects))
    }

    fn meta_schema(&self) -> Option<Schema> {
        Some(Schema::new("").attribute(Attribute::string("module").optional()))
    }

    fn resources(&self) -> Resources<Objects> {
        Resources::new().with(Machines)
    }

    fn list_resources(&self) -> ListResources<Objects> {
        ListResources::new().with(Machines)
    }
}

struct Machines;

#[derive(Clone, Deserialize, Serialize)]
struct Machine {
    id: Attr<String>,
    zone: Attr<String>,
    name: Attr<String>,
    text: Attr<String>,
    disks: Attr<Vec<Disk>>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Disk {
    name: Attr<String>,
    size: Attr<i64>,
    path: Attr<String>,
}

/// What a module passes on.
#[derive(Deserialize)]
struct Meta {
    module: String,
}

#[derive(Deserialize, Serialize)]
struct Identity {
    id: String,
}

impl Machine {
    fn known(mut self, id: String) -> Self {
        self.id = Attr::Known(id);
        if let Attr::Known(disks) = &mut self.disks {
            for disk in disks {
                disk.path = disk.name.as_deref().map(|name| format!("/dev/{name}"));
            }
        }
        self
    }
}

fn missing(id: &str) -> Diagnostics {
    Diagnostic::error("No such machine", format!("There is no machine `{id}`.")).into()
}

impl Resource<Objects> for Machines {
    type Model = Machine;

    fn name(&self) -> &'static str {
        "cloud_machine"
    }

    fn schema(&self) -> Schema {
        let disk = [
            Attribute::string("name").required(),
            Attribute::number("size").default_value(10),
            Attribute::string("path").computed(),
        ];
        Schema::new("A machine.")
            .version(2)
            .attribute(Attribute::string("id").computed().use_state_for_unknown())
            .attribute(Attribute::string("zone").required().requires_replace())
            .attribute(Attribute::string("name").optional())
            .attribute(Attribute::string("text").optional())
            .attribute(Attribute::nested("disks", Nesting::Set, disk).optional())
    }

    async fn create(
        &self,
        planned: Machine,
        _: &mut Change<Machine>,
        context: &Context<Objects>,
    ) -> Result<Machine, Diagnostics> {
        if let Some(meta) = context.provider_meta::<Meta>()? {
            context.warn(Diagnostic::warning(format!("Called by {}", meta.module), ""));
        }
        let mut objects = context.client().lock().unwrap();
        let id = format!("m-{}", objects.len());
        let made = planned.known(id.clone());
        objects.insert(id, made.clone());
        Ok(made)
    }

    async fn read(
        &self,
        state: Machine,
        _: &mut tfplugin::PrivateState,
        context: &Context<Objects>,
    ) -> Result<Option<Machine>, Diagnostics> {
        if context.provider_meta::<Meta>()?.is_some()
            && let Some(identity) = context.identity::<Identity>()?
        {
            let version = context.terraform_version().unwrap_or_default();
            context.warn(Diagnostic::warning(format!("{version} knows {}", identity.id), ""));
        }
        let objects = context.client().lock().unwrap();
        Ok(state.id.as_deref().known().and_then(|id| objects.get(id).cloned()))
    }

    async fn update(
        &self,
        prior: Machine,
        planned: Machine,
        _: &mut Change<Machine>,
        context: &Context<Objects>,
    ) -> Result<Machine, Diagnostics> {
        let id = prior.id.known().unwrap_or_default();
        let changed = planned.known(id.clone());
        context.client().lock().unwrap().insert(id, changed.clone());
        Ok(changed)
    }

    async fn delete(
        &self,
        state: Machine,
        _: &mut Change<Machine>,
        context: &Context<Objects>,
    ) -> Result<(), Diagnostics> {
        context.client().lock().unwrap().remove(&state.id.known().unwrap_or_default());
        Ok(())
    }

    async fn import(
        &self,
        import: Import,
        context: &Context<Objects>,
    ) -> Result<Adopted<Machine>, Diagnostics> {
        let id = match import {
            Import::Id(id) => id,
            by_identity @ Import::Identity(_) => by_identity.identity::<Identity>()?.id,
        };
        let found = context.client().lock().unwrap().get(&id).cloned();
        found.map(Adopted::from).ok_or_else(|| missing(&id))
    }

    /// Version 1 called the zone `region`.
    async fn upgrade(&self, stored: StoredState, _: &Context) -> Result<Machine, Diagnostics> {
        #[derive(Deserialize)]
        struct Version1 {
            id: String,
            region: String,
        }
        let old: Version1 = stored.read()?;
        Ok(Machine { zone: Attr::Known(old.region), ..named(old.id) })
    }

    async fn move_state(
        &self,
        moved: MovedState,
        _: &Context,
    ) -> Result<Option<Adopted<Machine>>, Diagnostics> {
        #[derive(Deserialize)]
        struct Data {
            output: String,
        }
        let data: Data = moved.state.read_as(&Type::object([("output", Type::Dynamic)]))?;
        Ok((moved.resource == "terraform_data").then(|| named(data.output).into()))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("id", Type::String)]))
    }

    fn identity(&self, state: &Machine) -> Result<Value, Diagnostics> {
        Ok(to_value(&Identity { id: state.id.clone().known().unwrap_or_default() })?)
    }
}

#[derive(Deserialize)]
struct MachinesConfig {
    zone: Option<String>,
}

impl ListResource<Objects> for Machines {
    type Config = MachinesConfig;
    type Model = Machine;

    fn name(&self) -> &'static str {
        "cloud_machine"
    }

    fn schema(&self) -> Schema {
        Schema::new("Machines.").attribute(Attribute::string("zone").optional())
    }

    async fn list(
        &self,
        config: MachinesConfig,
        listing: &Listing<Machine>,
        context: &Context<Objects>,
    ) -> Result<(), Diagnostics> {
        let objects = context.client().lock().unwrap().clone();
        for (id, machine) in objects {
            if config.zone.is_none() || config.zone.as_deref() == machine.zone.as_deref().known() {
                listing.add(id, &machine).await?;
            }
        }
        context.warn(Diagnostic::warning("Listed", if listing.is_full() { "full" } else { "all" }));
        Ok(())
    }
}

fn named(id: String) -> Machine {
    let (zone, name, text, disks) = (Attr::Null, Attr::Null, Attr::Null, Attr::Null);
    Machine { id: Attr::Known(id), zone, name, text, disks }
}

/// A workspace and the objects of its cloud.
fn workspace() -> (Workspace, Objects) {
    let cloud = Cloud::default();
    let objects = Arc::clone(&cloud.objects);
    let workspace = Workspace::new(terraform()).unwrap().with_provider(ADDRESS, cloud).unwrap();
    require(&workspace, "cloud");
    (workspace, objects)
}

fn machine(zone: &str, more: &str) -> String {
    format!("resource \"cloud_machine\" \"m\" {{\n zone = \"{zone}\"\n {more}\n}}\n")
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn an_object_is_made_changed_and_replaced() {
    let (workspace, objects) = workspace();
    workspace.write("main.tf", &machine("a", "")).unwrap();
    workspace.apply().expect_success().expect_output("1 added");
    workspace.expect_no_changes();
    workspace.write("main.tf", &machine("a", "name = \"web\"")).unwrap();
    workspace.apply().expect_success().expect_output("0 added, 1 changed, 0 destroyed");
    workspace.write("main.tf", &machine("b", "name = \"web\"")).unwrap();
    let replaced = workspace.apply().expect_success();
    replaced.expect_output("# forces replacement").expect_output("1 added, 0 changed, 1 destroyed");
    workspace.expect_no_changes();
    objects.lock().unwrap().clear();
    workspace.plan().expect_success().expect_output("1 to add");
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn a_state_of_an_older_schema_is_upgraded() {
    let (workspace, objects) = workspace();
    objects
        .lock()
        .unwrap()
        .insert("m-7".into(), Machine { zone: Attr::Known("a".into()), ..named("m-7".into()) });
    workspace.write("main.tf", &machine("a", "")).unwrap();
    let recorded = json!({ "id": "m-7", "region": "a" });
    let recorded = RecordedResource::new(ADDRESS, "cloud_machine", "m", recorded).schema_version(1);
    workspace.write_state([recorded]).unwrap();
    workspace.expect_no_changes();
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn the_state_of_another_type_is_moved() {
    let (workspace, objects) = workspace();
    objects
        .lock()
        .unwrap()
        .insert("m-7".into(), Machine { zone: Attr::Known("a".into()), ..named("m-7".into()) });
    workspace.write("main.tf", "resource \"terraform_data\" \"m\" {\n input = \"m-7\"\n}\n").unwrap();
    workspace.apply().expect_success();
    let moved = "moved {\n from = terraform_data.m\n to = cloud_machine.m\n}\n";
    workspace.write("main.tf", &(machine("a", "") + moved)).unwrap();
    if workspace.is_rejected_without(Feature::MovesBetweenTypes) {
        return;
    }
    workspace.apply().expect_success().expect_output("0 added, 0 changed, 0 destroyed");
    workspace.expect_no_changes();
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn an_object_is_imported_by_id_and_by_identity() {
    for by in ["id = \"m-7\"", "identity = { id = \"m-7\" }"] {
        let (workspace, objects) = workspace();
        objects
            .lock()
            .unwrap()
            .insert("m-7".into(), Machine { zone: Attr::Known("a".into()), ..named("m-7".into()) });
        let import = format!("import {{\n to = cloud_machine.m\n {by}\n}}\n");
        workspace.write("main.tf", &(machine("a", "") + &import)).unwrap();
        if by.contains("identity") && workspace.is_rejected_without(Feature::ResourceIdentity) {
            continue;
        }
        workspace.apply().expect_success().expect_output("1 imported, 0 added, 0 changed, 0 destroyed");
        workspace.write("main.tf", &machine("a", "")).unwrap();
        workspace.expect_no_changes();
        workspace.import("cloud_machine.m", "m-8").expect_failure();
    }
    let (workspace, _) = workspace();
    workspace.write("main.tf", &machine("a", "")).unwrap();
    workspace.import("cloud_machine.m", "m-8").expect_error("There is no machine `m-8`.");
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn an_operation_knows_what_terraform_sends_along() {
    let (workspace, _) = workspace();
    let meta = "terraform {\n provider_meta \"cloud\" {\n module = \"web\"\n }\n}\n";
    workspace.write("main.tf", &(machine("a", "") + meta)).unwrap();
    workspace.apply().expect_success().expect_output("Called by web");
    let planned = workspace.plan().expect_success();
    if workspace.supports(Feature::ResourceIdentity) {
        planned.expect_output("Warning: 1.").expect_output(" knows m-0");
    }
}

/// Values that are not known yet, inside of objects in a set.
#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn sets_of_objects_take_values_that_are_not_known_yet() {
    let (workspace, objects) = workspace();
    let data = "resource \"terraform_data\" \"d\" {\n input = \"sdb\"\n}\n";
    let disks = "disks = [{ name = \"sda\" }, { name = terraform_data.d.output, size = 20 }, { name = \"sdc\", size = 20 }]";
    workspace.write("main.tf", &(machine("a", disks) + data)).unwrap();
    workspace.apply().expect_success();
    workspace.expect_no_changes();
    let Attr::Known(made) = objects.lock().unwrap()["m-0"].disks.clone() else { panic!("no disks") };
    let mut paths: Vec<_> =
        made.into_iter().map(|disk| (disk.path.known().unwrap(), disk.size.known().unwrap())).collect();
    paths.sort();
    let expected = [("/dev/sda", 10), ("/dev/sdb", 20), ("/dev/sdc", 20)];
    assert_eq!(paths, expected.map(|(path, size)| (path.to_owned(), size)));
    workspace.write("main.tf", &(machine("a", "disks = [{ name = \"sdc\", size = 20 }]") + data)).unwrap();
    workspace.apply().expect_success().expect_output("1 changed");
    workspace.expect_no_changes();
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn a_message_of_more_than_four_mebibytes_arrives() {
    let (workspace, objects) = workspace();
    let text =
        "text = join(\"\", [for _ in range(1024) : join(\"\", [for _ in range(512) : \"0123456789\"])])";
    workspace.write("main.tf", &machine("a", text)).unwrap();
    workspace.apply().expect_success();
    assert_eq!(objects.lock().unwrap()["m-0"].text.as_deref().known().map(str::len), Some(5_242_880));
}

fn zoned(objects: &Objects, machines: &[(&str, &str)]) {
    let zoned = |(id, zone): &(&str, &str)| {
        let machine = Machine { zone: Attr::Known((*zone).into()), ..named((*id).into()) };
        ((*id).to_owned(), machine)
    };
    objects.lock().unwrap().extend(machines.iter().map(zoned));
}

#[tokio::test]
async fn objects_are_listed_up_to_the_limit() {
    let cloud = Cloud::default();
    zoned(&cloud.objects, &[("m-1", "a"), ("m-2", "b"), ("m-3", "a")]);
    tfplugin::check(&cloud).unwrap();
    let client = Client::in_process(cloud).await.unwrap();
    client.configure(object([])).await.unwrap();
    let zone = |zone: &str| object([("zone", zone.into())]);
    let listed = client.list("cloud_machine", zone("a"), 10).await.unwrap();
    let names: Vec<_> = listed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["m-1", "m-3"]);
    assert_eq!(listed[0].1.value.get("zone"), Some(&"a".into()));
    assert_eq!(listed[0].1.identity.as_ref().unwrap().get("id"), Some(&"m-1".into()));
    assert_eq!(client.take_warnings()[0].detail(), "all");
    assert_eq!(client.list("cloud_machine", object([]), 2).await.unwrap().len(), 2);
    assert_eq!(client.take_warnings()[0].detail(), "full");
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn terraform_queries_and_writes_a_configuration() {
    let (workspace, objects) = workspace();
    zoned(&objects, &[("m-1", "a"), ("m-2", "b"), ("m-3", "a")]);
    let query = "list \"cloud_machine\" \"all\" {\n provider = cloud\n config {\n zone = \"a\"\n }\n}\n";
    workspace.write("main.tfquery.hcl", query).unwrap();
    if !workspace.supports(Feature::Queries) {
        workspace.query().expect_failure();
        return;
    }
    let listed = workspace.run(["query", "-generate-config-out=found.tf"]).expect_success();
    listed.expect_output("id=m-1").expect_output("id=m-3");
    let written = std::fs::read_to_string(workspace.path().join("found.tf")).unwrap();
    assert!(written.contains("resource \"cloud_machine\"") && written.contains("zone"), "{written}");
    // The id is in the identity to import by, and not among the arguments.
    assert_eq!(written.matches("\"m-1\"").count(), 1, "{written}");
}
