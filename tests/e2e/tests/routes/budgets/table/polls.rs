//! What a poll costs that finds nothing new: the instance is still being made.

use super::{Rows, app, cost};
use coppice_domain::time::Clock;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;
use std::time::Duration;

/// When all instances have been asked for, and when polls are still made.
const ASKED: Duration = Duration::from_secs(300);
const WAITED: Duration = Duration::from_secs(3000);

pub(super) async fn add(rows: &mut Rows) {
    for size in [10, 100] {
        let app = slow().await;
        app.cluster_accepted(ALICE, "c", "p", u64::from(size)).await;
        count(&app, rows, &format!("a node polled once more, of {size}"), size).await;
    }
    for (whose, cluster) in [("no cluster", ""), ("a cluster", "c")] {
        let app = slow().await;
        app.cluster(ALICE, "c", "p", 0).await;
        let node = json!({ "node": { "name": "n", "profile_id": "p", "cluster_id": cluster } });
        app.post("/v1/nodes").by(ALICE).json(&node).send().await.expect(202);
        count(&app, rows, &format!("poll a node of {whose} once more"), 1).await;
    }
}

/// A cloud where nothing is made while anybody looks.
async fn slow() -> TestApp {
    let app = app(100_000.0).await;
    app.profile(ALICE, "p").await;
    app
}

/// Averages polls from when everything has been asked for, to before anything is given up.
async fn count(app: &TestApp, rows: &mut Rows, what: &str, nodes: u32) {
    let now = app.clock.now();
    app.drain_until(now.plus(ASKED)).await;
    let (drained, usage) = cost(app, app.drain_until(now.plus(WAITED))).await;
    rows.add(what, usage, u32::try_from(drained.answered).unwrap() * nodes);
}
