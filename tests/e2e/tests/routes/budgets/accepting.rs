//! Accepting: at most three requests one after another, 10 units and one message for an action; at most
//! 20 units for a new cluster, 18 for a new node.

use super::{cost, show};
use coppice_e2e::{ALICE, TestApp, deletion_policy};
use serde_json::{Value, json};

#[tokio::test]
async fn accepting_an_action_on_a_cluster_stays_within_its_budget() {
    let half_a_kilobyte = json!({ "cluster": { "metadata": { "k": "x".repeat(480) } } });
    let requests: [(&str, Value); 4] = [
        ("scale_out", json!({ "scale_out": { "count": 3 } })),
        ("scale_in", json!({ "scale_in": {} })),
        (
            "resize",
            json!({ "resize": { "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 50, "min_step": 1, "min_size": 1, "max_size": 90 } }),
        ),
        ("update", half_a_kilobyte),
    ];
    for (what, body) in &requests {
        for by_name in [false, true] {
            let app = TestApp::new().await;
            let profile = app.profile(ALICE, "p").await;
            let id = app.cluster(ALICE, "c", &profile, 10).await;
            let reference = if by_name { "c" } else { id.as_str() };
            let rung = app.bell.rung();
            let ask = if *what == "update" {
                app.patch(&format!("/v1/clusters/{reference}"))
            } else {
                app.post(&format!("/v1/clusters/{reference}/actions"))
            };
            let (answer, usage) = cost(&app, ask.by(ALICE).json(body).send()).await;
            assert_eq!(answer.status, 202, "{}", answer.text());
            show(&format!("accept {what} by {}", if by_name { "name" } else { "id" }), usage);
            assert!(by_name || usage.requests <= 3, "{what}: {usage:?}");
            assert!(usage.write_units <= 10.0, "{what}: {usage:?}");
            assert_eq!(app.bell.rung() - rung, 1, "{what}");
        }
    }
}

#[tokio::test]
async fn accepting_an_action_on_a_policy_stays_within_its_budget() {
    // The first two requests, for the cluster and the policy, are made at once.
    for (what, requests) in [("policy_attach", 3), ("policy_detach", 4), ("policy_update", 4)] {
        let app = TestApp::new().await;
        let profile = app.profile(ALICE, "p").await;
        let cluster = app.cluster(ALICE, "c", &profile, 10).await;
        let policy = app.policy(ALICE, "del", &deletion_policy()).await;
        app.attached(&cluster, &policy, true).await;
        let rung = app.bell.rung();
        let ask = app.post(&format!("/v1/clusters/{cluster}/actions")).by(ALICE);
        let body = json!({ what: { "policy_id": policy } });
        let (answer, usage) = cost(&app, ask.json(&body).send()).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        show(&format!("accept {what}"), usage);
        assert_eq!(usage.requests, requests, "{what}: {usage:?}");
        assert!(usage.write_units <= 10.0, "{what}: {usage:?}");
        assert_eq!(app.bell.rung() - rung, 1, "{what}");
    }
}

#[tokio::test]
async fn accepting_a_deletion_stays_within_its_budget_even_when_it_takes_over() {
    for taking_over in [false, true] {
        let app = TestApp::new().await;
        let profile = app.profile(ALICE, "p").await;
        let id = app.cluster(ALICE, "c", &profile, 10).await;
        if taking_over {
            app.act(ALICE, &id, &json!({ "scale_out": {} })).await;
        }
        let rung = app.bell.rung();
        let (answer, usage) = cost(&app, app.delete(&format!("/v1/clusters/{id}")).by(ALICE).send()).await;
        assert_eq!(answer.status, 202);
        show(if taking_over { "accept a deletion that takes over" } else { "accept a deletion" }, usage);
        assert!(usage.requests <= 3 && usage.write_units <= 10.0, "{usage:?}");
        assert_eq!(app.bell.rung() - rung, 1);
    }
}

#[tokio::test]
async fn accepting_a_cluster_stays_within_its_budget() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    for reference in [profile.as_str(), "p"] {
        let body = json!({ "cluster": { "name": "c", "profile_id": reference, "desired_capacity": 100, "metadata": { "k": "x".repeat(480) } } });
        let (answer, usage) = cost(&app, app.post("/v1/clusters").by(ALICE).json(&body).send()).await;
        assert_eq!(answer.status, 202);
        show("accept a cluster", usage);
        assert!(usage.write_units <= 20.0, "{usage:?}");
    }
}

#[tokio::test]
async fn accepting_a_node_stays_within_its_budget() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 10).await;
    for (what, cluster, metadata) in [("accept an orphan", "", 480), ("accept a member", "c", 480)] {
        let body = json!({ "node": { "name": "n", "profile_id": profile, "cluster_id": cluster, "metadata": { "k": "x".repeat(metadata) } } });
        let rung = app.bell.rung();
        let (answer, usage) = cost(&app, app.post("/v1/nodes").by(ALICE).json(&body).send()).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        show(what, usage);
        assert!(usage.write_units <= 18.0, "{what}: {usage:?}");
        assert_eq!(app.bell.rung() - rung, 1, "{what}");
    }
}

/// A record is billed by the kilobyte: with half of one in its inputs, an action's is within the first.
#[tokio::test]
async fn accepting_an_action_on_a_node_stays_within_its_budget() {
    let inputs = |length: usize| json!({ "k": "x".repeat(length) });
    for (what, path, body) in [
        ("update", "", json!({ "node": { "metadata": inputs(480) } })),
        ("delete", "", json!({})),
        ("check", "/actions", json!({ "check": inputs(480) })),
        ("recover", "/actions", json!({ "recover": { "operation": "REBOOT", "check": true } })),
        ("operate", "/ops", json!({ "reboot": { "type": "SOFT" } })),
    ] {
        let app = TestApp::new().await;
        let profile = app.profile(ALICE, "p").await;
        app.cluster(ALICE, "c", &profile, 10).await;
        let id = app.show(ALICE, "/v1/nodes?limit=1", "nodes").await[0]["id"].as_str().unwrap().to_owned();
        let target = format!("/v1/nodes/{id}{path}");
        let rung = app.bell.rung();
        let ask = match what {
            "update" => app.patch(&target),
            "delete" => app.delete(&target),
            _ => app.post(&target),
        };
        let (answer, usage) = cost(&app, ask.by(ALICE).at("1.14").json(&body).send()).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        show(&format!("accept {what} on a member"), usage);
        assert!(usage.requests <= 3 && usage.write_units <= 10.0, "{what}: {usage:?}");
        assert_eq!(app.bell.rung() - rung, 1, "{what}");
    }
}
