//! Polls of tasks: their parameters, and what the response says about the task.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use clb_task::{PollOutcome, StatusSource, TaskRef, TaskReport};
use serde_json::{Value, json, value::RawValue};
use tokio::time::Instant;

use crate::{
    ApiError, Client, Region, Service, SetupError, TaskPoller,
    attempt::{Attempt, POLL_TIMEOUT, Permit},
    call::Progress,
    client::Shared,
    dispatch::CLOCK_CORRECTIONS,
    envelope::RawResponse,
    error_table::{ErrorClass, LIMITED_RETRIES},
    object::Object,
};

/// The longest status that an error shows in full.
const LONGEST_VALUE: usize = 100;

impl Client {
    /// Polls a task once. A status that is not documented is an error which shows it.
    ///
    /// The request is sent again only if its error has led to fresh credentials or a corrected clock.
    pub async fn describe_task_status(&self, task: &TaskRef) -> Result<TaskReport, ApiError> {
        let progress = Progress::default();
        self.report(&self.attempt_corrected(&self.poll(task, &progress, Permit::Acquire)?).await?)
    }

    fn poll<'a>(
        &'a self,
        task: &TaskRef,
        progress: &'a Progress,
        permit: Permit,
    ) -> Result<Attempt<'a>, ApiError> {
        let body = parameters(self.service_ref(), self.poller(), task).map_err(ApiError::setup)?;
        Ok(Attempt {
            action: self.poller().action(),
            body,
            deadline: Instant::now() + POLL_TIMEOUT,
            progress,
            permit,
        })
    }

    async fn poll_report(&self, task: &TaskRef) -> Result<TaskReport, ApiError> {
        let progress = Progress::default();
        self.report(&self.attempt(&self.poll(task, &progress, Permit::Acquired)?, true).await?)
    }

    fn report(&self, response: &RawResponse) -> Result<TaskReport, ApiError> {
        report(self.poller(), response)
    }
}

/// One poll is one request: whatever is sent again is the next poll, with a permit of its own.
#[async_trait]
impl StatusSource for Client {
    async fn poll_once(&self, task: &TaskRef) -> PollOutcome {
        match self.poll_report(task).await {
            Ok(report) => PollOutcome::Report(report),
            Err(error) => poll_outcome(&error),
        }
    }

    /// Waits of one client and its clones share the polls of a task.
    fn identity(&self) -> Option<Arc<str>> {
        let region = self.chosen_region().map_or("", Region::as_str);
        let shared: *const Shared = self.shared();
        Some(Arc::from(format!("{shared:p} {} {} {region}", self.service_ref(), self.poller().action())))
    }
}

/// The parameters of the action: the load balancer's takes a task id or an order name, that of others a task id alone.
fn parameters(service: &Service, poller: &TaskPoller, task: &TaskRef) -> Result<Bytes, SetupError> {
    let parameters = match task {
        TaskRef::Id(id) => json!({ poller.parameter_name(): id.as_str() }),
        TaskRef::Deal(name) if service.is_clb() && *poller == TaskPoller::describe_task_status() => {
            json!({ "DealName": name.as_str() })
        }
        TaskRef::Deal(_) => {
            let problem = format!("`{}` of `{}` takes no order names", poller.action(), service.name());
            return Err(SetupError::invalid("task", problem));
        }
    };
    Ok(Bytes::from(parameters.to_string()))
}

/// Reads the report; a status other than the documented 0, 1 and 2 is an error that shows it as it came.
fn report(poller: &TaskPoller, response: &RawResponse) -> Result<TaskReport, ApiError> {
    let content: Object<'_> = response.read()?;
    let request_id = Some(response.request_id.clone());
    let value = content.get(poller.status_name());
    let Some(status) = value.and_then(|value| poller.status(value.get())) else {
        return Err(unrecognized(value, response));
    };
    let field = |name| {
        content.get(name).map_or(Value::Null, |value| serde_json::from_str(value.get()).unwrap_or_default())
    };
    let message = message(field("Message")).map(|text| response.secrets.scrub(&text));
    let load_balancer_ids = strings(field("LoadBalancerIds"));
    Ok(TaskReport { status, message, load_balancer_ids, request_id })
}

/// What an error means to a waiter.
fn poll_outcome(error: &ApiError) -> PollOutcome {
    let (poll_error, retry_after) = (error.poll_error(), error.retry_after());
    if let Some(value) = error.status_value() {
        return PollOutcome::Unrecognized { value: value.to_owned(), request_id: poll_error.request_id };
    }
    let retries = retries(error);
    let (class, error) = (error.class(), poll_error);
    match class {
        ErrorClass::Throttled => PollOutcome::Throttled { error, retry_after },
        ErrorClass::Busy | ErrorClass::Transient => PollOutcome::Transient { error, retry_after },
        ErrorClass::Setup => PollOutcome::NotSent { error },
        _ => PollOutcome::Rejected { error, retries },
    }
}

