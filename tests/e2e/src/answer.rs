//! What came back.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status: status.as_u16(), headers, body }
    }

    /// A header's value; `None` if it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|cause| panic!("{} is not JSON ({cause}): {}", self.status, self.text()))
    }

    /// Checks the status.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "the check is what counts"
    )]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The id of the action that was started, from `Location`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn action(&self) -> String {
        let location = self.header("location").expect("an accepted request has a Location");
        location.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The error's class and text.
    ///
    /// # Panics
    /// When the body is not an error envelope.
    #[must_use]
    pub fn fault(&self) -> (String, String) {
        let body = self.json();
        let text = |key: &str| match &body["error"][key] {
            Value::String(text) => text.clone(),
            other => panic!("error.{key} is {other}: {body}"),
        };
        (text("type"), text("message"))
    }
}
