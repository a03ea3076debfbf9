//! `senlin.policy.scaling`: by how much a cluster scales, and how often (spec engine-policies §2).

use super::{Attached, Creation, Data, Deletion, Question};
use crate::action::ActionKind;
use crate::cluster::JsonMap;
use crate::policy::Cooldown;
use crate::resize::{check_sizes, int_like, spelled};
use serde_json::{Value, json};

pub(super) const NAME: &str = "senlin.policy.scaling";

/// Whether the policy is about actions of this kind.
pub(super) fn is_for(policy: &Attached, kind: ActionKind) -> bool {
    policy.text("event") == Some(kind.name())
}

/// The cooldown that these properties give a policy.
pub(super) fn cooldown(properties: &JsonMap) -> Option<Cooldown> {
    let seconds = properties.get("adjustment")?.get("cooldown")?.as_u64().filter(|seconds| *seconds > 0)?;
    let of = serde_json::from_value(properties.get("event")?.clone()).ok()?;
    Some(Cooldown { of, seconds })
}

fn adjustment<'a>(policy: &'a Attached, key: &str) -> Option<&'a Value> {
    policy.properties.get("adjustment")?.get(key)
}

/// Decides by how many nodes the cluster scales.
///
/// # Errors
/// The cooldown is not over, the count makes no sense, or the cluster would leave its limits.
pub(super) fn before(question: &Question<'_>, policy: &Attached, data: &mut Data) -> Result<(), String> {
    let kind = question.kind;
    if !is_for(policy, kind) {
        return Ok(());
    }
    if policy.binding.cools(question.now) {
        return Err(format!("Policy {} cooldown is still in progress.", policy.binding.policy_id));
    }
    let asked = question.inputs.get("count").filter(|count| !count.is_null()).cloned();
    let value = asked.unwrap_or_else(|| own_count(question, policy));
    let count = int_like(&value).filter(|count| *count > 0);
    let count =
        count.ok_or_else(|| format!("Invalid count ({}) for action '{}'.", spelled(&value), kind.name()))?;
    let best_effort = adjustment(policy, "best_effort").and_then(Value::as_bool).unwrap_or(false);
    let growing = kind == ActionKind::ClusterScaleOut;
    let (current, most) = (question.current(), question.max_nodes_per_cluster);
    let sizes = &question.cluster.sizes;
    let max = if sizes.max_size < 0 { most } else { sizes.max_size };
    let room = if growing { max - current } else { current - sizes.min_size };
    // Where there is no room at all, the best that can be done is nothing (the reference goes below that).
    let count = if best_effort { count.min(room.max(0)) } else { count };
    let target = if growing { current.saturating_add(count) } else { current.saturating_sub(count) };
    if count > 0 {
        check_sizes(Some(sizes), Some(target), None, None, !best_effort, most)?;
    }
    if growing {
        data.creation = Some(Creation { count, ..Creation::default() });
    } else {
        data.deletion = Some(Deletion { count, ..Deletion::default() });
    }
    data.pass("Scaling request validated.");
    Ok(())
}

/// By how many nodes the policy itself says. What is no whole number is no valid count.
fn own_count(question: &Question<'_>, policy: &Attached) -> Value {
    let number = adjustment(policy, "number").cloned().unwrap_or(json!(1));
    let current = question.current();
    match adjustment(policy, "type").and_then(Value::as_str) {
        Some("EXACT_CAPACITY") => {
            let growing = question.kind == ActionKind::ClusterScaleOut;
            let difference = |number: i64| if growing { number - current } else { current - number };
            int_like(&number).map_or(number, |number| json!(difference(number)))
        }
        Some("CHANGE_IN_PERCENTAGE") => {
            let least = adjustment(policy, "min_step").and_then(Value::as_i64).unwrap_or(0);
            json!(share(&number, current).max(least))
        }
        _ => number,
    }
}

/// So many percent of the members, without the fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "clusters are small numbers"
)]
fn share(percent: &Value, current: i64) -> i64 {
    (percent.as_f64().unwrap_or(0.0) * current as f64 / 100.0).trunc() as i64
}
