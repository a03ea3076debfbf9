//! The nodes of one cluster, found through its members, so that the cost of the list is that of the
//! cluster and not of the project it is in.

use coppice_api::error::Failure;
use coppice_api::fields::query::ListQuery;
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use coppice_store::{Entity, Store};
use coppice_support::store_failed;
use std::cmp::Ordering;

/// The part of the cluster's nodes that `query` asks for and `wanted` keeps.
pub(crate) async fn list(
    store: &Store,
    cluster: &Cluster,
    query: &ListQuery,
    wanted: &(dyn Fn(&Node) -> bool + Sync),
) -> Result<Vec<Node>, Failure> {
    let Some(view) = store.cluster_view(cluster.id).await.map_err(store_failed)? else {
        return Ok(Vec::new());
    };
    let marker = match query.marker {
        Some(id) => store.get::<Node>(NodeId::new(id)).await.map_err(store_failed)?,
        None => None,
    };
    let ids: Vec<NodeId> = view.members.iter().map(|member| member.node).collect();
    let mut nodes = store.get_many::<Node>(&ids).await.map_err(store_failed)?;
    nodes.retain(wanted);
    Ok(page(nodes, &query.sort, marker.as_ref(), query.limit))
}

/// Sorts, starts after the marker and cuts at the limit.
fn page(
    mut nodes: Vec<Node>,
    sort: &[(String, bool)],
    marker: Option<&Node>,
    limit: Option<usize>,
) -> Vec<Node> {
    let default = [(Node::ORDER.to_owned(), false)];
    let order = if sort.is_empty() { &default[..] } else { sort };
    if let Some(marker) = marker {
        nodes.retain(|node| compare(node, marker, order).is_gt());
    }
    nodes.sort_by(|left, right| compare(left, right, order));
    nodes.truncate(limit.unwrap_or(usize::MAX));
    nodes
}

/// By the keys of the order, then by id, ascending.
fn compare(left: &Node, right: &Node, order: &[(String, bool)]) -> Ordering {
    order
        .iter()
        .map(|(key, descending)| {
            let by_key = left.sort_value(key).cmp(&right.sort_value(key));
            if *descending { by_key.reverse() } else { by_key }
        })
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| left.id.cmp(&right.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_domain::time::Timestamp;
    use uuid::Uuid;

    fn node(id: u128, index: i64, init_at: i64) -> Node {
        Node {
            id: NodeId::new(Uuid::from_u128(id)),
            index,
            init_at: Timestamp::from_micros(init_at),
            ..crate::testing::node()
        }
    }

    fn indexes(sort: &[(&str, bool)], marker: Option<&Node>, limit: Option<usize>) -> Vec<i64> {
        let nodes = vec![node(3, 1, 30), node(1, 2, 10), node(2, 3, 10), node(4, 4, 5)];
        let sort: Vec<_> = sort.iter().map(|(key, descending)| ((*key).to_owned(), *descending)).collect();
        page(nodes, &sort, marker, limit).iter().map(|node| node.index).collect()
    }

    #[test]
    fn members_are_sorted_and_cut_like_any_list() {
        assert_eq!(indexes(&[], None, None), [4, 2, 3, 1]);
        assert_eq!(indexes(&[("index", true)], None, Some(2)), [4, 3]);
        assert_eq!(indexes(&[("init_at", true)], None, None), [1, 2, 3, 4]);
        assert_eq!(indexes(&[], Some(&node(1, 2, 10)), None), [3, 1]);
        assert_eq!(indexes(&[("index", false)], Some(&node(2, 3, 10)), Some(5)), [4]);
    }
}
