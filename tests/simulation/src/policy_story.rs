//! What clients do with policies: make them, attach them to clusters, change whether they count, detach and
//! delete them.

use crate::records;
use crate::story::Client;
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::ids::{ActionId, PolicyId};
use coppice_domain::node::Node;
use coppice_domain::policy::Policy;
use coppice_engine::health::{self, InstanceEvent, InstanceEventKind};
use coppice_engine::lifecycle;
use coppice_store::{ListRequest, Scope, TemplateDeletion};
use rand::RngExt;
use serde_json::{Value, json};

impl Client {
    pub(crate) async fn with_policies(&mut self) -> Option<ActionId> {
        match self.rng.random_range(0..21) {
            0..=2 => self.create_policy().await,
            3..=8 => self.on_policy(ActionKind::ClusterAttachPolicy).await,
            9..=10 => self.on_policy(ActionKind::ClusterUpdatePolicy).await,
            11 => self.on_policy(ActionKind::ClusterDetachPolicy).await,
            12 => self.delete_policy().await,
            13..=14 => self.hear().await,
            15..=17 => self.grow_over_regions().await,
            _ => self.complete().await,
        }
    }

    /// A policy of a type that changes what happens to nodes.
    fn spec(&mut self) -> (&'static str, Value) {
        let small = self.rng.random_range(1..=3);
        let seconds = self.rng.random_range(0..=90);
        match self.rng.random_range(0..11) {
            0 => {
                let event = ["CLUSTER_SCALE_OUT", "CLUSTER_SCALE_IN"][self.rng.random_range(0..2_usize)];
                let adjustment = json!({ "number": small, "cooldown": seconds, "best_effort": small > 1 });
                ("senlin.policy.scaling-1.0", json!({ "event": event, "adjustment": adjustment }))
            }
            1 => {
                let destroy = self.rng.random_bool(0.7);
                let properties = json!({
                    "criteria": "OLDEST_FIRST", "grace_period": seconds, "destroy_after_deletion": destroy,
                });
                ("senlin.policy.deletion-1.1", properties)
            }
            2 => {
                let hooks = json!({ "type": "zaqar", "params": { "queue": "going" }, "timeout": seconds });
                ("senlin.policy.deletion-1.1", json!({ "hooks": hooks }))
            }
            3 => ("senlin.policy.batch-1.0", json!({ "max_batch_size": small, "pause_time": seconds })),
            4 => {
                let zones = json!([{ "name": "az1", "weight": 100 }, { "name": "az2", "weight": 50 }]);
                ("senlin.policy.zone_placement-1.0", json!({ "zones": zones }))
            }
            5 => ("senlin.policy.loadbalance-1.3", behind_a_balancer()),
            6 => {
                let mut given = behind_a_balancer();
                given["loadbalancer"] = json!("mine");
                given["pool"]["id"] = json!("pool-1");
                ("senlin.policy.loadbalance-1.0", given)
            }
            7 => ("senlin.policy.affinity-1.0", json!({ "servergroup": { "name": "group" } })),
            8 => self.regions(),
            _ => self.health(seconds),
        }
    }

    /// A policy that looks after a cluster, in one way or another.
    fn health(&mut self, grace: u64) -> (&'static str, Value) {
        let poll = json!({ "poll_url": "http://{nodename}", "poll_url_retry_limit": 2, "poll_url_retry_interval": grace });
        let modes = match self.rng.random_range(0..4) {
            0 => {
                json!([{ "type": "NODE_STATUS_POLL_URL", "options": poll }, { "type": "NODE_STATUS_POLLING" }])
            }
            1 => json!([{ "type": "LIFECYCLE_EVENTS" }]),
            _ => json!([{ "type": "NODE_STATUS_POLLING" }]),
        };
        let detection = json!({ "interval": 60, "node_update_timeout": grace, "detection_modes": modes });
        let operation = ["RECREATE", "RECREATE", "REBOOT"][self.rng.random_range(0..3_usize)];
        let recovery = json!({ "actions": [{ "name": operation }] });
        let version =
            ["senlin.policy.health-1.2", "senlin.policy.health-1.3"][self.rng.random_range(0..2_usize)];
        (version, json!({ "detection": detection, "recovery": recovery }))
    }

    /// An instance is gone, or somebody thinks so, and its node's cluster hears of it.
    async fn hear(&mut self) -> Option<ActionId> {
        let cluster = self.any_cluster()?;
        let view = self.env.store.cluster_view(cluster).await.ok().flatten()?;
        let place = self.rng.random_range(0..view.members.len().max(1));
        let node: Node = self.env.store.get(view.members.get(place)?.node).await.ok().flatten()?;
        let event = InstanceEvent {
            kind: InstanceEventKind::Shutdown,
            instance: node.physical_id?,
            node: Some(node.id),
            at: self.env.now(),
        };
        for _ in 0..self.rng.random_range(1..=2) {
            let _ = health::event(&self.env, &event).await;
        }
        None
    }

    /// Has some cluster looked after.
    pub(crate) async fn attach_health(&mut self) -> Option<ActionId> {
        let grace = self.rng.random_range(0..=90);
        let spec = self.health(grace);
        let policy = self.create_policy_of(spec).await?;
        self.act(ActionKind::ClusterAttachPolicy, json!({ "policy_id": policy, "enabled": true })).await
    }

    async fn create_policy(&mut self) -> Option<ActionId> {
        let spec = self.spec();
        self.create_policy_of(spec).await;
        None
    }

    pub(crate) async fn create_policy_of(
        &mut self,
        (type_name, properties): (&str, Value),
    ) -> Option<PolicyId> {
        let id = PolicyId::new(self.env.ids.uuid());
        let name = format!("policy-{}", self.rng.random_range(0..3));
        let policy = records::policy(&self.env, &self.project, (id, name), type_name, &properties);
        if self.env.store.template_create(&policy).await.is_ok() {
            self.book().policies.push((self.project.clone(), policy.id));
        }
        Some(id)
    }

    async fn any_policy(&mut self) -> Option<Policy> {
        let id = self.any_of(|book| &book.policies)?;
        self.env.store.get::<Policy>(id).await.ok().flatten()
    }

    async fn on_policy(&mut self, kind: ActionKind) -> Option<ActionId> {
        if self.any_policy().await.is_none() {
            self.create_policy().await;
        }
        let policy = self.any_policy().await?;
        let mut inputs = json!({ "policy_id": policy.id });
        if kind != ActionKind::ClusterDetachPolicy {
            inputs["enabled"] = json!(self.rng.random_bool(0.8));
        }
        self.act(kind, inputs).await
    }

    async fn delete_policy(&mut self) -> Option<ActionId> {
        let policy = self.any_policy().await?;
        let now = self.env.now();
        if let Ok(TemplateDeletion::Deleted) = self.env.store.template_delete(&policy, now).await {
            self.book().deleted_policies.push(policy.id);
        }
        None
    }

    /// Completes the hook of an action that waits for it.
    async fn complete(&mut self) -> Option<ActionId> {
        let scope = Scope::Project(&self.project);
        let waits = |action: &Action| action.status == ActionStatus::WaitingLifecycleCompletion;
        let waiting = self.env.store.list(scope, &ListRequest::default(), &waits).await.ok()?;
        let _ = lifecycle::complete(&self.env, waiting.first()?).await;
        None
    }
}

/// What puts a cluster behind a balancer of its own.
pub(crate) fn behind_a_balancer() -> Value {
    json!({
        "pool": { "subnet": "private" }, "vip": { "subnet": "public" }, "health_monitor": {},
        "lb_status_timeout": 600,
    })
}
