//! `proto/` says what the field tables say: every message, field, number, type, label, enum value and rpc, and no more.

use std::collections::BTreeSet;

use prost_reflect::{
    Cardinality, DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};

#[test]
fn the_protocol_has_exactly_the_fields_of_its_table() {
    check_fields("tfplugin6", include_str!("tables/tfplugin6.fields.tsv"));
}

#[test]
fn the_protocol_has_exactly_the_rpcs_of_its_table() {
    check_rpcs("tfplugin6", include_str!("tables/tfplugin6.rpcs.tsv"), 36);
}

#[test]
fn the_helper_services_have_exactly_the_fields_of_their_table() {
    check_fields("plugin", include_str!("tables/goplugin.fields.tsv"));
}

#[test]
fn the_helper_services_have_exactly_the_rpcs_of_their_table() {
    check_rpcs("plugin", include_str!("tables/goplugin.rpcs.tsv"), 3);
}

fn check_fields(package: &str, table: &str) {
    let pool = compiled();
    let messages = pool.all_messages().filter(|message| message.package_name() == package);
    let enums = pool.all_enums().filter(|each| each.package_name() == package);
    let found = messages
        .filter(|message| !message.is_map_entry())
        .flat_map(|message| message_rows(&message))
        .chain(enums.flat_map(|each| enum_rows(&each)))
        .collect();
    assert_same(&rows(table), &found);
}

fn check_rpcs(package: &str, table: &str, count: usize) {
    let pool = compiled();
    let services = pool.services().filter(|service| service.package_name() == package);
    let found: BTreeSet<_> =
        services.flat_map(|service| service.methods().map(|rpc| rpc_row(&rpc)).collect::<Vec<_>>()).collect();
    assert_eq!(found.len(), count);
    assert_same(&rows(table), &found);
}

fn compiled() -> DescriptorPool {
    let files =
        protox::compile(["tfplugin6.proto", "goplugin.proto"], ["../../proto"]).expect("proto/ compiles");
    DescriptorPool::from_file_descriptor_set(files).expect("protox gives a complete set")
}

fn rows(table: &str) -> BTreeSet<String> {
    table.lines().skip(1).map(str::to_owned).collect()
}

fn assert_same(table: &BTreeSet<String>, found: &BTreeSet<String>) {
    let missing: Vec<_> = table.difference(found).collect();
    let surplus: Vec<_> = found.difference(table).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:#?}\nsurplus: {surplus:#?}");
}

fn message_rows(message: &MessageDescriptor) -> Vec<String> {
    let name = local(message.full_name());
    if message.fields().len() > 0 {
        return message.fields().map(|field| field_row(name, &field)).collect();
    }
    let shape = if message.child_messages().len() > 0 { "namespace" } else { "empty" };
    vec![format!("{name}\t-\t-\t-\t{shape}")]
}

fn field_row(message: &str, field: &FieldDescriptor) -> String {
    let (name, number) = (field.name(), field.number());
    format!("{message}\t{name}\t{number}\t{}\t{}", field_type(field), label(field))
}

fn field_type(field: &FieldDescriptor) -> String {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            format!("map<{},{}>", field_type(&key), field_type(&value))
        }
        Kind::Message(message) => local(message.full_name()).to_owned(),
        Kind::Enum(each) => local(each.full_name()).to_owned(),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}

fn label(field: &FieldDescriptor) -> String {
    let proto = field.field_descriptor_proto();
    let label = match field.containing_oneof() {
        _ if field.is_map() => "map".to_owned(),
        _ if field.cardinality() == Cardinality::Repeated => "repeated".to_owned(),
        _ if proto.proto3_optional() => "optional".to_owned(),
        Some(oneof) => format!("oneof:{}", oneof.name()),
        None => "singular".to_owned(),
    };
    let deprecated = proto.options.as_ref().is_some_and(prost_reflect::prost_types::FieldOptions::deprecated);
    label + if deprecated { ",deprecated" } else { "" }
}

fn enum_rows(each: &EnumDescriptor) -> Vec<String> {
    let name = local(each.full_name());
    each.values()
        .map(|value| format!("enum {name}\t{}\t{}\tenum_value\t-", value.name(), value.number()))
        .collect()
}

fn rpc_row(rpc: &MethodDescriptor) -> String {
    let kind = match (rpc.is_client_streaming(), rpc.is_server_streaming()) {
        (false, false) => "unary",
        (true, false) => "client_stream",
        (false, true) => "server_stream",
        (true, true) => "client_stream server_stream",
    };
    let (input, output) = (rpc.input(), rpc.output());
    let (service, request, response) =
        (rpc.parent_service(), local(input.full_name()), local(output.full_name()));
    format!("{}\t{}\t{request}\t{response}\t{kind}", service.full_name(), rpc.name())
}

/// The name without our package; foreign names stay whole.
fn local(name: &str) -> &str {
    name.strip_prefix("tfplugin6.").or_else(|| name.strip_prefix("plugin.")).unwrap_or(name)
}