/// How many more polls follow an error that may be final.
fn retries(error: &ApiError) -> u32 {
    match error.class() {
        ErrorClass::LimitedRetries => LIMITED_RETRIES,
        ErrorClass::CorrectClock if error.is_corrected() => CLOCK_CORRECTIONS,
        ErrorClass::FreshCredentials if error.is_corrected() => 1,
        _ => 0,
    }
}

fn unrecognized(status: Option<&RawValue>, response: &RawResponse) -> ApiError {
    ApiError::unrecognized_status(as_text(status), Some(response.request_id.clone()))
        .scrubbed(&response.secrets)
}

fn as_text(status: Option<&RawValue>) -> String {
    let Some(status) = status else { return "missing".to_owned() };
    match status.get().char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}...", &status.get()[..end]),
        None => status.get().to_owned(),
    }
}

fn message(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

fn strings(value: Value) -> Vec<String> {
    let Value::Array(values) = value else { return Vec::new() };
    values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use clb_task::TaskStatus;

    use super::*;
    use crate::redact::Secrets;

    fn read(content: &str) -> Result<TaskReport, ApiError> {
        let content = RawValue::from_string(content.to_owned()).unwrap();
        let response = RawResponse { request_id: "r-1".to_owned(), content, secrets: Secrets::default() };
        report(&TaskPoller::describe_task_status(), &response)
    }

    #[test]
    fn the_documented_statuses_are_reports() {
        let cases = [(0, TaskStatus::Succeeded), (1, TaskStatus::Failed), (2, TaskStatus::Running)];
        for (code, status) in cases {
            assert_eq!(read(&format!(r#"{{"Status":{code}}}"#)).unwrap().status, status);
        }
    }

    #[test]
    fn any_other_status_is_an_error_that_shows_it() {
        for value in [
            "null",
            "3",
            "7",
            "-1",
            "-0",
            "0.0",
            "1.5",
            "0e1",
            "1e20",
            "\"0\"",
            "true",
            "[0]",
            "{}",
            "18446744073709551616",
        ] {
            let error = read(&format!(r#"{{"Status":{value}}}"#)).unwrap_err();
            assert_eq!(error.status_value(), Some(value));
            assert_eq!(error.request_id(), Some("r-1"));
            assert!(!error.is_transient() && error.to_string().contains(value), "{error}");
        }
        assert_eq!(read("{}").unwrap_err().status_value(), Some("missing"));
        assert_eq!(read(r#"{"status":0}"#).unwrap_err().status_value(), Some("missing"));
    }

    #[test]
    fn two_statuses_are_none() {
        assert_eq!(read(r#"{"Status":2,"Status":0}"#).unwrap_err().class(), ErrorClass::Transient);
    }

    #[test]
    fn an_endless_status_is_cut() {
        let error = read(&format!(r#"{{"Status":"{}"}}"#, "é".repeat(1000))).unwrap_err();
        assert_eq!(error.status_value().unwrap().chars().count(), LONGEST_VALUE + 3);
    }

    #[test]
    fn nullable_fields_may_be_anything() {
        let cases = [
            ("{\"Status\":1}", None, vec![]),
            (r#"{"Status":1,"Message":null,"LoadBalancerIds":null,"New":[{}]}"#, None, vec![]),
            (r#"{"Status":1,"Message":"","LoadBalancerIds":[]}"#, None, vec![]),
            (
                r#"{"Status":1,"Message":"no \"quota\"","LoadBalancerIds":["lb-1","lb-2"]}"#,
                Some("no \"quota\""),
                vec!["lb-1", "lb-2"],
            ),
            (
                r#"{"Status":1,"Message":{"a":1},"LoadBalancerIds":[1,"lb-2",null]}"#,
                Some("{\"a\":1}"),
                vec!["lb-2"],
            ),
        ];
        for (content, message, ids) in cases {
            let report = read(content).unwrap();
            assert_eq!(
                (report.message.as_deref(), report.load_balancer_ids),
                (message, ids.iter().map(ToString::to_string).collect()),
                "{content}"
            );
        }
    }

    #[test]
    fn each_class_tells_a_waiter_what_to_do() {
        let of = |code: &str| poll_outcome(&ApiError::service(code, "m", None));
        assert!(matches!(
            of("RequestLimitExceeded.IPLimitExceeded"),
            PollOutcome::Throttled { retry_after: None, .. }
        ));
        assert!(matches!(of("InternalError"), PollOutcome::Transient { .. }));
        assert!(matches!(of("FailedOperation.ResourceInOperating"), PollOutcome::Transient { .. }));
        assert!(matches!(of("FailedOperation"), PollOutcome::Rejected { retries: 3, .. }));
        for code in ["AuthFailure.TokenFailure", "AuthFailure.SignatureExpire", "ResourceNotFound", "Unheard"]
        {
            let PollOutcome::Rejected { error, retries: 0 } = of(code) else { panic!("{code}") };
            assert_eq!(error.code.as_deref(), Some(code));
        }
        let odd = poll_outcome(&ApiError::unrecognized_status("7".to_owned(), None));
        assert_eq!(odd, PollOutcome::Unrecognized { value: "7".to_owned(), request_id: None });
    }
}
