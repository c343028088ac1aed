//! Requests and structures from their fields.

/// A structure of a request: required fields are the arguments of `new`, each optional one has a method of its name.
macro_rules! input {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$required_doc:meta])* $required:ident: $required_type:ty,)*
        } {
            $(
                $(#[doc = $optional_doc:literal])*
                $(#[serde($($serde:tt)*)])?
                $optional:ident: $optional_type:ty,
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(rename_all = "PascalCase")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$required_doc])* pub $required: $required_type,)*
            $($(#[doc = $optional_doc])*
            $(#[serde($($serde)*)])?
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $optional: Option<$optional_type>,)*
        }

        impl $name {
            /// With everything that is required.
            #[allow(clippy::new_without_default, reason = "what requires nothing is still built by `new`")]
            pub fn new($($required: impl crate::models::IntoField<$required_type>),*) -> Self {
                Self { $($required: $required.into_field(),)* $($optional: None,)* }
            }

            $($(#[doc = $optional_doc])*
            #[must_use]
            pub fn $optional(self, $optional: impl crate::models::IntoField<$optional_type>) -> Self {
                Self { $optional: Some($optional.into_field()), ..self }
            })*
        }
    };
}

/// The parameters of an action that starts no task, then what its response is read as.
macro_rules! action {
    ($(#[$doc:meta])* $name:ident -> $output:ident $required:tt $optional:tt) => {
        input! { $(#[$doc])* $name $required $optional }

        impl crate::models::Action for $name {
            const NAME: &'static str = stringify!($name);
            type Output = $output;
        }
    };
}

/// The parameters of an action that starts a task.
macro_rules! async_action {
    ($(#[$doc:meta])* $name:ident -> $output:ident $required:tt $optional:tt) => {
        action! { $(#[$doc])* $name -> $output $required $optional }

        impl crate::models::AsyncAction for $name {}
    };
}

/// A structure of a response. A field of the first group is always there: without it the response is an error. Null and
/// absence of another one are its default.
macro_rules! output {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$required_doc:meta])* $required:ident: $required_type:ty,)*
        } {
            $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$required_doc])* pub $required: $required_type,)*
            $($(#[$optional_doc])*
            #[serde(default, deserialize_with = "crate::models::null_as_default")]
            pub $optional: $optional_type,)*
        }
    };
}
