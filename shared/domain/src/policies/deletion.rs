//! `senlin.policy.deletion`: which nodes go, and how (spec engine-policies §3).

use super::placement::change;
use super::{Attached, Data, Deletion, Hooks, Manner, Needs, Question, Standing};
use crate::action::ActionKind;
use crate::cluster::Member;
use crate::ids::NodeId;
use crate::victims::{choose_victims, tiers};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) const NAME: &str = "senlin.policy.deletion";

/// Who goes first, of the nodes that are of equal use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Criteria {
    Random,
    OldestFirst,
    YoungestFirst,
    OldestProfileFirst,
}

impl Criteria {
    fn of(policy: &Attached) -> Self {
        match policy.text("criteria") {
            Some("OLDEST_FIRST") => Self::OldestFirst,
            Some("YOUNGEST_FIRST") => Self::YoungestFirst,
            Some("OLDEST_PROFILE_FIRST") => Self::OldestProfileFirst,
            _ => Self::Random,
        }
    }
}

pub(super) fn needs(kind: ActionKind, policy: &Attached) -> Needs {
    let chooses = matches!(kind, ActionKind::ClusterScaleIn | ActionKind::ClusterResize);
    let criteria = Criteria::of(policy);
    Needs {
        nodes: chooses && criteria != Criteria::Random,
        profiles: chooses && criteria == Criteria::OldestProfileFirst,
        places: false,
    }
}

/// Decides which nodes go, and how.
///
/// # Errors
/// The request makes no sense, or the hook is of a kind that is not carried out. The reference finds the
/// latter out after it has lowered the cluster's target (POL-5).
pub(super) fn before(
    question: &Question<'_>,
    policy: &Attached,
    data: &mut Data,
    rng: &mut ChaCha8Rng,
) -> Result<(), String> {
    let named = match question.kind {
        ActionKind::NodeDelete => question.node.map(|node| vec![node]),
        ActionKind::ClusterDelNodes => Some(named(question.inputs.get("candidates"))),
        ActionKind::ClusterScaleIn | ActionKind::ClusterResize => None,
        _ => return Ok(()),
    };
    let hooks = hooks(policy)?;
    let mut deletion = match named {
        Some(candidates) => Deletion { candidates: Some(candidates), ..Deletion::default() },
        None => {
            let leaving = change(question, data, true)?;
            if leaving >= 0 && question.kind == ActionKind::ClusterResize {
                return Ok(());
            }
            let planned = data.deletion.clone().unwrap_or_default();
            let count = usize::try_from(-leaving).unwrap_or(0);
            let candidates = pick(question, &planned, count, Criteria::of(policy), rng);
            Deletion { candidates: Some(candidates), ..planned }
        }
    };
    deletion.count = i64::try_from(deletion.candidates.as_ref().map_or(0, Vec::len)).unwrap_or(i64::MAX);
    deletion.manner = Some(Manner {
        destroy_after_deletion: policy.flag("destroy_after_deletion"),
        grace_period: policy.natural("grace_period"),
        reduce_desired_capacity: policy.flag("reduce_desired_capacity"),
    });
    data.deletion = Some(deletion);
    data.hooks = hooks;
    data.pass("Candidates generated");
    Ok(())
}

/// The ids in a list, each once.
fn named(list: Option<&Value>) -> Vec<NodeId> {
    let ids = list.and_then(Value::as_array).into_iter().flatten();
    let mut seen = HashSet::new();
    ids.filter_map(|id| id.as_str()?.parse().ok()).filter(|id| seen.insert(*id)).collect()
}

