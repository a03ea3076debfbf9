//! Nodes and records that tests of cluster actions begin with.

use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ReceiverId;
use coppice_domain::node::NodeStatus;
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_e2e::{Answer, Person, TestApp};
use coppice_local::services::TABLE;
use coppice_store::ReceiverWrite;
use serde_json::{Value, json};

/// Asks for an action on a cluster.
pub(crate) async fn ask(
    app: &TestApp,
    person: Person,
    cluster: &str,
    microversion: &str,
    body: &Value,
) -> Answer {
    let target = format!("/v1/clusters/{cluster}/actions");
    app.post(&target).by(person).at(microversion).json(body).send().await
}

/// An action as it was recorded: its kind, name and inputs.
pub(crate) async fn recorded(app: &TestApp, person: Person, action: &str) -> Value {
    let mut shown = app.show(person, &format!("/v1/actions/{action}"), "action").await;
    json!({ "action": shown["action"].take(), "name": shown["name"].take(), "inputs": shown["inputs"].take() })
}

/// A node of no cluster, in this status, and nothing under way at it; answers with its id.
pub(crate) async fn orphan(
    app: &TestApp,
    person: Person,
    name: &str,
    profile: &str,
    status: NodeStatus,
) -> String {
    let (id, _) = accepted_orphan(app, person, name, profile).await;
    app.drain().await;
    if status != NodeStatus::Active {
        set(app, &format!("N#{id}"), "status", status.name()).await;
    }
    id
}

/// A node of no cluster that is about to be made, and the action that is about to make it.
pub(crate) async fn accepted_orphan(
    app: &TestApp,
    person: Person,
    name: &str,
    profile: &str,
) -> (String, String) {
    let body = json!({ "node": { "name": name, "profile_id": profile } });
    let made = app.post("/v1/nodes").by(person).json(&body).send().await.expect(202);
    (made.json()["node"]["id"].as_str().unwrap().to_owned(), made.action())
}

/// A profile of a type that is not the servers'; answers with its id.
pub(crate) async fn stack_profile(app: &TestApp, person: Person) -> String {
    let spec = json!({
        "type": "os.heat.stack", "version": "1.0",
        "properties": { "template": { "heat_template_version": "2015-04-30" } },
    });
    let body = json!({ "profile": { "name": "stack", "spec": spec } });
    let made = app.post("/v1/profiles").by(person).json(&body).send().await.expect(201);
    made.json()["profile"]["id"].as_str().unwrap().to_owned()
}

/// Sets a text in a stored record, which no request could set.
pub(crate) async fn set(app: &TestApp, pk: &str, name: &str, text: &str) {
    let dynamodb = &app.system.services.aws.dynamodb;
    let update = dynamodb.update_item().table_name(TABLE).update_expression("SET #n = :v");
    let key = |text: &str| AttributeValue::S(text.to_owned());
    update
        .key("pk", key(pk))
        .key("sk", key("A"))
        .expression_attribute_names("#n", name)
        .expression_attribute_values(":v", key(text))
        .send()
        .await
        .unwrap();
}

/// Makes a receiver that acts on a cluster.
pub(crate) async fn act_on(app: &TestApp, person: Person, cluster: &str) {
    let receiver = Receiver {
        id: ReceiverId::new(app.system.env.ids.uuid()),
        name: "receiver".to_owned(),
        kind: ReceiverType::Webhook,
        user: person.user.to_owned(),
        project: person.project.to_owned(),
        domain: None,
        roles: Vec::new(),
        cluster_id: Some(cluster.parse().unwrap()),
        action: Some(ActionKind::ClusterScaleOut),
        actor: JsonMap::new(),
        params: None,
        channel: JsonMap::new(),
        schedule: None,
        next_run: None,
        protection: None,
        created_at: app.system.env.now(),
        updated_at: None,
    };
    assert_eq!(app.store().receiver_create(&receiver).await.unwrap(), ReceiverWrite::Done);
}
