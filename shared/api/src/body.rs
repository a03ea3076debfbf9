//! When a request has a body, and what is in it (spec api-common §7).

use crate::pyjson;
use axum::body::{Body, Bytes, to_bytes};
use coppice_domain::fault::{Fault, FaultKind};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, Request};
use serde_json::{Map, Value};

/// The largest JSON body that is read, in bytes.
pub(crate) const BODY_LIMIT: usize = 1_048_576;

/// How much of a longer body is still taken from the wire before it is refused, so that the client gets
/// to read the answer: what a function can be sent at most.
const DRAIN_LIMIT: usize = 6 * 1024 * 1024;

/// Takes the body out of `request`: none if it does not count as one.
///
/// # Errors
/// The text of the JSON parser, or `RequestLimitExceeded` for more than [`BODY_LIMIT`] bytes.
pub(crate) async fn read(request: Request<Body>) -> Result<Option<Map<String, Value>>, Fault> {
    let (parts, body) = request.into_parts();
    let Some(announced) = announced_length(&parts.headers) else { return Ok(None) };
    if announced == Some(0) || !is_json(&parts.headers) {
        return Ok(None);
    }
    let bytes = whole(body).await.ok_or_else(|| too_large(announced.unwrap_or(DRAIN_LIMIT)))?;
    if bytes.first() != Some(&b'{') {
        return Ok(None);
    }
    if bytes.len() > BODY_LIMIT {
        return Err(too_large(bytes.len()));
    }
    match pyjson::parse(&bytes).map_err(Fault::http)? {
        Value::Object(object) => Ok(Some(object)),
        // Not reached: what begins with a brace and parses is an object.
        _ => Ok(None),
    }
}

/// The bytes of a body, whatever they mean.
///
/// # Errors
/// `RequestLimitExceeded` for more than is ever read.
pub(crate) async fn bytes(body: Body) -> Result<Bytes, Fault> {
    whole(body).await.ok_or_else(|| too_large(DRAIN_LIMIT))
}

/// All of a body; none for more than is ever read, or where the connection broke: then nobody hears the answer.
async fn whole(body: Body) -> Option<Bytes> {
    to_bytes(body, DRAIN_LIMIT).await.ok()
}

/// The length the headers announce. `None`: the body is chunked, which counts as absent. `Some(None)`:
/// the transport does not say (HTTP/2, a function's event), and what arrives is the body.
fn announced_length(headers: &HeaderMap) -> Option<Option<usize>> {
    match headers.get(CONTENT_LENGTH) {
        Some(length) => Some(Some(length.to_str().ok()?.trim().parse().ok()?)),
        None if headers.contains_key(TRANSFER_ENCODING) => None,
        None => Some(None),
    }
}

/// Whether the media type is one that JSON may come as; the comparison minds case.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    let media = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    matches!(media, "" | "application/json" | "JSON" | "text/plain")
}

fn too_large(length: usize) -> Fault {
    Fault::new(
        FaultKind::RequestLimitExceeded,
        format!(
            "Request limit exceeded: JSON body size ({length} bytes) exceeds maximum allowed size \
             ({BODY_LIMIT} bytes)."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn read_with(headers: &[(&str, &str)], body: &'static str) -> Result<Option<Value>, Fault> {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.body(Body::from(body)).unwrap()).await.map(|object| object.map(Value::Object))
    }

    #[tokio::test]
    async fn only_some_bodies_count() {
        let object = Some(json!({"a": 1}));
        let length = ("content-length", "8");
        for (headers, body, expected) in [
            (&[length][..], r#"{"a": 1}"#, object.clone()),
            (&[], r#"{"a": 1}"#, object.clone()),
            (&[length, ("content-type", "application/json; charset=utf-8")], r#"{"a": 1}"#, object.clone()),
            (&[length, ("content-type", "JSON")], r#"{"a": 1}"#, object.clone()),
            (&[length, ("content-type", "text/plain")], r#"{"a": 1}"#, object.clone()),
            (&[length, ("content-type", "APPLICATION/JSON")], r#"{"a": 1}"#, None),
            (&[length, ("content-type", "application/xml")], r#"{"a": 1}"#, None),
            (&[("content-length", "0")], "", None),
            (&[("transfer-encoding", "chunked")], r#"{"a": 1}"#, None),
            (&[length], "[1, 2]", None),
            (&[length], r#" {"a": 1}"#, None),
        ] {
            assert_eq!(read_with(headers, body).await, Ok(expected), "{headers:?} {body}");
        }
    }

    #[tokio::test]
    async fn malformed_json_is_answered_with_the_parsers_words() {
        let fault = read_with(&[], r#"{"profile": "#).await.unwrap_err();
        assert_eq!(fault, Fault::http("Expecting value: line 1 column 13 (char 12)"));
    }

    #[tokio::test]
    async fn a_body_beyond_the_limit_is_refused_with_both_sizes() {
        for (length, announced) in [(BODY_LIMIT + 1, None), (DRAIN_LIMIT + 5, Some(DRAIN_LIMIT + 5))] {
            let mut request = Request::builder();
            if let Some(announced) = announced {
                request = request.header("content-length", announced);
            }
            let body = Body::from(format!("{{{}", " ".repeat(length - 1)));
            let fault = read(request.body(body).unwrap()).await.unwrap_err();
            assert_eq!(
                fault.message,
                format!(
                    "Request limit exceeded: JSON body size ({length} bytes) exceeds maximum allowed \
                     size (1048576 bytes)."
                )
            );
        }
    }
}
