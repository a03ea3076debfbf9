//! The action `replace_nodes` (spec api-resources I3).

use super::accept;
use super::nodes::{NamedNode, named, other_types, refuse_if_any};
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Field, Kind, Rules, Unknown, coerce_with};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::Fault;
use coppice_domain::ids::{ClusterId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_engine::Env;
use coppice_support::find;
use serde_json::{Value, json};
use std::collections::HashSet;

const NODES: &str = "nodes";
/// What it can be told.
pub(super) const FIELDS: &[Field] = &[Field::new(NODES, Kind::ReplaceMap)];

/// A member, and the node that is to take its place.
type Pair<'a> = (NamedNode<'a>, NamedNode<'a>);

/// Starts putting nodes that are in no cluster into the places of members.
pub(super) async fn replace_nodes(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
) -> Result<Response, Failure> {
    let rules = Rules { unknown: Unknown::Ignored, ..Rules::default() };
    let asked = coerce_with(FIELDS, data, call.microversion, rules)?;
    let cluster = find::<Cluster>(&env.store, &call.caller, reference).await?;
    let map = asked.map(NODES).value().into_iter().flatten();
    let (old, new): (Vec<&str>, Vec<&str>) =
        map.map(|(old, new)| (old.as_str(), new.as_str().unwrap_or_default())).unzip();
    let old = named(env, &cluster, &old).await?;
    let new = named(env, &cluster, &new).await?;
    let other_types = other_types(env, &cluster, new.iter().filter_map(|each| each.node.as_ref())).await?;
    let pairs: Vec<Pair<'_>> = old.into_iter().zip(new).collect();
    let candidates = replaceable(&pairs, cluster.id, &other_types)?;
    let inputs = JsonMap::from_iter([("candidates".to_owned(), candidates.into())]);
    accept(env, call, &cluster, ActionKind::ClusterReplaceNodes, inputs).await
}

/// The id of each member with that of its replacement, if every pair will do. Nodes are looked at only where
/// both of a pair are found; they are named as the request names them.
fn replaceable(
    pairs: &[Pair<'_>],
    cluster: ClusterId,
    other_types: &HashSet<ProfileId>,
) -> Result<JsonMap, Fault> {
    let given = |wrong: &dyn Fn(&Pair<'_>) -> Option<String>| pairs.iter().filter_map(wrong).collect();
    let new_if = |wrong: &dyn Fn(&Node) -> bool| {
        given(&|pair| found(pair).filter(|(_, new)| wrong(new)).map(|_| pair.1.given.to_owned()))
    };
    refuse_if_any(&[
        (
            "The specified nodes ",
            given(&|pair| {
                let is_member = |old: &Node| old.cluster_id == Some(cluster);
                found(pair).filter(|(old, _)| !is_member(old)).map(|_| pair.0.given.to_owned())
            }),
            &format!(" to be replaced are not members of the cluster {cluster}."),
        ),
        ("Nodes ", new_if(&|new| new.cluster_id.is_some()), " already member of a cluster."),
        ("Nodes are not ACTIVE: ", new_if(&|new| new.status != NodeStatus::Active), "."),
        (
            "Profile type of nodes ",
            new_if(&|new| other_types.contains(&new.profile_id)),
            " do not match that of the cluster.",
        ),
        (
            "Original nodes not found: ",
            given(&|(old, _)| old.node.is_none().then(|| old.given.to_owned())),
            ".",
        ),
        (
            "Replacement nodes not found: ",
            given(&|(old, new)| (old.node.is_some() && new.node.is_none()).then(|| new.given.to_owned())),
            ".",
        ),
    ])?;
    let ids = |pair| found(pair).map(|(old, new)| (old.id.to_string(), json!(new.id)));
    let candidates: JsonMap = pairs.iter().filter_map(ids).collect();
    let replacements: HashSet<&str> = candidates.values().filter_map(Value::as_str).collect();
    // The same node may be named in two ways, and can neither go nor come twice.
    if candidates.len() < pairs.len() || replacements.len() < pairs.len() {
        return Err(Fault::http("Map contains duplicated values"));
    }
    Ok(candidates)
}

fn found<'a>((old, new): &'a Pair<'_>) -> Option<(&'a Node, &'a Node)> {
    Some((old.node.as_ref()?, new.node.as_ref()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cluster, node};

    fn member(number: u128) -> Node {
        Node { cluster_id: Some(cluster().id), ..node(number) }
    }

    fn pair<'a>(old: (&'a str, Option<&Node>), new: (&'a str, Option<&Node>)) -> Pair<'a> {
        let named = |(given, node): (&'a str, Option<&Node>)| NamedNode { given, node: node.cloned() };
        (named(old), named(new))
    }

    fn check(pairs: &[Pair<'_>]) -> Result<Value, Fault> {
        let other_types = HashSet::from([ProfileId::new(uuid::Uuid::from_u128(9))]);
        replaceable(pairs, cluster().id, &other_types).map(Value::from)
    }

    #[test]
    fn members_are_mapped_to_their_replacements_by_id() {
        let pairs = [
            pair(("m1", Some(&member(1))), ("n1", Some(&node(11)))),
            pair(("m2", Some(&member(2))), ("n2", Some(&node(12)))),
        ];
        let id = |number| node(number).id.to_string();
        assert_eq!(check(&pairs), Ok(json!({ id(1): id(11), id(2): id(12) })));
    }

    #[test]
    fn everything_wrong_is_said_in_order_and_as_it_was_named() {
        let foreign = Node { profile_id: ProfileId::new(uuid::Uuid::from_u128(9)), ..node(13) };
        let broken = Node { status: NodeStatus::Error, ..node(14) };
        let pairs = [
            pair(("a", None), ("b", None)),
            pair(("m1", Some(&member(1))), ("c", None)),
            pair(("n2", Some(&node(2))), ("m3", Some(&member(3)))),
            pair(("m4", Some(&member(4))), ("n13", Some(&foreign))),
            pair(("m5", Some(&member(5))), ("n14", Some(&broken))),
        ];
        let text = format!(
            "The specified nodes ['n2'] to be replaced are not members of the cluster {}.\n\
             Nodes ['m3'] already member of a cluster.\n\
             Nodes are not ACTIVE: ['n14'].\n\
             Profile type of nodes ['n13'] do not match that of the cluster.\n\
             Original nodes not found: ['a'].\n\
             Replacement nodes not found: ['c'].",
            cluster().id
        );
        assert_eq!(check(&pairs), Err(Fault::bad_request(text)));
    }

    #[test]
    fn no_node_goes_or_comes_twice() {
        let twice = Err(Fault::http("Map contains duplicated values"));
        let (one, two) = (member(1), member(2));
        let same_old = [
            pair(("m1", Some(&one)), ("n1", Some(&node(11)))),
            pair(("00000001", Some(&one)), ("n2", Some(&node(12)))),
        ];
        assert_eq!(check(&same_old), twice);
        let same_new = [
            pair(("m1", Some(&one)), ("n1", Some(&node(11)))),
            pair(("m2", Some(&two)), ("0000000b", Some(&node(11)))),
        ];
        assert_eq!(check(&same_new), twice);
    }
}
