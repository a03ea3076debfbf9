//! `DELETE /v1/nodes/{id}`.

use super::{asked, create, member};
use crate::check;
use crate::clusters::fixtures::set;
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{ALICE, BOB, TestApp};
use coppice_local::system::Options;
use serde_json::json;

#[tokio::test]
async fn a_deletion_is_accepted_with_null() {
    let app = TestApp::new().await;
    let (cluster, node) = member(&app).await;
    let id = node["id"].as_str().unwrap();
    let answer = app.delete(&format!("/v1/nodes/{}", &id[..8])).by(ALICE).send().await;
    let action = check::accepted(&answer, "1.0");
    assert_eq!(answer.text(), "null");
    let expected = json!({
        "action": "NODE_DELETE", "name": format!("node_delete_{}", &id[..8]), "target": id,
        "cluster_id": cluster, "inputs": {},
    });
    assert_eq!(asked(&app, &action).await, expected);
}

#[tokio::test]
async fn a_deletion_takes_the_node_over_from_whatever_is_under_way() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    create(&app, ALICE, &json!({ "name": "n", "profile_id": "p" })).await.expect(202);
    // The query says nothing here, unlike with clusters.
    for target in ["/v1/nodes/n", "/v1/nodes/n?force=maybe"] {
        check::accepted(&app.delete(target).by(ALICE).send().await, "1.0");
    }
}

#[tokio::test]
async fn a_node_that_is_changing_is_deleted_only_by_force() {
    let simulated = SimulatedConfig { build_seconds: 60.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster_accepted(ALICE, "c", &profile, 1).await;
    app.answer_next().await;
    let node = app.show(ALICE, "/v1/nodes", "nodes").await[0].take();
    assert_eq!(node["status"], "CREATING");
    let target = format!("/v1/nodes/{}", node["name"].as_str().unwrap());
    let text = format!("The node '{}' is in status CREATING.", node["name"].as_str().unwrap());
    let by_force = json!({ "force": true });
    let refused = app.delete(&target).by(ALICE).at("1.8").send().await;
    check::fault(&refused, 409, "ActionInProgress", &text);
    // Before 1.8 force is read, checked, and then forgotten; in the query it is never read.
    let early = app.delete(&target).by(ALICE).at("1.7").json(&by_force).send().await;
    check::fault(&early, 409, "ActionInProgress", &text);
    assert_eq!(app.delete(&format!("{target}?force=true")).by(ALICE).at("1.8").send().await.status, 409);
    check::accepted(&app.delete(&target).by(ALICE).at("1.8").json(&by_force).send().await, "1.8");
}

#[tokio::test]
async fn force_is_true_or_false() {
    let app = TestApp::new().await;
    let none = "None is not of type 'boolean'";
    for (body, text) in [
        (json!({ "force": null }), none),
        (json!({ "other": true }), none),
        (json!({ "force": "maybe" }), "Invalid value 'maybe' specified for 'force'"),
        (json!({ "force": 1 }), "Invalid value '1' specified for 'force'"),
    ] {
        let answer = app.delete("/v1/nodes/nosuch").by(ALICE).json(&body).send().await;
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
    for body in [json!({}), json!({ "force": "False" })] {
        let answer = app.delete("/v1/nodes/nosuch").by(ALICE).json(&body).send().await;
        check::fault(&answer, 404, "ResourceNotFound", "The node 'nosuch' could not be found.");
    }
}

#[tokio::test]
async fn a_node_that_hosts_others_stays_even_when_forced() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let id = node["id"].as_str().unwrap();
    set(&app, &format!("N#{id}"), "dependents", &json!({ "nodes": ["a"] }).to_string()).await;
    let body = json!({ "force": true });
    let answer = app.delete(&format!("/v1/nodes/{id}")).by(ALICE).at("1.8").json(&body).send().await;
    let text = format!("The node '{id}' cannot be deleted: still depended by other clusters and/or nodes.");
    check::fault(&answer, 409, "ResourceInUse", &text);
}

#[tokio::test]
async fn another_projects_node_is_not_there() {
    let app = TestApp::new().await;
    let (_, node) = member(&app).await;
    let target = format!("/v1/nodes/{}", node["id"].as_str().unwrap());
    assert_eq!(app.delete(&target).by(BOB).send().await.status, 404);
}
