//! The products that the simulator knows.

use std::collections::HashMap;

use crate::{clb, sts};

/// A product of the vendor: a version of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether calls need a region.
    pub(crate) needs_region: bool,
}

/// The products by name.
#[derive(Debug, Clone)]
pub(crate) struct Products(HashMap<String, Product>);

impl Products {
    pub(crate) fn add(&mut self, product: Product) {
        self.0.insert(product.name.clone(), product);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Product> {
        self.0.get(name)
    }

    /// The names of all products, in alphabetical order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.0.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The product that a host such as `clb.tencentcloudapi.com` names; on other hosts the one of this version.
    pub(crate) fn find(&self, host: &str, version: &str) -> Option<&Product> {
        let label = host.split(['.', ':']).next().unwrap_or_default();
        self.0.get(label).or_else(|| self.0.values().find(|product| product.version == version))
    }
}

impl Default for Products {
    fn default() -> Self {
        let product = |name: &str, version: &str, needs_region| {
            let (name, version) = (name.to_owned(), version.to_owned());
            (name.clone(), Product { name, version, needs_region })
        };
        Self(HashMap::from([product("clb", clb::VERSION, true), product("sts", sts::VERSION, false)]))
    }
}
