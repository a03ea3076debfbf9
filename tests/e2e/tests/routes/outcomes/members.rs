//! Actions on the members of a cluster, asked of the cluster or of a member (spec engine-cluster §6).

use super::*;
use coppice_domain::action::ActionStatus;
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_store::{Claim, Finish, InstanceChange, NodeFate, NodeFinish, Settlement, Turn};
use std::time::Duration;

async fn ready(size: u64) -> (TestApp, String) {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, size).await;
    (app, cluster)
}

async fn members(app: &TestApp, cluster: &str) -> Vec<String> {
    let nodes = shown_cluster(app, cluster).await["nodes"].clone();
    nodes.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_member_that_is_asked_for_counts_and_one_that_is_deleted_does_not() {
    let (app, cluster) = ready(1).await;
    let id = node(&app, Some(&cluster)).await;
    let shown = shown_cluster(&app, &cluster).await;
    assert_eq!((&shown["desired_capacity"], &shown["status"]), (&json!(2), &json!("ACTIVE")));
    let reason = "NODE_CREATE: number of active nodes is equal or above desired_capacity (2).";
    assert_eq!(shown["status_reason"], reason);
    assert_eq!(members(&app, &cluster).await.len(), 2);
    app.delete(&format!("/v1/nodes/{id}")).by(ALICE).send().await.expect(202);
    app.drain().await;
    let shown = shown_cluster(&app, &cluster).await;
    assert_eq!((&shown["desired_capacity"], &shown["status"]), (&json!(1), &json!("ACTIVE")));
    assert_eq!(members(&app, &cluster).await.len(), 1);
    assert_eq!(instances(&app).await.len(), 1);
}

#[tokio::test]
async fn nod_7_a_member_too_many_or_too_few_is_refused_when_its_turn_comes() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let body = json!({ "cluster": { "name": "c", "profile_id": "p", "min_size": 1, "max_size": 1 } });
    let made = app.post("/v1/clusters").by(ALICE).json(&body).send().await.expect(202).json();
    let cluster = made["cluster"]["id"].as_str().unwrap().to_owned();
    app.drain().await;
    let body = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": cluster } });
    let answer = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    let text = "The target capacity (2) is greater than the cluster's max_size (1).";
    assert_eq!(ended(&app, &answer.action()).await, failed(text));
    let node = shown_node(&app, answer.json()["node"]["id"].as_str().unwrap()).await;
    assert_eq!(
        (&node["cluster_id"], &node["index"], &node["status"]),
        (&json!(""), &json!(-1), &json!("ERROR"))
    );
    assert_eq!(node["status_reason"], text);
    let member = members(&app, &cluster).await.remove(0);
    let action = app.delete(&format!("/v1/nodes/{member}")).by(ALICE).send().await.expect(202).action();
    app.drain().await;
    let text = "The target capacity (0) is less than the cluster's min_size (1).";
    assert_eq!(ended(&app, &action).await, failed(text));
    assert_eq!(shown_node(&app, &member).await["status"], "ACTIVE");
    assert_eq!(members(&app, &cluster).await, [member]);
}

