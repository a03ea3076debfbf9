//! Damage that must be noticed.

use super::Table;
use crate::check::Complaints;
use crate::population::ADDED;
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::receiver::Receiver;
use coppice_e2e::{ALICE, TestApp, scaling_policy};
use coppice_local::services::TABLE;
use coppice_store::{Entity, Kind, keys, keys::Key};
use serde_json::json;

/// A cluster with a member, a policy, a receiver and a schedule, and an orphan.
async fn world() -> TestApp {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let policy = app.policy(ALICE, "l", &scaling_policy()).await;
    app.attached(&cluster, &policy, true).await;
    let receiver =
        json!({ "name": "r", "type": "webhook", "cluster_id": cluster, "action": "CLUSTER_CHECK" });
    app.post("/v1/receivers").by(ALICE).json(&json!({ "receiver": receiver })).send().await.expect(201);
    let schedule = json!({
        "name": "s", "type": "schedule", "cluster_id": cluster, "action": "CLUSTER_CHECK",
        "schedule": { "cron": "* * * * *" },
    });
    let ask = app.post("/v1/receivers").by(ALICE).header("openstack-api-version", ADDED);
    ask.json(&json!({ "receiver": schedule })).send().await.expect(201);
    let container = json!({
        "type": "container.dockerinc.docker", "version": "1.0",
        "properties": { "image": "i", "host_cluster": cluster },
    });
    let body = json!({ "profile": { "name": "container", "spec": container } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    let node = json!({ "name": "n", "profile_id": profile });
    app.post("/v1/nodes").by(ALICE).json(&json!({ "node": node })).send().await.expect(202);
    app.drain().await;
    app
}

async fn delete(app: &TestApp, key: &Key) {
    let request = app.system.services.aws.dynamodb.delete_item().table_name(TABLE);
    let request = request.key("pk", AttributeValue::S(key.pk.clone()));
    request.key("sk", AttributeValue::S(key.sk.clone())).send().await.unwrap();
}

async fn forget(app: &TestApp, key: &Key, attribute: &str) {
    let request = app.system.services.aws.dynamodb.update_item().table_name(TABLE);
    let request = request.key("pk", AttributeValue::S(key.pk.clone())).update_expression("REMOVE #a");
    let request = request.key("sk", AttributeValue::S(key.sk.clone()));
    request.expression_attribute_names("#a", attribute).send().await.unwrap();
}

async fn replace(app: &TestApp, key: &Key, attribute: &str, text: &str) {
    let request = app.system.services.aws.dynamodb.update_item().table_name(TABLE);
    let request = request.key("pk", AttributeValue::S(key.pk.clone())).update_expression("SET #a = :a");
    let request = request.key("sk", AttributeValue::S(key.sk.clone()));
    let request = request.expression_attribute_values(":a", AttributeValue::S(text.to_owned()));
    request.expression_attribute_names("#a", attribute).send().await.unwrap();
}

async fn complaints(app: &TestApp) -> Complaints {
    Table::read(app).await.structure()
}

fn name<T: Entity>(resource: &T) -> Key {
    keys::name(T::KIND, resource.project(), resource.name(), resource.uuid())
}

#[tokio::test]
async fn a_whole_table_is_in_order_and_every_missing_item_is_noticed() {
    let app = world().await;
    let table = Table::read(&app).await;
    assert_eq!(table.structure(), Complaints::new());
    assert_eq!(super::rest(&app, &table).await, Complaints::new());
    let (cluster, policy) = (&table.clusters[0], &table.policies[0]);
    let profile = table.profiles.iter().find(|profile| profile.name == "p").unwrap();
    let receiver: &Receiver = &table.receivers[0];
    let member = table.nodes.iter().find(|node| node.cluster_id.is_some()).unwrap();
    let orphan = table.nodes.iter().find(|node| node.cluster_id.is_none()).unwrap();
    for (key, text) in [
        (name(cluster), "a name is missing"),
        (name(receiver), "a name is missing"),
        (keys::cluster(cluster.id), "has outlived"),
        (keys::policy(policy.id), "has outlived"),
        (keys::receiver(receiver.id), "a receiver of a cluster of nothing"),
        (keys::member(cluster.id, member.id), "a member is missing"),
        (keys::node(member.id), "a member of nothing"),
        (keys::binding(cluster.id, policy.id), "a reference to a policy of nothing"),
        (keys::cluster_receiver(cluster.id, receiver.id), "a receiver of a cluster is missing"),
        (
            keys::reference(Kind::Profile, profile.id.uuid(), Kind::Node, orphan.id.uuid()),
            "a reference to a profile is missing",
        ),
        (keys::project_entry(&cluster.project), "is not registered"),
    ] {
        let app = world().await;
        delete(&app, &key).await;
        let complaints = complaints(&app).await;
        assert!(complaints.iter().any(|each| each.contains(text)), "{key:?}: {complaints:?}");
    }
}

#[tokio::test]
async fn a_host_and_a_profile_that_do_not_name_each_other_are_noticed() {
    for (host, attribute) in [(true, "hosted"), (false, "host")] {
        let app = world().await;
        let table = Table::read(&app).await;
        let container = table.profiles.iter().find(|profile| profile.name == "container").unwrap();
        let key = if host { keys::cluster(table.clusters[0].id) } else { keys::profile(container.id) };
        forget(&app, &key, attribute).await;
        let complaints = complaints(&app).await;
        assert!(complaints.iter().any(|each| each.contains("do not name each other")), "{complaints:?}");
    }
}

#[tokio::test]
async fn a_member_whose_profile_nothing_refers_to_is_noticed() {
    let app = world().await;
    let table = Table::read(&app).await;
    let member = table.nodes.iter().find(|node| node.cluster_id.is_some()).unwrap();
    let container = table.profiles.iter().find(|profile| profile.name == "container").unwrap();
    replace(&app, &keys::node(member.id), "profile_id", &container.id.to_string()).await;
    let complaints = complaints(&app).await;
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].starts_with("neither member"), "{complaints:?}");
}

