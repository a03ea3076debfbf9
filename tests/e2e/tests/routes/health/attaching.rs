//! Health policies on clusters: attached, switched, detached; and what they leave, which is nothing.

use super::*;

#[tokio::test]
async fn a_binding_shows_how_the_cluster_is_looked_after() {
    let ward = Ward::looked_at(1, "1.3").await;
    let bound = ward.app.show(ALICE, "/v1/clusters/c/policies/health", "cluster_policy").await;
    let data = &bound["data"]["HealthPolicy"]["data"];
    assert_eq!((&data["interval"], &data["node_update_timeout"]), (&json!(60), &json!(300)));
    assert_eq!(data["detection_modes"][0]["type"], "NODE_STATUS_POLLING");
    assert_eq!(bound["data"].get("watch"), None);
}

#[tokio::test]
async fn rhe_10_rhe_11_pol_21_one_policy_looks_after_a_cluster_and_it_looks_at_something() {
    let ward = Ward::looked_at(1, "1.2").await;
    let properties =
        |modes: Value| json!({ "detection": { "detection_modes": modes }, "recovery": { "actions": [] } });
    ward.policy("other", "1.3", properties(json!([{ "type": "LIFECYCLE_EVENTS" }]))).await;
    let (status, reason) = ward.attach("other").await;
    assert_eq!(status, "FAILED");
    assert!(reason.starts_with("Only one health policy can be attached"), "RHE-11: {reason}");
    assert_eq!(ward.act(&json!({ "policy_detach": { "policy_id": "health" } })).await.0, "SUCCEEDED");
    ward.policy("blind", "1.2", properties(json!([]))).await;
    let (status, reason) = ward.attach("blind").await;
    assert_eq!(
        (status.as_str(), reason.as_str()),
        ("FAILED", "The health policy has no detection modes: nothing would be looked at."),
        "RHE-10"
    );
    let url = |url: &str| json!({ "type": "NODE_STATUS_POLL_URL", "options": { "poll_url": url } });
    ward.policy("urls", "1.2", properties(json!([url("http://a"), url("http://b")]))).await;
    assert_eq!(ward.attach("urls").await.0, "SUCCEEDED", "POL-21");
}

#[tokio::test]
async fn a_policy_that_is_off_or_detached_leaves_no_work() {
    let ward = Ward::looked_at(3, "1.2").await;
    assert_eq!(ward.leftovers().await.len(), 1);
    ward.kill(1).await;
    let enable = |enabled: bool| json!({ "policy_update": { "policy_id": "health", "enabled": enabled } });
    assert_eq!(ward.act(&enable(false)).await.0, "SUCCEEDED");
    assert_eq!(ward.leftovers().await, Vec::<String>::new());
    assert_eq!(ward.round().await, 0);
    assert_eq!(ward.act(&enable(true)).await.0, "SUCCEEDED");
    assert_eq!(ward.run().await, 1);
    ward.app.drain().await;
    ward.kill(1).await;
    assert_eq!(ward.act(&json!({ "policy_detach": { "policy_id": "health" } })).await.0, "SUCCEEDED");
    assert_eq!(ward.leftovers().await, Vec::<String>::new());
    ward.app.clock.advance(GRACE);
    assert_eq!(ward.round().await, 0);
}

#[tokio::test]
async fn a_policy_attached_switched_off_leaves_no_work() {
    let ward = Ward::looked_at(1, "1.2").await;
    assert_eq!(ward.act(&json!({ "policy_detach": { "policy_id": "health" } })).await.0, "SUCCEEDED");
    let attach = json!({ "policy_attach": { "policy_id": "health", "enabled": false } });
    assert_eq!(ward.act(&attach).await.0, "SUCCEEDED");
    assert_eq!(ward.leftovers().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_cluster_that_is_deleted_leaves_no_work() {
    let ward = Ward::looked_at(2, "1.2").await;
    let target = "/v1/clusters/c?force=true";
    ward.app.delete(target).by(ALICE).at("1.14").send().await.expect(202);
    assert_eq!(ward.round().await, 0);
    ward.app.drain().await;
    assert_eq!(ward.leftovers().await, Vec::<String>::new());
    assert_eq!(ward.round().await, 0);
    assert_eq!(ward.recoveries().await, Vec::<Value>::new());
}
