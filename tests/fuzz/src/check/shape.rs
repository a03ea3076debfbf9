//! The forms that answers have (spec api-common §5, §8, §9).

use super::{Complaints, ensure};
use coppice_domain::fault::FaultKind;
use coppice_e2e::Answer;
use serde_json::Value;

/// What an answer's body is.
pub(crate) enum Shape {
    /// Nothing.
    Empty,
    /// The JSON of a resource.
    Json,
    /// An error in the envelope: its type.
    Envelope { kind: String },
    /// What the reference's HTTP library makes of an error, or of the 202 of an action's update.
    Raw,
    /// None of these.
    Odd,
}

/// Every kind of fault.
const KINDS: [FaultKind; 25] = [
    FaultKind::HttpBadRequest,
    FaultKind::BadRequest,
    FaultKind::InvalidSpec,
    FaultKind::MethodVersionNotFound,
    FaultKind::MultipleChoices,
    FaultKind::RequestLimitExceeded,
    FaultKind::Forbidden,
    FaultKind::OverQuota,
    FaultKind::ResourceNotFound,
    FaultKind::PolicyBindingNotFound,
    FaultKind::InvalidGlobalApiVersion,
    FaultKind::TooManyRequests,
    FaultKind::ActionConflict,
    FaultKind::ActionCooldown,
    FaultKind::ActionInProgress,
    FaultKind::ActionImmutable,
    FaultKind::FeatureNotSupported,
    FaultKind::ResourceInUse,
    FaultKind::ResourceIsLocked,
    FaultKind::ESchema,
    FaultKind::ProfileOperationFailed,
    FaultKind::EResourceCreation,
    FaultKind::EResourceDeletion,
    FaultKind::InternalError,
    FaultKind::ServiceUnavailable,
];

/// Reads an answer's body, and complains where it is none of the forms its status may have.
pub(crate) fn shape(answer: &Answer, complaints: &mut Complaints) -> Shape {
    let shape = recognised(answer);
    let fits = match (&shape, answer.status) {
        (Shape::Empty, status) => status == 204,
        (Shape::Json, status) => matches!(status, 200 | 201 | 202 | 300 | 401),
        (Shape::Envelope { .. }, status) => status >= 400,
        (Shape::Raw, status) => matches!(status, 202 | 400 | 404 | 414),
        (Shape::Odd, _) => false,
    };
    ensure(complaints, fits, || "the body has no known form".to_owned());
    shape
}

fn recognised(answer: &Answer) -> Shape {
    match answer.header("content-type") {
        None if answer.body.is_empty() => Shape::Empty,
        Some("text/plain; charset=UTF-8") if answer.text().starts_with(&answer.status.to_string()) => {
            Shape::Raw
        }
        Some("text/html; charset=UTF-8") if answer.text().starts_with("<html>") => Shape::Raw,
        Some("application/json") if answer.body.is_ascii() || is_description(answer) => json(answer),
        _ => Shape::Odd,
    }
}

/// Whether it is the API's description, which the reference has none of.
fn is_description(answer: &Answer) -> bool {
    answer.status == 200 && parsed(&answer.body).is_some_and(|body| body["openapi"].is_string())
}

fn json(answer: &Answer) -> Shape {
    let Some(body) = parsed(&answer.body) else { return Shape::Odd };
    if answer.status < 400 && !is_raw(&body, answer.status) {
        return Shape::Json;
    }
    if is_raw(&body, answer.status) {
        return Shape::Raw;
    }
    if answer.status == 401 {
        let error = &body["error"];
        let whole = error["code"] == 401 && error["title"] == "Unauthorized" && error["message"].is_string();
        return if whole && keys(&body) == ["error"] { Shape::Json } else { Shape::Odd };
    }
    envelope(&body, answer.status).unwrap_or(Shape::Odd)
}

/// The body as JSON; null where it nests deeper than the parser goes, which what clients store may.
fn parsed(body: &[u8]) -> Option<Value> {
    match serde_json::from_slice(body) {
        Ok(body) => Some(body),
        Err(error) if error.to_string().starts_with("recursion limit exceeded") => Some(Value::Null),
        Err(_) => None,
    }
}

/// `{"message": …, "code": "404 Not Found", "title": "Not Found"}`.
fn is_raw(body: &Value, status: u16) -> bool {
    let code = body["code"].as_str().is_some_and(|code| code.starts_with(&status.to_string()));
    code && keys(body) == ["code", "message", "title"] && body["message"].is_string()
}

fn envelope(body: &Value, status: u16) -> Option<Shape> {
    let error = &body["error"];
    let kind = error["type"].as_str()?;
    let known = KINDS.iter().any(|each| each.name() == kind && each.status() == status);
    let texts = [&body["title"], &body["explanation"], &error["message"]];
    let whole = known
        && keys(body) == ["code", "error", "explanation", "title"]
        && keys(error) == ["code", "message", "type"]
        && body["code"] == status
        && error["code"] == status
        && texts.iter().all(|text| text.as_str().is_some_and(|text| !text.is_empty()));
    whole.then(|| Shape::Envelope { kind: kind.to_owned() })
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys
}
