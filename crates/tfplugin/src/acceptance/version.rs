//! Which product and version a command is, and which of the features that tests need it has.

use std::fmt;

/// What `terraform version` or `tofu version` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    product: Product,
    release: (u32, u32),
    text: String,
}

/// The two programs that run Terraform configurations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// HashiCorp's.
    Terraform,
    /// The Linux Foundation's.
    OpenTofu,
}

/// Something that not every supported version has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Feature {
    /// `provider::NAME::FUNCTION(..)`.
    ProviderFunctions,
    /// `moved` blocks from one resource type to another.
    MovesBetweenTypes,
    /// `ephemeral` blocks and ephemeral variables.
    EphemeralValues,
    /// Arguments whose values are in no plan and no state.
    WriteOnlyArguments,
    /// Identities of resources, and import by them.
    ResourceIdentity,
    /// `terraform query`.
    Queries,
    /// `action` blocks, and `action_trigger` with the events before and after a creation or an update.
    Actions,
    /// `before_destroy` and `after_destroy` in `action_trigger`.
    DestroyEvents,
    /// Whatever depends on a resource waits for the actions of its `after_create` and `after_update`.
    GatingAfterEvents,
    /// `override_during` in mocks of `terraform test`.
    OverrideDuringPlan,
}

impl Version {
    /// Reads what `version` prints: a line such as `Terraform v1.11.4` or `OpenTofu v1.12.6`, after warnings if there are any.
    pub fn parse(printed: &str) -> Option<Self> {
        printed.lines().find_map(|line| Self::parse_line(line.trim()))
    }

    fn parse_line(line: &str) -> Option<Self> {
        let (name, number) = line.split_once(" v")?;
        let product = match name {
            "Terraform" => Product::Terraform,
            "OpenTofu" => Product::OpenTofu,
            _ => return None,
        };
        let mut parts = number.split('.').map(str::parse);
        let release = (parts.next()?.ok()?, parts.next()?.ok()?);
        Some(Self { product, release, text: line.to_owned() })
    }

    /// Which of the two products it is.
    pub fn product(&self) -> Product {
        self.product
    }

    /// Whether this version has a feature that a test needs.
    pub fn has(&self, feature: Feature) -> bool {
        feature.since(self.product).is_some_and(|since| self.release >= since)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Feature {
    /// The first release that has it, from the changelogs of the two products.
    fn since(self, product: Product) -> Option<(u32, u32)> {
        match (self, product) {
            (Self::ProviderFunctions | Self::MovesBetweenTypes, Product::Terraform) => Some((1, 8)),
            (Self::ProviderFunctions, Product::OpenTofu) => Some((1, 7)),
            (Self::EphemeralValues, Product::Terraform) | (Self::MovesBetweenTypes, Product::OpenTofu) => {
                Some((1, 10))
            }
            (Self::OverrideDuringPlan, Product::Terraform)
            | (Self::WriteOnlyArguments | Self::EphemeralValues, _) => Some((1, 11)),
            (Self::ResourceIdentity, _) => Some((1, 12)),
            (Self::Actions | Self::Queries, Product::Terraform) => Some((1, 14)),
            (Self::DestroyEvents | Self::GatingAfterEvents, Product::Terraform) => Some((1, 16)),
            (
                Self::Actions
                | Self::Queries
                | Self::DestroyEvents
                | Self::GatingAfterEvents
                | Self::OverrideDuringPlan,
                Product::OpenTofu,
            ) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, has: &[Feature], lacks: &[Feature]) {
        let version = Version::parse(printed).unwrap();
        for feature in has {
            assert!(version.has(*feature), "{version} has {feature:?}");
        }
        for feature in lacks {
            assert!(!version.has(*feature), "{version} lacks {feature:?}");
        }
    }

    #[test]
    fn features_follow_the_product_and_the_release() {
        use Feature::{
            Actions, DestroyEvents, EphemeralValues, MovesBetweenTypes, ProviderFunctions, WriteOnlyArguments,
        };
        check(
            "Terraform v1.7.5\non linux_amd64\n",
            &[],
            &[ProviderFunctions, MovesBetweenTypes, EphemeralValues],
        );
        check("Terraform v1.10.0", &[EphemeralValues], &[WriteOnlyArguments, Actions]);
        check("Terraform v1.11.4", &[ProviderFunctions, WriteOnlyArguments], &[Actions]);
        check("Terraform v1.15.5", &[Actions], &[DestroyEvents]);
        check("Terraform v1.16.0-rc2", &[Actions, DestroyEvents], &[]);
        check(
            "\nWarning: a file is missing\n\nOpenTofu v1.12.6",
            &[ProviderFunctions, EphemeralValues, WriteOnlyArguments],
            &[Actions],
        );
        check("OpenTofu v1.16.0", &[WriteOnlyArguments], &[Actions, DestroyEvents]);
    }

    #[test]
    fn what_is_neither_product_is_no_version() {
        for printed in ["", "Pulumi v3.0.0", "Terraform 1.2", "Terraform v1", "Terraform vx.y"] {
            assert_eq!(Version::parse(printed), None, "{printed:?}");
        }
    }
}
