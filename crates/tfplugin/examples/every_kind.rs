//! A provider with one of every kind, around files in a directory. `README.md` has a smaller one to begin with.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, Schema};
use tfplugin::{
    Action, Actions, Adopted, Attr, Change, Context, DataSource, DataSources, Diagnostic, Diagnostics,
    EphemeralResource, EphemeralResources, Function, Functions, Import, MovedState, Opened, Parameter, Plan,
    PrivateState, Progress, Provider, Resource, Resources, ResultExt, Signature, StoredState, Type, Value,
    to_value,
};

fn main() -> ExitCode {
    tfplugin::serve(Files)
}

/// The provider.
struct Files;

#[derive(Deserialize)]
struct FilesConfig {
    directory: PathBuf,
}

/// What everything below works in.
struct Directory(PathBuf);

impl Provider for Files {
    type Config = FilesConfig;
    type Client = Directory;

    fn address(&self) -> Option<&str> {
        Some("example.com/tfplugin/files")
    }

    fn schema(&self) -> Schema {
        Schema::new("Keeps files in a directory.")
            .attribute(Attribute::string("directory").required().description("Where the files are."))
    }

    async fn configure(&self, config: FilesConfig, _: &Context) -> Result<Directory, Diagnostics> {
        Ok(Directory(config.directory))
    }

    fn data_sources(&self) -> DataSources<Directory> {
        DataSources::new().with(Listing)
    }

    fn resources(&self) -> Resources<Directory> {
        Resources::new().with(File)
    }

    fn functions(&self) -> Functions {
        Functions::new().with(Join).with(Extension)
    }

    fn ephemeral_resources(&self) -> EphemeralResources<Directory> {
        EphemeralResources::new().with(Lock)
    }

    fn actions(&self) -> Actions<Directory> {
        Actions::new().with(Countdown)
    }
}

/// `data "files_listing"`: the names of the files.
struct Listing;

#[derive(Deserialize, Serialize)]
struct ListingModel {
    suffix: Option<String>,
    names: Option<BTreeSet<String>>,
}

impl DataSource<Directory> for Listing {
    type Config = ListingModel;
    type State = ListingModel;

    fn name(&self) -> &'static str {
        "files_listing"
    }

    fn schema(&self) -> Schema {
        Schema::new("The files that there are.")
            .attribute(Attribute::string("suffix").optional().description("Only names with this ending."))
            .attribute(Attribute::set("names", Type::String).computed().description("The names."))
    }

    async fn read(
        &self,
        config: ListingModel,
        context: &Context<Directory>,
    ) -> Result<ListingModel, Diagnostics> {
        let suffix = config.suffix.as_deref().unwrap_or_default();
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(&context.client().0).summary("Cannot list the directory")? {
            names.extend(entry?.file_name().into_string().ok().filter(|name| name.ends_with(suffix)));
        }
        Ok(ListingModel { names: Some(names), ..config })
    }
}

/// `resource "files_file"`: a file with a text.
struct File;

#[derive(Clone, Deserialize, Serialize)]
struct FileModel {
    name: Attr<String>,
    content: Attr<String>,
    /// Appended to the file and never stored.
    secret: Attr<String>,
    mode: Attr<u32>,
    tags: Attr<BTreeSet<String>>,
    length: Attr<u64>,
}

impl FileModel {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// A file of which only the name is known.
    fn of(name: String) -> Self {
        let (content, secret, tags, length) = (Attr::Null, Attr::Null, Attr::Null, Attr::Null);
        FileModel { name: Attr::Known(name), content, secret, mode: Attr::Known(0o644), tags, length }
    }
}

/// Private state of a file that this provider has written, rather than found.
const MADE_HERE: &str = "made_here";

#[derive(Deserialize, Serialize)]
struct FileIdentity {
    name: String,
}

impl Directory {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, planned: FileModel, change: &Change<FileModel>) -> Result<FileModel, Diagnostics> {
        let content = planned.content.as_deref().unwrap_or_default();
        let secret =
            change.config.as_ref().and_then(|config| config.secret.as_deref().known()).unwrap_or_default();
        let text = format!("{content}{secret}");
        tracing::debug!(name = planned.name(), text, "writing a file");
        std::fs::write(self.path(planned.name()), text).summary("Cannot write the file")?;
        let length = u64::try_from(content.chars().count())?;
        Ok(FileModel { length: Attr::Known(length), ..planned })
    }
}

