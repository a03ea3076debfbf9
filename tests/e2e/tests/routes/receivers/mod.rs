//! `/v1/receivers` (spec api-resources M).

mod create;
mod delete;
mod list;
mod notify;
mod schedule;
mod secret;
mod show;
mod update;

use coppice_e2e::{ALICE, Answer, Person, TestApp};
use serde_json::{Value, json};

/// The system with Alice's cluster `c`, which has no nodes.
pub(crate) async fn app() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 0).await;
    (app, cluster)
}

/// Asks for a receiver.
pub(crate) async fn create(app: &TestApp, person: Person, receiver: &Value) -> Answer {
    app.post("/v1/receivers").by(person).json(&json!({ "receiver": receiver })).send().await
}

/// Makes a webhook that scales a cluster out; answers with what is shown of it.
pub(crate) async fn webhook(app: &TestApp, person: Person, name: &str, cluster: &str) -> Value {
    let receiver = json!({
        "name": name, "type": "webhook", "cluster_id": cluster, "action": "CLUSTER_SCALE_OUT",
        "params": { "count": 1 },
    });
    create(app, person, &receiver).await.expect(201).json()["receiver"].take()
}

/// Makes a message receiver; answers with what is shown of it.
pub(crate) async fn message(app: &TestApp, person: Person, name: &str) -> Value {
    let receiver = json!({ "name": name, "type": "message" });
    create(app, person, &receiver).await.expect(201).json()["receiver"].take()
}

/// The version header of those who ask for what this service adds.
pub(crate) const ADDED: &str = "clustering 1.14, coppice 1.0";

/// Makes a webhook whose calls are signed; answers with what is shown of it.
pub(crate) async fn signed(app: &TestApp, person: Person, name: &str, cluster: &str) -> Value {
    let receiver = json!({ "receiver": {
        "name": name, "type": "webhook", "cluster_id": cluster, "action": "CLUSTER_SCALE_OUT",
        "params": { "count": 1 }, "protection": { "signing": true },
    } });
    let ask = app.post("/v1/receivers").by(person).header("openstack-api-version", ADDED).json(&receiver);
    ask.send().await.expect(201).json()["receiver"].take()
}

/// An action as it is shown.
pub(crate) async fn action(app: &TestApp, person: Person, id: &str) -> Value {
    app.show(person, &format!("/v1/actions/{id}"), "action").await
}

/// A field that is a text.
#[track_caller]
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is no text: {value}"))
}
