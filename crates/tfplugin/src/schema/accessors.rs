//! Reading a schema back, as a generator of documentation does.

use super::{Attribute, AttributeKind, Block, BlockNesting, NestedBlock, Schema};

impl Schema {
    /// The attributes and blocks, with the description of the whole.
    ///
    /// ```
    /// use tfplugin::schema::{Attribute, Schema};
    ///
    /// let schema = Schema::new("Reads a server.").attribute(Attribute::string("name").required());
    /// let body = schema.body();
    /// assert_eq!(body.markdown(), "Reads a server.");
    /// assert!(body.each_attribute().all(Attribute::is_required));
    /// ```
    pub fn body(&self) -> &Block {
        &self.block
    }
}

impl Block {
    /// The attributes, in the order in which they were added.
    pub fn each_attribute(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter()
    }

    /// The nested blocks, in the order in which they were added.
    pub fn each_block(&self) -> impl Iterator<Item = &NestedBlock> {
        self.blocks.iter()
    }

    /// The description; empty if there is none.
    pub fn markdown(&self) -> &str {
        &self.description
    }

    /// Why it should not be used any more, if that is so.
    pub fn deprecation(&self) -> Option<&str> {
        self.deprecated.as_deref()
    }
}

impl NestedBlock {
    /// The name that it is written with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How often it is written.
    pub fn nesting(&self) -> BlockNesting {
        self.nesting
    }

    /// Its attributes and blocks, and its description.
    pub fn body(&self) -> &Block {
        &self.block
    }

    /// The least and the largest number of times; 0 is no limit.
    pub fn limits(&self) -> (u32, u32) {
        (self.min, self.max)
    }
}

impl Attribute {
    /// The name that it is written with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub fn kind(&self) -> &AttributeKind {
        &self.kind
    }

    /// The description; empty if there is none.
    pub fn markdown(&self) -> &str {
        &self.description
    }

    /// Why it should not be used any more, if that is so.
    pub fn deprecation(&self) -> Option<&str> {
        self.deprecated.as_deref()
    }

    /// What its validators demand, each as the end of a sentence that begins with "must be".
    pub fn demands(&self) -> impl Iterator<Item = String> {
        self.validators.iter().map(|validator| validator.description())
    }

    /// Whether the configuration must set it.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Whether the configuration may set it.
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether Terraform hides its value.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// Whether its value is in the configuration alone.
    pub fn is_write_only(&self) -> bool {
        self.write_only
    }
}