#[tokio::test]
async fn nodes_join_and_leave_and_replace_each_other() {
    let (app, cluster) = ready(1).await;
    let target = format!("/v1/clusters/{cluster}/actions");
    let (first, second) = (node(&app, None).await, node(&app, None).await);
    assert_eq!(outcome(&app, &target, &json!({ "add_nodes": { "nodes": [first] } })).await, succeeded());
    let joined = shown_node(&app, &first).await;
    assert_eq!((&joined["cluster_id"], &joined["index"]), (&json!(cluster), &json!(2)));
    assert_eq!(shown_cluster(&app, &cluster).await["desired_capacity"], 2);
    let details = app.show(ALICE, &format!("/v1/nodes/{first}?show_details=true"), "node").await;
    assert_eq!(details["details"]["metadata"]["cluster_id"], json!(cluster));

    let replace = json!({ "replace_nodes": { "nodes": { first.clone(): second } } });
    assert_eq!(outcome(&app, &target, &replace).await, succeeded());
    let (left, came) = (shown_node(&app, &first).await, shown_node(&app, &second).await);
    assert_eq!(
        (&left["cluster_id"], &left["index"], &left["status"]),
        (&json!(""), &json!(-1), &json!("ACTIVE"))
    );
    assert_eq!((&came["cluster_id"], &came["index"]), (&json!(cluster), &json!(3)));
    assert_eq!(shown_cluster(&app, &cluster).await["desired_capacity"], 2);

    let leave = json!({ "del_nodes": { "nodes": [second] } });
    assert_eq!(outcome(&app, &target, &leave).await, succeeded());
    assert_eq!(shown_node(&app, &second).await["cluster_id"], "");
    let shown = shown_cluster(&app, &cluster).await;
    assert_eq!((&shown["desired_capacity"], &shown["status"]), (&json!(1), &json!("ACTIVE")));
    assert_eq!(instances(&app).await.len(), 3, "who leaves keeps its instance");

    assert_eq!(outcome(&app, &target, &json!({ "add_nodes": { "nodes": [second] } })).await, succeeded());
    let destroy = json!({ "del_nodes": { "nodes": [second], "destroy_after_deletion": true } });
    assert_eq!(outcome(&app, &target, &destroy).await, succeeded());
    assert_eq!(app.get(&format!("/v1/nodes/{second}")).by(ALICE).send().await.status, 404);
    assert_eq!(instances(&app).await.len(), 2);
}

#[tokio::test]
async fn a_new_profile_reaches_every_member_and_then_the_cluster() {
    let (app, cluster) = ready(3).await;
    app.bigger_profile(ALICE, "bigger").await;
    let update = json!({ "cluster": { "profile_id": "bigger" } });
    let action = app
        .patch(&format!("/v1/clusters/{cluster}"))
        .by(ALICE)
        .json(&update)
        .send()
        .await
        .expect(202)
        .action();
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!(shown_cluster(&app, &cluster).await["profile_name"], "bigger");
    for id in members(&app, &cluster).await {
        let node = app.show(ALICE, &format!("/v1/nodes/{id}?show_details=true"), "node").await;
        assert_eq!((&node["profile_name"], &node["details"]["flavor"]), (&json!("bigger"), &json!("2")));
    }
}

async fn updated(app: &TestApp, cluster: &str, change: Value) -> (String, (String, String)) {
    let asked = app.patch(&format!("/v1/clusters/{cluster}")).at("1.14").by(ALICE);
    let action = asked.json(&json!({ "cluster": change })).send().await.expect(202).action();
    app.drain().await;
    let said = ended(app, &action).await;
    (action, said)
}

#[tokio::test]
async fn clu_14_members_are_given_the_time_to_shut_down_that_the_cluster_says_however_it_is_spelled() {
    let (app, cluster) = ready(2).await;
    app.bigger_profile(ALICE, "bigger").await;
    let config = json!({ "cluster.stop_timeout_before_update": "30" });
    let (action, said) = updated(&app, &cluster, json!({ "config": config, "profile_id": "bigger" })).await;
    assert_eq!(said, succeeded());
    let kept = &shown_cluster(&app, &cluster).await["config"];
    assert_eq!(kept, &json!({ "cluster.stop_timeout_before_update": 30 }));
    let derived = app.show(ALICE, &format!("/v1/actions/{action}"), "action").await["depends_on"].clone();
    let listed = app.show(ALICE, "/v1/actions?action=NODE_UPDATE", "actions").await;
    let told: Vec<&Value> = listed.as_array().unwrap().iter().map(|action| &action["inputs"]).collect();
    assert_eq!(told.len(), 2, "{derived}");
    assert!(told.iter().all(|inputs| inputs["cluster.stop_timeout_before_update"] == 30), "{told:?}");
}

#[tokio::test]
async fn clu_6_a_configuration_that_cannot_be_used_is_refused_and_leaves_the_cluster_as_it_was() {
    let (app, cluster) = ready(1).await;
    let before = shown_cluster(&app, &cluster).await;
    let config = json!({ "cluster.stop_timeout_before_update": "soon" });
    let (_, said) = updated(&app, &cluster, json!({ "config": config, "name": "other" })).await;
    assert_eq!(said, failed("invalid literal for int() with base 10: 'soon'"));
    let after = shown_cluster(&app, &cluster).await;
    for key in ["name", "status", "status_reason", "config"] {
        assert_eq!(after[key], before[key], "{key}");
    }
}

