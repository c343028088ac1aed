//! Objects that a resource takes over, whole or by what is known of them: imports and moves.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Adopted, Attr, Change, Context, Diagnostics, Import, MovedState, PrivateState, Provider, Resource,
    Resources, StoredState, Type, Value, to_value,
};

use crate::example::object;

struct Shelf;

impl Provider for Shelf {
    type Config = ();
    type Client = ();

    fn resources(&self) -> Resources {
        Resources::new().with(Book).with(Strict)
    }
}

fn schema() -> Schema {
    Schema::new("A book.")
        .attribute(Attribute::string("isbn").required())
        .attribute(Attribute::string("title").required())
        .attribute(Attribute::string("found_by").computed())
}

fn identity_schema() -> IdentitySchema {
    IdentitySchema::new([IdentityAttribute::required("isbn", Type::String)])
}

/// Read by its number, whatever else is known.
struct Book;

#[derive(Deserialize, Serialize)]
struct BookModel {
    isbn: String,
    title: Attr<String>,
    found_by: Attr<String>,
}

#[derive(Serialize)]
struct Key {
    isbn: String,
}

impl Resource for Book {
    type Model = BookModel;

    fn name(&self) -> &'static str {
        "shelf_book"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    async fn create(
        &self,
        planned: BookModel,
        _: &mut Change<BookModel>,
        _: &Context,
    ) -> Result<BookModel, Diagnostics> {
        Ok(BookModel { found_by: "create".into(), ..planned })
    }

    async fn read(
        &self,
        state: BookModel,
        private: &mut PrivateState,
        _: &Context,
    ) -> Result<Option<BookModel>, Diagnostics> {
        let found_by = private.get::<String>("found_by")?.map_or(state.found_by, Attr::Known);
        Ok(Some(BookModel { title: format!("Book {}", state.isbn).into(), found_by, ..state }))
    }

    async fn import(&self, import: Import, _: &Context) -> Result<Adopted<BookModel>, Diagnostics> {
        let way = match &import {
            Import::Id(_) => "id",
            Import::Identity(_) => "identity",
        };
        import.into_attribute("isbn").with_private("found_by", &way)
    }

    async fn move_state(
        &self,
        moved: MovedState,
        _: &Context,
    ) -> Result<Option<Adopted<BookModel>>, Diagnostics> {
        #[derive(Deserialize)]
        struct Identity {
            number: String,
        }
        let Some(identity) = &moved.identity else { return Ok(None) };
        assert_eq!(identity.version(), 3);
        let Identity { number } = identity.read()?;
        let etag: Option<String> = moved.private()?.get("etag")?;
        Adopted::of(&Key { isbn: number })?.with_private("found_by", &etag.unwrap_or_default()).map(Some)
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_schema())
    }

    fn identity(&self, state: &BookModel) -> Result<Value, Diagnostics> {
        Ok(to_value(&Key { isbn: state.isbn.clone() })?)
    }
}

/// Has no place for what is not known of it.
struct Strict;

#[derive(Deserialize, Serialize)]
struct StrictModel {
    isbn: String,
    title: String,
    found_by: Attr<String>,
}

impl Resource for Strict {
    type Model = StrictModel;

    fn name(&self) -> &'static str {
        "shelf_strict"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    async fn create(
        &self,
        planned: StrictModel,
        _: &mut Change<StrictModel>,
        _: &Context,
    ) -> Result<StrictModel, Diagnostics> {
        Ok(StrictModel { found_by: "create".into(), ..planned })
    }

    async fn import(&self, import: Import, _: &Context) -> Result<Adopted<StrictModel>, Diagnostics> {
        Ok(match import.id()? {
            isbn if isbn == "whole" => {
                StrictModel { title: "Whole".into(), isbn, found_by: Attr::Null }.into()
            }
            isbn if isbn == "wrong" => Adopted::new().attribute("number", isbn),
            isbn => Adopted::new().attribute("isbn", isbn),
        })
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_schema())
    }

    fn identity(&self, state: &StrictModel) -> Result<Value, Diagnostics> {
        Ok(to_value(&Key { isbn: state.isbn.clone() })?)
    }
}

async fn client() -> Client {
    Client::in_process(Shelf).await.unwrap()
}

fn identity(isbn: &str) -> Value {
    object([("isbn", isbn.into())])
}

#[tokio::test]
async fn an_import_needs_no_more_than_the_id_and_keeps_private_state() {
    let client = client().await;
    let book = |found_by: &str| {
        object([("isbn", "17".into()), ("title", "Book 17".into()), ("found_by", found_by.into())])
    };
    let by_id = client.import("shelf_book", "17").await.unwrap();
    assert_eq!((by_id.value, by_id.identity), (book("id"), Some(identity("17"))));
    let by_identity = client.import_by_identity("shelf_book", identity("17")).await.unwrap();
    assert_eq!((by_identity.value, by_identity.identity), (book("identity"), Some(identity("17"))));
    assert_eq!(by_identity.private.get("found_by"), Ok(Some("identity".to_owned())));
}

#[tokio::test]
async fn a_model_without_a_place_for_what_is_missing_is_imported_whole() {
    let client = client().await;
    let whole = client.import("shelf_strict", "whole").await.unwrap();
    assert_eq!((whole.value.get("title"), whole.identity), (Some(&"Whole".into()), Some(identity("whole"))));
    let part = client.import("shelf_strict", "17").await.unwrap_err().to_string();
    let text = "State does not fit the resource's model (title): At `title`: expected a string, found null; a field that may be \
                null is an `Attr` or an `Option`. This is a bug in the provider.";
    assert_eq!(part, text);
    let wrong = client.import("shelf_strict", "wrong").await.unwrap_err().to_string();
    assert!(wrong.contains("the schema has no such attribute"), "{wrong}");
}

#[tokio::test]
async fn a_move_brings_identity_and_private_state_along() {
    let client = client().await;
    let moved = MovedState::new("example.com/other/shelf", "other_book", StoredState::new(0, "{}"));
    let rejected = client.move_from("shelf_book", &moved).await.unwrap_err().to_string();
    assert!(rejected.contains("cannot take over the state of `other_book` of example.com"), "{rejected}");
    let identity_of_other = StoredState::new(3, r#"{"number": "17"}"#);
    let moved = moved.with_identity(identity_of_other).with_private(r#"{"etag": "abc"}"#);
    assert!(!format!("{moved:?}").contains("abc"), "{moved:?}");
    let taken = client.move_from("shelf_book", &moved).await.unwrap();
    assert_eq!(
        taken.value,
        object([("isbn", "17".into()), ("title", Value::Null), ("found_by", Value::Null)])
    );
    let read = client.refresh("shelf_book", &taken).await.unwrap().unwrap();
    assert_eq!((read.value.get("found_by"), read.identity), (Some(&"abc".into()), Some(identity("17"))));
    let foreign = client.move_from("shelf_book", &moved.with_private("\u{0}")).await.unwrap_err();
    assert!(foreign.to_string().starts_with("Private state could not be read"), "{foreign}");
}
