//! Whatever is done to a cluster, the members of its pool are its active members.

use super::*;
use crate::outcomes::policies::later;
use coppice_domain::receiver::hook_mailbox;

/// A cluster of so many nodes behind a balancer that takes its time, and the balancer's pool.
async fn behind(size: u64) -> (TestApp, String) {
    let (app, pool) = fronted(size, slow()).await;
    serves(&app, &pool).await;
    (app, pool)
}

/// Makes a node of no cluster.
async fn orphan(app: &TestApp, name: &str) -> String {
    let body = json!({ "node": { "name": name, "profile_id": "p" } });
    let made = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    made.json()["node"]["id"].as_str().unwrap().to_owned()
}

/// Asks for something to be done to a node and sees it through.
async fn to_node(app: &TestApp, node: &str, body: &Value) -> (String, String) {
    let target = format!("/v1/nodes/{node}/actions");
    let action = app.post(&target).by(ALICE).json(body).send().await.expect(202).action();
    app.drain().await;
    ended(app, &action).await
}

async fn delete_node(app: &TestApp, node: &str) -> (String, String) {
    let answer = app.delete(&format!("/v1/nodes/{node}")).by(ALICE).send().await.expect(202);
    let action = answer.action();
    app.drain().await;
    ended(app, &action).await
}

