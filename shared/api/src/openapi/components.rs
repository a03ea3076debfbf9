//! What the operations share: schemas, refusals, headers, the token and the microversion.

use super::parameters::{self, MICROVERSION};
use super::schema::{self, integer, object, text};
use crate::microversion::MIN;
use crate::operation::{Operation, Shown};
use crate::views;
use serde_json::{Map, Value, json};

pub(super) const INTRODUCTION: &str = "\
Fleets of compute nodes that grow, shrink and heal themselves.\n\n\
A request needs a token, unless its operation says otherwise, and may ask for a microversion; what an older \
one does not know is marked `x-since`: an operation is then refused, a field of a request is checked and \
ignored, a field of an answer is left out. `x-since: coppice 1.0` marks what this service adds: it is there \
for requests whose version header has that entry. `x-rule` names the rule that guards an operation.\n\n\
A request that is accepted with 202 starts an action, whose URL is in `Location`. Any operation may answer \
500 or 503 when the service fails, with the same body as other refusals; it is described only where it is \
the answer to something in the request.";

/// The name of the security scheme.
pub(super) const TOKEN: &str = "token";

pub(super) const ERROR: &str = "Error";
pub(super) const RAW: &str = "Raw";
const UNAUTHORIZED_ERROR: &str = "UnauthorizedError";

pub(super) const BAD_REQUEST: &str = "BadRequest";
pub(super) const UNAUTHORIZED: &str = "Unauthorized";
pub(super) const NOT_FOUND: &str = "NotFound";
pub(super) const NOT_ACCEPTABLE: &str = "NotAcceptable";
pub(super) const URI_TOO_LONG: &str = "UriTooLong";

/// The document's components.
pub(super) fn components<'a>(operations: impl Iterator<Item = &'a Operation>) -> Value {
    let mut schemas = shared();
    for operation in operations {
        let shown = operation.answer.map(|answer| answer.shown);
        if let Some(Shown::One(_, each) | Shown::Many(_, each) | Shown::Whole(each)) = shown {
            schemas.insert(each.name.to_owned(), (each.schema)());
        }
    }
    json!({
        "schemas": schemas,
        "responses": {
            BAD_REQUEST: refusal("The request is malformed, or asks for what cannot be.", true),
            UNAUTHORIZED: unauthorized(),
            NOT_FOUND: refusal("There is no such resource in the caller's project, or no such path.", true),
            NOT_ACCEPTABLE: refusal("The microversion is not supported.", false),
            URI_TOO_LONG: raw("The URL is too long."),
        },
        "headers": {
            "RequestId": header("The id under which the request is logged.", text()),
            "Location": header("The URL of the action that was started.", text()),
            "Microversion": header("The microversion that was used.", text()),
            "Vary": header("The headers that the answer depends on.", text()),
            "Challenge": header("Where to get a token.", text()),
        },
        "parameters": { MICROVERSION: parameters::microversion(MIN) },
        "securitySchemes": { TOKEN: { "type": "apiKey", "in": "header", "name": "X-Auth-Token" } },
    })
}

/// The schemas that other schemas refer to.
pub(super) fn shared() -> Map<String, Value> {
    let error = object([("code", integer()), ("message", text()), ("type", text())]);
    let envelope =
        object([("code", integer()), ("title", text()), ("explanation", text()), ("error", error)]);
    let raw = object([("message", text()), ("code", text()), ("title", text())]);
    let unauthorized = object([("code", integer()), ("title", text()), ("message", text())]);
    let property = views::TYPE_PROPERTY;
    Map::from_iter([
        (ERROR.to_owned(), envelope),
        (RAW.to_owned(), raw),
        (UNAUTHORIZED_ERROR.to_owned(), object([("error", unauthorized)])),
        (property.name.to_owned(), (property.schema)()),
    ])
}

/// The headers of an answer.
pub(super) fn headers(versioned: bool, location: bool) -> Value {
    let refer = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let mut headers = json!({ "X-OpenStack-Request-ID": refer("RequestId") });
    if versioned {
        headers["OpenStack-API-Version"] = refer("Microversion");
        headers["Vary"] = refer("Vary");
    }
    if location {
        headers["Location"] = refer("Location");
    }
    headers
}

fn header(description: &str, value: Value) -> Value {
    schema::with(json!({ "description": description, "required": true }), "schema", value)
}

/// A refusal in the envelope; where the pipeline refuses too, also in the forms that follow `Accept`.
fn refusal(description: &str, raw_too: bool) -> Value {
    if raw_too {
        let either = json!({ "anyOf": [schema::reference(ERROR), schema::reference(RAW)] });
        return in_forms(description, &either);
    }
    json!({
        "description": description,
        "headers": headers(false, false),
        "content": { "application/json": { "schema": schema::reference(ERROR) } },
    })
}

fn raw(description: &str) -> Value {
    in_forms(description, &schema::reference(RAW))
}

fn in_forms(description: &str, json: &Value) -> Value {
    json!({
        "description": description,
        "headers": headers(false, false),
        "content": forms(json),
    })
}

/// A body in the form that `Accept` prefers; in JSON it looks like this.
pub(super) fn forms(json: &Value) -> Value {
    json!({
        "application/json": { "schema": json },
        "text/html": { "schema": text() },
        "text/plain": { "schema": text() },
    })
}

fn unauthorized() -> Value {
    let mut headers = headers(false, false);
    headers["WWW-Authenticate"] = json!({ "$ref": "#/components/headers/Challenge" });
    json!({
        "description": "There is no valid token.",
        "headers": headers,
        "content": { "application/json": { "schema": schema::reference(UNAUTHORIZED_ERROR) } },
    })
}
