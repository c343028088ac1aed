//! Log events of `tracing` as the JSON lines that Terraform reads from a plugin's stderr.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;

use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

mod mask;

pub(crate) use mask::mask;
use mask::masked;

/// Sends the process's events to Terraform, if it wants any.
pub(crate) fn install(environment: &BTreeMap<String, String>, provider: Option<&str>) {
    let levels = Levels::read(environment, provider);
    if levels.most_verbose() != LevelFilter::OFF {
        // A provider that has chosen its own subscriber keeps it.
        let _ = tracing::subscriber::set_global_default(Registry::default().with(Lines { levels }));
    }
}

/// What is logged.
#[derive(Debug, PartialEq, Eq)]
struct Levels {
    provider: LevelFilter,
    /// By the name of the crate, in capitals.
    subsystems: BTreeMap<String, LevelFilter>,
}

impl Levels {
    /// What the variables of Terraform and of its Go providers ask for, the most particular first; without any, Terraform would
    /// throw every line away. `TF_LOG_PROVIDER_NAME_CRATE` is about one crate of the provider `NAME`.
    fn read(environment: &BTreeMap<String, String>, provider: Option<&str>) -> Self {
        let own = provider.map(|name| format!("TF_LOG_PROVIDER_{}", in_capitals(name)));
        let names = own.as_deref().into_iter().chain(["TF_LOG_PROVIDER", "TF_LOG"]);
        let mut levels = names.filter_map(|name| environment.get(name).filter(|text| !text.is_empty()));
        let provider = levels.next().map_or(LevelFilter::OFF, |text| level(text));
        let prefix = own.as_ref().map(|own| format!("{own}_"));
        let subsystems = environment.iter().filter_map(|(name, text)| {
            let subsystem = name.strip_prefix(prefix.as_deref()?)?;
            Some((subsystem.to_owned(), level(text)))
        });
        Levels { provider, subsystems: subsystems.collect() }
    }

    fn most_verbose(&self) -> LevelFilter {
        self.subsystems.values().copied().fold(self.provider, std::cmp::Ord::max)
    }

    /// The level of a crate, if a variable names it.
    fn of(&self, library: &str) -> Option<LevelFilter> {
        if self.subsystems.is_empty() { None } else { self.subsystems.get(&in_capitals(library)).copied() }
    }
}

fn in_capitals(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

fn level(text: &str) -> LevelFilter {
    match text.to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        // TRACE, JSON (which is TRACE in another form), and as Terraform does it, whatever cannot be understood.
        _ => LevelFilter::TRACE,
    }
}

/// Networking libraries, whose debug lines are about every frame and may quote its bytes.
const CHATTY: [&str; 8] = ["h2", "hyper", "hyper_util", "reqwest", "rustls", "tokio_util", "tonic", "tower"];

struct Lines {
    levels: Levels,
}

/// What a span adds to the events within.
struct SpanFields(Map<String, Json>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let library = metadata.target().split("::").next().unwrap_or_default();
        if let Some(level) = self.levels.of(library) {
            return *metadata.level() <= level;
        }
        *metadata.level() <= self.levels.provider
            && (*metadata.level() <= Level::WARN || !CHATTY.contains(&library))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.levels.most_verbose())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(SpanFields(fields.0));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(span) = context.span(id)
            && let Some(known) = span.extensions_mut().get_mut::<SpanFields>()
        {
            known.0.extend(fields.0);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in
            context.event_scope(event).into_iter().flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            if let Some(known) = span.extensions().get::<SpanFields>() {
                fields.0.extend(known.0.clone());
            }
        }
        event.record(&mut fields);
        write(&line(event.metadata(), fields.0, jiff::Timestamp::now()));
    }
}

/// One line in hclog's format. Level, message and time must be strings, and the time have six digits after the point:
/// Terraform crashes over the former, and takes the line for plain text over the latter.
fn line(metadata: &Metadata<'_>, mut fields: Map<String, Json>, now: jiff::Timestamp) -> Json {
    let message = match fields.remove("message") {
        Some(Json::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let level = metadata.level().as_str().to_ascii_lowercase();
    fields.insert("@level".into(), level.into());
    fields.insert("@message".into(), message.into());
    fields.insert("@module".into(), metadata.target().into());
    fields.insert("@timestamp".into(), now.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string().into());
    Json::Object(fields)
}

/// In one piece, so that lines of several threads do not mix. There is nowhere to report a closed stderr to.
fn write(line: &Json) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

#[derive(Default)]
struct Fields(Map<String, Json>);

/// Terraform reads lines of at most 64 KiB.
const LONGEST: usize = 8 * 1024;

impl Fields {
    fn text(&mut self, field: &Field, text: &str) {
        let text = masked(text);
        let end = (0..=text.len().min(LONGEST)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        let cut = if end < text.len() { "..." } else { "" };
        self.insert(field, format!("{}{cut}", &text[..end]).into());
    }

    fn insert(&mut self, field: &Field, value: Json) {
        // Names with @ are hclog's own.
        self.0.insert(field.name().trim_start_matches('@').to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.text(field, &value.to_string());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], provider: LevelFilter, subsystems: &[(&str, LevelFilter)]) {
        let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let subsystems = subsystems.iter().map(|(name, level)| ((*name).into(), *level)).collect();
        assert_eq!(Levels::read(&environment, Some("my-cloud")), Levels { provider, subsystems });
    }

    #[test]
    fn the_most_particular_variable_counts() {
        check(&[], LevelFilter::OFF, &[]);
        check(&[("TF_LOG", "warn")], LevelFilter::WARN, &[]);
        check(&[("TF_LOG", "warn"), ("TF_LOG_PROVIDER", "INFO")], LevelFilter::INFO, &[]);
        let own = ("TF_LOG_PROVIDER_MY_CLOUD", "debug");
        check(&[("TF_LOG", "warn"), ("TF_LOG_PROVIDER", "INFO"), own], LevelFilter::DEBUG, &[]);
        check(&[("TF_LOG", ""), ("TF_LOG_PROVIDER_OTHER", "trace")], LevelFilter::OFF, &[]);
        check(&[("TF_LOG", "json")], LevelFilter::TRACE, &[]);
    }

    #[test]
    fn a_crate_may_have_a_level_of_its_own() {
        let environment = [("TF_LOG", "error"), ("TF_LOG_PROVIDER_MY_CLOUD_HYPER_UTIL", "debug")];
        check(&environment, LevelFilter::ERROR, &[("HYPER_UTIL", LevelFilter::DEBUG)]);
        let levels = Levels::read(
            &environment.map(|(name, value)| (name.into(), value.into())).into(),
            Some("my-cloud"),
        );
        assert_eq!(levels.of("hyper_util"), Some(LevelFilter::DEBUG));
        assert_eq!(levels.of("hyper"), None);
        assert_eq!(levels.most_verbose(), LevelFilter::DEBUG);
    }
}
