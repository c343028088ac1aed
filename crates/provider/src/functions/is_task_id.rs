//! `provider::clb::is_task_id(text)`: whether a string looks like a RequestId.

use serde::Deserialize;
use tfplugin::{Context, Diagnostics, Function, Parameter, Signature, Type};
use uuid::Uuid;

/// The function.
#[derive(Debug)]
pub(crate) struct IsTaskId;

/// Its argument.
#[derive(Debug, Deserialize)]
pub(crate) struct Arguments {
    text: Option<String>,
}

impl Function for IsTaskId {
    type Arguments = Arguments;
    type Output = bool;

    fn name(&self) -> &'static str {
        "is_task_id"
    }

    fn signature(&self) -> Signature {
        let text =
            Parameter::new("text", Type::String).allow_null().description("The string to check, or null.");
        Signature::new("Checks whether a string looks like a task id", Type::Bool).parameter(text).description(
            "Checks whether a string looks like a task id, which is the RequestId of a call: a UUID such as \
             `55c85074-3e7f-4c6d-864f-673660d4f8de`. Null gives `false`. Use it in `validation` blocks of variables; it sends \
             no request to the service.",
        )
    }

    async fn call(&self, arguments: Arguments, _: &Context) -> Result<bool, Diagnostics> {
        Ok(arguments.text.as_deref().is_some_and(is_uuid))
    }
}

/// Only the hyphenated form, which the service uses.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_hyphenated_uuid() {
        assert!(is_uuid("55c85074-3e7f-4c6d-864f-673660d4f8de"));
        assert!(is_uuid("55C85074-3E7F-4C6D-864F-673660D4F8DE"));
        for text in ["", "1234", "55c850743e7f4c6d864f673660d4f8de", "{55c85074-3e7f-4c6d-864f-673660d4f8de}"]
        {
            assert!(!is_uuid(text), "{text}");
        }
        assert!(!is_uuid("55c85074-3e7f-4c6d-864f-673660d4f8dg"));
        assert!(!is_uuid(" 55c85074-3e7f-4c6d-864f-673660d4f8d"));
    }
}
