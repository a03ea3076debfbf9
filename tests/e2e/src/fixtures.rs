//! Resources that many tests begin with.

use crate::app::TestApp;
use crate::people::Person;
use coppice_domain::ids::{BindingId, PolicyId};
use coppice_domain::policies::bind;
use coppice_domain::policy::{Binding, Policy};
use coppice_domain::policy_types;
use coppice_store::Attached;
use serde_json::{Value, json};

/// The spec of a small server.
#[must_use]
pub fn spec() -> Value {
    json!({
        "type": "os.nova.server",
        "version": "1.0",
        "properties": {
            "name": "web",
            "flavor": "1",
            "image": "cirros",
            "networks": [{ "network": "private" }],
        },
    })
}

/// The spec of a scaling policy.
#[must_use]
pub fn scaling_policy() -> Value {
    json!({
        "type": "senlin.policy.scaling",
        "version": "1.0",
        "properties": {
            "event": "CLUSTER_SCALE_IN",
            "adjustment": {
                "type": "CHANGE_IN_CAPACITY",
                "number": 1,
                "min_step": 1,
                "best_effort": true,
                "cooldown": 600,
            },
        },
    })
}

/// The spec of a deletion policy.
#[must_use]
pub fn deletion_policy() -> Value {
    json!({
        "type": "senlin.policy.deletion",
        "version": "1.1",
        "properties": { "criteria": "OLDEST_FIRST" },
    })
}

impl TestApp {
    /// Makes a profile of a small server; answers with its id.
    pub async fn profile(&self, person: Person, name: &str) -> String {
        self.profile_from(person, name, &spec()).await
    }

    /// Makes a profile of a server of another flavor; answers with its id.
    pub async fn bigger_profile(&self, person: Person, name: &str) -> String {
        let mut bigger = spec();
        bigger["properties"]["flavor"] = json!("2");
        self.profile_from(person, name, &bigger).await
    }

    async fn profile_from(&self, person: Person, name: &str, spec: &Value) -> String {
        let body = json!({ "profile": { "name": name, "spec": spec } });
        let made = self.post("/v1/profiles").by(person).json(&body).send().await.expect(201);
        text(&made.json()["profile"]["id"])
    }

    /// Makes a policy; answers with its id.
    pub async fn policy(&self, person: Person, name: &str, spec: &Value) -> String {
        let body = json!({ "policy": { "name": name, "spec": spec } });
        let made = self.post("/v1/policies").by(person).json(&body).send().await.expect(201);
        text(&made.json()["policy"]["id"])
    }

    /// Attaches a policy to a cluster, both by their ids, without an action; answers with the binding's id.
    ///
    /// # Panics
    /// When either does not exist.
    pub async fn attached(&self, cluster: &str, policy: &str, enabled: bool) -> String {
        let env = &self.system.env;
        let policy: PolicyId = policy.parse().expect("it is the id of a policy");
        let policy = self.store().get::<Policy>(policy).await.expect("the store answers").expect("it exists");
        let kind = policy_types::get(&policy.type_name).expect("its type was checked");
        let binding = Binding {
            id: BindingId::new(env.ids.uuid()),
            cluster_id: cluster.parse().expect("it is the id of a cluster"),
            policy_id: policy.id,
            policy_type: policy.type_name.clone(),
            enabled,
            priority: kind.priority,
            data: None,
            last_op: None,
            cooldown: None,
            created_at: env.now(),
        };
        let binding = bind(&policy, binding).expect("its spec was checked");
        assert_eq!(self.store().binding_attach(&binding).await, Ok(Attached::Done));
        binding.id.to_string()
    }

    /// Makes a cluster of `size` nodes, and waits for it; answers with its id.
    pub async fn cluster(&self, person: Person, name: &str, profile: &str, size: u64) -> String {
        let id = self.cluster_accepted(person, name, profile, size).await;
        self.drain().await;
        id
    }

    /// Asks for a cluster of `size` nodes; answers with its id.
    pub async fn cluster_accepted(&self, person: Person, name: &str, profile: &str, size: u64) -> String {
        let body = json!({ "cluster": { "name": name, "profile_id": profile, "desired_capacity": size } });
        let made = self.post("/v1/clusters").by(person).json(&body).send().await.expect(202);
        text(&made.json()["cluster"]["id"])
    }

    /// Starts an action on a cluster; answers with the action's id.
    pub async fn act(&self, person: Person, cluster: &str, body: &Value) -> String {
        let target = format!("/v1/clusters/{cluster}/actions");
        self.post(&target).by(person).json(body).send().await.expect(202).action()
    }

    /// Shows one resource: what is under `key`.
    pub async fn show(&self, person: Person, target: &str, key: &str) -> Value {
        self.get(target).by(person).at("1.14").send().await.expect(200).json()[key].take()
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("an id is a text").to_owned()
}
