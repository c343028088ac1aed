//! The arguments `task_ids` and `deal_names`: which tasks to wait for.

use std::collections::BTreeMap;
use std::fmt::Display;

use clb_api::clb_task::{DealName, TaskId, TaskRef};
use tfplugin::schema::Attribute;
use tfplugin::{Attr, Diagnostic, Diagnostics, Type};

use crate::argument;

/// A set of ids or order names as it is written; single elements may be unknown.
pub(crate) type TaskNames = Attr<Vec<Attr<String>>>;

/// The tasks by id or order name, which is also their key in results.
pub(crate) type Tasks = BTreeMap<String, TaskRef>;

/// The schema of both arguments.
pub(crate) fn attributes() -> [Attribute; 2] {
    let ids = "RequestIds of the asynchronous calls. At least one of `task_ids` and `deal_names` is required; both may be empty.";
    let names = "Names of the orders (`DealName`) in the responses of prepaid calls.";
    [
        Attribute::set("task_ids", Type::String).optional().description(ids),
        Attribute::set("deal_names", Type::String).optional().description(names),
    ]
}

/// The tasks of both arguments, unknown if any of them is.
pub(crate) fn read(task_ids: &TaskNames, deal_names: &TaskNames) -> Result<Attr<Tasks>, Diagnostics> {
    if task_ids.is_null() && deal_names.is_null() {
        return Err(no_tasks().into());
    }
    let mut problems = Diagnostics::new();
    let ids = problems.take(parsed(task_ids, "task_ids", |text| TaskId::parse(text).map(TaskRef::Id)));
    let deals =
        problems.take(parsed(deal_names, "deal_names", |text| DealName::parse(text).map(TaskRef::Deal)));
    problems.into_result()?;
    let (Some(Attr::Known(mut tasks)), Some(Attr::Known(deals))) = (ids, deals) else {
        return Ok(Attr::Unknown);
    };
    for (name, deal) in deals {
        if tasks.insert(name.clone(), deal).is_some() {
            let problem = format!("{name:?} is in `task_ids` too; remove it from one of the two");
            return Err(argument::invalid("deal_names", problem).into());
        }
    }
    Ok(Attr::Known(tasks))
}

fn parsed<E: Display>(
    names: &TaskNames,
    path: &str,
    parse: impl Fn(&str) -> Result<TaskRef, E>,
) -> Result<Attr<Tasks>, Diagnostics> {
    let names = match names {
        Attr::Known(names) => names,
        Attr::Null => return Ok(Attr::Known(Tasks::new())),
        Attr::Unknown => return Ok(Attr::Unknown),
    };
    let (mut tasks, mut problems, mut unknown) = (Tasks::new(), Diagnostics::new(), false);
    for name in names {
        match name {
            Attr::Known(name) => match parse(name) {
                Ok(task) => drop(tasks.insert(name.clone(), task)),
                Err(error) => problems.push(argument::invalid(path, format!("{error}: {name:?}"))),
            },
            Attr::Null => problems.push(argument::invalid(path, "an element must not be null; remove it")),
            Attr::Unknown => unknown = true,
        }
    }
    problems.into_result()?;
    Ok(if unknown { Attr::Unknown } else { Attr::Known(tasks) })
}

fn no_tasks() -> Diagnostic {
    Diagnostic::error(
        "no tasks to wait for",
        "Set `task_ids` to the RequestIds in the responses of asynchronous calls, or `deal_names` to their orders. Both may be \
         empty: then no request is sent.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> TaskNames {
        Attr::Known(texts.iter().map(|text| Attr::Known((*text).to_owned())).collect())
    }

    #[track_caller]
    fn check_error(ids: &TaskNames, deals: &TaskNames, expected: &[&str]) {
        let errors = read(ids, deals).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.path().to_string()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn ids_and_names_are_one_set_of_tasks() {
        let tasks = read(&names(&["b", "a"]), &names(&["c"])).unwrap().known().unwrap();
        assert_eq!(tasks.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(tasks["c"], TaskRef::Deal(DealName::parse("c").unwrap()));
    }

    #[test]
    fn both_arguments_may_be_empty_but_not_absent() {
        assert_eq!(read(&names(&[]), &Attr::Null), Ok(Attr::Known(Tasks::new())));
        check_error(&Attr::Null, &Attr::Null, &[""]);
    }

    #[test]
    fn each_malformed_name_is_an_error() {
        check_error(&names(&["", "a b", "ok"]), &names(&["c d"]), &["task_ids", "task_ids", "deal_names"]);
        check_error(&names(&["same"]), &names(&["same"]), &["deal_names"]);
        check_error(&Attr::Known([Attr::Null].into()), &Attr::Null, &["task_ids"]);
    }

    #[test]
    fn an_unknown_element_makes_the_tasks_unknown() {
        let partly = Attr::Known([Attr::Unknown, Attr::Known("a".to_owned())].into());
        assert_eq!(read(&partly, &Attr::Null), Ok(Attr::Unknown));
        assert_eq!(read(&names(&["a"]), &Attr::Unknown), Ok(Attr::Unknown));
        assert_eq!(read(&Attr::Unknown, &Attr::Null), Ok(Attr::Unknown));
    }
}
