//! The action `del_nodes` (spec api-resources I2).

use super::accept;
use super::nodes::{NamedNode, distinct, ids, named, refuse_if_any};
use axum::response::Response;
use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::fields::{Coerced, Field, Given, Kind, Rules, Unknown, coerce_with};
use coppice_api::microversion::{Feature, Microversion};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::fault::{Fault, FaultKind};
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::node::Node;
use coppice_domain::pyrepr;
use coppice_domain::resize::check_sizes;
use coppice_engine::Env;
use coppice_support::find;
use serde_json::{Value, json};

const NODES: &str = "nodes";
const DESTROY: &str = "destroy_after_deletion";
/// What it can be told.
pub(super) const FIELDS: &[Field] = &[
    Field::new(NODES, Kind::IdentityList),
    Field::new(DESTROY, Kind::Boolean).nullable().since(Feature::DestroyAfterDeletion),
];

/// Starts taking members out of their cluster.
pub(super) async fn del_nodes(
    env: &Env,
    call: &Call,
    reference: &str,
    data: &JsonMap,
) -> Result<Response, Failure> {
    let rules = Rules { unknown: Unknown::Ignored, ..Rules::default() };
    let asked = coerce_with(FIELDS, data, call.microversion, rules)?;
    let cluster = find::<Cluster>(&env.store, &call.caller, reference).await?;
    let named = named(env, &cluster, &asked.identities(NODES).value().unwrap_or_default()).await?;
    let nodes = removable(&named, cluster.id)?;
    let desired = cluster.sizes.desired_capacity - i64::try_from(nodes.len()).unwrap_or(i64::MAX);
    let most = env.settings.max_nodes_per_cluster;
    check_sizes(Some(&cluster.sizes), Some(desired), None, None, true, most).map_err(Fault::bad_request)?;
    let inputs = inputs(&nodes, &asked, call.microversion);
    accept(env, call, &cluster, ActionKind::ClusterDelNodes, inputs).await
}

/// The nodes, each once, if all of them may go. Those that others depend on are reported alone.
fn removable(named: &[NamedNode<'_>], cluster: ClusterId) -> Result<Vec<NodeId>, Fault> {
    let nodes = || named.iter().filter_map(|each| each.node.as_ref());
    let is_member = |node: &Node| node.cluster_id == Some(cluster);
    let needed = ids(nodes(), |node| is_member(node) && node.has_dependents());
    if !needed.is_empty() {
        let list = pyrepr::repr_list(needed);
        return Err(Fault::new(
            FaultKind::ResourceInUse,
            format!(
                "The node '{list}' cannot be deleted: nodes {list} are depended by other nodes, so can't be \
                 deleted or become orphan nodes."
            ),
        ));
    }
    let lost = named.iter().filter(|each| each.node.is_none());
    refuse_if_any(&[
        ("Nodes not found: ", lost.map(|each| each.given.to_owned()).collect(), "."),
        ("Nodes not members of specified cluster: ", ids(nodes(), |node| !is_member(node)), "."),
    ])?;
    Ok(distinct(nodes()))
}

/// What the action is told. Whether the nodes are to be destroyed is part of it from 1.4 on.
fn inputs(nodes: &[NodeId], asked: &Coerced, microversion: Microversion) -> JsonMap {
    let mut inputs = JsonMap::from_iter([
        ("candidates".to_owned(), json!(nodes)),
        ("count".to_owned(), json!(nodes.len())),
    ]);
    if microversion.has(Feature::DestroyAfterDeletion) {
        let destroy = match asked.boolean(DESTROY) {
            Given::Absent => json!(false),
            Given::Null => Value::Null,
            Given::Value(destroy) => json!(destroy),
        };
        inputs.insert(DESTROY.to_owned(), destroy);
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cluster, node};
    use coppice_api::fields::coerce;
    use coppice_api::microversion::{MAX, MIN};

    fn member(number: u128) -> Node {
        Node { cluster_id: Some(cluster().id), ..node(number) }
    }

    fn given<'a>(given: &'a str, node: Option<&Node>) -> NamedNode<'a> {
        NamedNode { given, node: node.cloned() }
    }

    #[test]
    fn members_that_others_depend_on_stay_and_are_reported_alone() {
        let mut needed = member(1);
        needed.dependents.insert("nodes".to_owned(), json!(["n"]));
        let mut elsewhere = node(2);
        elsewhere.dependents.insert("nodes".to_owned(), json!(["n"]));
        let named = [given("x", None), given("n1", Some(&needed)), given("n2", Some(&elsewhere))];
        let text = format!(
            "The node '['{id}']' cannot be deleted: nodes ['{id}'] are depended by other nodes, so can't be \
             deleted or become orphan nodes.",
            id = needed.id
        );
        assert_eq!(removable(&named, cluster().id), Err(Fault::new(FaultKind::ResourceInUse, text)));
        needed.dependents.insert("nodes".to_owned(), json!([]));
        assert_eq!(removable(&[given("n1", Some(&needed))], cluster().id), Ok(vec![needed.id]));
    }

    #[test]
    fn what_is_no_member_is_named() {
        let (one, two) = (member(1), node(2));
        let named = [given("n2", Some(&two)), given("x", None), given("n1", Some(&one))];
        let text =
            format!("Nodes not found: ['x'].\nNodes not members of specified cluster: ['{}'].", two.id);
        assert_eq!(removable(&named, cluster().id), Err(Fault::bad_request(text)));
        let twice = [given("n1", Some(&one)), given("00000001", Some(&one))];
        assert_eq!(removable(&twice, cluster().id), Ok(vec![one.id]));
    }

    #[test]
    fn whether_to_destroy_is_part_of_the_inputs_from_1_4_on() {
        for (microversion, body, destroy) in [
            (MIN, json!({"nodes": ["n"], "destroy_after_deletion": true}), None),
            (MAX, json!({"nodes": ["n"]}), Some(json!(false))),
            (MAX, json!({"nodes": ["n"], "destroy_after_deletion": null}), Some(Value::Null)),
            (MAX, json!({"nodes": ["n"], "destroy_after_deletion": true}), Some(json!(true))),
        ] {
            let asked = coerce(FIELDS, body.as_object().unwrap(), microversion).unwrap();
            let inputs = inputs(&[node(1).id], &asked, microversion);
            assert_eq!(inputs.get(DESTROY), destroy.as_ref(), "{body}");
            assert_eq!((&inputs["candidates"], &inputs["count"]), (&json!([node(1).id]), &json!(1)));
        }
    }
}
