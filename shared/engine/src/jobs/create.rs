//! Making a node's instance (spec engine-nodes §2, §5.2).

use super::{Hand, Step};
use crate::env::Env;
use coppice_compute::{ComputeError, CreateRequest, Instance, InstanceState, Tags, Token, ensure_created};
use coppice_domain::action::Action;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::ids::{ActionId, NodeId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use coppice_store::{InstanceChange, Settlement};
use serde_json::{Value, json};
use std::time::Duration;

/// The step whose name makes creation tokens.
const STEP: &str = "create";

/// An instance that was accepted and is not shown any more is given up after this long.
pub(crate) const VANISHED_AFTER: Duration = Duration::from_secs(300);

/// How a created node and its texts differ from a recreated one's.
pub(super) struct Making {
    /// The step whose name makes the token.
    pub(super) step: &'static str,
    /// How the node is settled when the instance runs.
    pub(super) made: Settlement,
}

impl Hand<'_> {
    pub(super) async fn create(&self, node: &Node) -> Step {
        let made = Settlement::done(NodeStatus::Active, "Creation succeeded");
        self.make(node, Making { step: STEP, made }).await
    }

    /// Sees to it that the instance exists, and looks how it is.
    pub(super) async fn make(&self, node: &Node, making: Making) -> Step {
        let launched = node.physical_id.as_deref().filter(|_| node.launched_by == Some(self.holder));
        if let Some(id) = launched {
            return self.look_at(node, id, making).await;
        }
        let Some(profile) = self.profile else {
            return Step::settle(failed(&format!("The profile '{}' could not be found", node.profile_id)));
        };
        let token = Token::derived_for(self.action.id, making.step, node.id);
        let request = match request(self.env, self.action, node, profile, token) {
            Ok(request) => request,
            Err(fault) => return Step::settle(failed(&fault.message)),
        };
        match ensure_created(self.env.compute.as_ref(), &request).await {
            Ok(instance) => match &instance.state {
                InstanceState::Building | InstanceState::Stopped | InstanceState::Deleting => {
                    Step::Launched(instance.id)
                }
                InstanceState::Active | InstanceState::Error { .. } => made(&instance, making),
            },
            Err(error) => Step::after(&error, |text| failed(&text)),
        }
    }

    async fn look_at(&self, node: &Node, id: &str, making: Making) -> Step {
        match self.env.compute.get(id).await {
            Ok(Some(instance)) => made(&instance, making),
            Ok(None) => {
                let began = self.action.start_time.unwrap_or(node.init_at);
                let since = node.launched_at.unwrap_or(began).max(began);
                if self.env.now().since(since) <= self.env.compute.staleness().max(VANISHED_AFTER) {
                    return Step::Waits;
                }
                Step::settle(failed(&format!("'{id}' disappeared while it was built")))
            }
            Err(error) => Step::after(&error, |text| failed(&text)),
        }
    }
}

/// What follows from the state of an instance that was made.
fn made(instance: &Instance, making: Making) -> Step {
    let instance_id = InstanceChange::Set(instance.id.clone());
    match &instance.state {
        InstanceState::Active => Step::settle(making.made.with(instance_id)),
        InstanceState::Error { message } => {
            Step::settle(failed(message.trim_end_matches('.')).with(instance_id))
        }
        InstanceState::Building | InstanceState::Stopped | InstanceState::Deleting => Step::Waits,
    }
}

fn failed(text: &str) -> Settlement {
    Settlement::failed(format!("Failed in creating server: {}.", text.trim_end_matches('.')))
}

/// The token of the instance that `action` makes for `node`.
pub(crate) fn token(action: ActionId, node: NodeId) -> Token {
    Token::derived_for(action, STEP, node)
}

/// The creation of a node's instance under this token.
///
/// # Errors
/// When the profile's spec cannot be read.
pub(crate) fn request(
    env: &Env,
    action: &Action,
    node: &Node,
    profile: &Profile,
    token: Token,
) -> Result<CreateRequest, Fault> {
    let mut properties = profile_types::get(&profile.type_name)?.properties(&profile.spec)?;
    place(&mut properties, node);
    let tags = Tags {
        deployment: env.settings.deployment.clone(),
        cluster: node.cluster_id,
        node: node.id,
        action: action.id,
        project: node.project.clone(),
        token,
    };
    Ok(CreateRequest {
        name: name(&properties, node),
        metadata: metadata(&properties, node),
        spec: properties,
        tags,
    })
}

/// Puts the instance where policies decided that its node belongs; what the profile itself says comes first.
fn place(properties: &mut JsonMap, node: &Node) {
    let placement = node.data.get("placement");
    let placed =
        |key: &str| placement.and_then(|placement| placement.get(key)).filter(|value| value.is_string());
    for (placed, path) in [
        (placed("zone"), &["availability_zone"][..]),
        (placed("region_name"), &["context", "region_name"]),
        (placed("servergroup"), &["scheduler_hints", "group"]),
    ] {
        if let Some(value) = placed {
            set_default(properties, path, value);
        }
    }
}

