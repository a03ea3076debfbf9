//! Exchanges with Keystone, bounded in time and size.

use super::super::{ConfigError, IdentityError};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::error::Error;
use std::time::Duration;

/// The longest answer that is read, in bytes. A token's description without its catalogue takes about
/// 1 KB; the room is for users with very many roles.
const LONGEST_ANSWER: usize = 256 * 1024;

/// What Keystone answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// A client whose exchanges end within `timeout`.
pub(super) fn client(timeout: Duration) -> Result<reqwest::Client, ConfigError> {
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout)
        // A function is frozen between requests; connections that old are usually dead.
        .pool_idle_timeout(Duration::from_secs(30))
        // Neither a redirect nor a proxy found in the environment may carry tokens elsewhere.
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| ConfigError(format!("no HTTP client: {}", chain(&error))))
}

/// A header value that is kept out of logs; `None` if `text` cannot be sent in a header.
pub(super) fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Sends a request and reads the answer, at most [`LONGEST_ANSWER`] bytes of it.
pub(super) async fn send(request: reqwest::RequestBuilder) -> Result<Answer, IdentityError> {
    let mut response =
        request.header(http::header::ACCEPT, "application/json").send().await.map_err(failed)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(IdentityError::Unavailable(format!(
                "Keystone's answer is longer than {LONGEST_ANSWER} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err asks for")]
fn failed(error: reqwest::Error) -> IdentityError {
    let what = if error.is_timeout() { "Keystone did not answer in time" } else { "Keystone did not answer" };
    IdentityError::Unavailable(format!("{what}: {}", chain(&error)))
}

/// The error and its causes; reqwest puts the telling part ("connection refused") last. Requests carry
/// secrets in headers and bodies only, and these texts show neither.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
