//! Detaching, and deleting the cluster: nothing of ours is left.

use super::*;

#[tokio::test]
async fn what_was_made_goes_and_nodes_forget_it() {
    let app = ready(3, slow()).await;
    assert_eq!(attach(&app, &json!({})).await, succeeded());
    assert_eq!(act(&app, &json!({ "policy_detach": { "policy_id": "lb" } })).await, succeeded());
    assert_eq!(parts(&app).await, []);
    assert_eq!(cluster(&app).await["data"], json!({}));
    assert!(nodes(&app).await.iter().all(|node| node["data"] == json!({}) && node["status"] == "ACTIVE"));
    assert_eq!(app.show(ALICE, "/v1/clusters/c/policies", "cluster_policies").await, json!([]));
    // And it may come back.
    assert_eq!(act(&app, &json!({ "policy_attach": { "policy_id": "lb" } })).await, succeeded());
    let pool = pool_of(&app).await;
    serves(&app, &pool).await;
}

#[tokio::test]
async fn only_the_members_leave_what_was_there_before() {
    let app = ready(3, with_existing()).await;
    let given = json!({ "loadbalancer": "mine", "pool": { "subnet": "private", "id": "pool-1" } });
    assert_eq!(attach(&app, &given).await, succeeded());
    assert_eq!(members(&app, "pool-1").await.len(), 3);
    assert_eq!(act(&app, &json!({ "policy_detach": { "policy_id": "lb" } })).await, succeeded());
    assert_eq!(members(&app, "pool-1").await, []);
    assert!(app.system.env.balancer.find("theirs").await.unwrap().is_some());
}

#[tokio::test]
async fn a_cluster_that_is_deleted_by_force_takes_its_front_along() {
    for (balancer, given) in [
        (slow(), json!({})),
        (with_existing(), json!({ "loadbalancer": "mine", "pool": { "subnet": "private", "id": "pool-1" } })),
    ] {
        let app = ready(2, balancer).await;
        assert_eq!(attach(&app, &given).await, succeeded());
        app.delete("/v1/clusters/c").by(ALICE).at("1.14").send().await.expect(409);
        app.delete("/v1/clusters/c?force=true").by(ALICE).at("1.14").send().await.expect(202);
        app.drain().await;
        app.get("/v1/clusters/c").by(ALICE).send().await.expect(404);
        assert_eq!((parts(&app).await, members(&app, "pool-1").await), (vec![], vec![]));
        app.delete("/v1/policies/lb").by(ALICE).send().await.expect(204);
    }
}