impl Resource<Directory> for File {
    type Model = FileModel;

    fn name(&self) -> &'static str {
        "files_file"
    }

    fn schema(&self) -> Schema {
        Schema::new("A file with a text.")
            .version(1)
            .attribute(Attribute::string("name").required().requires_replace().description("Its name."))
            .attribute(Attribute::string("content").default_value("").description("Its text."))
            .attribute(
                Attribute::string("secret")
                    .optional()
                    .write_only()
                    .sensitive()
                    .description("Added, and never stored."),
            )
            .attribute(Attribute::number("mode").default_value(0o644).description("Its permissions."))
            .attribute(Attribute::set("tags", Type::String).optional().description("Labels for the reader."))
            .attribute(Attribute::number("length").computed().description("The number of characters."))
    }

    async fn validate(&self, config: &FileModel, context: &Context) -> Result<(), Diagnostics> {
        if config.content == Attr::Null {
            context.warn(Diagnostic::warning("File without text", "The file will be empty.").at("content"));
        }
        if config.name().contains('/') {
            return Err(Diagnostic::error("Invalid name", "A name has no `/`.").at("name").into());
        }
        Ok(())
    }

    async fn plan(&self, plan: Plan<'_, FileModel>, _: &Context) -> Result<(), Diagnostics> {
        // The length is known before the file is written, if the text is.
        if let Some(planned) = plan.into_planned() {
            planned.length = planned.content.as_deref().map(|text| text.chars().count() as u64);
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: FileModel,
        change: &mut Change<FileModel>,
        context: &Context<Directory>,
    ) -> Result<FileModel, Diagnostics> {
        change.private.set(MADE_HERE, &true)?;
        context.client().write(planned, change)
    }

    async fn read(
        &self,
        state: FileModel,
        private: &mut PrivateState,
        context: &Context<Directory>,
    ) -> Result<Option<FileModel>, Diagnostics> {
        let path = context.client().path(state.name());
        if !path.exists() {
            return Ok(None);
        }
        if private.get::<bool>(MADE_HERE)?.is_none() {
            // An imported file: what it holds is all that is known about it.
            let text = std::fs::read_to_string(path).summary("Cannot read the file")?;
            let length = Attr::Known(u64::try_from(text.chars().count())?);
            let mode = Attr::Known(0o644);
            return Ok(Some(FileModel { content: Attr::Known(text), mode, length, ..state }));
        }
        Ok(Some(state))
    }

    async fn update(
        &self,
        _: FileModel,
        planned: FileModel,
        change: &mut Change<FileModel>,
        context: &Context<Directory>,
    ) -> Result<FileModel, Diagnostics> {
        context.client().write(planned, change)
    }

    async fn delete(
        &self,
        state: FileModel,
        _: &mut Change<FileModel>,
        context: &Context<Directory>,
    ) -> Result<(), Diagnostics> {
        std::fs::remove_file(context.client().path(state.name())).summary("Cannot delete the file")
    }

    /// The id is the name, which is also what the identity has; `read` adds the rest.
    async fn import(
        &self,
        import: Import,
        _: &Context<Directory>,
    ) -> Result<Adopted<FileModel>, Diagnostics> {
        Ok(import.into_attribute("name"))
    }

    /// Version 0 called the text `text`, and knew nothing else.
    async fn upgrade(&self, stored: StoredState, _: &Context) -> Result<FileModel, Diagnostics> {
        #[derive(Deserialize)]
        struct Version0 {
            name: String,
            text: String,
        }
        let old: Version0 = stored.read()?;
        let length = Attr::Known(u64::try_from(old.text.chars().count())?);
        Ok(FileModel { content: Attr::Known(old.text), length, ..FileModel::of(old.name) })
    }

    /// Takes over `terraform_data`, whose `output` becomes the name.
    async fn move_state(
        &self,
        moved: MovedState,
        _: &Context,
    ) -> Result<Option<Adopted<FileModel>>, Diagnostics> {
        #[derive(Deserialize)]
        struct Data {
            output: Option<String>,
        }
        if moved.resource != "terraform_data" {
            return Ok(None);
        }
        let data: Data = moved.state.read_as(&Type::object([("output", Type::Dynamic)]))?;
        let name = data.output.unwrap_or_else(|| "moved".to_owned());
        Ok(Some(Adopted::new().attribute("name", name)))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("name", Type::String)]))
    }

    fn identity(&self, state: &FileModel) -> Result<Value, Diagnostics> {
        Ok(to_value(&FileIdentity { name: state.name().to_owned() })?)
    }
}

