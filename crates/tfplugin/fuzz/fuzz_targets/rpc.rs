//! Any request of any call gets a response, never a panic, and with values that can be read: `cargo fuzz run rpc` in
//! `crates/tfplugin`.

#![no_main]

use std::sync::LazyLock;

use arbitrary::{Arbitrary as _, Result, Unstructured};
use futures_util::StreamExt as _;
use libfuzzer_sys::{Corpus, fuzz_target};
use prost::Message;
use tfplugin::Type;
use tfplugin::fuzzing::{from_json, from_msgpack, service, to_msgpack};
use tfplugin_fuzz::{check, make, provider};
use tfplugin_proto::tfplugin6::{self as proto, provider_server::Provider as Service};
use tonic::{Request, Response, Status};

/// The values that the schema allows.
static SHAPE: LazyLock<Type> = LazyLock::new(|| provider::shape().ty());

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("it needs nothing");
    let service = service(provider::Every::default());
    let mut u = Unstructured::new(bytes);
    let mut calls = 0;
    // Calls follow each other, since one configures the provider and another stops it.
    while calls < 4 && !u.is_empty() {
        if runtime.block_on(call(&service, &mut u)).is_err() {
            break;
        }
        calls += 1;
    }
    if calls > 0 { Corpus::Keep } else { Corpus::Reject }
});

/// Sends a request of pieces, or one of arbitrary bytes.
macro_rules! request {
    ($service:ident, $u:ident, $rpc:ident, $request:expr) => {{
        let request = if $u.ratio(1, 8)? { bare($u)? } else { $request };
        response_of($service.$rpc(Request::new(request)).await)
    }};
}

async fn call(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=22)? {
        0 => {
            let response = request!(
                service,
                u,
                configure_provider,
                proto::configure_provider::Request {
                    terraform_version: String::arbitrary(u)?,
                    config: sent(u, &SHAPE)?,
                    client_capabilities: capabilities(u)?,
                }
            );
            fine(&response.diagnostics);
        }
        1 => {
            let request = proto::validate_provider_config::Request { config: sent(u, &SHAPE)? };
            fine(&request!(service, u, validate_provider_config, request).diagnostics);
        }
        2 => {
            let response = request!(
                service,
                u,
                validate_resource_config,
                proto::validate_resource_config::Request {
                    type_name: name(u)?,
                    config: sent(u, &SHAPE)?,
                    client_capabilities: capabilities(u)?,
                }
            );
            fine(&response.diagnostics);
        }
        3..=5 => plan(service, u).await?,
        6..=8 => apply(service, u).await?,
        9 => read(service, u).await?,
        10 => import(service, u).await?,
        11 => upgrade(service, u).await?,
        12 => upgrade_identity(service, u).await?,
        13 => move_state(service, u).await?,
        14 => {
            let request = proto::validate_data_resource_config::Request {
                type_name: name(u)?,
                config: sent(u, &SHAPE)?,
            };
            fine(&request!(service, u, validate_data_resource_config, request).diagnostics);
        }
        15 => {
            let response = request!(
                service,
                u,
                read_data_source,
                proto::read_data_source::Request {
                    type_name: name(u)?,
                    config: sent(u, &SHAPE)?,
                    ..Default::default()
                }
            );
            if fine(&response.diagnostics) {
                whole(response.state.as_ref(), &SHAPE);
            }
        }
        16..=17 => function(service, u).await?,
        18 => ephemeral(service, u).await?,
        19..=20 => action(service, u).await?,
        21 => {
            let response = request!(service, u, get_provider_schema, proto::get_provider_schema::Request {});
            assert!(fine(&response.diagnostics));
        }
        _ => {
            request!(service, u, stop_provider, proto::stop_provider::Request {});
        }
    }
    Ok(())
}

async fn plan(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let response = request!(
        service,
        u,
        plan_resource_change,
        proto::plan_resource_change::Request {
            type_name: name(u)?,
            prior_state: sent(u, &SHAPE)?,
            proposed_new_state: sent(u, &SHAPE)?,
            config: sent(u, &SHAPE)?,
            prior_private: private(u)?,
            client_capabilities: capabilities(u)?,
            ..Default::default()
        }
    );
    if fine(&response.diagnostics) {
        readable(response.planned_state.as_ref(), &SHAPE);
        assert!(response.requires_replace.iter().all(|path| !path.steps.is_empty()));
    }
    Ok(())
}

async fn apply(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let response = request!(
        service,
        u,
        apply_resource_change,
        proto::apply_resource_change::Request {
            type_name: name(u)?,
            prior_state: sent(u, &SHAPE)?,
            planned_state: sent(u, &SHAPE)?,
            config: sent(u, &SHAPE)?,
            planned_private: private(u)?,
            ..Default::default()
        }
    );
    if fine(&response.diagnostics) {
        whole(response.new_state.as_ref(), &SHAPE);
    }
    Ok(())
}

