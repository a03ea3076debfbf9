//! Which members go when a cluster shrinks and no policy says which (spec engine-cluster §5).

use crate::cluster::Member;
use crate::ids::NodeId;
use crate::node::NodeStatus;
use rand::Rng;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;

/// Chooses `count` members to delete, each at most once; all of them if there are fewer.
///
/// Members that are of least use go first: those in status ERROR or WARNING or marked as tainted, in list
/// order; then those whose creation never succeeded, in list order; then any of the rest, by chance. The
/// same list and generator always give the same victims.
///
/// (The reference raises an exception when there are fewer members than `count`.)
#[must_use]
pub fn choose_victims(members: &[Member], count: usize, rng: &mut (impl Rng + ?Sized)) -> Vec<NodeId> {
    let [mut victims, mut unborn, mut good] = tiers(members);
    victims.append(&mut unborn);
    let missing = count.saturating_sub(victims.len());
    let (drawn, _) = good.partial_shuffle(rng, missing);
    victims.extend_from_slice(drawn);
    victims.truncate(count);
    victims
}

/// The members, each once and in list order, by their use: the bad, those never created, the good.
pub(crate) fn tiers<'a>(members: impl IntoIterator<Item = &'a Member>) -> [Vec<NodeId>; 3] {
    let mut seen = BTreeSet::new();
    let mut tiers = [Vec::new(), Vec::new(), Vec::new()];
    for member in members.into_iter().filter(|member| seen.insert(member.node)) {
        let tier = if is_bad(member) {
            0
        } else if member.created {
            2
        } else {
            1
        };
        tiers[tier].push(member.node);
    }
    tiers
}

const fn is_bad(member: &Member) -> bool {
    member.tainted || matches!(member.status, NodeStatus::Error | NodeStatus::Warning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use uuid::Uuid;

    fn id(number: u128) -> NodeId {
        NodeId::new(Uuid::from_u128(number))
    }

    fn member(number: u128, status: NodeStatus, tainted: bool, created: bool) -> Member {
        Member {
            node: id(number),
            status,
            index: 1,
            tainted,
            created,
            pending: None,
            phase: 0,
            failed_for: None,
        }
    }

    fn good(number: u128) -> Member {
        member(number, NodeStatus::Active, false, true)
    }

    fn choose(members: &[Member], count: usize, seed: u64) -> Vec<NodeId> {
        choose_victims(members, count, &mut StdRng::seed_from_u64(seed))
    }

    #[test]
    fn engine_cluster_5_the_bad_go_before_the_never_created_and_these_before_the_good() {
        let members = [
            good(1),
            member(2, NodeStatus::Init, false, false),
            member(3, NodeStatus::Active, true, true),
            member(4, NodeStatus::Error, false, false),
            good(5),
            member(6, NodeStatus::Creating, false, false),
            member(7, NodeStatus::Warning, false, true),
        ];
        let order = [3, 4, 7, 2, 6].map(id);
        for count in 0..=5 {
            assert_eq!(choose(&members, count, 1), order[..count]);
        }
        let six = choose(&members, 6, 1);
        assert_eq!(six[..5], order);
        assert!([id(1), id(5)].contains(&six[5]));
    }

    #[test]
    fn when_there_are_too_few_all_go() {
        let members = [good(1), member(2, NodeStatus::Error, false, true), good(3)];
        for count in [3, 4, usize::MAX] {
            let mut victims = choose(&members, count, 1);
            victims.sort_unstable();
            assert_eq!(victims, [1, 2, 3].map(id));
        }
        assert_eq!(choose(&[], 2, 1), []);
    }

    #[test]
    fn among_the_good_chance_decides_evenly() {
        let members: Vec<_> = (0..5).map(good).collect();
        let mut times = [0_u32; 5];
        for seed in 0..5000 {
            for victim in choose(&members, 2, seed) {
                times[usize::try_from(victim.uuid().as_u128()).unwrap()] += 1;
            }
        }
        // Expected 2000 each, with a standard deviation of about 35.
        assert!(times.iter().all(|times| (1800..2200).contains(times)), "{times:?}");
    }

    fn any_members() -> impl Strategy<Value = Vec<Member>> {
        let status = proptest::sample::select(&NodeStatus::ALL[..]);
        let parts = (0..30_u128, status, any::<bool>(), any::<bool>());
        proptest::collection::vec(parts, 0..40).prop_map(|members| {
            members
                .into_iter()
                .map(|(number, status, tainted, created)| member(number, status, tainted, created))
                .collect()
        })
    }

    /// 0 for the bad, 1 for the never created, 2 for the good; by a node's first entry in the list.
    fn rank(members: &[Member], node: NodeId) -> u8 {
        let member = members.iter().find(|member| member.node == node).unwrap();
        match (member.status, member.tainted, member.created) {
            (NodeStatus::Error | NodeStatus::Warning, _, _) | (_, true, _) => 0,
            (_, false, false) => 1,
            _ => 2,
        }
    }

    proptest! {
        #[test]
        fn victims_are_distinct_members_of_the_right_number_and_the_least_useful(
            members in any_members(), count in 0..50_usize, seed: u64,
        ) {
            let victims = choose(&members, count, seed);
            let chosen: BTreeSet<_> = victims.iter().copied().collect();
            let all: BTreeSet<_> = members.iter().map(|member| member.node).collect();
            prop_assert_eq!(chosen.len(), victims.len());
            prop_assert_eq!(victims.len(), count.min(all.len()));
            prop_assert!(chosen.is_subset(&all));
            prop_assert!(victims.is_sorted_by_key(|node| rank(&members, *node)));
            let worst_chosen = victims.iter().map(|node| rank(&members, *node)).max();
            let best_spared = all.difference(&chosen).map(|node| rank(&members, *node)).min();
            if let (Some(chosen), Some(spared)) = (worst_chosen, best_spared) {
                prop_assert!(chosen <= spared);
            }
            prop_assert_eq!(victims, choose(&members, count, seed));
        }
    }
}