/// Sets what `path` leads to, unless something is there.
fn set_default(properties: &mut JsonMap, path: &[&str], value: &Value) {
    let Some((key, rest)) = path.split_first() else { return };
    let entry = properties.entry((*key).to_owned()).or_insert(Value::Null);
    if rest.is_empty() {
        if entry.is_null() {
            entry.clone_from(value);
        }
        return;
    }
    if entry.is_null() {
        *entry = Value::Object(JsonMap::new());
    }
    if let Value::Object(inner) = entry {
        set_default(inner, rest, value);
    }
}

/// The instance's name: the profile's, or else the node's.
pub(super) fn name(properties: &JsonMap, node: &Node) -> String {
    properties.get("name").and_then(Value::as_str).unwrap_or(&node.name).to_owned()
}

/// The instance's metadata: the profile's, and where the node belongs.
pub(super) fn metadata(properties: &JsonMap, node: &Node) -> JsonMap {
    let mut metadata = properties.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    metadata.insert("cluster_node_id".to_owned(), json!(node.id.to_string()));
    if let Some(cluster) = node.cluster_id {
        metadata.insert("cluster_id".to_owned(), json!(cluster.to_string()));
        metadata.insert("cluster_node_index".to_owned(), json!(node.index.to_string()));
    }
    metadata
}

/// An error's text without its closing period.
pub(crate) fn bare(error: &ComputeError) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    /// A node with this in its `data`.
    fn node(data: &Value) -> Node {
        let data = data.as_object().unwrap().clone();
        Node { data, physical_id: None, ..fixtures::node(1, NodeStatus::Init, None) }
    }

    /// What a server of a profile that says this, beside what it has to, is asked for with.
    fn asked_for(own: &Value, data: &Value) -> Value {
        let mut spec = json!({
            "type": "os.nova.server", "version": "1.0", "properties": { "flavor": "1", "networks": [] },
        });
        for (key, value) in own.as_object().unwrap() {
            spec["properties"][key] = value.clone();
        }
        let kind = profile_types::get("os.nova.server-1.0").unwrap();
        let mut properties = kind.properties(spec.as_object().unwrap()).unwrap();
        place(&mut properties, &node(data));
        Value::Object(properties)
    }

    /// Zone, context and hints of what is asked for.
    fn whereabouts(own: &Value, placement: &Value) -> [Value; 3] {
        let asked = asked_for(own, &json!({ "placement": placement }));
        ["availability_zone", "context", "scheduler_hints"].map(|key| asked[key].clone())
    }

    #[test]
    fn an_instance_is_asked_for_in_the_zone_the_region_and_the_group_that_were_decided() {
        let placement = json!({ "zone": "z", "region_name": "r", "servergroup": "g" });
        let placed = whereabouts(&json!({}), &placement);
        assert_eq!(placed, [json!("z"), json!({ "region_name": "r" }), json!({ "group": "g" })]);
        for (placement, placed) in [
            (json!({ "zone": "z" }), [json!("z"), json!(null), json!(null)]),
            (json!({ "region_name": "r" }), [json!(null), json!({ "region_name": "r" }), json!(null)]),
            (json!({ "servergroup": "g" }), [json!(null), json!(null), json!({ "group": "g" })]),
        ] {
            assert_eq!(whereabouts(&json!({}), &placement), placed);
        }
    }

    #[test]
    fn what_the_profile_says_comes_first() {
        let placement = json!({ "zone": "z", "region_name": "r", "servergroup": "g" });
        let own = json!({
            "availability_zone": "mine",
            "context": { "region_name": "here", "user_name": "u" },
            "scheduler_hints": { "group": "ours", "same_host": "h" },
        });
        assert_eq!(
            whereabouts(&own, &placement),
            [
                json!("mine"),
                json!({ "region_name": "here", "user_name": "u" }),
                json!({ "group": "ours", "same_host": "h" }),
            ]
        );
        // What it says of other things stands beside what was decided.
        let own = json!({
            "context": { "user_name": "u" },
            "scheduler_hints": { "group": null, "same_host": "h" },
        });
        assert_eq!(
            whereabouts(&own, &placement),
            [
                json!("z"),
                json!({ "region_name": "r", "user_name": "u" }),
                json!({ "group": "g", "same_host": "h" }),
            ]
        );
    }

    #[test]
    fn where_nothing_was_decided_the_profile_alone_counts() {
        let own = json!({ "availability_zone": "mine", "context": { "user_name": "u" } });
        let plain = asked_for(&own, &json!({}));
        for data in [
            json!({ "placement": {} }),
            json!({ "placement": null }),
            json!({ "placement": { "zone": null, "region_name": 7, "servergroup": ["g"] } }),
            json!({ "zone": "z", "region_name": "r", "servergroup": "g" }),
        ] {
            assert_eq!(asked_for(&own, &data), plain, "{data}");
        }
    }
}
