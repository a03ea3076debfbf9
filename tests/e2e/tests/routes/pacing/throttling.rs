//! A backend that throttles is called less and less, and a bounded number of times whenever a worker wakes.

use super::*;
use coppice_compute::simulated::SimulatedConfig;
use coppice_compute::testing::request;

/// Most calls of one waking: what is under way when the first is refused, and the lists before it.
const MOST_CALLS: usize = 16 + 2;

fn hours(count: u64) -> Option<Duration> {
    Some(Duration::from_secs(count * 3600))
}

#[tokio::test]
async fn an_action_on_a_node_asks_once_and_waits_twice_as_long_each_time() {
    let throttled = Throttled::new(Settings::default(), CallKind::Create, None).await;
    let action = throttled.node().await;
    let waits = [0, 1, 2, 4, 8, 16, 30, 30];
    assert_eq!(throttled.wake(8).await, waits.map(|seconds| (seconds, 1)));
    throttled.recover();
    throttled.app.drain().await;
    assert_eq!(throttled.outcome(&action).await.0, "SUCCEEDED");
}

#[tokio::test]
async fn an_action_on_a_large_cluster_asks_for_few_nodes_each_time_and_waits_longer_and_longer() {
    const SIZE: usize = 200;
    let throttled = Throttled::new(Settings::default(), CallKind::Create, None).await;
    throttled.app.cluster_accepted(ALICE, "c", "p", SIZE as u64).await;
    let woken = throttled.wake(9).await;
    assert!(woken.iter().all(|(_, calls)| *calls <= MOST_CALLS), "{woken:?}");
    assert!(woken.is_sorted_by_key(|(waited, _)| *waited), "{woken:?}");
    assert_eq!(woken[8].0, 30, "{woken:?}");
    throttled.recover();
    throttled.app.drain().await;
    let cluster = throttled.app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!((&cluster["status"], cluster["nodes"].as_array().unwrap().len()), (&json!("ACTIVE"), SIZE));
}

#[tokio::test]
async fn calls_of_a_minute_become_few_and_stay_few_however_many_nodes_wait() {
    let throttled = Throttled::new(Settings::default(), CallKind::Create, None).await;
    throttled.app.cluster_accepted(ALICE, "c", "p", 300).await;
    throttled.app.cluster_accepted(ALICE, "d", "p", 300).await;
    let mut minutes = Vec::new();
    for _ in 0..30 {
        let before = throttled.backend.calls().len();
        let end = throttled.app.clock.now().plus(Duration::from_secs(60));
        throttled.app.drain_until(end).await;
        minutes.push(throttled.backend.calls().len() - before);
    }
    // Seven wakings in the first minute, two in each later one.
    assert!(minutes[0] <= 2 * 7 * MOST_CALLS, "{minutes:?}");
    assert!(minutes[1..].iter().all(|calls| *calls <= 2 * 3 * MOST_CALLS), "{minutes:?}");
    throttled.recover();
    throttled.app.drain().await;
    for action in
        throttled.app.show(ALICE, "/v1/actions?action=CLUSTER_CREATE", "actions").await.as_array().unwrap()
    {
        assert_eq!(action["status"], "SUCCEEDED");
    }
}

#[tokio::test]
async fn a_list_that_is_throttled_is_asked_for_less_and_less_too() {
    let simulated = SimulatedConfig { build_seconds: 20.0, ..SimulatedConfig::default() };
    let options = Options { simulated, ..Options::default() };
    let throttled = Throttled::with(options, CallKind::List, None).await;
    throttled.app.cluster_accepted(ALICE, "c", "p", 40).await;
    let woken = throttled.wake(9).await;
    assert_eq!(woken[0], (0, 40));
    assert!(woken[1..].iter().all(|(_, calls)| *calls <= 2), "{woken:?}");
    assert!(woken.is_sorted_by_key(|(waited, _)| *waited), "{woken:?}");
    assert_eq!(woken[8].0, 30, "{woken:?}");
    throttled.recover();
    throttled.app.drain().await;
    assert_eq!(throttled.app.show(ALICE, "/v1/clusters/c", "cluster").await["status"], "ACTIVE");
}

#[tokio::test]
async fn it_is_left_alone_for_as_long_as_it_asks() {
    for cluster in [false, true] {
        let asked = Some(Duration::from_secs(47));
        let throttled = Throttled::new(Settings::default(), CallKind::Create, asked).await;
        if cluster {
            throttled.app.cluster_accepted(ALICE, "c", "p", 100).await;
        } else {
            throttled.node().await;
        }
        let woken = throttled.wake(4).await;
        assert!(woken[1..].iter().all(|(waited, _)| *waited >= 47), "cluster: {cluster}, {woken:?}");
    }
}

