//! Nothing leaks (invariant 4): what carries this deployment's tags and no node claims is deleted, and nothing else.

use super::instances;
use crate::nodes::foreign;
use coppice_compute::testing::request;
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::reconciler;
use std::time::Duration;

#[tokio::test]
async fn an_instance_that_no_node_claims_is_deleted_and_no_other() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 2).await;
    let claimed: Vec<String> = instances(&app).await.into_iter().map(|instance| instance.id).collect();
    assert_eq!(claimed.len(), 2);
    let theirs = foreign(&app, ALICE.project, 0).await;
    let mut lost = request(78, 0);
    "coppice".clone_into(&mut lost.tags.deployment);
    let lost = app.system.env.compute.create(&lost).await.unwrap().id;
    let there = async |id: &str| app.system.env.compute.get(id).await.unwrap().is_some();

    // Whoever made it may yet come to claim it.
    reconciler::run(&app.system.worker).await.unwrap();
    assert!(there(&lost).await, "it is too young to be a leak");

    app.clock.advance(Duration::from_secs(3600));
    reconciler::run(&app.system.worker).await.unwrap();
    assert!(!there(&lost).await, "no node claims it");
    assert!(there(&theirs).await, "it is another deployment's");
    for id in &claimed {
        assert!(there(id).await, "a node has it");
    }
    assert_eq!(app.show(ALICE, "/v1/nodes", "nodes").await.as_array().unwrap().len(), 2);
}
