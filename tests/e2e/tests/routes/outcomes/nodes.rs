//! Actions on one node (spec engine-nodes §2).

use super::*;

async fn ready() -> (TestApp, String) {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let id = node(&app, None).await;
    (app, id)
}

#[tokio::test]
async fn a_node_is_made_and_deleted_with_its_instance_and_its_hold_on_the_profile() {
    let (app, id) = ready().await;
    let made = shown_node(&app, &id).await;
    assert_eq!((&made["status"], &made["status_reason"]), (&json!("ACTIVE"), &json!("Creation succeeded")));
    assert_eq!(state(&app, &made["physical_id"]).await, Some(InstanceState::Active));
    assert_eq!(app.delete("/v1/profiles/p").by(ALICE).send().await.status, 409);
    let action = app.delete(&format!("/v1/nodes/{id}")).by(ALICE).send().await.expect(202).action();
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!(app.get(&format!("/v1/nodes/{id}")).by(ALICE).send().await.status, 404);
    assert!(instances(&app).await.is_empty());
    assert_eq!(app.delete("/v1/profiles/p").by(ALICE).send().await.status, 204);
    let events = app.show(ALICE, "/v1/events", "events").await;
    let told: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["otype"].clone(), event["action"].clone(), event["status"].clone()))
        .collect();
    let expected: Vec<_> =
        [("NODE_CREATE", "start"), ("NODE_CREATE", "end"), ("NODE_DELETE", "start"), ("NODE_DELETE", "end")]
            .map(|(action, phase)| (json!("NODE"), json!(action), json!(phase)))
            .into();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_check_says_how_the_instance_is_and_a_lost_one_is_forgotten() {
    let (app, id) = ready().await;
    let target = format!("/v1/nodes/{id}/actions");
    assert_eq!(outcome(&app, &target, &json!({ "check": {} })).await, succeeded());
    assert_eq!(shown_node(&app, &id).await["status_reason"], "Check: Node is ACTIVE.");
    let physical = shown_node(&app, &id).await["physical_id"].clone();
    app.system.env.compute.delete(physical.as_str().unwrap()).await.unwrap();
    assert_eq!(outcome(&app, &target, &json!({ "check": {} })).await, succeeded());
    let lost = shown_node(&app, &id).await;
    assert_eq!((&lost["status"], &lost["physical_id"]), (&json!("ERROR"), &Value::Null));
    assert!(lost["status_reason"].as_str().unwrap().starts_with("Failed in found server"), "{lost}");
    // Without an instance there is nothing to check.
    assert_eq!(outcome(&app, &target, &json!({ "check": {} })).await, failed("Node check failed."));
}

#[tokio::test]
async fn recovery_restarts_the_instance_or_makes_another() {
    let (app, id) = ready().await;
    let target = format!("/v1/nodes/{id}/actions");
    let first = shown_node(&app, &id).await["physical_id"].clone();
    for operation in ["REBOOT", "rebuild"] {
        let body = json!({ "recover": { "operation": operation } });
        assert_eq!(outcome(&app, &target, &body).await, succeeded(), "{operation}");
        let node = shown_node(&app, &id).await;
        assert_eq!((&node["status_reason"], &node["physical_id"]), (&json!("Recovery succeeded"), &first));
    }
    assert_eq!(outcome(&app, &target, &json!({ "recover": {} })).await, succeeded());
    let node = shown_node(&app, &id).await;
    assert_ne!(node["physical_id"], first);
    assert_eq!(node["data"], json!({ "recovery": "RECREATE" }));
    assert_eq!(state(&app, &node["physical_id"]).await, Some(InstanceState::Active));
    assert_eq!(instances(&app).await.len(), 1, "the first instance is gone");
    let check = json!({ "recover": { "operation": "RECREATE", "check": true } });
    assert_eq!(outcome(&app, &target, &check).await, succeeded());
    let well = shown_node(&app, &id).await;
    assert_eq!(well["physical_id"], node["physical_id"], "one that is well is left alone");
    assert_eq!(well["status_reason"], "Recover: Node is ACTIVE.");
}