#[tokio::test]
async fn an_action_ends_in_time_however_long_its_backend_asks_to_be_left_alone() {
    for cluster in [false, true] {
        let throttled = Throttled::new(Settings::default(), CallKind::Create, hours(24)).await;
        let before = throttled.app.clock.now();
        if cluster {
            throttled.app.cluster_accepted(ALICE, "c", "p", 3).await;
        } else {
            throttled.node().await;
        }
        throttled.app.drain().await;
        let took = throttled.app.clock.now().since(before).as_secs();
        assert!((3600..3605).contains(&took), "cluster: {cluster}, {took} s");
        let nodes = throttled.app.show(ALICE, "/v1/nodes", "nodes").await;
        assert!(nodes.as_array().unwrap().iter().all(|node| node["status"] == "ERROR"), "{nodes}");
        if cluster {
            let shown = throttled.app.show(ALICE, "/v1/clusters/c", "cluster").await;
            assert_eq!((&shown["status"], &shown["desired_capacity"]), (&json!("WARNING"), &json!(3)));
        }
    }
}

#[tokio::test]
async fn the_search_for_unclaimed_instances_stops_where_it_is_throttled() {
    let throttled = Throttled::new(Settings::default(), CallKind::Delete, None).await;
    let app = &throttled.app;
    for number in 0..5 {
        let mut unclaimed = request(1, number);
        unclaimed.tags.deployment = "coppice".to_owned();
        app.system.env.compute.create(&unclaimed).await.unwrap();
    }
    app.clock.advance(Duration::from_secs(3600));
    for run in 1..=2 {
        let report = coppice_engine::reconciler::run(&app.system.worker).await.unwrap();
        assert_eq!((report.leaks, throttled.backend.count(CallKind::Delete)), (0, run));
    }
    throttled.recover();
    let report = coppice_engine::reconciler::run(&app.system.worker).await.unwrap();
    assert_eq!(report.leaks, 5);
}

/// Has an action of this kind of call begun with a cluster, cancels it, and says how many members were in that
/// status then, and how many were in error afterwards. All others are as they were.
async fn cancelled(
    kind: CallKind,
    status: &str,
    begin: impl AsyncFnOnce(&TestApp) -> String,
) -> (usize, usize) {
    const SIZE: usize = 40;
    let throttled = Throttled::new(Settings::default(), kind, None).await;
    let app = &throttled.app;
    app.cluster(ALICE, "c", "p", SIZE as u64).await;
    let action = begin(app).await;
    app.answer_next().await.unwrap();
    let asked = throttled.backend.count(kind);
    assert!((1..SIZE).contains(&asked), "{asked}");
    let count = async |status: &str| {
        let nodes = app.show(ALICE, "/v1/nodes", "nodes").await;
        nodes.as_array().unwrap().iter().filter(|node| node["status"] == status).count()
    };
    let begun = count(status).await;
    assert_eq!((begun, count("ACTIVE").await), (asked, SIZE - asked));
    let cancel = json!({ "action": { "status": "CANCELLED" } });
    app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.12").json(&cancel).send().await.expect(202);
    app.drain().await;
    assert_eq!(throttled.outcome(&action).await.0, "CANCELLED");
    let failed = count("ERROR").await;
    assert_eq!(count("ACTIVE").await, SIZE - failed);
    (begun, failed)
}

/// Of those that were asked for, nobody knows how they are.
#[tokio::test]
async fn members_that_a_throttled_update_did_not_come_to_are_as_they_were_when_it_is_cancelled() {
    let (begun, failed) = cancelled(CallKind::Change, "UPDATING", async |app| {
        app.profile(ALICE, "q").await;
        let change = json!({ "cluster": { "profile_id": "q" } });
        app.patch("/v1/clusters/c").by(ALICE).json(&change).send().await.expect(202).action()
    })
    .await;
    assert_eq!(failed, begun);
}

#[tokio::test]
async fn members_that_a_throttled_scale_in_did_not_come_to_are_as_they_were_when_it_is_cancelled() {
    let (begun, failed) = cancelled(CallKind::Delete, "DELETING", async |app| {
        app.act(ALICE, "c", &json!({ "scale_in": { "count": 40 } })).await
    })
    .await;
    assert_eq!(failed, begun);
}
