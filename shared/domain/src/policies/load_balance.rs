//! `senlin.policy.loadbalance`: which nodes are members of a pool, and when (spec engine-policies §6).
//!
//! Nodes that go leave the pool first, and nodes that come join it last. What is kept, and where: the front's
//! ids with the binding, its address with the cluster, and with each node the id of its member.

use super::{is_of, labelled};
use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::ids::{NodeId, PolicyId};
use crate::node::{Node, NodeStatus};
use crate::policy::Binding;
use crate::pyrepr::repr_list;
use serde_json::{Value, json};

pub(super) const NAME: &str = "senlin.policy.loadbalance";
const CLASS: &str = "LoadBalancingPolicy";
const VERSION: &str = "1.3";

/// Where a cluster keeps the addresses of what stands in front of it.
const ADDRESSES: &str = "loadbalancers";
const ADDRESS: &str = "vip_address";
/// Where a node keeps the id of its member, and that its instance is another.
const MEMBER: &str = "lb_member";
const RECOVERY: &str = "recovery";

/// Why a node that is left out of the pool is in `WARNING`.
pub const NOT_ADDED: &str = "Failed in adding node into lb pool.";
/// Why a node that is still in the pool is in `WARNING`.
pub const NOT_REMOVED: &str = "Failed in removing node from lb pool.";
/// Why a policy is not attached whose pool does not take a node.
pub const NOT_ENLISTED: &str = "Failed in adding node into lb pool";

/// What becomes of the membership of the nodes that an action works on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Nodes that it takes out of the cluster leave the pool before.
    pub out: bool,
    /// Nodes that it makes members of the cluster, or brings back, join the pool after.
    pub into: bool,
}

/// Which actions move nodes out of the pool or into it. A cluster's recovery does both here: what it makes
/// anew would keep a member that is gone (POL-16).
#[must_use]
pub const fn moves(kind: ActionKind) -> Moves {
    let (out, into) = match kind {
        ActionKind::ClusterScaleIn | ActionKind::ClusterDelNodes | ActionKind::NodeDelete => (true, false),
        ActionKind::ClusterScaleOut
        | ActionKind::ClusterAddNodes
        | ActionKind::NodeCreate
        | ActionKind::NodeRecover => (false, true),
        ActionKind::ClusterResize | ActionKind::ClusterReplaceNodes | ActionKind::ClusterRecover => {
            (true, true)
        }
        _ => (false, false),
    };
    Moves { out, into }
}

/// Whether this is the name of a version of this type.
#[must_use]
pub fn is_load_balance(type_name: &str) -> bool {
    is_of(type_name, NAME)
}

/// The policy that puts this cluster's nodes behind a balancer, whether or not it counts now. There is one at
/// most: a node has one member.
#[must_use]
pub fn bound(bindings: &[Binding]) -> Option<&Binding> {
    bindings.iter().find(|binding| is_load_balance(&binding.policy_type))
}

/// What the binding keeps of the front that `described` says.
#[must_use]
pub fn kept(described: &Value) -> JsonMap {
    let mut described = described.clone();
    if let Some(front) = described.as_object_mut() {
        front.remove(ADDRESS);
    }
    labelled(CLASS, VERSION, &described)
}

/// The front that the binding keeps; none if there is none, or if it is of another version.
#[must_use]
pub fn front(binding: &Binding) -> Option<&Value> {
    let kept = binding.data.as_ref()?.get(CLASS)?;
    if kept.get("version")?.as_str()? == VERSION { kept.get("data") } else { None }
}

/// A cluster's data with the address that clients of this policy's balancer connect to.
#[must_use]
pub fn with_address(data: &JsonMap, policy: PolicyId, address: Option<&str>) -> JsonMap {
    let mut data = data.clone();
    let mut addresses = data.get(ADDRESSES).and_then(Value::as_object).cloned().unwrap_or_default();
    addresses.insert(policy.to_string(), json!({ ADDRESS: address }));
    data.insert(ADDRESSES.to_owned(), Value::Object(addresses));
    data
}

/// A cluster's data with the addresses of these policies' balancers only.
#[must_use]
pub fn with_addresses_of(data: &JsonMap, policies: impl Fn(PolicyId) -> bool) -> JsonMap {
    let mut data = data.clone();
    let Some(addresses) = data.get_mut(ADDRESSES).and_then(Value::as_object_mut) else { return data };
    addresses.retain(|policy, _| policy.parse().is_ok_and(&policies));
    if addresses.is_empty() {
        data.remove(ADDRESSES);
    }
    data
}

/// The id of a node's member, as far as the node says.
#[must_use]
pub fn member(data: &JsonMap) -> Option<&str> {
    data.get(MEMBER)?.as_str()
}

/// What a node needs for its place in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// None: it does not serve.
    Nothing,
    /// A member. This one is known, and may be gone.
    Member(Option<String>),
    /// Another member than this one, which is an instance that is gone.
    Another(String),
}

/// What a node needs after an action has worked on it. One that failed does not serve (POL-18).
#[must_use]
pub fn need(node: &Node) -> Need {
    let serves = matches!(node.status, NodeStatus::Active | NodeStatus::Warning);
    if !serves || node.physical_id.is_none() {
        return Need::Nothing;
    }
    match member(&node.data) {
        Some(old) if node.data.contains_key(RECOVERY) => Need::Another(old.to_owned()),
        known => Need::Member(known.map(str::to_owned)),
    }
}

/// A node's data once it is this member.
#[must_use]
pub fn joined(data: &JsonMap, member: &str) -> JsonMap {
    let mut data = data.clone();
    data.insert(MEMBER.to_owned(), json!(member));
    data.remove(RECOVERY);
    data
}

/// A node's data once it is no member.
#[must_use]
pub fn left(data: &JsonMap) -> JsonMap {
    let mut data = data.clone();
    data.remove(MEMBER);
    data
}

/// Why an action failed after which these nodes are not in the pool.
#[must_use]
pub fn not_added(policy: &str, nodes: &[NodeId]) -> String {
    refusal(policy, "Failed in adding nodes into lb pool", nodes)
}

/// Why an action does not begin that would take these nodes out.
#[must_use]
pub fn not_removed(policy: &str, nodes: &[NodeId]) -> String {
    refusal(policy, "Failed in removing deleted node(s) from lb pool", nodes)
}

fn refusal(policy: &str, what: &str, nodes: &[NodeId]) -> String {
    format!("Failed policy '{policy}': {what}: {}", repr_list(nodes.iter().map(NodeId::to_string)))
}
