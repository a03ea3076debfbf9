//! Every answer against the API's description, as it is served.

use crate::answer::Answer;
use coppice_api::openapi::conform::complaints;
use http::Method;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// What `cargo run -p coppice-openapi` wrote.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../functions/meta/src/openapi.json")).expect("it is JSON")
});

/// The spellings of the version that the description has as `/v1`.
const VERSIONS: [&str; 2] = ["/v1.0/", "/v1./"];
/// The failures that any operation may answer with.
const FAILURES: [u16; 2] = [500, 503];
const FAILURE_TYPES: [&str; 2] = ["InternalError", "ServiceUnavailable"];

/// What is wrong with the answer to this request; nothing if no operation is asked for.
pub(crate) fn check(method: &Method, target: &str, answer: &Answer) -> Vec<String> {
    let Some(operation) = operation(method, target) else { return Vec::new() };
    let described = resolved(&operation["responses"][answer.status.to_string()]);
    if is_failure(answer) {
        return of_schema(&json!({ "$ref": "#/components/schemas/Error" }), answer);
    }
    match described {
        Value::Null => vec!["the status is not described".to_owned()],
        described => [of_headers(described, answer), of_body(described, answer)].concat(),
    }
}

/// The operation that this request asks for: the one whose path has most names of its own.
fn operation(method: &Method, target: &str) -> Option<&'static Value> {
    let path = target.split('?').next().unwrap_or_default();
    let spelt = VERSIONS.iter().find_map(|version| path.strip_prefix(version));
    let path = spelt.map_or_else(|| path.to_owned(), |rest| format!("/v1/{rest}"));
    let asked: Vec<&str> = path.split('/').collect();
    let method = method.as_str().to_ascii_lowercase();
    let described = DOCUMENT["paths"].as_object().into_iter().flatten();
    let fitting = described.filter_map(|(path, methods)| {
        let own: Vec<&str> = path.split('/').collect();
        let operation = methods.get(&method).filter(|_| own.len() == asked.len())?;
        let is_parameter = |own: &str| own.starts_with('{');
        let fits = |(own, asked): (&&str, &&str)| own == asked || is_parameter(own) && is_one(asked);
        let parameters = own.iter().filter(|own| is_parameter(own)).count();
        own.iter().zip(&asked).all(fits).then_some((parameters, operation))
    });
    fitting.min_by_key(|(parameters, _)| *parameters).map(|(_, operation)| operation)
}

/// Whether this is one name: not none, and not two around a hidden slash.
fn is_one(name: &str) -> bool {
    !name.is_empty() && !name.to_ascii_lowercase().contains("%2f")
}

/// A failure of the service, which is described for all operations together.
fn is_failure(answer: &Answer) -> bool {
    let kind =
        || serde_json::from_slice::<Value>(&answer.body).ok()?["error"]["type"].as_str().map(str::to_owned);
    FAILURES.contains(&answer.status) && kind().is_some_and(|kind| FAILURE_TYPES.contains(&kind.as_str()))
}

fn of_headers(described: &Value, answer: &Answer) -> Vec<String> {
    let names = described["headers"].as_object().into_iter().flatten().map(|(name, _)| name);
    names
        .filter(|name| answer.header(name).is_none())
        .map(|name| format!("the header {name} is missing"))
        .collect()
}

fn of_body(described: &Value, answer: &Answer) -> Vec<String> {
    let Some(forms) = described.get("content").and_then(Value::as_object) else {
        let empty = answer.body.is_empty();
        return if empty { Vec::new() } else { vec!["there is a body".to_owned()] };
    };
    let form = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    match forms.get(form) {
        None => vec![format!("the form {form} is not described")],
        Some(described) if form == "application/json" => of_schema(&described["schema"], answer),
        Some(_) => Vec::new(),
    }
}

fn of_schema(schema: &Value, answer: &Answer) -> Vec<String> {
    let components = DOCUMENT["components"]["schemas"].as_object();
    complaints(schema, components.unwrap_or(&Map::new()), &answer.json())
}

/// What `value` says, or what it refers to.
fn resolved(value: &'static Value) -> &'static Value {
    let pointer = value["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    pointer.map_or(value, |pointer| DOCUMENT.pointer(pointer).expect("references lead somewhere"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

    #[test]
    fn a_request_asks_for_the_operation_that_says_most_of_its_path() {
        for (method, target, expected) in [
            (Method::POST, "/v1/nodes/adopt", Some("nodes_adopt")),
            (Method::GET, "/v1/nodes/adopt?show_details=true", Some("nodes_get")),
            (Method::GET, "/v1.0/clusters/c/policies/p", Some("cluster_policies_get")),
            (Method::GET, "/v1/", Some("versions_show")),
            (Method::POST, "/v1/nodes/n", None),
            (Method::GET, "/v1/nodes/a%2Fb", None),
            (Method::GET, "/v1/nodes/", None),
            (Method::HEAD, "/v1/nodes", None),
        ] {
            let found = operation(&method, target).and_then(|each| each["operationId"].as_str());
            assert_eq!(found, expected, "{method} {target}");
        }
    }

    #[test]
    fn what_is_not_described_is_told() {
        let headers = ["x-openstack-request-id", "openstack-api-version", "vary"];
        let answered = |status: u16, body: &str| {
            let mut all: HeaderMap = headers
                .map(|name| (HeaderName::from_static(name), HeaderValue::from_static("x")))
                .into_iter()
                .collect();
            all.insert("content-type", HeaderValue::from_static("application/json"));
            Answer::new(StatusCode::from_u16(status).unwrap(), all, body.as_bytes().to_vec())
        };
        let complaints = |answer: &Answer| check(&Method::GET, "/v1/build-info", answer);
        let right =
            answered(200, r#"{"build_info": {"api": {"revision": "1"}, "engine": {"revision": "1"}}}"#);
        assert_eq!(complaints(&right), Vec::<String>::new());
        let mut bare = right.clone();
        bare.headers.remove("vary");
        assert_eq!(complaints(&bare), ["the header Vary is missing"]);
        let mut text = right;
        text.headers.insert("content-type", HeaderValue::from_static("text/plain; charset=UTF-8"));
        assert_eq!(complaints(&text), ["the form text/plain is not described"]);
        assert_eq!(complaints(&answered(200, r#"{"build_info": {}}"#)).len(), 1);
        assert_eq!(complaints(&answered(409, "{}")), ["the status is not described"]);
        let failure = r#"{"code": 503, "title": "", "explanation": "",
            "error": {"code": 503, "message": "", "type": "ServiceUnavailable"}}"#;
        assert_eq!(complaints(&answered(503, failure)), Vec::<String>::new());
        assert_eq!(complaints(&answered(503, "{}")), ["the status is not described"]);
    }
}