/// `provider::files::join(directory, names...)`: a path.
struct Join;

#[derive(Deserialize)]
struct JoinArguments {
    directory: String,
    names: Vec<String>,
}

impl Function for Join {
    type Arguments = JoinArguments;
    type Output = String;

    fn name(&self) -> &'static str {
        "join"
    }

    fn signature(&self) -> Signature {
        Signature::new("Joins names to a path.", Type::String)
            .parameter(Parameter::new("directory", Type::String).description("Where it begins."))
            .variadic(Parameter::new("names", Type::String).description("What follows."))
    }

    async fn call(&self, arguments: JoinArguments, _: &Context) -> Result<String, Diagnostics> {
        let mut path = arguments.directory;
        for (place, name) in arguments.names.iter().enumerate() {
            if name.is_empty() {
                let argument = tfplugin::AttributePath::from("names").index(place);
                return Err(Diagnostic::error("A name is empty", "").at(argument).into());
            }
            path = format!("{path}/{name}");
        }
        Ok(path)
    }
}

/// `provider::files::extension(name)`: what follows the last dot, null if there is none.
struct Extension;

impl Function for Extension {
    type Arguments = (Option<String>,);
    type Output = Option<String>;

    fn name(&self) -> &'static str {
        "extension"
    }

    fn signature(&self) -> Signature {
        Signature::new("The extension of a name.", Type::String)
            .parameter(Parameter::new("name", Type::String).allow_null())
    }

    async fn call(&self, (name,): (Option<String>,), _: &Context) -> Result<Option<String>, Diagnostics> {
        Ok(name.and_then(|name| name.rsplit_once('.').map(|(_, extension)| extension.to_owned())))
    }
}

/// `ephemeral "files_lock"`: a lock file that is there while Terraform runs.
struct Lock;

#[derive(Deserialize, Serialize)]
struct LockModel {
    name: String,
    key: Option<String>,
}

impl EphemeralResource<Directory> for Lock {
    type Config = LockModel;
    type State = LockModel;

    fn name(&self) -> &'static str {
        "files_lock"
    }

    fn schema(&self) -> Schema {
        Schema::new("A lock while Terraform runs.")
            .attribute(Attribute::string("name").required().description("The name of the lock file."))
            .attribute(Attribute::string("key").computed().sensitive().description("What is in it."))
    }

    async fn open(
        &self,
        config: LockModel,
        context: &Context<Directory>,
    ) -> Result<Opened<LockModel>, Diagnostics> {
        let path = context.client().path(&config.name);
        std::fs::write(&path, "opensesame").summary("Cannot lock")?;
        let key = Some("opensesame".to_owned());
        Opened::new(LockModel { key, ..config }).with_private("path", &path)
    }

    async fn close(&self, private: &PrivateState, _: &Context<Directory>) -> Result<(), Diagnostics> {
        match private.get::<PathBuf>("path")? {
            Some(path) => std::fs::remove_file(path).summary("Cannot unlock"),
            None => Ok(()),
        }
    }
}

/// `action "files_countdown"`: counts down.
struct Countdown;

#[derive(Deserialize)]
struct CountdownConfig {
    from: u32,
    pause: Option<Pause>,
}

#[derive(Deserialize)]
struct Pause {
    milliseconds: u64,
}

impl Action<Directory> for Countdown {
    type Config = CountdownConfig;

    fn name(&self) -> &'static str {
        "files_countdown"
    }

    fn schema(&self) -> Schema {
        let pause = Block::new().attribute(Attribute::number("milliseconds").required());
        Schema::new("Counts down.")
            .attribute(Attribute::number("from").required().description("Where to begin."))
            .block(NestedBlock::single("pause", pause))
    }

    async fn invoke(
        &self,
        config: CountdownConfig,
        progress: &Progress,
        context: &Context<Directory>,
    ) -> Result<(), Diagnostics> {
        let pause = config.pause.map_or(0, |pause| pause.milliseconds);
        for number in (1..=config.from).rev() {
            progress.report(format!("{number} to go"));
            context.race(tokio::time::sleep(Duration::from_millis(pause))).await?;
        }
        Ok(())
    }
}
