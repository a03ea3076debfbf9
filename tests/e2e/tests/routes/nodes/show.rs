//! `GET /v1/nodes/{id}`.

use crate::check;
use coppice_e2e::{ALICE, BOB, TestApp};
use serde_json::json;

#[tokio::test]
async fn a_node_shows_whether_it_is_tainted_from_1_13_on() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let node = app.show(ALICE, "/v1/nodes", "nodes").await[0].clone();
    let (id, name) = (node["id"].as_str().unwrap(), node["name"].as_str().unwrap());
    for reference in [id, name, &id[..8]] {
        let old = app.get(&format!("/v1/nodes/{reference}")).by(ALICE).at("1.12").send().await;
        check::resource(&old, 200, "1.12");
        let new = app.get(&format!("/v1/nodes/{reference}?x=1")).by(ALICE).at("1.13").send().await;
        check::resource(&new, 200, "1.13");
        let mut shown = old.json()["node"].clone();
        assert_eq!(shown.get("tainted"), None);
        shown["tainted"] = json!(false);
        assert_eq!(new.json()["node"], shown);
    }
    let expected = json!({
        "id": id, "name": name, "cluster_id": cluster, "physical_id": node["physical_id"],
        "profile_id": profile, "profile_name": "p", "user": ALICE.user, "project": ALICE.project,
        "domain": null, "index": 1, "role": "", "init_at": node["init_at"],
        "created_at": node["created_at"], "updated_at": node["updated_at"], "status": "ACTIVE",
        "status_reason": "Creation succeeded", "data": {}, "metadata": {}, "dependents": {},
        "tainted": false,
    });
    assert_eq!(node, expected);
    assert!(node["physical_id"].is_string());
    assert_eq!(app.get(&format!("/v1/nodes/{id}")).by(BOB).send().await.status, 404);
}

#[tokio::test]
async fn details_are_those_that_the_backend_tells_or_why_it_does_not() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    let node = app.show(ALICE, "/v1/nodes", "nodes").await[0].take();
    let (id, instance) = (node["id"].as_str().unwrap(), node["physical_id"].as_str().unwrap());
    for query in ["", "?show_details=false"] {
        let shown = app.show(ALICE, &format!("/v1/nodes/{id}{query}"), "node").await;
        assert_eq!(shown, node, "{query}");
    }
    let detailed = format!("/v1/nodes/{id}?show_details=TRUE");
    let details = app.show(ALICE, &detailed, "node").await["details"].take();
    assert_eq!(
        (&details["id"], &details["name"], &details["status"], &details["flavor"], &details["image"]),
        (&json!(instance), &json!("web"), &json!("ACTIVE"), &json!("1"), &json!("cirros"))
    );
    app.system.env.compute.delete(instance).await.unwrap();
    app.clock.advance(std::time::Duration::from_secs(600));
    let message = format!("The instance '{instance}' could not be found.");
    let details = app.show(ALICE, &detailed, "node").await["details"].take();
    assert_eq!(details, json!({ "Error": { "code": 404, "message": message } }));
}

#[tokio::test]
async fn a_node_without_an_instance_has_no_details() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    super::create(&app, ALICE, &json!({ "name": "n", "profile_id": "p" })).await.expect(202);
    let shown = app.show(ALICE, "/v1/nodes/n?show_details=true", "node").await;
    assert_eq!((&shown["physical_id"], shown.get("details")), (&json!(null), None));
}

#[tokio::test]
async fn details_are_asked_for_with_true_or_false() {
    let app = TestApp::new().await;
    let answer = app.get("/v1/nodes/nosuch?show_details=yes").by(ALICE).send().await;
    let text = "Invalid value 'yes' specified for 'show_details'";
    check::fault(&answer, 400, "HTTPBadRequest", text);
    let lost = app.get("/v1/nodes/nosuch").by(ALICE).send().await;
    check::fault(&lost, 404, "ResourceNotFound", "The node 'nosuch' could not be found.");
}