fn ids(nodes: &[Value]) -> Vec<String> {
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_whole_life_of_a_cluster_behind_a_balancer() {
    let (app, pool) = behind(2).await;
    for (body, size) in [
        (json!({ "scale_out": { "count": 2 } }), 4),
        (json!({ "scale_in": { "count": 1 } }), 3),
        (json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 5 } }), 5),
        (json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 2 } }), 2),
        (json!({ "recover": { "operation": "RECREATE", "check": false } }), 2),
        (json!({ "check": {} }), 2),
    ] {
        assert_eq!(act(&app, &body).await, succeeded(), "{body}");
        assert_eq!(nodes(&app).await.len(), size, "{body}");
        serves(&app, &pool).await;
    }
    let (one, other) = (orphan(&app, "one").await, orphan(&app, "other").await);
    assert_eq!(act(&app, &json!({ "add_nodes": { "nodes": [one] } })).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(
        act(&app, &json!({ "replace_nodes": { "nodes": { one.clone(): other } } })).await,
        succeeded()
    );
    serves(&app, &pool).await;
    assert_eq!(app.show(ALICE, &format!("/v1/nodes/{one}"), "node").await["data"], json!({}));
    assert_eq!(act(&app, &json!({ "del_nodes": { "nodes": [other] } })).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(app.show(ALICE, &format!("/v1/nodes/{other}"), "node").await["data"], json!({}));

    let body = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": "c" } });
    let made = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).json();
    app.drain().await;
    serves(&app, &pool).await;
    let node = made["node"]["id"].as_str().unwrap();
    assert_eq!(to_node(&app, node, &json!({ "recover": { "operation": "REBOOT" } })).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(to_node(&app, node, &json!({ "recover": { "operation": "RECREATE" } })).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(delete_node(&app, node).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(members(&app, &pool).await.len(), 2);
}

#[tokio::test]
async fn nodes_leave_the_pool_before_anything_happens_to_them() {
    let (app, pool) = behind(3).await;
    let properties = json!({ "grace_period": 100 });
    let deletion = json!({ "type": "senlin.policy.deletion", "version": "1.1", "properties": properties });
    app.policy(ALICE, "del", &deletion).await;
    assert_eq!(act(&app, &json!({ "policy_attach": { "policy_id": "del" } })).await, succeeded());
    let body = json!({ "scale_in": { "count": 2 } });
    app.post(TARGET).by(ALICE).json(&body).send().await.expect(202);
    app.drain_until(later(&app, 60)).await;
    // They drain: out of the pool, and still there.
    assert_eq!(members(&app, &pool).await.len(), 1);
    let status: Vec<Value> = nodes(&app).await.iter().map(|node| node["status"].clone()).collect();
    assert_eq!(status, ["ACTIVE", "ACTIVE", "ACTIVE"]);
    app.drain().await;
    serves(&app, &pool).await;
    // One that goes by itself does the same.
    let body = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": "c" } });
    let made = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).json();
    app.drain().await;
    let node = made["node"]["id"].as_str().unwrap();
    app.delete(&format!("/v1/nodes/{node}")).by(ALICE).send().await.expect(202);
    app.drain_until(later(&app, 60)).await;
    assert_eq!((members(&app, &pool).await.len(), nodes(&app).await.len()), (1, 2));
    app.drain().await;
    assert_eq!(nodes(&app).await.len(), 1);
    serves(&app, &pool).await;
}

#[tokio::test]
async fn pol_8_nodes_with_a_lifecycle_hook_leave_the_pool_too() {
    for stops in [false, true] {
        let (app, pool) = behind(2).await;
        if stops {
            let config = json!({ "cluster": { "config": { "cluster.stop_node_before_delete": true } } });
            app.patch("/v1/clusters/c").by(ALICE).at("1.14").json(&config).send().await.expect(202);
            app.drain().await;
        }
        let hooks = json!({ "type": "zaqar", "params": { "queue": "q" }, "timeout": 300 });
        let properties = json!({ "hooks": hooks, "destroy_after_deletion": stops });
        let deletion =
            json!({ "type": "senlin.policy.deletion", "version": "1.1", "properties": properties });
        app.policy(ALICE, "del", &deletion).await;
        assert_eq!(act(&app, &json!({ "policy_attach": { "policy_id": "del" } })).await, succeeded());
        let body = json!({ "scale_in": { "count": 1 } });
        app.post(TARGET).by(ALICE).json(&body).send().await.expect(202);
        app.drain_until(later(&app, 60)).await;
        let project = nodes(&app).await[0]["project"].as_str().unwrap().to_owned();
        assert_eq!(app.mailboxes.count(&hook_mailbox(&project, "q")), 1);
        assert_eq!((members(&app, &pool).await.len(), nodes(&app).await.len()), (1, 2), "{stops}");
        app.drain().await;
        serves(&app, &pool).await;
    }
}

#[tokio::test]
async fn pol_15_the_members_that_are_replaced_leave_the_pool_and_no_others() {
    let (app, pool) = behind(3).await;
    let new = orphan(&app, "new").await;
    let old = ids(&nodes(&app).await)[1].clone();
    let kept: BTreeSet<String> = nodes(&app)
        .await
        .iter()
        .filter(|node| node["id"] != json!(old))
        .map(|node| node["data"]["lb_member"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(act(&app, &json!({ "replace_nodes": { "nodes": { old: new } } })).await, succeeded());
    serves(&app, &pool).await;
    let members: BTreeSet<String> = members(&app, &pool).await.into_iter().map(|part| part.id).collect();
    assert_eq!(members.intersection(&kept).count(), 2);
}

#[tokio::test]
async fn pol_16_what_a_clusters_recovery_makes_anew_is_another_member() {
    let (app, pool) = behind(2).await;
    let before = members(&app, &pool).await;
    let instance = nodes(&app).await[0]["physical_id"].as_str().unwrap().to_owned();
    app.system.env.compute.delete(&instance).await.unwrap();
    assert_eq!(act(&app, &json!({ "check": {} })).await, succeeded());
    assert_eq!(act(&app, &json!({ "recover": { "operation": "RECREATE" } })).await, succeeded());
    serves(&app, &pool).await;
    let after = members(&app, &pool).await;
    assert_eq!(after.iter().filter(|part| before.contains(part)).count(), 1);
    // And what it adds or takes out to reach the target.
    let properties = json!({ "reduce_desired_capacity": false });
    let deletion = json!({ "type": "senlin.policy.deletion", "version": "1.1", "properties": properties });
    app.policy(ALICE, "del", &deletion).await;
    assert_eq!(act(&app, &json!({ "policy_attach": { "policy_id": "del" } })).await, succeeded());
    let gone = ids(&nodes(&app).await)[0].clone();
    assert_eq!(act(&app, &json!({ "del_nodes": { "nodes": [gone] } })).await, succeeded());
    assert_eq!(act(&app, &json!({ "recover": { "check_capacity": true } })).await, succeeded());
    assert_eq!(nodes(&app).await.len(), 2);
    serves(&app, &pool).await;
}

#[tokio::test]
async fn pol_17_nodes_leave_the_pool_however_many_there_have_to_be() {
    let (app, pool) = behind(3).await;
    // Each of these finds the cluster with as many nodes wanted as there have to be.
    for body in [
        json!({ "resize": { "min_size": 3, "strict": false } }),
        json!({ "resize": { "min_size": 2, "adjustment_type": "EXACT_CAPACITY", "number": 2 } }),
        json!({ "resize": { "min_size": 1, "adjustment_type": "CHANGE_IN_CAPACITY", "number": -1 } }),
    ] {
        assert_eq!(act(&app, &body).await, succeeded(), "{body}");
        serves(&app, &pool).await;
    }
    assert_eq!(members(&app, &pool).await.len(), 1);
    // One more than are wanted, which is as many as there have to be: it leaves as it goes.
    let properties = json!({ "reduce_desired_capacity": false });
    let deletion = json!({ "type": "senlin.policy.deletion", "version": "1.1", "properties": properties });
    app.policy(ALICE, "del", &deletion).await;
    assert_eq!(act(&app, &json!({ "policy_attach": { "policy_id": "del" } })).await, succeeded());
    let new = orphan(&app, "new").await;
    assert_eq!(act(&app, &json!({ "add_nodes": { "nodes": [new] } })).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(delete_node(&app, &new).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(members(&app, &pool).await.len(), 1);
}

#[tokio::test]
async fn pol_18_act_11_a_node_that_could_not_be_made_does_not_join() {
    let (app, pool) = behind(1).await;
    let mut spec = coppice_e2e::spec();
    spec["properties"]["metadata"] = json!({ "simulated.fail": "error" });
    let body = json!({ "profile": { "name": "bad", "spec": spec } });
    app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
    let body = json!({ "node": { "name": "n", "profile_id": "bad", "cluster_id": "c" } });
    app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    let nodes = nodes(&app).await;
    assert_eq!((nodes.len(), &nodes[1]["status"]), (2, &json!("ERROR")));
    assert_eq!(nodes[1]["data"], json!({}));
    serves(&app, &pool).await;
}

#[tokio::test]
async fn a_policy_that_does_not_count_adds_nobody_and_lets_nobody_stay() {
    let (app, pool) = behind(3).await;
    let update = json!({ "policy_update": { "policy_id": "lb", "enabled": false } });
    assert_eq!(act(&app, &update).await, succeeded());
    assert_eq!(act(&app, &json!({ "scale_out": { "count": 1 } })).await, succeeded());
    assert_eq!(members(&app, &pool).await.len(), 3);
    assert_eq!(
        act(&app, &json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 0 } })).await,
        succeeded()
    );
    assert_eq!(members(&app, &pool).await, []);
}
