//! In which batches nodes are updated (spec engine-policies §8).

use super::*;
use proptest::prelude::*;

#[test]
fn engine_policies_8_a_batch_is_as_large_as_what_stays_in_service_allows() {
    for (nodes, least, most, batches) in [
        (10, 3, -1, vec![7, 3]),
        (10, 3, 4, vec![4, 4, 2]),
        (10, 1, -1, vec![9, 1]),
        (5, 1, 3, vec![3, 2]),
        (3, 3, -1, vec![2, 1]),
        (3, 5, -1, vec![2, 1]),
        (3, 5, 1, vec![1, 1, 1]),
        (1, 1, -1, vec![1]),
        (2, 1, -1, vec![1, 1]),
        (10, 0, -1, vec![10]),
        (7, 2, 2, vec![2, 2, 2, 1]),
    ] {
        let properties = json!({ "min_in_service": least, "max_batch_size": most, "pause_time": 5 });
        let policy = attached("senlin.policy.batch-1.0", &properties);
        let data = ask(ActionKind::ClusterUpdate, &json!({}), (0, -1), &active(nodes), &[policy]).unwrap();
        let update = data.update.unwrap();
        let sizes: Vec<usize> = update.order.chunks(update.size).map(<[NodeId]>::len).collect();
        assert_eq!((sizes, update.pause_time), (batches, 5), "{nodes} {least} {most}");
    }
}

#[test]
fn engine_policies_8_pol_23_a_most_of_nothing_is_as_if_it_were_not_there() {
    let members = active(4);
    let ask_with = |most: i64| {
        let properties = json!({ "min_in_service": 2, "max_batch_size": most });
        let policy = attached("senlin.policy.batch-1.0", &properties);
        ask(ActionKind::ClusterUpdate, &json!({}), (0, -1), &members, &[policy]).unwrap().update
    };
    assert_eq!(ask_with(0).unwrap().size, 2);
    assert_eq!(ask_with(0), ask_with(-1));
}

#[test]
fn the_bad_are_updated_first() {
    let members = members(&[NodeStatus::Active, NodeStatus::Error, NodeStatus::Active]);
    let policy = attached("senlin.policy.batch-1.0", &json!({}));
    let data = ask(ActionKind::ClusterUpdate, &json!({}), (0, -1), &members, &[policy]).unwrap();
    assert_eq!(data.update.unwrap().order, [id(101), id(100), id(102)]);
}

proptest! {
    #[test]
    fn every_member_is_updated_once_in_batches_of_the_configured_size(
        statuses in proptest::collection::vec(proptest::sample::select(&NodeStatus::ALL[..]), 0..40),
        marks in proptest::collection::vec((any::<bool>(), any::<bool>()), 40),
        least in -3..45_i64, most in -3..45_i64,
    ) {
        let mut members = members(&statuses);
        for (standing, (tainted, created)) in members.iter_mut().zip(marks) {
            (standing.member.tainted, standing.member.created) = (tainted, created);
        }
        let properties = json!({ "min_in_service": least, "max_batch_size": most });
        let policy = attached("senlin.policy.batch-1.0", &properties);
        let data = ask(ActionKind::ClusterUpdate, &json!({}), (0, -1), &members, &[policy]).unwrap();
        let update = data.update.unwrap();
        let mut order = update.order.clone();
        order.sort_unstable();
        let all: Vec<NodeId> = members.iter().map(|standing| standing.member.node).collect();
        prop_assert_eq!(order, all);
        prop_assert!(update.size > 0);
        let nodes = members.len() as i64;
        for batch in update.order.chunks(update.size) {
            let size = batch.len() as i64;
            prop_assert!(most < 1 || size <= most);
            // Where fewer are wanted in service than there are, as many stay in service.
            prop_assert!(nodes <= least || nodes - size >= least);
        }
    }
}
