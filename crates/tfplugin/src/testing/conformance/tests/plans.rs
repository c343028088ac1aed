use super::*;

#[test]
fn a_plan_keeps_what_is_configured() {
    let given: Attributes<'_> = &[("given", "a".into())];
    assert_eq!(plan(&[], given, given), Ok(()));
    reject_plan(
        given,
        &[("given", "b".into())],
        "(given): It is not as configured: configured \"a\", returned \"b\".",
    );
    reject_plan(
        &[("either", "a".into())],
        &[],
        "(either): It is not as configured: configured \"a\", returned null.",
    );
    reject_plan(
        &[("words", list(["a".into()]))],
        &[("words", list([]))],
        "(words): It is not as configured: configured [\"a\"], returned [].",
    );
    let unknown: Attributes<'_> = &[("given", Value::UNKNOWN)];
    reject_plan(unknown, given, "(given): It is not as configured: configured unknown, returned \"a\".");
    reject_plan(given, unknown, "(given): It is not as configured: configured \"a\", returned unknown.");
    let refined = Value::Unknown(Some(Box::new(Refinement::not_null())));
    assert_eq!(plan(&[], &[("given", refined)], unknown), Ok(()));
}

#[test]
fn a_plan_may_keep_the_prior_value_of_what_is_configured() {
    let prior: Attributes<'_> = &[("given", "a".into()), ("list", list([named("a")]))];
    assert_eq!(plan(prior, &[("given", "b".into()), ("list", list([named("b")]))], prior), Ok(()));
    let rejected = plan(prior, &[("list", list([named("b")]))], prior).unwrap_err();
    let text = "(given): It is set though it is not computed: configured null, returned \"a\".";
    reject(Err(rejected), &format!("Provider produced invalid plan {text}"));
}

#[test]
fn a_plan_sets_what_is_computed_and_nothing_else() {
    let free = list([with("a", "note", "n")]);
    assert_eq!(plan(&[], &[], &[("made", Value::UNKNOWN), ("either", "a".into()), ("free", free)]), Ok(()));
    let text = "(given): It is set though it is not computed: configured null, returned unknown.";
    reject_plan(&[], &[("given", Value::UNKNOWN)], text);
    reject_plan(&[], &[("unseen", "x".into())], "(unseen): A write-only value is null in the plan.");
    let text = "(secret): It is not as configured: configured (hidden), returned (hidden).";
    reject_plan(&[("secret", "a".into())], &[("secret", "b".into())], text);
}

#[test]
fn a_plan_keeps_what_is_nested() {
    let config: Attributes<'_> = &[("list", list([named("a")])), ("free", list([named("a")]))];
    let filled = list([with("a", "id", Value::UNKNOWN)]);
    assert_eq!(plan(&[], config, &[("list", filled.clone()), ("free", filled)]), Ok(()));
    let text = "(list[0].note): It is set though it is not computed: configured null, returned \"n\".";
    reject_plan(&[("list", list([named("a")]))], &[("list", list([with("a", "note", "n")]))], text);
    let text = "(free): It is not as configured: configured [{id = null, name = \"a\", note = null}], returned unknown.";
    reject_plan(&[("free", list([named("a")]))], &[("free", Value::UNKNOWN)], text);
    let map = |key: &str| Value::Map([(key.to_owned(), named("a"))].into());
    let rejected = plan(&[], &[("map", map("k"))], &[("map", map("l"))]).unwrap_err().to_string();
    assert!(rejected.contains("(map): It has other elements than configured"), "{rejected}");
}

#[test]
fn the_elements_of_a_set_are_counted_and_no_more() {
    let set = |elements: Value| [("set", elements)];
    let one = set(list([named("a")]));
    assert_eq!(plan(&[], &one, &set(list([named("b")]))), Ok(()));
    let open = list([with("a", "id", Value::UNKNOWN), with("b", "id", Value::UNKNOWN)]);
    assert_eq!(plan(&[], &one, &set(open)), Ok(()));
    let text = "(set): It has other elements than configured: configured [{id = null, name = \"a\", note = null}], returned [].";
    reject_plan(&one, &set(list([])), text);
    assert_eq!(plan(&[], &[("tag", list([named("a")]))], &[]), Ok(()));
}

#[test]
fn a_plan_has_the_blocks_of_the_configuration() {
    let text = "(rule): It has other elements than configured: configured [{id = null, name = \"a\", note = null}], returned [].";
    reject_plan(&[("rule", list([named("a")]))], &[], text);
    reject_plan(&[], &[("one", named("a"))], "(one): It is there and not configured.");
    reject_plan(&[], &[("rule", Value::Null)], "(rule): Blocks that are not there are empty, not null.");
    let deletion = planned(&schema(), &value(&[]), &Value::Null, &value(&[]));
    reject(deletion, "Provider produced invalid plan: It is there and not configured.");
}

#[test]
fn what_requires_replacement_exists() {
    let check = |path: AttributePath| replacements(&schema(), &schema().ty(), &[path]);
    assert_eq!(check(AttributePath::from("list").index(7).attribute("note")), Ok(()));
    let text = "Replacement is required because of an attribute that does not exist.";
    reject(check("absent".into()), &format!("Provider produced invalid plan (absent): {text}"));
}

#[test]
fn an_opened_ephemeral_resource_keeps_its_configuration() {
    let open = |given: &str| {
        let state = value(&[("given", given.into()), ("made", "m".into())]);
        opened(&schema(), &value(&[("given", "a".into())]), &state)
    };
    assert_eq!(open("a"), Ok(()));
    let text = "(given): It is not as configured: configured \"a\", returned \"b\".";
    reject(open("b"), &format!("Provider produced invalid ephemeral resource instance {text}"));
}
