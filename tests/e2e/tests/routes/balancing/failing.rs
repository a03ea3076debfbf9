//! What becomes of actions whose nodes the balancer does not let go, or does not take.

use super::moody::{Mood, meets, unkind};
use super::*;
use coppice_compute::balancer::PartRequest;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

async fn behind(size: u64) -> (TestApp, String) {
    fronted(size, BalancerConfig::default()).await
}

#[tokio::test]
async fn engine_policies_9_5_nothing_is_taken_out_that_does_not_leave_the_pool() {
    for (body, count) in [
        (json!({ "scale_in": { "count": 2 } }), 2),
        (json!({ "resize": { "adjustment_type": "EXACT_CAPACITY", "number": 1 } }), 2),
    ] {
        let (mut app, pool) = behind(3).await;
        // The first leaves, the second does not.
        meets(&mut app, Mood { lets: AtomicUsize::new(1), ..unkind(&[], &[PartKind::Member]) });
        let (status, reason) = act(&app, &body).await;
        assert_eq!(status, "FAILED");
        let nodes = nodes(&app).await;
        let warned: Vec<&Value> = nodes.iter().filter(|node| node["status"] == "WARNING").collect();
        assert_eq!((nodes.len(), warned.len()), (3, count - 1), "{body}");
        let id = warned[0]["id"].as_str().unwrap();
        let expected = format!(
            "Policy check failure: Failed policy 'lb': Failed in removing deleted node(s) from lb pool: ['{id}']"
        );
        assert_eq!(reason, expected);
        assert_eq!(warned[0]["status_reason"], "Failed in removing node from lb pool.");
        let cluster = cluster(&app).await;
        assert_eq!((&cluster["desired_capacity"], &cluster["status"]), (&json!(3), &json!("WARNING")));
        // Who had left is back.
        assert_eq!(members(&app, &pool).await.len(), 3);
        assert!(nodes.iter().all(|node| node["data"]["lb_member"].is_string()));
    }
}

#[tokio::test]
async fn a_node_that_does_not_leave_the_pool_is_not_deleted() {
    let (mut app, _) = behind(2).await;
    meets(&mut app, unkind(&[], &[PartKind::Member]));
    let id = nodes(&app).await[0]["id"].as_str().unwrap().to_owned();
    let action = app.delete(&format!("/v1/nodes/{id}")).by(ALICE).send().await.expect(202).action();
    app.drain().await;
    let text = format!(
        "Policy check: Failed policy 'lb': Failed in removing deleted node(s) from lb pool: ['{id}']"
    );
    assert_eq!(ended(&app, &action).await, failed(&text));
    let node = nodes(&app).await[0].clone();
    assert_eq!(
        (&node["status"], &node["status_reason"]),
        (&json!("WARNING"), &json!("Failed in removing node from lb pool."))
    );
    assert_eq!(cluster(&app).await["desired_capacity"], 2);
}

#[tokio::test]
async fn nod_5_the_reason_of_a_warning_does_not_grow_with_each_check() {
    let (mut app, _) = behind(2).await;
    meets(&mut app, unkind(&[], &[PartKind::Member]));
    let id = nodes(&app).await[0]["id"].as_str().unwrap().to_owned();
    app.delete(&format!("/v1/nodes/{id}")).by(ALICE).send().await.expect(202);
    app.drain().await;
    for _ in 0..2 {
        let check = json!({ "check": {} });
        app.post(&format!("/v1/nodes/{id}/actions")).by(ALICE).json(&check).send().await.expect(202);
        app.drain().await;
        let node = nodes(&app).await[0].clone();
        let reason = "Check: Physical object is ACTIVE but the node status was WARNING. \
                      Failed in removing node from lb pool.";
        assert_eq!((&node["status"], &node["status_reason"]), (&json!("WARNING"), &json!(reason)));
    }
}

