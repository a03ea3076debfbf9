//! What must hold of every answer by itself (spec api-common §3, §6, §8, §9).

use super::shape::{Shape, shape};
use super::{Complaints, ensure};
use crate::author::{BIRDS, Token};
use crate::request::Generated;
use coppice_e2e::{ADMIN, Answer};
use http::Method;
use serde_json::Value;
use uuid::Uuid;

/// The errors of the service itself that the reference defines, and where.
fn is_defined(kind: &str, request: &Generated) -> bool {
    let path = request.target.split('?').next().unwrap_or_default();
    match kind {
        "ESchema" => request.method == Method::POST && ["profiles", "policies"].contains(&request.resource()),
        "ProfileOperationFailed" => request.method == Method::POST && path.contains("/nodes/adopt"),
        _ => false,
    }
}

/// Everything that is wrong with an answer.
pub(crate) fn check(request: &Generated, answer: &Answer) -> Complaints {
    let mut complaints = Complaints::new();
    // A body that HEAD asks for is not sent.
    let unsent = request.method == Method::HEAD && answer.body.is_empty();
    let shape = if unsent { Shape::Empty } else { shape(answer, &mut complaints) };
    let known = [200, 201, 202, 204, 300, 400, 401, 403, 404, 406, 409, 414, 429, 500];
    ensure(&mut complaints, known.contains(&answer.status), || format!("status {}", answer.status));
    if answer.status >= 500 {
        let defined = matches!(&shape, Shape::Envelope { kind, .. } if is_defined(kind, request));
        ensure(&mut complaints, defined, || "the service failed".to_owned());
    }
    request_id(answer, &mut complaints);
    versions(request, answer, &mut complaints);
    location(request, answer, &mut complaints);
    secrets(request, answer, &mut complaints);
    complaints
}

fn request_id(answer: &Answer, complaints: &mut Complaints) {
    let ids: Vec<_> = answer.headers.get_all("x-openstack-request-id").iter().collect();
    let id = ids.first().and_then(|id| id.to_str().ok()?.strip_prefix("req-")?.parse::<Uuid>().ok());
    let one = ids.len() == 1 && id.is_some_and(|id| id.get_version_num() == 4);
    ensure(complaints, one, || format!("request ids {ids:?}"));
}

/// Whether an answer comes from the handler of a resource and reports success: those say which microversion
/// was used.
fn is_versioned(request: &Generated, answer: &Answer) -> bool {
    let document =
        request.resource().is_empty() && !request.target.split('?').next().unwrap_or_default().ends_with('/');
    let description = request.resource() == "openapi.json";
    match answer.status {
        200 | 201 => !document && !description,
        202 => request.resource() != "actions",
        _ => false,
    }
}

fn versions(request: &Generated, answer: &Answer, complaints: &mut Complaints) {
    let (version, vary) = (answer.header("openstack-api-version"), answer.header("vary"));
    if !is_versioned(request, answer) {
        ensure(complaints, version.is_none() && vary.is_none(), || {
            format!("microversion {version:?}, vary {vary:?}")
        });
        return;
    }
    let used = version.and_then(|version| version.strip_prefix("clustering 1."));
    let used = used.map(|used| used.strip_suffix(", coppice 1.0").unwrap_or(used));
    let valid = used.is_some_and(|minor| minor.parse::<u32>().is_ok_and(|minor| minor <= 14));
    ensure(complaints, valid, || format!("microversion {version:?}"));
    ensure(complaints, vary == Some("OpenStack-API-Version"), || format!("vary {vary:?}"));
    if let Some(asked) = &request.version {
        let expected = format!("clustering {asked}");
        ensure(complaints, version == Some(&*expected), || {
            format!("microversion {version:?}, not {expected}")
        });
    }
}

fn location(request: &Generated, answer: &Answer, complaints: &mut Complaints) {
    let location = answer.header("location");
    if answer.status != 202 || !is_versioned(request, answer) {
        ensure(complaints, location.is_none(), || format!("location {location:?}"));
        return;
    }
    let id = location.and_then(|location| location.rsplit_once("/v1/actions/"));
    let whole = id.is_some_and(|(origin, id)| origin.starts_with("http://") && id.parse::<Uuid>().is_ok());
    ensure(complaints, whole, || format!("location {location:?}"));
}

/// What one project was told is never shown to another.
fn secrets(request: &Generated, answer: &Answer, complaints: &mut Complaints) {
    let Token::Of(reader) = request.token else { return };
    if !request.walls || reader == ADMIN {
        return;
    }
    // What an action was told is its own project's word, which an earlier request or message has said.
    let text = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(mut body) => {
            without_inputs(&mut body);
            body.to_string()
        }
        Err(_) => answer.text(),
    };
    for (owner, bird) in BIRDS.iter().filter(|(owner, _)| owner.project != reader.project) {
        for secret in [bird, owner.user, owner.project] {
            let told = text.contains(secret) && !request.says(secret);
            ensure(complaints, !told, || {
                format!("{secret:?} is told to {}: {}", reader.token, around(&text, secret))
            });
        }
    }
}

