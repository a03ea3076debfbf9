//! Logs: JSON lines on standard error, with stable dotted fields.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// Starts logging. `filter` is a list of `target=level`; what it does not name is silent.
pub fn start(format: Format, filter: &str) {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match format {
        Format::Json => builder.json().flatten_event(true).with_current_span(true).try_init(),
        Format::Text => builder.compact().try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started already");
    }
}

/// The filter of a deployment that sets none: what the service itself says.
pub const DEFAULT_FILTER: &str =
    "warn,coppice=info,coppice_api=info,coppice_engine=info,coppice_runtime=info,coppice_local=info";

/// Starts logging as `COPPICE_LOG` and `COPPICE_LOG_FILTER` ask.
#[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the environment")]
pub fn start_from_environment() {
    let format = match std::env::var("COPPICE_LOG").as_deref() {
        Ok("text") => Format::Text,
        _ => Format::Json,
    };
    start(format, std::env::var("COPPICE_LOG_FILTER").as_deref().unwrap_or(DEFAULT_FILTER));
}
