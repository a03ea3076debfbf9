//! What many answers have in common.

use coppice_e2e::Answer;
use serde_json::Value;

/// A successful answer of a resource: JSON, the microversion that was used, and an id.
#[track_caller]
pub(crate) fn resource(answer: &Answer, status: u16, microversion: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("openstack-api-version"), Some(&*format!("clustering {microversion}")));
    assert_eq!(answer.header("vary"), Some("OpenStack-API-Version"));
    request_id(answer);
}

/// An answer without microversion headers: errors, version documents, and answers without a body.
#[track_caller]
pub(crate) fn bare(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("openstack-api-version"), None);
    assert_eq!(answer.header("vary"), None);
    assert_eq!(answer.header("location"), None);
    request_id(answer);
}

/// An error envelope of this class and text (spec api-common §9A).
#[track_caller]
pub(crate) fn fault(answer: &Answer, status: u16, kind: &str, message: &str) {
    bare(answer, status);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.fault(), (kind.to_owned(), message.to_owned()));
    let body = answer.json();
    assert_eq!(keys(&body), ["code", "error", "explanation", "title"]);
    assert_eq!(keys(&body["error"]), ["code", "message", "type"]);
    assert_eq!(
        (body["code"].as_u64(), body["error"]["code"].as_u64()),
        (Some(status.into()), Some(status.into()))
    );
}

/// An accepted request: `Location` names the action, absolutely.
#[track_caller]
pub(crate) fn accepted(answer: &Answer, microversion: &str) -> String {
    resource(answer, 202, microversion);
    let location = answer.header("location").unwrap();
    let id = location.strip_prefix("http://127.0.0.1:8778/v1/actions/").unwrap();
    assert_eq!(id.len(), 36);
    id.to_owned()
}

#[track_caller]
fn request_id(answer: &Answer) {
    let id = answer.header("x-openstack-request-id").expect("every answer has a request id");
    let uuid = id.strip_prefix("req-").expect("it begins with req-");
    assert!(uuid::Uuid::try_parse(uuid).is_ok_and(|id| id.get_version_num() == 4), "{id}");
}

/// The keys of an object, sorted.
#[track_caller]
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The texts of a list.
#[track_caller]
pub(crate) fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// One field of every item of a list, as texts.
#[track_caller]
pub(crate) fn column(list: &Value, key: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[key].as_str().map_or_else(|| item[key].to_string(), str::to_owned)).collect()
}