#[tokio::test]
async fn a_cluster_is_checked_and_recovered() {
    let (app, cluster) = ready(3).await;
    let target = format!("/v1/clusters/{cluster}/actions");
    let lost = members(&app, &cluster).await.remove(1);
    let physical = shown_node(&app, &lost).await["physical_id"].clone();
    app.system.env.compute.delete(physical.as_str().unwrap()).await.unwrap();
    assert_eq!(outcome(&app, &target, &json!({ "check": {} })).await, succeeded());
    let shown = shown_cluster(&app, &cluster).await;
    assert_eq!(shown["status"], "WARNING");
    let reason = "CLUSTER_CHECK: number of active nodes is below desired_capacity (3).";
    assert_eq!(shown["status_reason"], reason);
    assert_eq!(outcome(&app, &target, &json!({ "recover": { "operation": "RECREATE" } })).await, succeeded());
    assert_eq!(shown_cluster(&app, &cluster).await["status"], "ACTIVE");
    assert_ne!(shown_node(&app, &lost).await["physical_id"], physical);
    assert_eq!(instances(&app).await.len(), 3);
    // One member less than wanted: made when the number is looked at, too.
    app.delete(&format!("/v1/nodes/{lost}")).by(ALICE).send().await.expect(202);
    app.drain().await;
    let resize = json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 2 } });
    assert_eq!(outcome(&app, &target, &resize).await, succeeded());
    assert_eq!(outcome(&app, &target, &json!({ "recover": { "check_capacity": true } })).await, succeeded());
    assert_eq!(members(&app, &cluster).await.len(), 2);
}

#[tokio::test]
async fn a_member_that_is_still_to_be_made_is_left_to_its_creation() {
    for body in [json!({ "reboot": { "type": "SOFT" } }), json!({ "recover": { "operation": "REBOOT" } })] {
        let (app, cluster) = ready(1).await;
        let check = json!({ "check": {} });
        app.act(ALICE, &cluster, &check).await;
        // The check holds the cluster: the creation waits.
        let node = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": cluster } });
        let creation = app.post("/v1/nodes").by(ALICE).json(&node).send().await.expect(202);
        app.answer_next().await;
        assert_eq!(ended(&app, &creation.action()).await.0, "READY");
        let path = if body.get("recover").is_some() { "actions" } else { "ops" };
        let target = format!("/v1/clusters/{cluster}/{path}");
        let action = app.post(&target).by(ALICE).at("1.14").json(&body).send().await.expect(202).action();
        app.drain().await;
        assert_eq!(ended(&app, &action).await, succeeded(), "{body}");
        assert_eq!(ended(&app, &creation.action()).await, succeeded(), "{body}");
        let made = shown_node(&app, creation.json()["node"]["id"].as_str().unwrap()).await;
        assert_eq!(made["status"], "ACTIVE", "{body}");
        assert_eq!(shown_cluster(&app, &cluster).await["status"], "ACTIVE", "{body}");
    }
}

/// Of several that end together the last one must see what became of all.
#[tokio::test]
async fn a_cluster_is_not_judged_by_members_that_have_moved_on_meanwhile() {
    let (app, cluster) = ready(1).await;
    let cluster_id: ClusterId = cluster.parse().unwrap();
    let store = app.store();
    let early = store.cluster_view(cluster_id).await.unwrap().unwrap();
    node(&app, Some(&cluster)).await;
    let body = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": cluster } });
    let asked = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202);
    let claim = Claim {
        owner: app.system.worker.id,
        now: app.system.env.now(),
        lease: Duration::from_secs(90),
        seq: 0,
    };
    let task = store.task_claim(asked.action().parse().unwrap(), claim).await.unwrap().unwrap();
    let id: NodeId = asked.json()["node"]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(store.take_turn(&task, id, Some(cluster_id)).await, Ok(Turn::Taken));
    let made: Node = store.get(id).await.unwrap().unwrap();
    let now = store.cluster_view(cluster_id).await.unwrap().unwrap();
    assert_eq!(now.member_ends, early.member_ends + 1);
    let settlement = Settlement::done(NodeStatus::Active, "made").with(InstanceChange::Set("i".to_owned()));
    let end = Finish {
        status: ActionStatus::Succeeded,
        status_reason: "done".to_owned(),
        at: claim.now,
        expires_at: i64::MAX,
    };
    for (judged_at, done) in [(early.member_ends, false), (now.member_ends, true)] {
        let ending = NodeFinish {
            node: &made,
            fate: NodeFate::Settled(&settlement),
            member: true,
            cluster: Some((&now.cluster, &now.cluster)),
            judged_at: Some(judged_at),
            data: None,
            events: &[],
            end: &end,
        };
        assert_eq!(store.finish_node_task(&task, ending, claim.now).await, Ok(done));
    }
}

