//! Making a node by a cluster action, everything included: at most 20 write and 6 read units, whatever
//! the size of the cluster; at most 0.2 write units more for every further poll.

use super::{cost, show};
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{ALICE, Drained, TestApp};
use coppice_local::system::Options;
use coppice_store::Usage;

/// Makes a cluster of `size` nodes whose instances take `build_seconds`; what that cost, and the work.
async fn make(size: u64, build_seconds: f64) -> (Drained, Usage) {
    let simulated = SimulatedConfig { build_seconds, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let (drained, usage) = cost(&app, async {
        app.cluster_accepted(ALICE, "c", &profile, size).await;
        app.drain().await
    })
    .await;
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!(cluster["status"], "ACTIVE", "{}", cluster["status_reason"]);
    assert_eq!(cluster["nodes"].as_array().unwrap().len() as u64, size);
    (drained, usage)
}

#[tokio::test]
async fn a_node_costs_the_same_in_a_cluster_of_any_size() {
    let mut at_ten = None;
    for size in [10_u64, 100, 1_000] {
        let (drained, usage) = make(size, 0.9).await;
        let (writes, reads) = (usage.write_units / size as f64, usage.read_units / size as f64);
        show(&format!("make {size} nodes ({drained:?})"), usage);
        eprintln!("  a node of {size}: {writes:.2} WRU, {reads:.2} RRU");
        match at_ten {
            None => {
                assert!(writes <= 20.0 && reads <= 6.0, "{writes} WRU, {reads} RRU");
                at_ten = Some((writes, reads));
            }
            Some((few_writes, few_reads)) => {
                assert!(writes <= few_writes * 1.1, "{writes} WRU, at ten nodes {few_writes}");
                assert!(reads <= few_reads * 1.1, "{reads} RRU, at ten nodes {few_reads}");
            }
        }
    }
}

#[tokio::test]
async fn a_further_poll_costs_next_to_nothing() {
    let size = 10;
    let (short, ready) = make(size, 0.9).await;
    for build_seconds in [20.0, 300.0, 1200.0] {
        let (long, waited) = make(size, build_seconds).await;
        let polls = (long.answered - short.answered) as f64;
        let writes = (waited.write_units - ready.write_units) / polls / size as f64;
        let reads = (waited.read_units - ready.read_units) / polls / size as f64;
        show(&format!("make {size} nodes that take {build_seconds} s"), waited);
        eprintln!("  {polls} further polls: {writes:.3} WRU, {reads:.2} RRU a node each");
        assert!(writes <= 0.2, "{writes} WRU");
    }
}