#[tokio::test]
async fn a_node_that_does_not_get_into_the_pool_is_there_all_the_same() {
    let (mut app, pool) = behind(1).await;
    meets(&mut app, unkind(&[PartKind::Member], &[]));
    let (status, reason) = act(&app, &json!({ "scale_out": { "count": 1 } })).await;
    let node = nodes(&app).await[1].clone();
    let id = node["id"].as_str().unwrap();
    let text = format!("Failed policy 'lb': Failed in adding nodes into lb pool: ['{id}']");
    assert_eq!((status.as_str(), reason), ("FAILED", format!("Policy check failure: {text}")));
    let warning = (&json!("WARNING"), &json!("Failed in adding node into lb pool."));
    assert_eq!((&node["status"], &node["status_reason"]), warning);
    let body = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": "c" } });
    let action = app.post("/v1/nodes").by(ALICE).json(&body).send().await.expect(202).action();
    app.drain().await;
    let made = nodes(&app).await[2].clone();
    let id = made["id"].as_str().unwrap();
    let text = format!("Policy check: Failed policy 'lb': Failed in adding nodes into lb pool: ['{id}']");
    assert_eq!(ended(&app, &action).await, failed(&text));
    assert_eq!((&made["status"], &made["status_reason"]), warning);
    assert!(made["physical_id"].is_string());
    // Once the service is in a better mood, a recovery brings them in.
    app.system.worker.env.balancer = Arc::clone(&app.system.env.balancer);
    assert_eq!(act(&app, &json!({ "recover": { "operation": "REBOOT" } })).await, succeeded());
    serves(&app, &pool).await;
    assert_eq!(members(&app, &pool).await.len(), 3);
}

#[tokio::test]
async fn a_policy_is_not_attached_whose_pool_does_not_take_a_node() {
    let mut app = ready(2, slow()).await;
    meets(&mut app, unkind(&[PartKind::Member], &[]));
    assert_eq!(attach(&app, &json!({})).await, failed("Failed in adding node into lb pool"));
    assert_eq!(parts(&app).await, []);
    assert!(nodes(&app).await.iter().all(|node| node["data"] == json!({}) && node["status"] == "ACTIVE"));
}

#[tokio::test]
async fn a_part_that_cannot_be_made_is_named_and_what_there_is_goes() {
    for (kind, part) in [
        (PartKind::Balancer, "loadbalancer"),
        (PartKind::Pool, "lb pool"),
        (PartKind::Listener, "lb listener"),
        (PartKind::Monitor, "lb health monitor"),
    ] {
        let mut app = ready(1, slow()).await;
        meets(&mut app, unkind(&[kind], &[]));
        let text = format!("Failed in creating {part}: You may not.");
        assert_eq!(attach(&app, &json!({})).await, failed(&text));
        assert_eq!(parts(&app).await, []);
    }
}

#[tokio::test]
async fn what_cannot_be_taken_down_stays_attached() {
    let (mut app, pool) = behind(1).await;
    meets(&mut app, unkind(&[], &[PartKind::Balancer]));
    let detach = json!({ "policy_detach": { "policy_id": "lb" } });
    assert_eq!(act(&app, &detach).await, failed("Failed in deleting loadbalancer: You may not."));
    assert_eq!(kept(&app).await["pool"], json!(pool));
    app.delete("/v1/clusters/c?force=true").by(ALICE).at("1.14").send().await.expect(202);
    app.drain().await;
    assert_eq!(nodes(&app).await.len(), 1, "a cluster is not deleted without what stands in front of it");
    app.system.worker.env.balancer = Arc::clone(&app.system.env.balancer);
    assert_eq!(act(&app, &detach).await, succeeded());
    assert_eq!(parts(&app).await, []);
}

#[tokio::test]
async fn answers_that_are_lost_change_nothing() {
    let mut app = ready(2, slow()).await;
    meets(&mut app, Mood { forgetful: true, ..Mood::default() });
    assert_eq!(attach(&app, &json!({})).await, succeeded());
    let pool = pool_of(&app).await;
    serves(&app, &pool).await;
    for body in [
        json!({ "scale_out": { "count": 2 } }),
        json!({ "scale_in": { "count": 3 } }),
        json!({ "recover": { "operation": "RECREATE", "check": false } }),
    ] {
        assert_eq!(act(&app, &body).await, succeeded(), "{body}");
        serves(&app, &pool).await;
    }
    assert_eq!(parts(&app).await.len(), 4);
    assert_eq!(act(&app, &json!({ "policy_detach": { "policy_id": "lb" } })).await, succeeded());
    assert_eq!(parts(&app).await, []);
}