#[tokio::test]
async fn act_1_what_came_and_went_is_kept_as_the_outputs_of_an_action() {
    let (app, cluster) = ready(1).await;
    let target = format!("/v1/clusters/{cluster}/actions");
    let before = members(&app, &cluster).await;
    let out = app.act(ALICE, &cluster, &json!({ "scale_out": { "count": 2 } })).await;
    app.drain().await;
    let after = members(&app, &cluster).await;
    let added: Vec<&String> = after.iter().filter(|node| !before.contains(node)).collect();
    let shown = app.show(ALICE, &format!("/v1/actions/{out}"), "action").await;
    assert_eq!(shown["outputs"], json!({ "nodes_added": added }));
    let leave = json!({ "del_nodes": { "nodes": [before[0]] } });
    let answer = app.post(&target).by(ALICE).json(&leave).send().await.expect(202);
    app.drain().await;
    let shown = app.show(ALICE, &format!("/v1/actions/{}", answer.action()), "action").await;
    assert_eq!(shown["outputs"], json!({ "nodes_removed": [before[0]] }));
}

#[tokio::test]
async fn an_operation_runs_on_the_members_that_were_chosen() {
    let (app, cluster) = ready(2).await;
    let chosen = shown_node(&app, &members(&app, &cluster).await[0]).await;
    let body = json!({ "stop": { "filters": { "name": chosen["name"] } } });
    assert_eq!(outcome(&app, &format!("/v1/clusters/{cluster}/ops"), &body).await, succeeded());
    let mut stopped = 0;
    for instance in instances(&app).await {
        stopped += usize::from(instance.state == InstanceState::Stopped);
    }
    assert_eq!(stopped, 1);
    let reason = "stop: number of active nodes is equal or above desired_capacity (2).";
    assert_eq!(shown_cluster(&app, &cluster).await["status_reason"], reason);
}

#[tokio::test]
async fn act_3_an_action_on_a_member_waits_for_its_cluster_and_keeps_others_away_from_it() {
    let (app, cluster) = ready(2).await;
    let member = members(&app, &cluster).await.remove(0);
    // The member's own action holds the cluster, so the cluster is locked.
    let check = json!({ "check": {} });
    app.post(&format!("/v1/nodes/{member}/actions")).by(ALICE).json(&check).send().await.expect(202);
    let refused = app.post(&format!("/v1/clusters/{cluster}/actions")).by(ALICE).json(&check).send().await;
    let text =
        format!("CLUSTER_CHECK for cluster '{cluster}' cannot be completed because it is already locked.");
    assert_eq!(refused.status, 409);
    assert_eq!(refused.fault(), ("ResourceIsLocked".to_owned(), text));
    app.drain().await;
    // Now the cluster's action comes first, and the member's waits for its turn.
    let first = app.act(ALICE, &cluster, &check).await;
    let answer = app.post(&format!("/v1/nodes/{member}/actions")).by(ALICE).json(&check).send().await;
    let second = answer.expect(202).action();
    app.drain().await;
    assert_eq!(ended(&app, &first).await, succeeded());
    assert_eq!(ended(&app, &second).await, succeeded());
    assert_eq!(app.act(ALICE, &cluster, &check).await.len(), 36, "nothing holds the cluster any more");
}
