//! Resources that many tests begin with.

use crate::app::TestApp;
use crate::people::Person;
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

impl TestApp {
    /// Makes a profile; answers with its id.
    pub async fn profile(&self, person: Person, name: &str) -> String {
        let body = json!({ "profile": { "name": name, "spec": spec() } });
        let made = self.post("/v1/profiles").by(person).json(&body).send().await.expect(201);
        text(&made.json()["profile"]["id"])
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