#[tokio::test]
async fn a_scaling_that_is_cancelled_while_nodes_leave_the_pool_has_not_been() {
    let (app, pool) = fronted(4, slow()).await;
    let body = json!({ "scale_in": { "count": 3 } });
    let action = app.post(TARGET).by(ALICE).json(&body).send().await.expect(202).action();
    app.drain_until(app.system.env.now().plus(Duration::from_secs(4))).await;
    assert!(members(&app, &pool).await.len() < 4);
    let cancel = json!({ "action": { "status": "CANCELLED" } });
    app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.12").json(&cancel).send().await.expect(202);
    app.drain().await;
    assert_eq!(ended(&app, &action).await.0, "CANCELLED");
    let cluster = cluster(&app).await;
    assert_eq!((&cluster["desired_capacity"], &cluster["status"]), (&json!(4), &json!("ACTIVE")));
    assert_eq!(members(&app, &pool).await.len(), 4);
    serves(&app, &pool).await;
}

#[tokio::test]
async fn a_scaling_that_is_cancelled_after_nodes_left_the_pool_has_them_join_again() {
    let (app, pool) = fronted(4, slow()).await;
    let spec = json!({
        "type": "senlin.policy.deletion", "version": "1.1", "properties": { "grace_period": 900 },
    });
    let policy = app.policy(ALICE, "grace", &spec).await;
    let id = cluster(&app).await["id"].as_str().unwrap().to_owned();
    app.attached(&id, &policy, true).await;
    let body = json!({ "scale_in": { "count": 3 } });
    let action = app.post(TARGET).by(ALICE).json(&body).send().await.expect(202).action();
    app.drain_until(app.system.env.now().plus(Duration::from_secs(300))).await;
    assert_eq!(members(&app, &pool).await.len(), 1, "all have left, and have time");
    let cancel = json!({ "action": { "status": "CANCELLED" } });
    app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.12").json(&cancel).send().await.expect(202);
    app.drain().await;
    assert_eq!(ended(&app, &action).await.0, "CANCELLED");
    assert_eq!(members(&app, &pool).await.len(), 4);
    assert!(nodes(&app).await.iter().all(|node| node["status"] == "ACTIVE"));
    serves(&app, &pool).await;
}

#[tokio::test]
async fn what_nobody_claims_is_swept() {
    let (app, pool) = behind(1).await;
    let parts_before = parts(&app).await;
    let origin = parts_before[0].origin.clone().unwrap();
    // A part that was made twice, and a member that no node has.
    let node = nodes(&app).await[0].clone();
    let balancer = app.system.env.balancer.as_ref();
    let vip = json!({ "subnet": "public" }).as_object().unwrap().clone();
    let what = coppice_compute::balancer::Blueprint::Balancer { vip, zone: None, flavor: None };
    let request = |what| PartRequest { name: "surplus".to_owned(), origin: origin.clone(), what };
    balancer.create(&request(what)).await.unwrap();
    let member = coppice_compute::balancer::Member {
        name: "surplus".to_owned(),
        instance: node["physical_id"].as_str().unwrap().to_owned(),
        address: None,
        port: 80,
        weight: 1,
    };
    let what =
        coppice_compute::balancer::Blueprint::Member { pool: pool.clone(), subnet: "s".to_owned(), member };
    balancer.create(&request(what)).await.unwrap();
    assert_eq!((parts(&app).await.len(), members(&app, &pool).await.len()), (5, 2));
    let worker = &app.system.worker;
    coppice_engine::reconciler::run(worker).await.unwrap();
    assert_eq!((parts(&app).await.len(), members(&app, &pool).await.len()), (5, 2), "they are young");
    app.clock.advance(Duration::from_secs(1500));
    coppice_engine::reconciler::run(worker).await.unwrap();
    assert_eq!(parts(&app).await, parts_before);
    serves(&app, &pool).await;
}