async fn read(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let response = request!(
        service,
        u,
        read_resource,
        proto::read_resource::Request {
            type_name: name(u)?,
            current_state: sent(u, &SHAPE)?,
            private: private(u)?,
            ..Default::default()
        }
    );
    if fine(&response.diagnostics) {
        whole(response.new_state.as_ref(), &SHAPE);
    }
    Ok(())
}

async fn import(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let ty = Type::object([("name", Type::String), ("list", Type::list(Type::Number))]);
    let identity = u.ratio(1, 2)?.then(|| sent(u, &ty)).transpose()?;
    let response = request!(
        service,
        u,
        import_resource_state,
        proto::import_resource_state::Request {
            type_name: name(u)?,
            id: text(u)?,
            client_capabilities: capabilities(u)?,
            identity: identity.map(|identity_data| proto::ResourceIdentityData { identity_data }),
        }
    );
    if fine(&response.diagnostics) {
        response.imported_resources.iter().for_each(|each| whole(each.state.as_ref(), &SHAPE));
    }
    Ok(())
}

async fn upgrade(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let response = request!(
        service,
        u,
        upgrade_resource_state,
        proto::upgrade_resource_state::Request {
            type_name: name(u)?,
            version: u.int_in_range(0..=3)?,
            raw_state: stored(u, &SHAPE)?,
        }
    );
    if fine(&response.diagnostics) {
        whole(response.upgraded_state.as_ref(), &SHAPE);
    }
    Ok(())
}

async fn upgrade_identity(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let ty = Type::object([("name", Type::String), ("list", Type::list(Type::Number))]);
    let response = request!(
        service,
        u,
        upgrade_resource_identity,
        proto::upgrade_resource_identity::Request {
            type_name: name(u)?,
            version: u.int_in_range(0..=1)?,
            raw_identity: stored(u, &ty)?,
        }
    );
    fine(&response.diagnostics);
    Ok(())
}

async fn move_state(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let response = request!(
        service,
        u,
        move_resource_state,
        proto::move_resource_state::Request {
            source_type_name: name(u)?,
            source_state: stored(u, &SHAPE)?,
            target_type_name: name(u)?,
            ..Default::default()
        }
    );
    if fine(&response.diagnostics) {
        whole(response.target_state.as_ref(), &SHAPE);
    }
    Ok(())
}

async fn function(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let (name, result) = if bool::arbitrary(u)? {
        ("named", Type::Dynamic)
    } else {
        ("placed", Type::set(Type::map(Type::Number)))
    };
    let types = [Type::list(Type::Number), Type::Dynamic, Type::String, Type::String];
    let offset = usize::from(name == "placed");
    let count = u.int_in_range(0..=types.len() - offset)?;
    let arguments = types[offset..][..count].iter().map(|ty| Ok(sent(u, ty)?.unwrap_or_default()));
    let arguments = arguments.collect::<Result<_>>()?;
    let request = proto::call_function::Request { name: name.into(), arguments };
    let response = response_of(service.call_function(Request::new(request)).await);
    match response.error {
        Some(error) => calm(&error.text),
        None => readable(response.result.as_ref(), &result),
    }
    Ok(())
}

async fn ephemeral(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let response = request!(
        service,
        u,
        open_ephemeral_resource,
        proto::open_ephemeral_resource::Request {
            type_name: name(u)?,
            config: sent(u, &SHAPE)?,
            client_capabilities: capabilities(u)?,
        }
    );
    if fine(&response.diagnostics) {
        whole(response.result.as_ref(), &SHAPE);
    }
    let (type_name, private) = (name(u)?, Option::arbitrary(u)?);
    let request = proto::renew_ephemeral_resource::Request { type_name, private };
    let renewed = request!(service, u, renew_ephemeral_resource, request);
    fine(&renewed.diagnostics);
    let request = proto::close_ephemeral_resource::Request { type_name: name(u)?, private: renewed.private };
    fine(&request!(service, u, close_ephemeral_resource, request).diagnostics);
    let request =
        proto::validate_ephemeral_resource_config::Request { type_name: name(u)?, config: sent(u, &SHAPE)? };
    fine(&request!(service, u, validate_ephemeral_resource_config, request).diagnostics);
    Ok(())
}

