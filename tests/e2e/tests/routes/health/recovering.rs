//! Members whose instances are gone are recovered, each once.

use super::*;
use coppice_engine::{Checks, Settings};

#[tokio::test]
async fn a_third_of_a_cluster_dies_and_each_is_recovered_once() {
    let ward = Ward::looked_at(100, "1.3").await;
    let cost = async |work: &str, count: f64, before: coppice_store::Usage| {
        let usage = ward.app.usage() - before;
        eprintln!(
            "{work}: {:.2} WRU, {:.2} RRU, {} requests; {:.3} WRU, {:.3} RRU each",
            usage.write_units,
            usage.read_units,
            usage.requests,
            usage.write_units / count,
            usage.read_units / count
        );
        usage
    };
    assert_eq!(ward.run().await, 0);
    let before = ward.app.usage();
    assert_eq!(ward.round().await, 0);
    let usage = cost("a round of 100 that are well, with the run of the reconciler", 100.0, before).await;
    assert!(usage.read_units <= 100.0 && usage.write_units <= 10.0, "{usage:?}");
    let killed = ward.kill(30).await;
    let before = ward.app.usage();
    assert_eq!(ward.round().await, 30);
    cost("a round of 100 that starts 30 recoveries", 30.0, before).await;
    // Another round, and another reconciler, while they are under way: nothing is started twice.
    assert_eq!(ward.run().await + ward.round().await, 0);
    ward.app.drain().await;
    cost("30 recoveries from the look to the end", 30.0, before).await;
    let recoveries = ward.recoveries().await;
    let mut recovered: Vec<&str> = recoveries.iter().map(|each| each["target"].as_str().unwrap()).collect();
    recovered.sort_unstable();
    let mut killed: Vec<&str> = killed.iter().map(String::as_str).collect();
    killed.sort_unstable();
    assert_eq!(recovered, killed);
    for recovery in &recoveries {
        assert_eq!((&recovery["status"], &recovery["cause"]), (&json!("SUCCEEDED"), &json!("RPC Request")));
        assert_eq!(recovery["data"]["health"]["reason"], "The node's instance does not exist.");
        let inputs = json!({ "operation": "RECREATE", "delete_timeout": 20, "force_recreate": false });
        assert_eq!(recovery["inputs"], inputs);
    }
    ward.assert_well().await;
    for _ in 0..8 {
        assert_eq!(ward.round().await, 0);
    }
    assert_eq!(ward.told().await, Vec::<String>::new());
}

#[tokio::test]
async fn two_reconcilers_at_once_start_each_recovery_once() {
    let ward = Ward::looked_at(6, "1.2").await;
    ward.kill(2).await;
    ward.app.clock.advance(ROUND);
    let worker = &ward.app.system.worker;
    let (one, other) = tokio::join!(reconciler::run(worker), reconciler::run(worker));
    assert!(one.unwrap().recovered + other.unwrap().recovered >= 2);
    ward.app.drain().await;
    assert_eq!(ward.recoveries().await.len(), 2);
    // Each says when it begins why that is.
    let events = ward.list("/v1/events?action=NODE_RECOVER&otype=NODE", "events").await;
    let why = |event: &Value| event["status_reason"].as_str().unwrap().to_owned();
    let begun: Vec<String> = events.iter().filter(|event| event["status"] == "start").map(why).collect();
    assert_eq!(begun.len(), 2, "{events:?}");
    assert!(begun.iter().all(|text| text.ends_with(": The node's instance does not exist.")), "{begun:?}");
    ward.assert_well().await;
}

#[tokio::test]
async fn a_large_cluster_is_looked_at_in_slices_over_several_runs() {
    let checks = Checks { slice: 7, slices: 2, ..Settings::default().checks };
    let options = Options { settings: Settings { checks, ..Settings::default() }, ..Options::default() };
    let actions = json!({ "actions": [] });
    let ward = Ward::with(options, 30, "1.0", by_status(), actions).await;
    let killed = ward.kill(3).await;
    // Fourteen at a time: the third run has seen all.
    assert_eq!([ward.run().await, ward.run().await, ward.run().await], [0, 0, 3]);
    ward.app.drain().await;
    let recoveries = ward.recoveries().await;
    assert!(recoveries.iter().all(|each| killed.iter().any(|node| each["target"] == node.as_str())));
    ward.assert_well().await;
}

#[tokio::test]
async fn a_member_that_changed_a_moment_ago_is_left_alone_and_that_is_said_once() {
    let ward = Ward::looked_at(4, "1.2").await;
    let check = json!({ "check": {} });
    assert_eq!(ward.act(&check).await.0, "SUCCEEDED");
    ward.kill(1).await;
    assert_eq!(ward.round().await + ward.round().await, 0);
    let told = ["Sick members are not recovered: 1 changed a moment ago, and are left alone still."];
    assert_eq!(ward.told().await, told);
    ward.app.clock.advance(GRACE);
    assert_eq!(ward.round().await, 1);
    ward.app.drain().await;
    ward.assert_well().await;
    assert_eq!(ward.told().await, told);
}

/// An instance that is gone cannot be rebooted.
#[tokio::test]
async fn what_cannot_be_rebooted_is_remade() {
    let reboot = json!({ "actions": [{ "name": "REBOOT", "params": { "type": "SOFT" } }] });
    let ward = Ward::of(3, "1.2", by_status(), reboot).await;
    ward.kill(1).await;
    let stopped = ward.members().await[1]["id"].as_str().unwrap().to_owned();
    let stop = json!({ "stop": {} });
    let target = format!("/v1/nodes/{stopped}/ops");
    ward.app.post(&target).by(ALICE).at("1.14").json(&stop).send().await.expect(202);
    ward.app.drain().await;
    ward.app.clock.advance(GRACE);
    assert_eq!(ward.round().await, 2);
    ward.app.drain().await;
    ward.assert_well().await;
    let mut inputs: Vec<Value> = ward.recoveries().await.iter().map(|each| each["inputs"].clone()).collect();
    inputs.sort_by_key(|each| each["operation"].to_string());
    let operations: Vec<&Value> = inputs.iter().map(|each| &each["operation"]).collect();
    assert_eq!(operations, ["REBOOT", "RECREATE"]);
    assert_eq!(inputs[0]["operation_params"], json!({ "type": "SOFT" }));
}

#[tokio::test]
async fn rhe_5_rounds_keep_to_their_grid_and_missed_ones_are_skipped() {
    let ward = Ward::looked_at(2, "1.2").await;
    ward.run().await;
    // Eleven rounds are missed: one is made.
    ward.app.clock.advance(11 * ROUND);
    ward.kill(1).await;
    assert_eq!(ward.run().await, 1);
    ward.app.drain().await;
    assert_eq!(ward.run().await, 0);
    assert_eq!(ward.recoveries().await.len(), 1);
}
