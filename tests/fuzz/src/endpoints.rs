//! Every endpoint (spec api-resources), with what it takes.

use crate::author::Author;
use crate::bodies::{actions, clusters, nodes, receivers, templates};
use crate::query::{self, Query};
use serde_json::Value;

/// Writes a body that an endpoint accepts, if what it refers to will have it.
pub(crate) type Write = fn(&mut Author<'_>) -> Value;

/// An endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    /// Its path below the version, with `{cluster}` and the like where something is named.
    pub(crate) path: &'static str,
    /// The key of an action's body; empty for others.
    pub(crate) action: &'static str,
    pub(crate) body: Option<Write>,
    pub(crate) query: Query,
    /// The minor microversion it exists since.
    pub(crate) since: u32,
    /// How often it is asked, beside others.
    pub(crate) weight: u32,
}

impl Endpoint {
    const fn new(method: &'static str, path: &'static str, weight: u32) -> Self {
        Self { method, path, action: "", body: None, query: Query::Ignored, since: 0, weight }
    }

    const fn get(path: &'static str, weight: u32) -> Self {
        Self::new("GET", path, weight)
    }

    const fn post(path: &'static str, weight: u32, body: Write) -> Self {
        Self::new("POST", path, weight).with(body)
    }

    const fn patch(path: &'static str, weight: u32, body: Write) -> Self {
        Self::new("PATCH", path, weight).with(body)
    }

    const fn delete(path: &'static str, weight: u32) -> Self {
        Self::new("DELETE", path, weight)
    }

    /// An action on a cluster or a node, by the key of its body.
    const fn act(path: &'static str, action: &'static str, weight: u32, body: Write) -> Self {
        Self { action, ..Self::post(path, weight, body) }
    }

    const fn with(self, body: Write) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn asking(self, query: Query) -> Self {
        Self { query, ..self }
    }

    const fn since(self, since: u32) -> Self {
        Self { since, ..self }
    }

    /// What it is called in a tally.
    pub(crate) fn name(&self) -> String {
        format!("{} {} {}", self.method, self.path, self.action).trim_end().to_owned()
    }

    /// Whether it is called by whoever knows its URL.
    pub(crate) fn is_webhook(&self) -> bool {
        matches!(self.query, Query::Webhook)
    }
}

const CLUSTER_ACTIONS: &str = "/clusters/{cluster}/actions";
const NODE_ACTIONS: &str = "/nodes/{node}/actions";

