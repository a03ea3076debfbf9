//! A member that is deleted by itself hears its cluster's deletion hook, as those do that go in numbers
//! (spec engine-policies §3, engine-actions §11).

use super::policies::{attach, later, members, ready, start};
use super::*;
use coppice_domain::action::Action;
use coppice_domain::ids::ActionId;
use coppice_domain::receiver::hook_mailbox;
use coppice_engine::{Env, Letter, MailboxError, Mailboxes, lifecycle, reconciler};
use coppice_local::system::Options;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A deletion policy whose hook gives `seconds`.
async fn hooked(app: &TestApp, target: &str, seconds: u64) {
    let hooks = json!({ "type": "zaqar", "timeout": seconds, "params": { "queue": "going" } });
    attach(app, target, "senlin.policy.deletion-1.1", json!({ "hooks": hooks })).await;
}

/// Asks for the first member to be deleted: its id, and the action's.
async fn delete_one(app: &TestApp) -> (String, String) {
    let id = members(app).await[0]["id"].as_str().unwrap().to_owned();
    let action = app.delete(&format!("/v1/nodes/{id}")).by(ALICE).send().await.expect(202).action();
    (id, action)
}

/// What was told of nodes that go.
async fn notices(app: &TestApp) -> Vec<Value> {
    let project = shown_cluster(app, "c").await["project"].as_str().unwrap().to_owned();
    let letters = app.system.env.mailboxes.receive(&hook_mailbox(&project, "going")).await.unwrap();
    letters.iter().map(|letter| serde_json::from_str(&letter.body).unwrap()).collect()
}

#[tokio::test]
async fn pol_4_a_member_that_is_deleted_by_itself_is_held_up_by_its_hook_until_that_is_completed() {
    let (app, target) = ready(2).await;
    hooked(&app, &target, 600).await;
    let (id, action) = delete_one(&app).await;
    app.drain_until(later(&app, 30)).await;
    assert_eq!(ended(&app, &action).await.0, "WAITING_LIFECYCLE_COMPLETION");
    let shown = shown_node(&app, &id).await;
    assert_eq!(shown["status"], "ACTIVE", "nothing has happened to it");
    let expected = json!({
        "lifecycle_action_token": action, "node_id": id, "resource_id": shown["physical_id"],
        "lifecycle_transition_type": "termination",
    });
    assert_eq!(notices(&app).await, [expected]);
    app.drain_until(later(&app, 300)).await;
    let complete = json!({ "complete_lifecycle": { "lifecycle_action_token": action } });
    app.post(&target).by(ALICE).at("1.14").json(&complete).send().await.expect(202);
    app.drain_until(later(&app, 10)).await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!((members(&app).await.len(), instances(&app).await.len()), (1, 1));
    assert_eq!(shown_cluster(&app, "c").await["desired_capacity"], 1);
}

#[tokio::test]
async fn pol_4_a_hook_that_is_late_no_longer_holds_up_a_member_though_every_message_is_lost() {
    let (app, target) = ready(2).await;
    hooked(&app, &target, 600).await;
    let (id, action) = delete_one(&app).await;
    app.drain_until(later(&app, 590)).await;
    assert_eq!(shown_node(&app, &id).await["status"], "ACTIVE");
    app.bell.lose_all();
    app.clock.advance(app.system.env.settings.poll_horizon + Duration::from_secs(60));
    reconciler::run(&app.system.worker).await.unwrap();
    app.drain().await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!((members(&app).await.len(), notices(&app).await.len()), (1, 1));
}

#[tokio::test]
async fn a_queue_that_takes_nothing_is_tried_again_while_the_hooks_time_runs() {
    let (app, target) = ready(2).await;
    hooked(&app, &target, 600).await;
    app.mailboxes.fail(true);
    let (_, action) = delete_one(&app).await;
    app.drain_until(later(&app, 60)).await;
    app.mailboxes.fail(false);
    assert!(notices(&app).await.is_empty());
    app.drain_until(later(&app, 60)).await;
    assert_eq!(notices(&app).await.len(), 1);
    app.drain_until(later(&app, 470)).await;
    assert_eq!(ended(&app, &action).await.0, "WAITING_LIFECYCLE_COMPLETION");
    app.drain_until(later(&app, 30)).await;
    assert_eq!(ended(&app, &action).await, succeeded());
}

#[tokio::test]
async fn a_deletion_that_waits_for_its_hook_can_be_cancelled_and_leaves_the_member_as_it_was() {
    let (app, target) = ready(2).await;
    hooked(&app, &target, 600).await;
    let (id, action) = delete_one(&app).await;
    app.drain_until(later(&app, 30)).await;
    let cancel = json!({ "action": { "status": "CANCELLED" } });
    app.patch(&format!("/v1/actions/{action}")).by(ALICE).at("1.14").json(&cancel).send().await.expect(202);
    app.drain_until(later(&app, 10)).await;
    assert_eq!(ended(&app, &action).await.0, "CANCELLED");
    assert_eq!(shown_node(&app, &id).await["status"], "ACTIVE");
    // Nothing holds it or its cluster any more.
    let check = json!({ "check": {} });
    let node = format!("/v1/nodes/{id}/actions");
    assert_eq!(outcome(&app, &node, &check).await, succeeded());
    let checked = start(&app, &target, &check).await;
    app.drain().await;
    assert_eq!(ended(&app, &checked).await, succeeded());
}

/// Queues whose reader completes a hook before whoever told of it can do anything else.
struct Prompt {
    inner: Arc<dyn Mailboxes>,
    env: OnceLock<Env>,
}

#[async_trait::async_trait]
impl Mailboxes for Prompt {
    async fn create(&self, name: &str) -> Result<(), MailboxError> {
        self.inner.create(name).await
    }
    async fn delete(&self, name: &str) -> Result<(), MailboxError> {
        self.inner.delete(name).await
    }
    async fn send(&self, name: &str, body: &str) -> Result<(), MailboxError> {
        let notice: Value = serde_json::from_str(body).unwrap();
        let token: ActionId = notice["lifecycle_action_token"].as_str().unwrap().parse().unwrap();
        let env = self.env.get().unwrap();
        let action = env.store.get::<Action>(token).await.unwrap().unwrap();
        assert_eq!(lifecycle::complete(env, &action).await, Ok(true));
        self.inner.send(name, body).await
    }
    async fn receive(&self, name: &str) -> Result<Vec<Letter>, MailboxError> {
        self.inner.receive(name).await
    }
    async fn remove(&self, letter: &Letter) -> Result<(), MailboxError> {
        self.inner.remove(letter).await
    }
}

#[tokio::test]
async fn a_hook_that_is_completed_at_once_is_not_missed() {
    let mut prompt = None;
    let app = TestApp::arranged(Options::default(), |env, _| {
        let mailboxes = Arc::new(Prompt { inner: Arc::clone(&env.mailboxes), env: OnceLock::new() });
        prompt = Some(Arc::clone(&mailboxes));
        Env { mailboxes, ..env }
    })
    .await;
    prompt.unwrap().env.set(app.system.env.clone()).ok().unwrap();
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 2).await;
    hooked(&app, &format!("/v1/clusters/{id}/actions"), 600).await;
    let (_, action) = delete_one(&app).await;
    app.drain_until(later(&app, 30)).await;
    assert_eq!(ended(&app, &action).await, succeeded());
    assert_eq!(members(&app).await.len(), 1);
}
