//! Policies on a cluster: attached, updated, detached (spec engine-cluster §6).

use super::*;
use coppice_e2e::{deletion_policy, scaling_policy};

async fn ready() -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 2).await;
    (app, format!("/v1/clusters/{cluster}/actions"))
}

async fn attached(app: &TestApp) -> Vec<Value> {
    app.show(ALICE, "/v1/clusters/c/policies", "cluster_policies").await.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_policy_is_attached_once_and_detached_once() {
    let (app, target) = ready().await;
    let policy = app.policy(ALICE, "del", &deletion_policy()).await;
    let attach = json!({ "policy_attach": { "policy_id": "del" } });
    assert_eq!(outcome(&app, &target, &attach).await, succeeded());
    let bindings = attached(&app).await;
    assert_eq!(bindings.len(), 1);
    let binding = &bindings[0];
    assert_eq!((&binding["policy_id"], &binding["enabled"]), (&json!(policy), &json!(true)));
    assert_eq!(binding["policy_type"], "senlin.policy.deletion-1.1");
    assert_eq!(shown_cluster(&app, "c").await["policies"], json!([binding["id"]]));
    // Again is no error, and changes nothing.
    assert_eq!(outcome(&app, &target, &attach).await, succeeded());
    assert_eq!(attached(&app).await, bindings);
    app.delete("/v1/policies/del").by(ALICE).send().await.expect(409);
    let detach = json!({ "policy_detach": { "policy_id": "del" } });
    assert_eq!(outcome(&app, &target, &detach).await, succeeded());
    assert_eq!(attached(&app).await, Vec::<Value>::new());
    app.delete("/v1/policies/del").by(ALICE).send().await.expect(204);
}

#[tokio::test]
async fn one_policy_of_a_type_is_attached_unless_its_type_takes_more() {
    let (app, target) = ready().await;
    for (name, spec) in [("one", deletion_policy()), ("two", deletion_policy()), ("in", scaling_policy())] {
        app.policy(ALICE, name, &spec).await;
    }
    let attach = |name: &str| json!({ "policy_attach": { "policy_id": name } });
    assert_eq!(outcome(&app, &target, &attach("one")).await, succeeded());
    let (status, reason) = outcome(&app, &target, &attach("two")).await;
    assert_eq!(status, "FAILED");
    assert!(reason.starts_with("Only one instance of policy type (senlin.policy.deletion-1.1)"), "{reason}");
    app.policy(ALICE, "in2", &scaling_policy()).await;
    for name in ["in", "in2"] {
        assert_eq!(outcome(&app, &target, &attach(name)).await, succeeded());
    }
    assert_eq!(attached(&app).await.len(), 3);
}

#[tokio::test]
async fn a_policy_counts_only_while_it_is_enabled() {
    let (app, target) = ready().await;
    app.policy(ALICE, "del", &deletion_policy()).await;
    let attach = json!({ "policy_attach": { "policy_id": "del", "enabled": false } });
    assert_eq!(outcome(&app, &target, &attach).await, succeeded());
    assert_eq!(attached(&app).await[0]["enabled"], false);
    for (enabled, after) in [(json!(true), true), (json!(null), true), (json!(false), false)] {
        let update = json!({ "policy_update": { "policy_id": "del", "enabled": enabled } });
        assert_eq!(outcome(&app, &target, &update).await, succeeded());
        assert_eq!(attached(&app).await[0]["enabled"], after, "{enabled}");
    }
}

#[tokio::test]
async fn a_policy_that_is_being_deleted_is_not_attached() {
    let (app, target) = ready().await;
    let policy = app.policy(ALICE, "del", &deletion_policy()).await;
    let attach = json!({ "policy_attach": { "policy_id": "del" } });
    let action = app.post(&target).by(ALICE).json(&attach).send().await.expect(202).action();
    app.delete("/v1/policies/del").by(ALICE).send().await.expect(204);
    app.drain().await;
    assert_eq!(ended(&app, &action).await, failed(&format!("The policy '{policy}' could not be found.")));
    assert_eq!(shown_cluster(&app, "c").await["status"], "ACTIVE");
}

#[tokio::test]
async fn what_ends_as_soon_as_it_is_decided_has_begun_all_the_same() {
    let (app, target) = ready().await;
    app.policy(ALICE, "del", &deletion_policy()).await;
    let attach = json!({ "policy_attach": { "policy_id": "del" } });
    assert_eq!(outcome(&app, &target, &attach).await, succeeded());
    let events = app.show(ALICE, "/v1/events?action=CLUSTER_ATTACH_POLICY", "events").await;
    let phases: Vec<&str> =
        events.as_array().unwrap().iter().map(|event| event["status"].as_str().unwrap()).collect();
    assert_eq!(phases, ["start", "end"]);
    assert_eq!(events[1]["status_reason"], "Policy attached.");
}
