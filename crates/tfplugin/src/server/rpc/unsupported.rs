//! Responses to calls that this crate does not support.

use tfplugin_proto::tfplugin6 as proto;

use crate::Diagnostic;

pub(super) fn state_stores() -> Vec<proto::Diagnostic> {
    diagnostics("state stores")
}

fn diagnostics(feature: &str) -> Vec<proto::Diagnostic> {
    vec![Diagnostic::error("Not supported", format!("The provider does not support {feature}.")).into()]
}
