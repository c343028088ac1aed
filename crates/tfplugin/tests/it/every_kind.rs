//! `examples/every_kind.rs`, started through the real handshake with mutual TLS.

use std::fs;

use tfplugin::{AttributePath, MovedState, StoredState, Value};

use crate::example::{files, object, strings};

#[tokio::test]
async fn a_data_source_reads() {
    let (client, directory) = files().await;
    fs::write(directory.path().join("a.txt"), "").unwrap();
    fs::write(directory.path().join("b.md"), "").unwrap();
    let all = client.read_data_source("files_listing", object([])).await.unwrap();
    assert_eq!(all, object([("names", strings(["a.txt", "b.md"])), ("suffix", Value::Null)]));
    let some = client.read_data_source("files_listing", object([("suffix", ".md".into())])).await.unwrap();
    assert_eq!(some.get("names"), Some(&strings(["b.md"])));
    client.shut_down().await.unwrap();
}

#[tokio::test]
async fn a_resource_lives_its_life() {
    let (client, directory) = files().await;
    let path = directory.path().join("a");
    let config = |content: &str| {
        let tags = strings(["y", "x"]);
        object([("name", "a".into()), ("content", content.into()), ("secret", "!".into()), ("tags", tags)])
    };

    let planned = client.plan("files_file", None, config("one")).await.unwrap();
    let expected = object([
        ("name", "a".into()),
        ("content", "one".into()),
        ("secret", Value::Null),
        ("mode", 0o644.into()),
        ("tags", strings(["x", "y"])),
        ("length", 3.into()),
    ]);
    assert_eq!(planned.value, expected);

    let created = client.apply("files_file", None, config("one")).await.unwrap();
    assert_eq!(created.value, expected);
    assert_eq!(created.identity, Some(object([("name", "a".into())])));
    assert_eq!(fs::read_to_string(&path).unwrap(), "one!");

    let unchanged = client.plan("files_file", Some(&created), config("one")).await.unwrap();
    assert_eq!(unchanged.value, created.value);
    let updated = client.apply("files_file", Some(&created), config("more")).await.unwrap();
    assert_eq!(updated.value.get("length"), Some(&4.into()));
    assert_eq!(updated.private.get("made_here"), Ok(Some(true)));
    assert_eq!(client.refresh("files_file", &updated).await.unwrap().as_ref(), Some(&updated));

    let renamed = client.plan("files_file", Some(&updated), object([("name", "b".into())])).await.unwrap();
    assert_eq!(renamed.requires_replace, [AttributePath::from("name")]);

    client.delete("files_file", &updated).await.unwrap();
    assert_eq!(client.refresh("files_file", &updated).await.unwrap(), None);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_plan_leaves_open_what_is_not_known() {
    let (client, _directory) = files().await;
    let config = object([("name", Value::UNKNOWN), ("content", Value::UNKNOWN)]);
    let planned = client.plan("files_file", None, config).await.unwrap();
    assert!(planned.value.get("length").unwrap().is_unknown());
    assert!(planned.value.get("mode") == Some(&0o644.into()));
}

#[tokio::test]
async fn validation_warns_and_rejects() {
    let (client, _directory) = files().await;
    let rejected =
        client.validate_resource("files_file", object([("name", "a/b".into())])).await.unwrap_err();
    assert_eq!(rejected.to_string(), "Invalid name (name): A name has no `/`.");
    client.validate_resource("files_file", object([("name", "a".into())])).await.unwrap();
    assert_eq!(client.take_warnings()[0].path(), &AttributePath::from("content"));
}

#[tokio::test]
async fn objects_are_imported_by_id_and_by_identity() {
    let (client, directory) = files().await;
    fs::write(directory.path().join("old"), "text").unwrap();
    let by_id = client.import("files_file", "old").await.unwrap();
    assert_eq!(by_id.value.get("content"), Some(&"text".into()));
    let by_identity =
        client.import_by_identity("files_file", object([("name", "old".into())])).await.unwrap();
    assert_eq!(by_id, by_identity);
    assert!(client.import("files_file", "absent").await.is_err());
}

#[tokio::test]
async fn stored_states_are_upgraded_and_moved() {
    let (client, directory) = files().await;
    let current =
        r#"{"name":"a","content":"x","secret":null,"mode":420,"tags":["q"],"length":1,"gone":true}"#;
    let read = client.upgrade("files_file", 1, current).await.unwrap();
    assert_eq!(read.get("tags"), Some(&strings(["q"])));
    let upgraded = client.upgrade("files_file", 0, r#"{"name":"a","text":"hello"}"#).await.unwrap();
    assert_eq!(upgraded.get("length"), Some(&5.into()));
    let newer = client.upgrade("files_file", 2, "{}").await.unwrap_err();
    assert!(newer.to_string().starts_with("Stored state is too new"), "{newer}");
    fs::write(directory.path().join("moved"), "").unwrap();
    let from = |resource: &str, json: &str| {
        MovedState::new("terraform.io/builtin/terraform", resource, StoredState::new(0, json))
    };
    let data = from("terraform_data", r#"{"id":"1","output":{"value":"moved","type":"string"}}"#);
    let moved = client.move_from("files_file", &data).await.unwrap();
    assert_eq!(moved.value.get("name"), Some(&"moved".into()));
    let read = client.refresh("files_file", &moved).await.unwrap().unwrap();
    assert_eq!(read.value.get("content"), Some(&"".into()));
    let rejected = client.move_from("files_file", &from("other", "{}")).await.unwrap_err();
    assert!(rejected.to_string().contains("cannot take over the state of `other`"), "{rejected}");
}

#[tokio::test]
async fn functions_compute() {
    let (client, _directory) = files().await;
    let join = |arguments: Vec<Value>| client.call_function("join", arguments);
    assert_eq!(join(vec!["a".into()]).await.unwrap(), "a".into());
    assert_eq!(join(vec!["a".into(), "b".into(), "c".into()]).await.unwrap(), "a/b/c".into());
    let failed = join(vec!["a".into(), "b".into(), "".into()]).await.unwrap_err();
    assert_eq!(failed.to_string(), "A name is empty (names[1])");
    assert_eq!(client.call_function("extension", ["a.b".into()]).await.unwrap(), "b".into());
    assert_eq!(client.call_function("extension", [Value::Null]).await.unwrap(), Value::Null);
}

#[tokio::test]
async fn an_ephemeral_resource_is_there_until_closed() {
    let (client, directory) = files().await;
    let lock = client.open("files_lock", object([("name", "lock".into())])).await.unwrap();
    assert_eq!(lock.state.get("key"), Some(&"opensesame".into()));
    assert!(directory.path().join("lock").exists());
    let unable = client.renew("files_lock", &lock.private).await.unwrap_err();
    assert!(unable.to_string().starts_with("Ephemeral resource cannot be renewed"), "{unable}");
    client.close("files_lock", &lock.private).await.unwrap();
    assert!(!directory.path().join("lock").exists());
}

#[tokio::test]
async fn an_action_tells_of_its_progress() {
    let (client, _directory) = files().await;
    let mut lines = Vec::new();
    client
        .invoke_action("files_countdown", object([("from", 2.into())]), |line| lines.push(line))
        .await
        .unwrap();
    assert_eq!(lines, ["2 to go", "1 to go"]);
}

#[tokio::test]
async fn a_stop_reaches_an_action_on_its_way() {
    let (client, _directory) = files().await;
    let pause = object([("milliseconds", 60_000.into())]);
    let (told, mut stop) = tokio::sync::mpsc::unbounded_channel();
    let count = client.invoke_action(
        "files_countdown",
        object([("from", 9.into()), ("pause", pause)]),
        move |line| told.send(line).unwrap(),
    );
    let stopping = async {
        assert_eq!(stop.recv().await.as_deref(), Some("9 to go"));
        client.stop().await.unwrap();
    };
    let (counted, ()) = tokio::join!(count, stopping);
    assert!(counted.unwrap_err().to_string().starts_with("Interrupted"));
}
