//! Changes of instances that exist.

use super::Harness;
use super::case::Case;
use crate::change::{Alteration, Change, Progress};
use crate::error::{ComputeError, Consequence};
use crate::instance::InstanceState;
use crate::request::Token;
use coppice_domain::cluster::JsonMap;
use serde_json::json;
use std::time::Duration;

fn operation(case: &Case<'_>, step: &str, name: &str) -> Change {
    let what = Alteration::Operate { operation: name.to_owned(), params: JsonMap::new() };
    Change { token: Token::derived(case.action, step, 0), what }
}

/// Asks as the engine does: again, later, until the change is done or cannot be.
async fn seen_through(case: &Case<'_>, id: &str, change: &Change) -> Result<Progress, ComputeError> {
    for _ in 0..1800 {
        match case.compute.change(id, change).await {
            Ok(Progress::Underway) => {}
            Ok(progress) => return Ok(progress),
            Err(error) => match error.consequence() {
                Consequence::Fail | Consequence::TryElsewhere => return Err(error),
                Consequence::RetryLater { .. } | Consequence::LookUpThenRetry => {}
            },
        }
        case.harness.pass(Duration::from_secs(1)).await;
    }
    panic!("a change of {id} does not come to an end");
}

pub(super) async fn a_change_is_repeated_until_done(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let id = case.create(&case.request(0)).await.id;
    case.built(&id).await;
    for name in ["stop", "start", "reboot"] {
        let change = operation(&case, name, name);
        assert_eq!(seen_through(&case, &id, &change).await, Ok(Progress::Done), "{name}");
        assert_eq!(case.compute.change(&id, &change).await, Ok(Progress::Done), "{name} again");
        case.catch_up().await;
        let state = case.built(&id).await.state;
        let expected = if name == "stop" { InstanceState::Stopped } else { InstanceState::Active };
        assert_eq!(state, expected, "after {name}");
    }
    case.close().await;
}

pub(super) async fn an_update_and_labels_show_in_the_details(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let id = case.create(&case.request(0)).await.id;
    case.built(&id).await;
    let metadata = json!({ "kept": "1", "dropped": "2" }).as_object().cloned().unwrap_or_default();
    let update =
        Alteration::Update { name: "renamed".to_owned(), spec: harness.spec(), metadata, stop_within: None };
    let update = Change { token: Token::derived(case.action, "update", 0), what: update };
    assert_eq!(seen_through(&case, &id, &update).await, Ok(Progress::Done));
    let set = json!({ "added": "3" }).as_object().cloned().unwrap_or_default();
    let label = Alteration::Label { set, remove: vec!["dropped".to_owned()] };
    let label = Change { token: Token::derived(case.action, "label", 0), what: label };
    assert_eq!(seen_through(&case, &id, &label).await, Ok(Progress::Done));
    case.catch_up().await;
    let details = case.compute.details(&id).await.expect("details are answered").expect("it exists");
    assert_eq!(details["name"], "renamed");
    assert_eq!(details["metadata"], json!({ "kept": "1", "added": "3" }));
    case.close().await;
}

pub(super) async fn what_is_gone_or_unknown_cannot_be_changed(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let id = case.create(&case.request(0)).await.id;
    case.built(&id).await;
    let refusal = seen_through(&case, &id, &operation(&case, "fly", "fly")).await;
    assert!(matches!(refusal, Err(ComputeError::Invalid(_))), "{refusal:?}");
    case.delete(&id).await;
    let change = operation(&case, "stop", "stop");
    assert_eq!(seen_through(&case, &id, &change).await, Ok(Progress::Gone));
    case.close().await;
}
