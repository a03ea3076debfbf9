//! Accepting: at most three requests one after another, by id and by name, 10 units and one message for an action;
//! at most 20 units for a new cluster, 18 for a new node.

use super::{cost, show};
use coppice_e2e::{ALICE, TestApp, deletion_policy, scaling_policy};
use serde_json::{Value, json};

/// Most DynamoDB requests one after another.
const IN_SEQUENCE: u64 = 3;

#[tokio::test]
async fn accepting_an_action_on_a_cluster_stays_within_its_budget_by_id_and_by_name() {
    let half_a_kilobyte = json!({ "cluster": { "metadata": { "k": "x".repeat(480) } } });
    // `beside`: requests that are made while another one is. A scaling reads the cluster (one request) together
    // with its policies (another); an update reads the profile's name while it is recorded.
    // A new profile is looked up with the cluster (by name, two requests as for the cluster).
    let requests: [(&str, u64, Value); 8] = [
        ("scale_out", 1, json!({ "scale_out": { "count": 3 } })),
        ("scale_in", 1, json!({ "scale_in": {} })),
        (
            "resize",
            0,
            json!({ "resize": { "adjustment_type": "CHANGE_IN_PERCENTAGE", "number": 50, "min_step": 1, "min_size": 1, "max_size": 90 } }),
        ),
        ("check", 0, json!({ "check": {} })),
        ("recover", 0, json!({ "recover": { "operation": "RECREATE" } })),
        ("update", 1, half_a_kilobyte),
        ("update the profile", 3, json!({ "cluster": { "profile_id": "other" } })),
        ("operate", 0, json!({ "reboot": { "type": "SOFT" } })),
    ];
    for (what, beside, body) in &requests {
        for by_name in [false, true] {
            let app = TestApp::new().await;
            let profile = app.profile(ALICE, "p").await;
            app.profile(ALICE, "other").await;
            let id = app.cluster(ALICE, "c", &profile, 10).await;
            let reference = if by_name { "c" } else { id.as_str() };
            let rung = app.bell.rung();
            let target = format!("/v1/clusters/{reference}");
            let ask = match *what {
                _ if what.starts_with("update") => app.patch(&target),
                "operate" => app.post(&format!("{target}/ops")),
                _ => app.post(&format!("{target}/actions")),
            };
            let (answer, usage) = cost(&app, ask.by(ALICE).at("1.14").json(body).send()).await;
            assert_eq!(answer.status, 202, "{}", answer.text());
            show(&format!("accept {what} by {}", if by_name { "name" } else { "id" }), usage);
            let in_sequence = usage.requests - beside;
            assert_eq!(in_sequence, if by_name { IN_SEQUENCE } else { 2 }, "{what}: {usage:?}");
            assert!(usage.write_units <= 10.0, "{what}: {usage:?}");
            assert_eq!(app.bell.rung() - rung, 1, "{what}");
        }
    }
}

/// What a binding keeps of its policy is enough to say whether it cools down.
#[tokio::test]
async fn accepting_a_scaling_stays_within_its_budget_when_a_policy_has_scaled_before() {
    for reference in ["id", "name"] {
        let app = TestApp::new().await;
        let profile = app.profile(ALICE, "p").await;
        let id = app.cluster(ALICE, "c", &profile, 10).await;
        let policy = app.policy(ALICE, "scaling", &scaling_policy()).await;
        app.attached(&id, &policy, true).await;
        let target = format!("/v1/clusters/{}/actions", if reference == "id" { &id } else { "c" });
        app.post(&target).by(ALICE).json(&json!({ "scale_out": {} })).send().await.expect(202);
        app.drain().await;
        let scaled = app.show(ALICE, &format!("/v1/clusters/{id}/policies"), "cluster_policies").await;
        assert!(scaled[0]["last_op"].is_string(), "{scaled}");
        let (answer, usage) =
            cost(&app, app.post(&target).by(ALICE).json(&json!({ "scale_out": {} })).send()).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        show(&format!("accept scale_out by {reference} after a scaling"), usage);
        // The policies' bindings are read with the cluster.
        assert!(usage.requests - 1 <= IN_SEQUENCE && usage.write_units <= 10.0, "{usage:?}");
    }
}