fn hooks(policy: &Attached) -> Result<Option<Hooks>, String> {
    let Some(hooks) = policy.properties.get("hooks").and_then(Value::as_object) else { return Ok(None) };
    if hooks.is_empty() {
        return Ok(None);
    }
    let kind = hooks.get("type").and_then(Value::as_str).unwrap_or("zaqar");
    if kind != "zaqar" {
        return Err(format!("Lifecycle hook type '{kind}' is not implemented"));
    }
    let param = |key: &str| {
        let param = hooks.get("params").and_then(|params| params.get(key)).and_then(Value::as_str);
        param.unwrap_or_default().to_owned()
    };
    Ok(Some(Hooks {
        kind: kind.to_owned(),
        queue: param("queue"),
        url: param("url"),
        timeout: hooks.get("timeout").and_then(Value::as_u64).unwrap_or(0),
    }))
}

/// Picks `count` members: as many of each place as were planned, where there is a plan. Where a place has
/// fewer, others go instead (the reference crashes, POL-6).
pub(super) fn pick(
    question: &Question<'_>,
    planned: &Deletion,
    count: usize,
    criteria: Criteria,
    rng: &mut ChaCha8Rng,
) -> Vec<NodeId> {
    let everybody: Vec<&Standing> = question.members.iter().collect();
    let (spread, place): (_, fn(&Standing) -> Option<&String>) = match planned {
        Deletion { regions: Some(regions), .. } => (regions, |standing| standing.region.as_ref()),
        Deletion { zones: Some(zones), .. } => (zones, |standing| standing.zone.as_ref()),
        _ => return choose(&everybody, count, criteria, rng),
    };
    let mut picked = Vec::new();
    for (name, of_it) in spread {
        let there: Vec<&Standing> =
            everybody.iter().copied().filter(|standing| place(standing) == Some(name)).collect();
        let most = usize::try_from(*of_it).unwrap_or(0).min(count - picked.len());
        picked.extend(choose(&there, most, criteria, rng));
    }
    let left: Vec<&Standing> =
        everybody.into_iter().filter(|standing| !picked.contains(&standing.member.node)).collect();
    let missing = count.saturating_sub(picked.len());
    picked.extend(choose(&left, missing, criteria, rng));
    picked
}

/// Chooses `count` of these: those of least use first (spec engine-cluster §5), then by the criteria.
fn choose(from: &[&Standing], count: usize, criteria: Criteria, rng: &mut ChaCha8Rng) -> Vec<NodeId> {
    if criteria == Criteria::Random {
        let members: Vec<Member> = from.iter().map(|standing| standing.member).collect();
        return choose_victims(&members, count, rng);
    }
    let [mut victims, unborn, mut good] = tiers(from.iter().map(|standing| &standing.member));
    let standings: HashMap<NodeId, &Standing> =
        from.iter().map(|standing| (standing.member.node, *standing)).collect();
    // Nodes of one age stay in the order of their indexes.
    let age = |node: &NodeId| standings.get(node).and_then(|standing| standing.created_at);
    let made = |node: &NodeId| standings.get(node).and_then(|standing| standing.profile_created_at);
    match criteria {
        Criteria::OldestFirst => good.sort_by_key(age),
        Criteria::YoungestFirst => {
            good.reverse();
            good.sort_by_key(|node| std::cmp::Reverse(age(node)));
        }
        Criteria::OldestProfileFirst => good.sort_by_key(made),
        Criteria::Random => {}
    }
    victims.extend(unborn);
    victims.extend(good);
    victims.truncate(count);
    victims
}

/// Chooses by chance where nodes of some places are to go and no deletion policy has said which (POL-11).
pub(super) fn fill(question: &Question<'_>, data: &mut Data, rng: &mut ChaCha8Rng) {
    let Some(deletion) = &data.deletion else { return };
    let planned =
        deletion.regions.as_ref().or(deletion.zones.as_ref()).map(BTreeMap::is_empty) == Some(false);
    if planned && deletion.candidates.is_none() {
        let count = usize::try_from(deletion.count).unwrap_or(0);
        let candidates = pick(question, deletion, count, Criteria::Random, rng);
        data.deletion = Some(Deletion { candidates: Some(candidates), ..deletion.clone() });
    }
}