async fn action(service: &impl Service, u: &mut Unstructured<'_>) -> Result<()> {
    let (action_type, config) = (name(u)?, sent(u, &SHAPE)?);
    let request =
        proto::validate_action_config::Request { type_name: action_type.clone(), config: config.clone() };
    fine(&request!(service, u, validate_action_config, request).diagnostics);
    let request = proto::plan_action::Request {
        action_type: action_type.clone(),
        config: config.clone(),
        client_capabilities: None,
    };
    fine(&request!(service, u, plan_action, request).diagnostics);
    let request = proto::invoke_action::Request { action_type, config, client_capabilities: None };
    let events: Vec<_> = request!(service, u, invoke_action, request).collect().await;
    let last = events.last().expect("there is an end").as_ref().expect("the end is no gRPC error");
    let Some(proto::invoke_action::event::Type::Completed(end)) = &last.r#type else {
        panic!("the end is no end: {last:?}");
    };
    fine(&end.diagnostics);
    Ok(())
}

fn response_of<T>(response: std::result::Result<Response<T>, Status>) -> T {
    response.expect("no response is a gRPC error").into_inner()
}

/// Whether there are no errors. What there is can be shown.
fn fine(diagnostics: &[proto::Diagnostic]) -> bool {
    for diagnostic in diagnostics {
        calm(&diagnostic.summary);
        assert_ne!(diagnostic.severity(), proto::diagnostic::Severity::Invalid);
        let mut steps = diagnostic.attribute.iter().flat_map(|path| &path.steps);
        assert!(steps.all(|step| step.selector.is_some()));
    }
    diagnostics.iter().all(|each| each.severity() != proto::diagnostic::Severity::Error)
}

fn calm(text: &str) {
    assert!(!text.contains("Provider panicked"), "{text}");
}

fn readable(value: Option<&proto::DynamicValue>, ty: &Type) {
    let value = value.expect("a success has a value");
    from_msgpack(&value.msgpack, ty).expect("a response can be read");
}

fn whole(value: Option<&proto::DynamicValue>, ty: &Type) {
    let value = value.expect("a success has a value");
    assert!(from_msgpack(&value.msgpack, ty).expect("a response can be read").is_wholly_known());
}

/// A request of mere bytes.
fn bare<T: Message + Default>(u: &mut Unstructured<'_>) -> Result<T> {
    let bytes = u.bytes(u.len())?;
    T::decode(bytes).map_err(|_| arbitrary::Error::IncorrectFormat)
}

fn name(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=9)? {
        0 => String::arbitrary(u)?,
        1..=4 => "every_free".into(),
        _ => "every_typed".into(),
    })
}

/// A value on its way: whole, damaged, or none at all.
fn sent(u: &mut Unstructured<'_>, ty: &Type) -> Result<Option<proto::DynamicValue>> {
    let msgpack = |msgpack| Some(proto::DynamicValue { msgpack, json: Vec::new() });
    let json = |json| Some(proto::DynamicValue { msgpack: Vec::new(), json });
    Ok(match u.int_in_range(0..=7)? {
        0 => None,
        1 => msgpack(Vec::arbitrary(u)?),
        2 => json(Vec::arbitrary(u)?),
        3 => json(text(u)?.into_bytes()),
        4 => {
            let mut bytes = to_msgpack(&make::value(u, ty)?);
            let place = u.choose_index(bytes.len())?;
            bytes[place] = u8::arbitrary(u)?;
            msgpack(bytes)
        }
        5 => {
            let value = make::value(u, ty)?;
            let text = check::json(&value).unwrap_or_default();
            assert!(text.is_empty() || from_json(text.as_bytes(), ty).is_ok());
            json(text.into_bytes())
        }
        _ => msgpack(to_msgpack(&make::value(u, ty)?)),
    })
}

/// JSON, or nearly.
fn text(u: &mut Unstructured<'_>) -> Result<String> {
    if u.ratio(1, 4)? {
        return String::arbitrary(u);
    }
    let mut text = check::json(&make::value(u, &SHAPE)?).unwrap_or_default();
    if u.ratio(1, 4)? && text.is_ascii() {
        text.truncate(u.int_in_range(0..=text.len())?);
        text.push_str(<&str>::arbitrary(u)?);
    }
    Ok(text)
}

fn stored(u: &mut Unstructured<'_>, ty: &Type) -> Result<Option<proto::RawState>> {
    let json = if u.ratio(1, 4)? { text(u)? } else { check::json(&make::value(u, ty)?).unwrap_or_default() };
    Ok(Some(proto::RawState { json: json.into_bytes(), flatmap: Default::default() }))
}

fn private(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    if u.ratio(1, 2)? { Vec::arbitrary(u) } else { text(u).map(String::into_bytes) }
}

fn capabilities(u: &mut Unstructured<'_>) -> Result<Option<proto::ClientCapabilities>> {
    let able = bool::arbitrary(u)?;
    Ok(able.then(|| proto::ClientCapabilities { write_only_attributes_allowed: true, ..Default::default() }))
}
