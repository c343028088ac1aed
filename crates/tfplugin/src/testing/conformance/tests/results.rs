use super::*;

#[test]
fn a_result_is_as_planned() {
    accept_result(
        &[("made", Value::UNKNOWN), ("given", "a".into())],
        &[("made", Value::Null), ("given", "a".into())],
    );
    reject_result(
        &[("given", "a".into())],
        &[("given", "b".into())],
        "(given): It is not as planned: planned \"a\", now \"b\".",
    );
    reject_result(&[], &[("made", "m".into())], "(made): It is not as planned: planned null, now \"m\".");
    reject_result(
        &[("secret", "a".into())],
        &[],
        "(secret): It is not as planned: planned (hidden), now (hidden).",
    );
    let (one, other) = (list([with("a", "id", Value::UNKNOWN)]), list([with("b", "id", "i")]));
    reject_result(
        &[("list", one)],
        &[("list", other)],
        "(list[0].name): It is not as planned: planned \"a\", now \"b\".",
    );
    let certain = Refinement { prefix: Some("id-".into()), ..Refinement::not_null() };
    let certain = [("made", Value::Unknown(Some(Box::new(certain))))];
    accept_result(&certain, &[("made", "id-1".into())]);
    reject_result(
        &certain,
        &[("made", "1".into())],
        "(made): It is not as planned: planned unknown, now \"1\".",
    );
}

#[test]
fn the_elements_of_a_set_have_one_like_them_in_the_plan() {
    let open = || [("tag", list([with("a", "id", Value::UNKNOWN)]))];
    accept_result(&open(), &[("tag", list([with("a", "id", "i")]))]);
    for tags in [list([]), list([with("b", "id", "i")]), list([with("a", "id", "i"), with("a", "id", "j")])] {
        let state = value(&[("tag", tags)]);
        let rejected = applied(&schema(), &value(&open()), &state).unwrap_err().to_string();
        assert!(
            rejected.starts_with("Provider produced inconsistent result after apply (tag)"),
            "{rejected}"
        );
    }
}

#[test]
fn blocks_may_be_null_in_a_result() {
    accept_result(&[("rule", list([named("a")]))], &[("rule", Value::Null), ("tag", Value::Null)]);
    reject_result(
        &[("one", named("a"))],
        &[],
        "(one): It is not as planned: planned {id = null, name = \"a\", note = null}, now null.",
    );
}

#[test]
fn only_a_deletion_leaves_nothing() {
    assert_eq!(applied(&schema(), &Value::Null, &Value::Null), Ok(()));
    assert!(applied(&schema(), &value(&[]), &Value::Null).is_err());
    assert!(applied(&schema(), &Value::Null, &value(&[])).is_err());
}

#[test]
fn what_is_stored_is_known_and_not_write_only() {
    let unknown = value(&[("made", Value::UNKNOWN)]);
    let text = "(made): The result is unknown.";
    reject(
        applied(&schema(), &unknown, &unknown),
        &format!("Provider returned invalid result object after apply {text}"),
    );
    reject(found(&schema(), &unknown), &format!("Provider produced invalid object {text}"));
    let text = "(unseen): A write-only value is null in the state.";
    reject(
        stored(&schema(), &value(&[("unseen", "x".into())])),
        &format!("Provider produced invalid object {text}"),
    );
    let nothing = "Provider produced null object: What a data source reads is an object, or an error.";
    reject(found(&schema(), &Value::Null), nothing);
}
