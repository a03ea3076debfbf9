//! Asking the policies of a cluster, and reading what they decide from: who is attached, and how the members
//! stand (spec engine-actions §12). Nothing is read for a cluster without policies, and no more than its
//! policies ask for.

use crate::env::Env;
use crate::machine::draws;
use coppice_domain::action::Action;
use coppice_domain::cluster::Member;
use coppice_domain::ids::{NodeId, PolicyId, ProfileId};
use coppice_domain::node::Node;
use coppice_domain::policies::{
    Attached, Data, Needs, Places, Question, Refusal, Standing, before, in_order, needs,
};
use coppice_domain::policy::{Binding, Policy};
use coppice_domain::profile::Profile;
use coppice_domain::profile_types;
use coppice_domain::time::Timestamp;
use coppice_store::{ClusterView, StoreError};
use serde_json::Value;
use std::collections::HashMap;

/// The policies of a cluster that count, in the order in which they are asked.
pub(crate) async fn attached(env: &Env, bindings: &[Binding]) -> Result<Vec<Attached>, StoreError> {
    let enabled: Vec<&Binding> = bindings.iter().filter(|binding| binding.enabled).collect();
    if enabled.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PolicyId> = enabled.iter().map(|binding| binding.policy_id).collect();
    let policies: Vec<Policy> = env.store.get_many(&ids).await?;
    let policies: HashMap<PolicyId, Policy> = policies.into_iter().map(|each| (each.id, each)).collect();
    let mut attached = Vec::with_capacity(enabled.len());
    for binding in enabled {
        let policy = policies.get(&binding.policy_id).ok_or_else(|| {
            StoreError::Corrupt(format!("policy {} is attached and not there", binding.policy_id))
        })?;
        let read = Attached::new(binding.clone(), policy);
        attached.push(
            read.map_err(|fault| StoreError::Corrupt(format!("the spec of policy {}: {fault}", policy.id)))?,
        );
    }
    Ok(in_order(attached))
}

/// Asks them whether an action may begin, and how. `node`: the member it works on; none for the cluster.
/// `profile`: that of the nodes it makes.
pub(crate) async fn ask(
    env: &Env,
    attached: &[Attached],
    view: &ClusterView,
    action: &Action,
    (node, profile): (Option<NodeId>, ProfileId),
    now: Timestamp,
) -> Result<Result<Data, Box<Refusal>>, StoreError> {
    let needs = needs(action.kind, attached);
    let members = standings(env, &view.members, needs).await?;
    let profile: Option<Profile> = if needs.places { env.store.get(profile).await? } else { None };
    let (pinned_zone, pinned_region) = pinned(profile.as_ref());
    let question = Question {
        kind: action.kind,
        inputs: &action.inputs,
        node,
        cluster: &view.cluster,
        members: &members,
        places: &places(),
        pinned_zone,
        pinned_region,
        max_nodes_per_cluster: env.settings.max_nodes_per_cluster,
        now,
    };
    Ok(before(&question, attached, &mut draws(action.id.uuid())))
}

/// How the members stand, as far as policies need to know.
async fn standings(env: &Env, members: &[Member], needs: Needs) -> Result<Vec<Standing>, StoreError> {
    let ids: Vec<NodeId> = members.iter().map(|member| member.node).collect();
    let nodes: Vec<Node> = if needs.nodes { env.store.get_many(&ids).await? } else { Vec::new() };
    let mut ids: Vec<ProfileId> =
        nodes.iter().map(|node| node.profile_id).filter(|_| needs.profiles).collect();
    ids.sort();
    ids.dedup();
    let profiles: Vec<Profile> = env.store.get_many(&ids).await?;
    let made: HashMap<ProfileId, Timestamp> =
        profiles.into_iter().map(|profile| (profile.id, profile.created_at)).collect();
    let nodes: HashMap<NodeId, Node> = nodes.into_iter().map(|node| (node.id, node)).collect();
    Ok(members.iter().map(|member| standing(member, nodes.get(&member.node), &made)).collect())
}

fn standing(member: &Member, node: Option<&Node>, made: &HashMap<ProfileId, Timestamp>) -> Standing {
    let place = |key: &str| {
        let place = node?.data.get("placement")?.get(key)?;
        place.as_str().map(str::to_owned)
    };
    Standing {
        member: *member,
        created_at: node.and_then(|node| node.created_at),
        profile_created_at: node.and_then(|node| made.get(&node.profile_id).copied()),
        zone: place("zone"),
        region: place("region_name"),
    }
}

/// Where nodes can be. The backends there are do not say: every place that a policy names counts.
const fn places() -> Places {
    Places { zones: None, regions: None }
}

/// Whether nodes made from this profile have a zone, and a region, whatever policies decide.
fn pinned(profile: Option<&Profile>) -> (bool, bool) {
    let properties = profile
        .and_then(|profile| profile_types::get(&profile.type_name).ok()?.properties(&profile.spec).ok());
    let Some(properties) = properties else { return (false, false) };
    let zone = properties.get("availability_zone").is_some_and(Value::is_string);
    let region = properties.get("context").and_then(|context| context.get("region_name"));
    (zone, region.is_some_and(Value::is_string))
}
