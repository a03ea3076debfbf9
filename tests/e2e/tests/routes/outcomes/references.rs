//! A profile may be deleted once nothing is made from it (spec api-resources D5).

use super::*;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::ids::ClusterId;
use coppice_engine::accept::{NewNode, Requester, node_create};

async fn roll_out(app: &TestApp, change: Value) {
    let body = json!({ "cluster": change });
    let asked = app.patch("/v1/clusters/c").by(ALICE).at("1.14").json(&body).send().await.expect(202);
    app.drain().await;
    assert_eq!(ended(app, &asked.action()).await, succeeded());
}

async fn delete(app: &TestApp, profile: &str) -> u16 {
    app.delete(&format!("/v1/profiles/{profile}")).by(ALICE).send().await.status
}

async fn cluster_of_two() -> TestApp {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    app.profile(ALICE, "q").await;
    app.cluster(ALICE, "c", "p", 2).await;
    app
}

#[tokio::test]
async fn a_profile_that_another_was_rolled_out_over_can_be_deleted() {
    let app = cluster_of_two().await;
    assert_eq!(delete(&app, "p").await, 409);
    roll_out(&app, json!({ "profile_id": "q" })).await;
    assert_eq!(delete(&app, "p").await, 204);
    assert_eq!(delete(&app, "q").await, 409);
}

#[tokio::test]
async fn one_that_members_are_still_made_from_cannot() {
    let app = cluster_of_two().await;
    roll_out(&app, json!({ "profile_id": "q", "profile_only": true })).await;
    assert_eq!(delete(&app, "p").await, 409);
    // Its members are made anew, and whoever looks at them all next sees it.
    outcome(&app, "/v1/clusters/c/actions", &json!({ "scale_in": { "count": 2 } })).await;
    outcome(&app, "/v1/clusters/c/actions", &json!({ "scale_out": { "count": 1 } })).await;
    assert_eq!(delete(&app, "p").await, 409);
    outcome(&app, "/v1/clusters/c/actions", &json!({ "check": {} })).await;
    assert_eq!(delete(&app, "p").await, 204);
}

#[tokio::test]
async fn a_member_that_was_asked_for_by_itself_keeps_the_profile_it_is_made_from() {
    let app = cluster_of_two().await;
    let other = node(&app, Some("c")).await;
    roll_out(&app, json!({ "profile_id": "q", "profile_only": true })).await;
    outcome(&app, "/v1/clusters/c/actions", &json!({ "scale_in": { "count": 2 } })).await;
    outcome(&app, "/v1/clusters/c/actions", &json!({ "check": {} })).await;
    let left = shown_cluster(&app, "c").await["nodes"].clone();
    let made_from = |shown: &Value| shown["profile_name"].clone();
    let left = shown_node(&app, left[0].as_str().unwrap()).await;
    assert_eq!(made_from(&left), "p", "one of three, all of which are made from it, {other} or another");
    assert_eq!(delete(&app, "p").await, 409);
}

#[tokio::test]
async fn a_member_that_is_asked_for_while_its_profile_is_replaced_has_a_reference_of_its_own() {
    let app = cluster_of_two().await;
    let store = &app.system.env.store;
    let id: ClusterId = shown_cluster(&app, "c").await["id"].as_str().unwrap().parse().unwrap();
    let read = store.get::<Cluster>(id).await.unwrap().unwrap();
    roll_out(&app, json!({ "profile_id": "q" })).await;
    // Who asks has read the cluster before that, and its reference has gone meanwhile.
    let new = NewNode {
        name: "n".to_owned(),
        role: String::new(),
        metadata: JsonMap::new(),
        profile_id: read.profile_id,
        profile_type: read.profile_type.clone(),
        domain: None,
    };
    let requester = Requester { user: &read.user, project: &read.project };
    let (node, action) = node_create(&app.system.env, new, Some(&read), requester).await.unwrap();
    app.drain().await;
    assert_eq!(ended(&app, &action.to_string()).await, succeeded());
    assert_eq!(shown_node(&app, &node.id.to_string()).await["profile_name"], "p");
    assert_eq!(delete(&app, "p").await, 409);
}
