//! The decisions, by the worked examples of the specification, and what must hold whatever is asked.

mod affinity;
mod asking;
mod attaching;
mod batch;
mod deletion;
mod load_balance;
mod placement;
mod scaling;
mod sequences;

use super::*;
use crate::cluster::{ClusterStatus, Sizes};
use crate::ids::{BindingId, ClusterId, ProfileId};
use crate::node::NodeStatus;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn id(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(number))
}

fn cluster((min_size, max_size): (i64, i64)) -> Cluster {
    Cluster {
        id: ClusterId::new(Uuid::from_u128(1)),
        name: "c".to_owned(),
        profile_id: ProfileId::new(Uuid::from_u128(2)),
        profile_type: "os.nova.server-1.0".to_owned(),
        profile_refs: Vec::new(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        sizes: Sizes { min_size, max_size, desired_capacity: 0 },
        next_index: 1,
        timeout: 3600,
        status: ClusterStatus::Active,
        status_reason: String::new(),
        init_at: NOW,
        created_at: None,
        updated_at: None,
        active_action: None,
        active_kind: None,
        metadata: JsonMap::new(),
        config: JsonMap::new(),
        data: JsonMap::new(),
        dependents: JsonMap::new(),
    }
}

fn policy(kind: &str, properties: &Value) -> Policy {
    let (name, version) = kind.rsplit_once('-').unwrap();
    let spec = json!({ "type": name, "version": version, "properties": properties });
    Policy {
        id: PolicyId::new(Uuid::from_u128(7)),
        name: "pol".to_owned(),
        type_name: kind.to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        spec: spec.as_object().unwrap().clone(),
        data: JsonMap::new(),
        created_at: NOW,
        updated_at: None,
    }
}

fn binding(kind: &str, number: u128) -> Binding {
    Binding {
        id: BindingId::new(Uuid::from_u128(number)),
        cluster_id: ClusterId::new(Uuid::from_u128(1)),
        policy_id: PolicyId::new(Uuid::from_u128(7)),
        policy_type: kind.to_owned(),
        enabled: true,
        priority: crate::policy_types::get(kind).unwrap().priority,
        data: None,
        last_op: None,
        cooldown: None,
        created_at: NOW,
    }
}

fn attached(kind: &str, properties: &Value) -> Attached {
    let policy = policy(kind, properties);
    Attached::new(bind(&policy, binding(kind, 5)).unwrap(), &policy).unwrap()
}

/// Members of these statuses, created one second after the other.
fn members(statuses: &[NodeStatus]) -> Vec<Standing> {
    let standing = |(place, status): (usize, &NodeStatus)| Standing {
        member: Member {
            node: id(100 + place as u128),
            status: *status,
            index: i64::try_from(place).unwrap() + 1,
            tainted: false,
            created: true,
            pending: None,
            phase: 0,
            failed_for: None,
        },
        created_at: Some(NOW.plus(Duration::from_secs(place as u64))),
        profile_created_at: Some(NOW),
        zone: None,
        region: None,
    };
    statuses.iter().enumerate().map(standing).collect()
}

fn active(count: usize) -> Vec<Standing> {
    members(&vec![NodeStatus::Active; count])
}

fn ask(
    kind: ActionKind,
    inputs: &Value,
    sizes: (i64, i64),
    members: &[Standing],
    attached: &[Attached],
) -> Result<Data, String> {
    let (cluster, places) = (cluster(sizes), Places::default());
    let question = Question {
        kind,
        inputs: inputs.as_object().unwrap(),
        node: Some(id(100)),
        cluster: &cluster,
        members,
        places: &places,
        pinned_zone: false,
        pinned_region: false,
        max_nodes_per_cluster: 1000,
        now: NOW,
    };
    before(&question, attached, &mut ChaCha8Rng::from_seed([7; 32])).map_err(|refusal| refusal.reason)
}

const OUT: ActionKind = ActionKind::ClusterScaleOut;
const IN: ActionKind = ActionKind::ClusterScaleIn;

fn scaling(kind: ActionKind, adjustment: &Value) -> Attached {
    attached("senlin.policy.scaling-1.0", &json!({ "event": kind.name(), "adjustment": adjustment }))
}

fn zones() -> Attached {
    attached("senlin.policy.zone_placement-1.0", &json!({ "zones": [{ "name": "a" }, { "name": "b" }] }))
}
