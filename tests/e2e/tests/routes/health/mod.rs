//! Clusters that a health policy looks after (spec engine-policies §7, engine-receivers-health-events §2).

mod attaching;
mod breaker;
mod events;
mod recovering;
mod resting;
mod told;
mod urls;

use crate::outcomes::policies::members;
use crate::outcomes::{outcome, shown_cluster, succeeded};
use coppice_e2e::{ALICE, TestApp};
use coppice_engine::reconciler;
use coppice_local::system::Options;
use serde_json::{Value, json};
use std::time::Duration;

/// More than a node is left alone for after a change.
const GRACE: Duration = Duration::from_secs(301);
/// From one round to the next.
const ROUND: Duration = Duration::from_secs(60);

/// A cluster `c` that is looked after, and whose members are not left alone any more.
struct Ward {
    app: TestApp,
    cluster: String,
}

impl Ward {
    /// One of this size and a policy of this version and these properties.
    async fn of(size: u64, version: &str, detection: Value, recovery: Value) -> Self {
        Self::with(Options::default(), size, version, detection, recovery).await
    }

    async fn with(options: Options, size: u64, version: &str, detection: Value, recovery: Value) -> Self {
        let app = TestApp::with(options).await;
        let profile = app.profile(ALICE, "p").await;
        let cluster = app.cluster(ALICE, "c", &profile, size).await;
        let ward = Self { app, cluster };
        let properties = json!({ "detection": detection, "recovery": recovery });
        ward.policy("health", version, properties).await;
        assert_eq!(ward.attach("health").await, succeeded());
        ward.app.clock.advance(GRACE);
        ward
    }

    /// One whose members' instances are looked at.
    async fn looked_at(size: u64, version: &str) -> Self {
        Self::of(size, version, by_status(), json!({ "actions": [{ "name": "RECREATE" }] })).await
    }

    async fn policy(&self, name: &str, version: &str, properties: Value) {
        let spec = json!({ "type": "senlin.policy.health", "version": version, "properties": properties });
        self.app.policy(ALICE, name, &spec).await;
    }

    /// Starts an action on the cluster.
    async fn start(&self, body: &Value) -> String {
        let target = format!("/v1/clusters/{}/actions", self.cluster);
        self.app.post(&target).by(ALICE).at("1.14").json(body).send().await.expect(202).action()
    }

    /// Does it, and answers with how it ended.
    async fn act(&self, body: &Value) -> (String, String) {
        outcome(&self.app, &format!("/v1/clusters/{}/actions", self.cluster), body).await
    }

    async fn attach(&self, policy: &str) -> (String, String) {
        self.act(&json!({ "policy_attach": { "policy_id": policy } })).await
    }

    /// Lets a round pass; how many recoveries it started. They are not carried out yet.
    async fn round(&self) -> usize {
        self.app.clock.advance(ROUND);
        self.run().await
    }

    /// Lets the reconciler run once.
    async fn run(&self) -> usize {
        reconciler::run(&self.app.system.worker).await.unwrap().recovered
    }

    async fn list(&self, path: &str, what: &str) -> Vec<Value> {
        self.app.show(ALICE, path, what).await.as_array().unwrap().clone()
    }

    /// The members, by index.
    async fn members(&self) -> Vec<Value> {
        members(&self.app).await
    }

    /// Makes the instances of the first members vanish; answers with their nodes' ids.
    async fn kill(&self, count: usize) -> Vec<String> {
        let members = self.members().await;
        let mut killed = Vec::new();
        for member in members.iter().take(count) {
            let instance = member["physical_id"].as_str().unwrap();
            self.app.system.env.compute.delete(instance).await.unwrap();
            killed.push(member["id"].as_str().unwrap().to_owned());
        }
        killed
    }

    async fn recoveries(&self) -> Vec<Value> {
        self.list("/v1/actions?action=NODE_RECOVER", "actions").await
    }

    /// What was said of recoveries that did not take place, or do again.
    async fn told(&self) -> Vec<String> {
        let events = self.list("/v1/events?action=NODE_RECOVER&otype=CLUSTER", "events").await;
        events.iter().map(|event| event["status_reason"].as_str().unwrap().to_owned()).collect()
    }

    async fn cluster(&self) -> Value {
        shown_cluster(&self.app, "c").await
    }

    /// Asserts that every member has an instance that runs.
    async fn assert_well(&self) {
        for member in self.members().await {
            assert_eq!(member["status"], "ACTIVE", "{}", member["status_reason"]);
            let instance = self.app.system.env.compute.get(member["physical_id"].as_str().unwrap()).await;
            assert!(instance.unwrap().is_some(), "{}", member["name"]);
        }
    }

    /// Items of the table that are due, or that a watch has left.
    async fn leftovers(&self) -> Vec<String> {
        let items = self.app.items().await;
        let left =
            items.into_iter().filter(|(_, item)| item.contains_key("due") || item.contains_key("watch"));
        left.map(|(key, _)| key).collect()
    }
}

fn by_status() -> Value {
    json!({ "detection_modes": [{ "type": "NODE_STATUS_POLLING" }] })
}