#[tokio::test]
async fn accepting_an_action_on_a_policy_stays_within_its_budget_by_id_and_by_name() {
    // The cluster (with its policies, in another request, unless one is attached) and the policy are read at once.
    for (what, beside) in [("policy_attach", 1), ("policy_detach", 2), ("policy_update", 2)] {
        for by_name in [false, true] {
            let app = TestApp::new().await;
            let profile = app.profile(ALICE, "p").await;
            let id = app.cluster(ALICE, "c", &profile, 10).await;
            let policy = app.policy(ALICE, "del", &deletion_policy()).await;
            app.attached(&id, &policy, true).await;
            let (cluster, policy, names) =
                if by_name { ("c", "del", 1) } else { (id.as_str(), policy.as_str(), 0) };
            let rung = app.bell.rung();
            let ask = app.post(&format!("/v1/clusters/{cluster}/actions")).by(ALICE);
            let body = json!({ what: { "policy_id": policy } });
            let (answer, usage) = cost(&app, ask.json(&body).send()).await;
            assert_eq!(answer.status, 202, "{}", answer.text());
            show(&format!("accept {what} by {}", if by_name { "name" } else { "id" }), usage);
            // Both names are looked up at once, too.
            let in_sequence = usage.requests - beside - names;
            assert_eq!(in_sequence, 2 + names, "{what}: {usage:?}");
            assert!(in_sequence <= IN_SEQUENCE && usage.write_units <= 10.0, "{what}: {usage:?}");
            assert_eq!(app.bell.rung() - rung, 1, "{what}");
        }
    }
}

#[tokio::test]
async fn accepting_a_deletion_stays_within_its_budget_even_when_it_takes_over() {
    for (taking_over, by_name) in [(false, false), (false, true), (true, false), (true, true)] {
        let app = TestApp::new().await;
        let profile = app.profile(ALICE, "p").await;
        let id = app.cluster(ALICE, "c", &profile, 10).await;
        if taking_over {
            app.act(ALICE, &id, &json!({ "scale_out": {} })).await;
        }
        let rung = app.bell.rung();
        let reference = if by_name { "c" } else { id.as_str() };
        let (answer, usage) =
            cost(&app, app.delete(&format!("/v1/clusters/{reference}")).by(ALICE).send()).await;
        assert_eq!(answer.status, 202);
        show(if taking_over { "accept a deletion that takes over" } else { "accept a deletion" }, usage);
        assert!(usage.requests <= IN_SEQUENCE && usage.write_units <= 10.0, "{usage:?}");
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
    // `beside`: an update reads its profile's name while it is recorded, and the new profile with the node (by name
    // that is two requests, as for the node).
    for (what, path, beside, body) in [
        ("update", "", 1, json!({ "node": { "metadata": inputs(480) } })),
        ("update the profile", "", 3, json!({ "node": { "profile_id": "other" } })),
        ("delete", "", 0, json!({})),
        ("check", "/actions", 0, json!({ "check": inputs(480) })),
        ("recover", "/actions", 0, json!({ "recover": { "operation": "REBOOT", "check": true } })),
        ("operate", "/ops", 0, json!({ "reboot": { "type": "SOFT" } })),
    ] {
        for key in ["id", "name"] {
            let app = TestApp::new().await;
            let profile = app.profile(ALICE, "p").await;
            app.profile(ALICE, "other").await;
            app.cluster(ALICE, "c", &profile, 10).await;
            let node = app.show(ALICE, "/v1/nodes?limit=1", "nodes").await[0].clone();
            let target = format!("/v1/nodes/{}{path}", node[key].as_str().unwrap());
            let rung = app.bell.rung();
            let ask = match what {
                _ if what.starts_with("update") => app.patch(&target),
                "delete" => app.delete(&target),
                _ => app.post(&target),
            };
            let (answer, usage) = cost(&app, ask.by(ALICE).at("1.14").json(&body).send()).await;
            assert_eq!(answer.status, 202, "{}", answer.text());
            show(&format!("accept {what} on a member by {key}"), usage);
            assert!(usage.requests - beside <= IN_SEQUENCE && usage.write_units <= 10.0, "{what}: {usage:?}");
            assert_eq!(app.bell.rung() - rung, 1, "{what}");
        }
    }
}
