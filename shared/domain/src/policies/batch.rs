//! `senlin.policy.batch`: a new profile reaches some nodes at a time (spec engine-policies §8).

use super::{Attached, Data, Question, Update};
use crate::action::ActionKind;
use crate::victims::tiers;

pub(super) const NAME: &str = "senlin.policy.batch";

/// Decides how many nodes are updated at a time, and in which order: those of least use first.
pub(super) fn before(question: &Question<'_>, policy: &Attached, data: &mut Data) {
    if question.kind != ActionKind::ClusterUpdate {
        return;
    }
    let least = policy.number("min_in_service").unwrap_or(1);
    let size = size(question.current(), least, policy.number("max_batch_size").unwrap_or(-1));
    let [bad, unborn, good] = tiers(question.members.iter().map(|standing| &standing.member));
    let order = [bad, unborn, good].concat();
    data.update = Some(Update { pause_time: policy.natural("pause_time"), size, order });
    data.pass("Batch plan made.");
}

/// How many of `nodes` make a batch, so that `least` stay in service where that can be. A most of nothing is
/// as good as none (the reference crashes, POL-23).
pub(super) fn size(nodes: i64, least: i64, most: i64) -> usize {
    let half = nodes / 2 + nodes % 2;
    let spare = if nodes > least { nodes.saturating_sub(least).min(nodes) } else { half };
    let size = if most > 0 { spare.min(most) } else { spare };
    usize::try_from(size.max(1)).unwrap_or(1)
}
