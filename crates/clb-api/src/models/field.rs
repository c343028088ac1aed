//! What the methods of a request take for its fields.

/// A value that becomes a field of a request: the field's own type, a `&str` for a string, and arrays and slices of what becomes an
/// item for a list.
///
/// ```
/// use clb_api::models::{CreateListener, DescribeListeners, Target};
///
/// let create = CreateListener::new("lb-1", [80, 443], "TCP").listener_names(["web", "tls"]);
/// assert_eq!(create.ports, [80, 443]);
/// let ids = vec!["lbl-1".to_owned()];
/// assert_eq!(DescribeListeners::new("lb-1").listener_ids(&ids), DescribeListeners::new("lb-1").listener_ids(ids));
/// # let _ = Target::new(80_u16);
/// ```
pub trait IntoField<T> {
    /// The field.
    fn into_field(self) -> T;
}

impl<T> IntoField<T> for T {
    fn into_field(self) -> T {
        self
    }
}

impl IntoField<String> for &str {
    fn into_field(self) -> String {
        self.to_owned()
    }
}

impl IntoField<String> for &String {
    fn into_field(self) -> String {
        self.clone()
    }
}

impl<T, V: IntoField<T>, const N: usize> IntoField<Vec<T>> for [V; N] {
    fn into_field(self) -> Vec<T> {
        self.into_iter().map(IntoField::into_field).collect()
    }
}

impl<T, V: IntoField<T> + Clone> IntoField<Vec<T>> for &[V] {
    fn into_field(self) -> Vec<T> {
        self.iter().cloned().map(IntoField::into_field).collect()
    }
}

impl<T, V: IntoField<T> + Clone> IntoField<Vec<T>> for &Vec<V> {
    fn into_field(self) -> Vec<T> {
        self.as_slice().into_field()
    }
}

impl IntoField<Vec<String>> for Vec<&str> {
    fn into_field(self) -> Vec<String> {
        self.into_iter().map(str::to_owned).collect()
    }
}