/// All of them.
pub(crate) static ENDPOINTS: [Endpoint; 70] = [
    Endpoint::get("", 3),
    Endpoint::get("/", 3),
    Endpoint::get("/openapi.json", 2),
    Endpoint::get("/build-info", 2),
    Endpoint::get("/services", 3),
    Endpoint::get("/profile-types", 2),
    Endpoint::get("/profile-types/{profile_type}", 4),
    Endpoint::get("/profile-types/{profile_type}/ops", 4).since(4),
    Endpoint::get("/profiles", 8).asking(query::PROFILES),
    Endpoint::post("/profiles", 20, templates::profile),
    Endpoint::get("/profiles/{profile}", 8),
    Endpoint::patch("/profiles/{profile}", 12, templates::profile_update),
    Endpoint::delete("/profiles/{profile}", 12),
    Endpoint::post("/profiles/validate", 20, templates::profile_check).since(2),
    Endpoint::get("/policy-types", 2),
    Endpoint::get("/policy-types/{policy_type}", 4),
    Endpoint::get("/policies", 8).asking(query::POLICIES),
    Endpoint::post("/policies", 25, templates::policy),
    Endpoint::get("/policies/{policy}", 8),
    Endpoint::patch("/policies/{policy}", 10, templates::policy_update),
    Endpoint::delete("/policies/{policy}", 10),
    Endpoint::post("/policies/validate", 25, templates::policy_check).since(2),
    Endpoint::get("/clusters", 10).asking(query::CLUSTERS),
    Endpoint::post("/clusters", 22, clusters::create),
    Endpoint::get("/clusters/{cluster}", 10),
    Endpoint::patch("/clusters/{cluster}", 20, clusters::update),
    Endpoint::delete("/clusters/{cluster}", 12).with(clusters::force).asking(Query::Flag("force")),
    Endpoint::act(CLUSTER_ACTIONS, "add_nodes", 16, actions::add_nodes),
    Endpoint::act(CLUSTER_ACTIONS, "del_nodes", 14, actions::del_nodes),
    Endpoint::act(CLUSTER_ACTIONS, "replace_nodes", 14, actions::replace_nodes).since(3),
    Endpoint::act(CLUSTER_ACTIONS, "resize", 24, actions::resize),
    Endpoint::act(CLUSTER_ACTIONS, "scale_out", 10, actions::scale_out),
    Endpoint::act(CLUSTER_ACTIONS, "scale_in", 12, actions::scale_in),
    Endpoint::act(CLUSTER_ACTIONS, "policy_attach", 12, actions::policy_attach),
    Endpoint::act(CLUSTER_ACTIONS, "policy_detach", 10, actions::policy_detach),
    Endpoint::act(CLUSTER_ACTIONS, "policy_update", 10, actions::policy_update),
    Endpoint::act(CLUSTER_ACTIONS, "attach_policy", 8, actions::attach_policy),
    Endpoint::act(CLUSTER_ACTIONS, "detach_policy", 8, actions::detach_policy),
    Endpoint::act(CLUSTER_ACTIONS, "update_policy", 8, actions::update_policy),
    Endpoint::act(CLUSTER_ACTIONS, "check", 10, actions::check),
    Endpoint::act(CLUSTER_ACTIONS, "recover", 12, actions::recover),
    Endpoint::act(CLUSTER_ACTIONS, "complete_lifecycle", 8, actions::complete_lifecycle).since(9),
    Endpoint::get("/clusters/{cluster}/attrs/{attribute}", 16).since(2),
    Endpoint::post("/clusters/{cluster}/ops", 16, actions::operation).since(4),
    Endpoint::get("/clusters/{cluster}/policies", 8).asking(query::CLUSTER_POLICIES),
    Endpoint::get("/clusters/{cluster}/policies/{policy}", 8),
    Endpoint::get("/nodes", 8).asking(query::NODES),
    Endpoint::post("/nodes", 22, nodes::create),
    Endpoint::post("/nodes/adopt", 14, nodes::adopt).since(7),
    Endpoint::post("/nodes/adopt-preview", 12, nodes::preview).since(7),
    Endpoint::get("/nodes/{node}", 12).asking(Query::Flag("show_details")),
    Endpoint::patch("/nodes/{node}", 16, nodes::update),
    Endpoint::delete("/nodes/{node}", 14).with(nodes::force),
    Endpoint::act(NODE_ACTIONS, "check", 10, nodes::check),
    Endpoint::act(NODE_ACTIONS, "recover", 12, nodes::recover),
    Endpoint::post("/nodes/{node}/ops", 14, nodes::operation).since(4),
    Endpoint::get("/receivers", 8).asking(query::RECEIVERS),
    Endpoint::post("/receivers", 20, receivers::create),
    Endpoint::get("/receivers/{receiver}", 8),
    Endpoint::patch("/receivers/{receiver}", 12, receivers::update),
    Endpoint::delete("/receivers/{receiver}", 10),
    Endpoint::new("POST", "/receivers/{receiver}/notify", 12),
    Endpoint::post("/receivers/{signed_receiver}/secret", 12, receivers::secret),
    Endpoint::post("/webhooks/{receiver}/trigger", 18, receivers::trigger).asking(Query::Webhook),
    Endpoint::get("/actions", 6).asking(query::ACTIONS),
    Endpoint::post("/actions", 2, receivers::action),
    Endpoint::get("/actions/{action}", 8),
    Endpoint::patch("/actions/{open_action}", 18, receivers::cancel).asking(Query::Flag("force")).since(12),
    Endpoint::get("/events", 6).asking(query::EVENTS),
    Endpoint::get("/events/{event}", 8),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The API's description, which is made from what the functions serve.
    const DESCRIPTION: &str = include_str!("../../../functions/meta/src/openapi.json");
    /// What lists the versions: spellings of the version in any target.
    const VERSIONS: [&str; 2] = ["/", "/versions"];

    /// A request as both spell it: its method, its path without the names of parameters, and its action.
    fn spelt(method: &str, path: &str, action: &str) -> String {
        let names = path.split('/').map(|name| if name.starts_with('{') { "{}" } else { name });
        let path = names.collect::<Vec<_>>().join("/");
        format!("{} {path} {action}", method.to_uppercase()).trim_end().to_owned()
    }

    /// The keys of which a body has exactly one; one that is empty for bodies of other forms.
    fn choices(operation: &Value) -> Vec<String> {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let Some(choices) = schema["oneOf"].as_array() else { return vec![String::new()] };
        let keys = choices.iter().map(|choice| choice["required"][0].as_str());
        keys.map(|key| key.expect("a choice has its key").to_owned()).collect()
    }

    #[test]
    fn whatever_the_description_has_is_asked_for() {
        let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
        let mut described = BTreeSet::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            if VERSIONS.contains(&path.as_str()) {
                continue;
            }
            let path = path.strip_prefix("/v1").unwrap();
            for (method, operation) in methods.as_object().unwrap() {
                described.extend(choices(operation).iter().map(|action| spelt(method, path, action)));
            }
        }
        let asked: Vec<String> =
            ENDPOINTS.iter().map(|each| spelt(each.method, each.path, each.action)).collect();
        assert_eq!(asked.iter().cloned().collect::<BTreeSet<_>>(), described);
        assert_eq!(asked.len(), described.len());
    }

    #[test]
    fn the_body_of_an_action_has_its_key() {
        let (mut dice, known) = (crate::dice::Dice::new(1, 0), crate::known::Known::default());
        for endpoint in ENDPOINTS.iter().filter(|endpoint| !endpoint.action.is_empty()) {
            let body = endpoint.body.unwrap()(&mut Author::someone(&mut dice, &known));
            let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
            assert_eq!(keys, [endpoint.action]);
        }
    }
}
