//! Lifecycle hooks beside what else happens (spec engine-actions §11).

use super::policies::{attach, later, members, start};
use super::*;
use coppice_domain::receiver::hook_mailbox;
use coppice_engine::Settings;
use coppice_local::system::Options;

/// A cluster of three whose deletions are announced, in batches of this size at most.
async fn announced(batch: usize, timeout: u64) -> (TestApp, String) {
    let settings = Settings { max_actions_per_batch: batch, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 3).await;
    let target = format!("/v1/clusters/{cluster}/actions");
    let hooks = json!({ "type": "zaqar", "timeout": timeout, "params": { "queue": "going" } });
    attach(&app, &target, "senlin.policy.deletion-1.1", json!({ "hooks": hooks })).await;
    (app, target)
}

/// How many have been announced since this was asked last.
async fn told(app: &TestApp) -> usize {
    let project = shown_cluster(app, "c").await["project"].as_str().unwrap().to_owned();
    let mailbox = hook_mailbox(&project, "going");
    let letters = app.system.env.mailboxes.receive(&mailbox).await.unwrap();
    for letter in &letters {
        app.system.env.mailboxes.remove(letter).await.unwrap();
    }
    letters.len()
}

#[tokio::test]
async fn clu_16_nodes_that_wait_for_their_hooks_are_as_they_were_when_the_action_is_cancelled() {
    let (app, target) = announced(0, 600).await;
    let action = start(&app, &target, &json!({ "scale_in": { "count": 2 } })).await;
    app.drain_until(later(&app, 30)).await;
    let cancel = json!({ "action": { "status": "CANCELLED" } });
    let path = format!("/v1/actions/{action}");
    app.patch(&path).by(ALICE).at("1.12").json(&cancel).send().await.expect(202);
    app.drain_until(later(&app, 30)).await;
    assert_eq!(ended(&app, &action).await.0, "CANCELLED");
    let shown = members(&app).await;
    assert!(shown.len() == 3 && shown.iter().all(|node| node["status"] == "ACTIVE"), "{shown:?}");
    let derived = app.show(ALICE, "/v1/actions?action=NODE_DELETE", "actions").await;
    assert_eq!(crate::check::column(&derived, "status"), ["CANCELLED", "CANCELLED"]);
}

#[tokio::test]
async fn act_12_the_owners_of_every_batch_have_the_whole_time() {
    let (app, target) = announced(1, 60).await;
    let action = start(&app, &target, &json!({ "scale_in": { "count": 2 } })).await;
    app.drain_until(later(&app, 30)).await;
    assert_eq!((told(&app).await, members(&app).await.len()), (1, 3));
    // The first is gone after its minute, and the second is announced.
    app.drain_until(later(&app, 45)).await;
    assert_eq!((told(&app).await, members(&app).await.len()), (1, 2));
    app.drain_until(later(&app, 30)).await;
    assert_eq!(members(&app).await.len(), 2, "its minute is not over");
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!(members(&app).await.len(), 1);
}
