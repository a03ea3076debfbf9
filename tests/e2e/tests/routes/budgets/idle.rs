//! An hour in which nothing happens: nobody rings, and sixty runs of the reconciler cost at most 200
//! units.

use super::{cost, show};
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::reconciler;
use std::time::Duration;

/// Clusters, each of two nodes.
const CLUSTERS: usize = 60;
/// Until nothing made before is looked at any more.
const HOURS: usize = 4;

#[tokio::test]
async fn an_idle_hour_costs_next_to_nothing() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    for number in 0..CLUSTERS {
        app.cluster(ALICE, &format!("c{number}"), &profile, 2).await;
    }
    for hour in 1..=HOURS {
        let rung = app.bell.rung();
        let (_, usage) = cost(&app, async {
            for _ in 0..60 {
                app.clock.advance(Duration::from_secs(60));
                let report = reconciler::run(&app.system.worker).await.unwrap();
                assert_eq!(report, reconciler::Report::default());
            }
        })
        .await;
        show(&format!("hour {hour} with {CLUSTERS} idle clusters"), usage);
        assert_eq!(app.bell.rung(), rung, "nobody rings");
        if hour == HOURS {
            assert!(usage.read_units <= 200.0, "{usage:?}");
        }
    }
}
