//! Task ids from arguments, files and standard input.

use std::path::Path;

use clb_api::clb_task::{DealName, TaskId, TaskRef};

use crate::{arguments::TaskArguments, exit::Failure, input};

/// The tasks that the arguments name, each once, in the order in which they are given.
pub(crate) fn tasks(arguments: &TaskArguments) -> Result<Vec<TaskRef>, Failure> {
    let mut tasks = Vec::new();
    for id in &arguments.ids {
        match id.as_str() {
            "-" => tasks.extend(in_text(&input::read(Path::new("-"))?)?),
            id => tasks.push(TaskRef::Id(parse(id)?)),
        }
    }
    if let Some(file) = &arguments.file {
        tasks.extend(in_text(&input::read(file)?)?);
    }
    for name in &arguments.deal_name {
        let name = DealName::parse(name).map_err(|error| Failure::usage(format!("`{name}`: {error}")))?;
        tasks.push(TaskRef::Deal(name));
    }
    let mut unique: Vec<TaskRef> = Vec::new();
    for task in tasks {
        if !unique.contains(&task) {
            unique.push(task);
        }
    }
    if unique.is_empty() {
        Err(Failure::usage(
            "there is no task id in the input: give the `RequestId` of calls, one a line, or their responses in JSON",
        ))
    } else {
        Ok(unique)
    }
}

/// The ids in a text: JSON responses, one after the other or in an array, or an id a line. Lines may be empty, or comments
/// that begin with `#`.
fn in_text(text: &str) -> Result<Vec<TaskRef>, Failure> {
    if text.trim_start().starts_with(['{', '[']) {
        return in_json(text);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| parse(line).map(TaskRef::Id)).collect()
}

fn in_json(text: &str) -> Result<Vec<TaskRef>, Failure> {
    let mut tasks = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>() {
        match value.map_err(|error| Failure::usage(format!("the input is not JSON: {error}")))? {
            serde_json::Value::Array(responses) => {
                for response in responses {
                    tasks.push(in_response(&response)?);
                }
            }
            response => tasks.push(in_response(&response)?),
        }
    }
    Ok(tasks)
}

/// The id in one response, or an id that is quoted.
fn in_response(response: &serde_json::Value) -> Result<TaskRef, Failure> {
    if let Some(id) = response.as_str() {
        return parse(id).map(TaskRef::Id);
    }
    let id = TaskId::from_response(&response.to_string());
    id.map(TaskRef::Id).map_err(|error| Failure::usage(error.to_string()))
}

fn parse(id: &str) -> Result<TaskId, Failure> {
    if id.is_empty() {
        return Err(Failure::usage("a task id is empty; it is the `RequestId` in the response of the call"));
    }
    TaskId::parse(id).map_err(|error| Failure::usage(format!("`{id}`: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let tasks = in_text(text).unwrap();
        assert_eq!(tasks.iter().map(TaskRef::as_str).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn ids_come_in_lines_and_in_responses() {
        check("a-1\n\n# of the listener\n  b-2  \n", &["a-1", "b-2"]);
        check(r#"{"Response":{"RequestId":"a-1"}}"#, &["a-1"]);
        check("{\n \"RequestId\": \"a-1\"\n}\n{\"Response\":{\"RequestId\":\"b-2\"}}\n", &["a-1", "b-2"]);
        check(r#"[{"RequestId":"a-1"}, "b-2"]"#, &["a-1", "b-2"]);
    }

    #[test]
    fn a_response_that_is_an_error_says_so() {
        let text = r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"no more"},"RequestId":"r"}}"#;
        let error = in_text(text).unwrap_err();
        assert_eq!(
            (error.exit, error.message.contains("LimitExceeded")),
            (crate::exit::Exit::Usage, true),
            "{error}"
        );
        for text in ["{\"RequestId\":", "two words", "{}"] {
            assert!(in_text(text).is_err(), "{text}");
        }
    }
}
