//! Attaching: the parts are made one after the other, then every node joins; or nothing is left of it.

use super::moody::{Mood, meets};
use super::*;
use coppice_compute::balancer::PartState;
use std::sync::Arc;

#[tokio::test]
async fn a_front_is_built_and_every_node_joins_its_pool() {
    let app = ready(3, slow()).await;
    assert_eq!(attach(&app, &json!({})).await, succeeded());
    let parts = parts(&app).await;
    let shown: Vec<(PartKind, &str)> = parts.iter().map(|part| (part.kind, part.name.as_str())).collect();
    let expected = [
        (PartKind::Balancer, "senlin-lb-c"),
        (PartKind::Listener, "senlin-listener-c"),
        (PartKind::Pool, "senlin-pool-c"),
        (PartKind::Monitor, "senlin-monitor-c"),
    ];
    assert_eq!(shown, expected);
    let kept = kept(&app).await;
    let ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
    let data = json!({
        "loadbalancer": ids[0], "listener": ids[1], "pool": ids[2], "healthmonitor": ids[3],
    });
    assert_eq!(kept, data);
    let policy = app.show(ALICE, "/v1/policies/lb", "policy").await["id"].as_str().unwrap().to_owned();
    let address = parts[0].address.as_deref().unwrap();
    assert_eq!(
        cluster(&app).await["data"],
        json!({ "loadbalancers": { policy: { "vip_address": address } } })
    );
    serves(&app, ids[2]).await;
}

#[tokio::test]
async fn a_pool_that_is_there_already_is_used() {
    let app = ready(2, with_existing()).await;
    let given = json!({ "loadbalancer": "mine", "pool": { "subnet": "private", "id": "pool-1" } });
    assert_eq!(attach(&app, &given).await, succeeded());
    assert_eq!(parts(&app).await, []);
    assert_eq!(kept(&app).await, json!({ "preexisting": true, "loadbalancer": "theirs", "pool": "pool-1" }));
    serves(&app, "pool-1").await;
}

#[tokio::test]
async fn what_cannot_be_provisioned_is_taken_down_again() {
    for (balancer, properties, reason) in [
        (
            slow(),
            json!({ "availability_zone": "simulated.error" }),
            "Failed in creating loadbalancer: The load balancer could not be provisioned.",
        ),
        (
            slow(),
            json!({ "availability_zone": "simulated.quota" }),
            "Failed in creating loadbalancer: Quota exceeded for load balancers.",
        ),
        (
            with_existing(),
            json!({ "loadbalancer": "nobodys" }),
            "The specified loadbalancer 'nobodys' could not be found.",
        ),
    ] {
        let app = ready(1, balancer).await;
        assert_eq!(attach(&app, &properties).await, failed(reason));
        assert_eq!(parts(&app).await, []);
        assert_eq!(cluster(&app).await["data"], json!({}));
        assert_eq!(app.show(ALICE, "/v1/clusters/c/policies", "cluster_policies").await, json!([]));
        assert_eq!(cluster(&app).await["status"], "ACTIVE");
    }
}

#[tokio::test]
async fn a_policy_has_only_so_much_patience() {
    let app = ready(1, slow()).await;
    let (status, reason) = attach(&app, &json!({ "lb_status_timeout": 30 })).await;
    assert_eq!(status, "FAILED");
    assert!(reason.starts_with("Failed in creating loadbalancer ("), "{reason}");
    assert_eq!(parts(&app).await, []);
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_not_made_twice() {
    let app = ready(1, slow()).await;
    assert_eq!(attach(&app, &json!({ "availability_zone": "simulated.timeout" })).await, succeeded());
    let balancers = parts(&app).await.into_iter().filter(|part| part.kind == PartKind::Balancer);
    assert_eq!(balancers.map(|part| part.state).collect::<Vec<_>>(), [PartState::Active]);
}

#[tokio::test]
async fn a_service_that_throttles_is_asked_again() {
    let app = ready(3, BalancerConfig { throttle_rate: 0.5, ..slow() }).await;
    assert_eq!(attach(&app, &json!({ "lb_status_timeout": 3600 })).await, succeeded());
    let pool = pool_of(&app).await;
    assert_eq!(nodes(&app).await.iter().filter(|node| node["data"]["lb_member"].is_string()).count(), 3);
    assert!(!pool.is_empty());
}

#[tokio::test]
async fn an_attachment_that_is_cancelled_leaves_nothing() {
    let app = ready(2, slow()).await;
    app.policy(ALICE, "lb", &spec(&json!({}))).await;
    let body = json!({ "policy_attach": { "policy_id": "lb" } });
    let action = app.post(TARGET).by(ALICE).json(&body).send().await.expect(202).action();
    app.drain_until(app.system.env.now().plus(std::time::Duration::from_secs(55))).await;
    assert!(!parts(&app).await.is_empty());
    let cancel = json!({ "action": { "status": "CANCELLED" } });
    app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.12").json(&cancel).send().await.expect(202);
    app.drain().await;
    assert_eq!(ended(&app, &action).await.0, "CANCELLED");
    assert_eq!(parts(&app).await, []);
    assert!(nodes(&app).await.iter().all(|node| node["data"] == json!({})));
}

#[tokio::test]
async fn pol_1_a_cluster_has_one_such_policy_of_whatever_version() {
    let app = ready(1, BalancerConfig::default()).await;
    assert_eq!(attach(&app, &json!({})).await, succeeded());
    let mut other = spec(&json!({}));
    other["version"] = json!("1.0");
    app.policy(ALICE, "other", &other).await;
    let (status, reason) = act(&app, &json!({ "policy_attach": { "policy_id": "other" } })).await;
    assert_eq!(status, "FAILED");
    assert!(
        reason.starts_with("Only one instance of policy type (senlin.policy.loadbalance-1.0)"),
        "{reason}"
    );
}

#[tokio::test]
async fn pol_19_a_monitor_is_asked_for_with_its_options_over_https_as_over_http() {
    for kind in ["HTTP", "HTTPS"] {
        let mut app = ready(1, BalancerConfig::default()).await;
        let mood = Mood::default();
        let asked_for = Arc::clone(&mood.monitors);
        meets(&mut app, mood);
        let options = json!({
            "type": kind, "http_method": "PUT", "url_path": "/health", "expected_codes": "200-204", "delay": 7,
        });
        assert_eq!(attach(&app, &json!({ "health_monitor": options })).await, succeeded());
        let [monitor] = asked_for.lock().unwrap().clone().try_into().unwrap();
        for (key, value) in options.as_object().unwrap() {
            assert_eq!(&monitor[key], value, "{kind}: {key}");
        }
    }
}