#[tokio::test]
async fn a_schedule_that_is_never_due_is_noticed() {
    for attribute in ["due", "due_shard", "next_run", "schedule"] {
        let app = world().await;
        let table = Table::read(&app).await;
        let scheduled = table.receivers.iter().find(|receiver| receiver.schedule.is_some()).unwrap();
        forget(&app, &keys::receiver(scheduled.id), attribute).await;
        assert!(!complaints(&app).await.is_empty(), "{attribute}");
    }
}

#[tokio::test]
async fn every_missing_index_entry_is_noticed() {
    let app = world().await;
    app.get("/v1/clusters").by(ALICE).send().await.expect(200);
    let scaled = app.post("/v1/clusters/c/actions").by(ALICE).json(&json!({ "scale_out": {} })).send().await;
    let action = scaled.expect(202).action().parse().unwrap();
    assert_eq!(complaints(&app).await, Complaints::new());
    let table = Table::read(&app).await;
    for (key, attribute) in [
        (keys::cluster(table.clusters[0].id), "listed"),
        (keys::node(table.nodes[0].id), "named"),
        (keys::profile(table.profiles[0].id), "scope"),
        (keys::action(action), "due"),
    ] {
        forget(&app, &key, attribute).await;
        let complaints = complaints(&app).await;
        assert!(!complaints.is_empty(), "{key:?} without {attribute}");
    }
}

#[tokio::test]
async fn what_never_ends_is_noticed() {
    let app = world().await;
    app.post("/v1/clusters/c/actions").by(ALICE).json(&json!({ "check": {} })).send().await.expect(202);
    app.bell.lose_all();
    let table = Table::read(&app).await;
    assert_eq!(table.structure(), Complaints::new());
    let complaints = super::rest(&app, &table).await;
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].contains("never ends") && complaints[1].contains("is held"), "{complaints:?}");
}
