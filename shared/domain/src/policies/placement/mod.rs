//! `senlin.policy.region_placement` and `senlin.policy.zone_placement`: where nodes are made, and where they
//! go from (spec engine-policies §4). In the reference nothing comes of the former (POL-9); here nodes are
//! made where the plan says.

mod plan;

use super::{Attached, Creation, Data, Deletion, Needs, Question, Spread, Standing};
use crate::action::ActionKind;
use crate::resize::{Change, ResizeRequest, int_like, plan_resize, spelled};
use plan::{Place, plan};
use serde_json::Value;

pub(super) const REGION: &str = "senlin.policy.region_placement";
pub(super) const ZONE: &str = "senlin.policy.zone_placement";

pub(super) fn needs(kind: ActionKind) -> Needs {
    let concerned = concerns(kind);
    Needs { nodes: concerned, profiles: false, places: concerned }
}

const fn concerns(kind: ActionKind) -> bool {
    matches!(
        kind,
        ActionKind::ClusterScaleOut
            | ActionKind::ClusterScaleIn
            | ActionKind::ClusterResize
            | ActionKind::NodeCreate
    )
}

/// By how many nodes the action changes the cluster, as far as policies or the request say; negative for
/// fewer. Counts from outside are read as numbers here (POL-7). `trimmed`: at most all members go.
///
/// # Errors
/// The request makes no sense.
pub(super) fn change(question: &Question<'_>, data: &Data, trimmed: bool) -> Result<i64, String> {
    if let Some(deletion) = &data.deletion {
        return Ok(-deletion.count);
    }
    if let Some(creation) = &data.creation {
        return Ok(creation.count);
    }
    let count = || {
        let Some(value) = question.inputs.get("count").filter(|count| !count.is_null()) else { return Ok(1) };
        let count = int_like(value).filter(|count| *count > 0);
        count.ok_or_else(|| {
            format!("Invalid count ({}) for action '{}'.", spelled(value), question.kind.name())
        })
    };
    Ok(match question.kind {
        ActionKind::NodeCreate => 1,
        ActionKind::ClusterScaleOut => count()?,
        ActionKind::ClusterScaleIn if trimmed => -count()?.min(question.current()),
        ActionKind::ClusterScaleIn => -count()?,
        ActionKind::ClusterResize => {
            let most = question.max_nodes_per_cluster;
            let request = ResizeRequest::from_inputs(question.inputs)?;
            match plan_resize(&question.cluster.sizes, question.current(), &request, most)?.change {
                Change::Create(count) => count,
                Change::Delete(count) => -count,
            }
        }
        _ => 0,
    })
}

/// Plans over regions.
///
/// # Errors
/// No region is usable, the plan cannot be made, or the request makes no sense.
pub(super) fn region(question: &Question<'_>, policy: &Attached, data: &mut Data) -> Result<(), String> {
    let usable = (question.places.regions.as_deref(), "No region is found usable.");
    let counts = !(question.kind == ActionKind::NodeCreate && question.pinned_region);
    let place = |standing: &Standing| standing.region.clone();
    if let Some((spread, change)) = spread(question, policy, data, ("regions", counts), usable, place)? {
        record(data, change, |regions, _| *regions = Some(spread));
    }
    Ok(())
}

/// Plans over availability zones.
///
/// # Errors
/// No zone is usable, the plan cannot be made, or the request makes no sense.
pub(super) fn zone(question: &Question<'_>, policy: &Attached, data: &mut Data) -> Result<(), String> {
    let usable = (question.places.zones.as_deref(), "No availability zone found available.");
    let counts = !(question.kind == ActionKind::NodeCreate && question.pinned_zone);
    let place = |standing: &Standing| standing.zone.clone();
    if let Some((spread, change)) = spread(question, policy, data, ("zones", counts), usable, place)? {
        record(data, change, |_, zones| *zones = Some(spread));
    }
    Ok(())
}

/// The plan, and the change it is for; none when there is nothing to plan.
fn spread(
    question: &Question<'_>,
    policy: &Attached,
    data: &Data,
    (property, counts): (&str, bool),
    (known, none_usable): (Option<&[String]>, &str),
    place: impl Fn(&Standing) -> Option<String>,
) -> Result<Option<(Spread, i64)>, String> {
    if !concerns(question.kind) || !counts {
        return Ok(None);
    }
    let change = change(question, data, true)?;
    if change == 0 {
        return Ok(None);
    }
    let mut places = configured(policy, property);
    places.retain(|place| known.is_none_or(|known| known.contains(&place.name)));
    if places.is_empty() {
        return Err(none_usable.to_owned());
    }
    for each in &mut places {
        let there = question.members.iter().filter(|standing| place(standing).as_ref() == Some(&each.name));
        // A node that is to be made is a member already, and has no place.
        each.current = i64::try_from(there.count()).unwrap_or(i64::MAX);
    }
    let planned = plan(&places, change.abs(), change > 0);
    // Nodes that were there before the policy are of no place: they may go, too.
    let planned = planned.or_else(|| (change < 0).then(Spread::new));
    let planned = planned.ok_or("There is no feasible plan to handle all nodes.")?;
    Ok(Some((planned, change)))
}

/// The places of the policy, each once.
fn configured(policy: &Attached, property: &str) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for each in policy.properties.get(property).and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = each.get("name").and_then(Value::as_str) else { continue };
        if places.iter().any(|place| place.name == name) {
            continue;
        }
        let number = |key: &str| each.get(key).and_then(Value::as_i64);
        places.push(Place {
            name: name.to_owned(),
            weight: number("weight").unwrap_or(100).max(0),
            cap: number("cap").filter(|cap| *cap >= 0),
            current: 0,
        });
    }
    places
}

fn record(data: &mut Data, change: i64, set: impl FnOnce(&mut Option<Spread>, &mut Option<Spread>)) {
    if change > 0 {
        let creation = data.creation.get_or_insert(Creation { count: change, ..Creation::default() });
        set(&mut creation.regions, &mut creation.zones);
    } else {
        let deletion = data.deletion.get_or_insert(Deletion { count: -change, ..Deletion::default() });
        set(&mut deletion.regions, &mut deletion.zones);
    }
}