#[tokio::test]
async fn an_operation_is_run_on_the_instance() {
    let (app, id) = ready().await;
    let target = format!("/v1/nodes/{id}/ops");
    assert_eq!(outcome(&app, &target, &json!({ "stop": null })).await, succeeded());
    let node = shown_node(&app, &id).await;
    assert_eq!(
        (&node["status"], &node["status_reason"]),
        (&json!("ACTIVE"), &json!("Operation 'stop' succeeded"))
    );
    assert_eq!(state(&app, &node["physical_id"]).await, Some(InstanceState::Stopped));
    let check = json!({ "check": {} });
    assert_eq!(outcome(&app, &format!("/v1/nodes/{id}/actions"), &check).await, succeeded());
    assert_eq!(shown_node(&app, &id).await["status"], "ERROR", "a stopped server is not well");
    assert_eq!(outcome(&app, &target, &json!({ "start": {} })).await, succeeded());
    assert_eq!(state(&app, &node["physical_id"]).await, Some(InstanceState::Active));
}

#[tokio::test]
async fn nod_11_what_the_backend_refuses_fails_and_says_why() {
    let app = TestApp::new().await;
    let mut spec = coppice_e2e::spec();
    spec["properties"]["metadata"] = json!({ "simulated.fail_changes": "reboot" });
    let body = json!({ "profile": { "name": "p", "spec": spec } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    let id = node(&app, None).await;
    let (status, reason) = outcome(&app, &format!("/v1/nodes/{id}/ops"), &json!({ "reboot": {} })).await;
    assert_eq!(status, "FAILED");
    assert!(reason.starts_with("Failed in reboot server"), "{reason}");
    let node = shown_node(&app, &id).await;
    assert_eq!(node["status"], "ERROR");
    assert_ne!(node["physical_id"], Value::Null, "it keeps its instance");
}

#[tokio::test]
async fn nod_4_an_update_changes_the_record_and_the_instance() {
    let (app, id) = ready().await;
    app.bigger_profile(ALICE, "bigger").await;
    let update = json!({ "node": { "name": "m", "role": "r", "metadata": { "a": 1 }, "tainted": true, "profile_id": "bigger" } });
    let target = format!("/v1/nodes/{id}");
    let action = app.patch(&target).by(ALICE).at("1.14").json(&update).send().await.expect(202).action();
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    let node = shown_node(&app, &id).await;
    assert_eq!(
        (&node["name"], &node["role"], &node["metadata"]),
        (&json!("m"), &json!("r"), &json!({ "a": 1 }))
    );
    assert_eq!((&node["tainted"], &node["profile_name"]), (&json!(true), &json!("bigger")));
    assert_eq!(node["status_reason"], "Update succeeded");
    let details = app.show(ALICE, &format!("{target}?show_details=true"), "node").await["details"].clone();
    assert_eq!(details["flavor"], "2");
    // The node holds the profile it has now, and no longer the one it had.
    assert_eq!(app.delete("/v1/profiles/bigger").by(ALICE).send().await.status, 409);
    assert_eq!(app.delete("/v1/profiles/p").by(ALICE).send().await.status, 204);
}

#[tokio::test]
async fn nod_13_an_update_to_what_cannot_change_leaves_the_node_alone() {
    let (app, id) = ready().await;
    let mut spec = coppice_e2e::spec();
    spec["properties"]["key_name"] = json!("k");
    let other = json!({ "profile": { "name": "keyed", "spec": spec } });
    app.post("/v1/profiles").by(ALICE).json(&other).send().await.expect(201);
    let before = shown_node(&app, &id).await;
    let update = json!({ "node": { "profile_id": "keyed" } });
    let action =
        app.patch(&format!("/v1/nodes/{id}")).by(ALICE).json(&update).send().await.expect(202).action();
    app.drain().await;
    let reason = "Node update failed. The property 'key_name' cannot be changed.";
    assert_eq!(ended(&app, &action).await, failed(reason));
    let after = shown_node(&app, &id).await;
    for key in ["status", "status_reason", "profile_id", "physical_id"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(app.delete("/v1/profiles/keyed").by(ALICE).send().await.status, 204);
}
