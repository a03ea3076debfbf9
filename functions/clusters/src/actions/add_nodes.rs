//! The action `add_nodes` (spec api-resources I1).

use super::accept;
use super::nodes::{NamedNode, distinct, ids, named, other_types, refuse_if_any};
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, Rules, Unknown, coerce_with};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::Fault;
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::node::NodeStatus;
use coppice_domain::resize::check_sizes;
use coppice_engine::Env;
use coppice_support::find;
use serde_json::json;
use std::collections::HashSet;

const NODES: &str = "nodes";
/// What it can be told.
pub(super) const FIELDS: &[Field] = &[Field::new(NODES, Kind::IdentityList)];

/// Starts making members of nodes that are in no cluster.
pub(super) async fn add_nodes(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
) -> Result<Response, Failure> {
    let rules = Rules { unknown: Unknown::Ignored, ..Rules::default() };
    let asked = coerce_with(FIELDS, data, call.microversion, rules)?;
    let cluster = find::<Cluster>(&env.store, &call.caller, reference).await?;
    let named = named(env, &cluster, &asked.identities(NODES).value().unwrap_or_default()).await?;
    let found = named.iter().filter_map(|each| each.node.as_ref());
    let other_types = other_types(env, &cluster, found).await?;
    let nodes = joinable(&named, &other_types)?;
    let desired = cluster.sizes.desired_capacity + i64::try_from(nodes.len()).unwrap_or(i64::MAX);
    let most = env.settings.max_nodes_per_cluster;
    check_sizes(Some(&cluster.sizes), Some(desired), None, None, true, most).map_err(Fault::bad_request)?;
    let inputs = JsonMap::from_iter([(NODES.to_owned(), json!(nodes))]);
    accept(env, call, &cluster, ActionKind::ClusterAddNodes, inputs).await
}

/// The nodes, each once, if all of them may join; every one that may not is named.
fn joinable(named: &[NamedNode<'_>], other_types: &HashSet<ProfileId>) -> Result<Vec<NodeId>, Fault> {
    let nodes = || named.iter().filter_map(|each| each.node.as_ref());
    let lost = named.iter().filter(|each| each.node.is_none());
    refuse_if_any(&[
        (
            "Profile type of nodes ",
            ids(nodes(), |node| other_types.contains(&node.profile_id)),
            " does not match that of the cluster.",
        ),
        ("Nodes ", ids(nodes(), |node| node.cluster_id.is_some()), " already owned by some cluster."),
        ("Nodes are not ACTIVE: ", ids(nodes(), |node| node.status != NodeStatus::Active), "."),
        ("Nodes not found: ", lost.map(|each| each.given.to_owned()).collect(), "."),
    ])?;
    Ok(distinct(nodes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cluster, node};
    use coppice_domain::node::Node;

    fn given<'a>(given: &'a str, node: Option<&Node>) -> NamedNode<'a> {
        NamedNode { given, node: node.cloned() }
    }

    #[test]
    fn a_node_named_twice_joins_once() {
        let (one, two) = (node(1), node(2));
        let named = [given("n1", Some(&one)), given("n2", Some(&two)), given("00000001", Some(&one))];
        assert_eq!(joinable(&named, &HashSet::new()), Ok(vec![one.id, two.id]));
    }

    #[test]
    fn everything_wrong_is_said_in_order() {
        let foreign = Node { profile_id: ProfileId::new(uuid::Uuid::from_u128(9)), ..node(1) };
        let member = Node { cluster_id: Some(cluster().id), status: NodeStatus::Error, ..node(2) };
        let named = [
            given("x", None),
            given("n2", Some(&member)),
            given("n1", Some(&foreign)),
            given("it's", None),
            given("n3", Some(&node(3))),
        ];
        let refused = joinable(&named, &HashSet::from([foreign.profile_id])).unwrap_err();
        let (one, two) = (foreign.id, member.id);
        assert_eq!(
            refused,
            Fault::bad_request(format!(
                "Profile type of nodes ['{one}'] does not match that of the cluster.\n\
                 Nodes ['{two}'] already owned by some cluster.\n\
                 Nodes are not ACTIVE: ['{two}'].\n\
                 Nodes not found: ['x', \"it's\"]."
            ))
        );
    }
}