fn without_inputs(body: &mut Value) {
    match body {
        Value::Object(map) => {
            map.remove("inputs");
            map.values_mut().for_each(without_inputs);
        }
        Value::Array(list) => list.iter_mut().for_each(without_inputs),
        _ => {}
    }
}

/// Where a text says it, with what stands beside it.
fn around(text: &str, word: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = text.find(word).map_or(0, |place| text[..place].chars().count());
    chars.iter().skip(at.saturating_sub(200)).take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::ENDPOINTS;
    use coppice_e2e::{ALICE, BOB, Person};
    use http::{HeaderMap, HeaderValue};

    fn request(method: &str, target: &str, person: Person) -> Generated {
        Generated {
            endpoint: &ENDPOINTS[0],
            token: Token::Of(person),
            method: method.parse().unwrap(),
            target: target.to_owned(),
            headers: HeaderMap::new(),
            body: None,
            version: Some("1.4".to_owned()),
            walls: true,
        }
    }

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let id = ("x-openstack-request-id", "req-11111111-2222-4333-8444-555555555555");
        let headers = [&[id, ("content-type", "application/json")], headers].concat();
        let headers = headers.into_iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        Answer { status, headers: headers.collect(), body: body.as_bytes().to_vec() }
    }

    fn envelope(status: u16, kind: &str) -> String {
        serde_json::json!({
            "code": status, "title": "t", "explanation": "e",
            "error": { "code": status, "message": "m", "type": kind },
        })
        .to_string()
    }

    const VERSIONED: [(&str, &str); 2] =
        [("openstack-api-version", "clustering 1.4"), ("vary", "OpenStack-API-Version")];

    #[test]
    fn answers_as_the_reference_gives_them_pass() {
        let specs = request("POST", "/v1/policies", BOB);
        let path = "http://h/v1/actions/11111111-2222-4333-8444-555555555555";
        for (request, answer) in [
            (request("GET", "/v1/clusters?limit=1", BOB), answer(200, &VERSIONED, "{}")),
            (request("GET", "/v1", BOB), answer(200, &[], "{}")),
            (request("GET", "/v1/openapi.json", BOB), answer(200, &[], "{\"openapi\": \"é\"}")),
            (
                request("POST", "/v1/webhooks/x/trigger?V=2", BOB),
                answer(429, &[], &envelope(429, "TooManyRequests")),
            ),
            (request("GET", "/v1/clusters/x", BOB), answer(404, &[], &envelope(404, "ResourceNotFound"))),
            (specs, answer(500, &[], &envelope(500, "ESchema"))),
            (
                request("DELETE", "/v1/clusters/x", BOB),
                answer(202, &[VERSIONED[0], VERSIONED[1], ("location", path)], "null"),
            ),
        ] {
            assert_eq!(check(&request, &answer), Complaints::new(), "{request}");
        }
    }

    #[test]
    fn what_must_not_be_answered_is_noticed() {
        let list = || request("GET", "/v1/clusters", BOB);
        let project = format!("{{\"project\": \"{}\"}}", ALICE.project);
        for (request, answer, text) in [
            (list(), answer(500, &[], &envelope(500, "InternalError")), "the service failed"),
            (list(), answer(500, &[], &envelope(500, "ESchema")), "the service failed"),
            (list(), answer(503, &[], &envelope(503, "ServiceUnavailable")), "the service failed"),
            (list(), answer(404, &[], &envelope(400, "BadRequest")), "no known form"),
            (list(), answer(409, &[], &envelope(409, "Whatever")), "no known form"),
            (list(), answer(200, &VERSIONED, "{"), "no known form"),
            (list(), answer(200, &VERSIONED, "\"é\""), "no known form"),
            (list(), answer(418, &[], "{}"), "status 418"),
            (list(), answer(200, &[], "{}"), "microversion None"),
            (list(), answer(200, &[VERSIONED[0]], "{}"), "vary None"),
            (
                list(),
                answer(200, &[("openstack-api-version", "clustering 1.5"), VERSIONED[1]], "{}"),
                "not clustering 1.4",
            ),
            (
                list(),
                answer(200, &[("openstack-api-version", "clustering 1.4, coppice 1.0"), VERSIONED[1]], "{}"),
                "not clustering 1.4",
            ),
            (list(), answer(404, &VERSIONED, &envelope(404, "ResourceNotFound")), "microversion Some"),
            (request("DELETE", "/v1/nodes/x", BOB), answer(202, &VERSIONED, "null"), "location None"),
            (list(), answer(200, &VERSIONED, "{\"name\": \"kanarienvogeln0\"}"), "is told to token-of-bob"),
            (list(), answer(200, &VERSIONED, &project), "is told to token-of-bob"),
        ] {
            let complaints = check(&request, &answer);
            assert!(complaints.iter().any(|each| each.contains(text)), "{text}: {complaints:?}");
        }
    }

    #[test]
    fn what_the_request_says_may_be_said_again() {
        let asked = request("GET", "/v1/clusters/%6Banarienvogeln0", BOB);
        let body = envelope(404, "ResourceNotFound").replace("\"m\"", "\"no kanarienvogeln0\"");
        assert_eq!(check(&asked, &answer(404, &[], &body)), Complaints::new());
    }
}
