//! What a request may write: nothing where it is refused or only looks, and whole resources where it is taken.

use super::{Complaints, ensure};
use crate::author::Token;
use crate::ledger::Change;
use crate::request::Generated;
use coppice_e2e::{ADMIN, Answer, TestApp};
use coppice_store::keys::CALLS;
use http::Method;
use serde_json::Value;

/// Everything that is wrong with what a request wrote.
pub(crate) fn check(request: &Generated, answer: &Answer, changes: &[Change]) -> Complaints {
    let mut complaints = Complaints::new();
    let looks = request.method == Method::GET || answer.status == 300;
    if answer.status < 400 && !looks {
        return complaints;
    }
    // Calls that are counted are counted whether or not they lead to anything.
    let counts = request.endpoint.is_webhook() && request.method == Method::POST;
    let limited = counts && answer.status == 429;
    let expected = |change: &Change| {
        is_harmless(change) || counts && is_count(change) || limited && is_new_event(change)
    };
    for change in changes.iter().filter(|change| !expected(change)) {
        let Change { key: (pk, sk), before, after } = change;
        complaints
            .push(format!("answered {}, and changed {pk} {sk} from {before:?} to {after:?}", answer.status));
    }
    complaints
}

/// An entry of the register of projects, which says nothing by itself; and earlier checks that a new one makes
/// forgotten before it is accepted, as in the reference (spec api-resources I9).
fn is_harmless(change: &Change) -> bool {
    let check = |item: &Value| item["kind"]["S"] == "CLUSTER_CHECK";
    let forgotten = change.after.is_none() && change.before.as_ref().is_some_and(check);
    change.key.0 == "PROJECTS" && change.before.is_none() || forgotten
}

/// What counts the calls of a receiver.
fn is_count(change: &Change) -> bool {
    change.key.0.starts_with("R#") && change.key.1 == CALLS
}

/// A refusal of calls beyond a receiver's limit is told of.
fn is_new_event(change: &Change) -> bool {
    change.key.0.starts_with("E#") && change.before.is_none()
}

/// Looks at what a request says it has made: it must be there, whole.
pub(crate) async fn follow(app: &TestApp, request: &Generated, answer: &Answer) -> Complaints {
    let mut complaints = Complaints::new();
    let token = match request.token {
        Token::Of(person) if !request.endpoint.is_webhook() => person.token,
        _ => ADMIN.token,
    };
    if let Some(action) = answer.header("location").and_then(|location| location.rsplit('/').next()) {
        let shown = app.get(&format!("/v1/actions/{action}")).token(token).at("1.14").send().await;
        ensure(&mut complaints, shown.status == 200, || {
            format!("the action {action}: {} {}", shown.status, shown.text())
        });
    }
    let Some((key, made)) = made(request, answer) else { return complaints };
    let (id, name) = (made["id"].as_str().unwrap_or_default(), &made["name"]);
    let collection = if key == "policy" { "policies".to_owned() } else { format!("{key}s") };
    let shown = app.get(&format!("/v1/{collection}/{id}")).token(token).at("1.14").send().await;
    ensure(&mut complaints, shown.status == 200, || {
        format!("the {key} {id}: {} {}", shown.status, shown.text())
    });
    if shown.status == 200 {
        let shown: Value = serde_json::from_slice(&shown.body).unwrap_or_default();
        let same = shown.is_null() || shown[key]["id"] == id && shown[key]["name"] == *name;
        ensure(&mut complaints, same, || format!("the {key} {id} is shown as {shown}"));
    }
    complaints
}

/// The resource that an answer says has been made, under its key.
fn made(request: &Generated, answer: &Answer) -> Option<(&'static str, Value)> {
    if request.method != Method::POST || !matches!(answer.status, 200..=202) {
        return None;
    }
    let mut body: Value = serde_json::from_slice(&answer.body).ok()?;
    let key = ["profile", "policy", "cluster", "node", "receiver"]
        .into_iter()
        .find(|key| body[*key]["id"].is_string())?;
    Some((key, body[key].take()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(pk: &str, before: Option<Value>, after: Option<Value>) -> Change {
        Change { key: (pk.to_owned(), "A".to_owned()), before, after }
    }

    #[test]
    fn only_the_register_and_forgotten_checks_may_change_beside_a_refusal() {
        let item = |kind: &str| Some(json!({ "kind": { "S": kind } }));
        for (change, harmless) in [
            (change("C#1", None, item("x")), false),
            (change("C#1", item("x"), item("y")), false),
            (change("X#1", item("CLUSTER_RESIZE"), None), false),
            (change("X#1", item("CLUSTER_CHECK"), item("x")), false),
            (change("X#1", item("CLUSTER_CHECK"), None), true),
            (change("PROJECTS", None, item("x")), true),
            (change("PROJECTS", item("x"), None), false),
        ] {
            assert_eq!(is_harmless(&change), harmless, "{change:?}");
        }
    }

    #[test]
    fn calls_of_a_receiver_that_are_counted_are_told_from_the_receiver() {
        for (sk, count) in [("L", true), ("A", false)] {
            let key = ("R#1".to_owned(), sk.to_owned());
            assert_eq!(is_count(&Change { key, before: None, after: Some(json!({})) }), count);
        }
        assert!(is_new_event(&change("E#1", None, Some(json!({})))));
        assert!(!is_new_event(&change("E#1", Some(json!({})), None)));
    }
}
