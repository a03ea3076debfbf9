//! The records that clients have the API functions write.

use crate::story::USER;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap, Sizes};
use coppice_domain::ids::{ClusterId, PolicyId, ProfileId, ReceiverId};
use coppice_domain::policy::Policy;
use coppice_domain::profile::Profile;
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_engine::Env;
use serde_json::{Value, json};

/// The type of every profile here.
pub(crate) const PROFILE_TYPE: &str = "os.nova.server-1.0";

/// A cluster that is to be made.
pub(crate) fn cluster(
    env: &Env,
    project: &str,
    (id, name): (ClusterId, String),
    profile: ProfileId,
    sizes: Sizes,
) -> Cluster {
    Cluster {
        id,
        name,
        profile_id: profile,
        profile_type: PROFILE_TYPE.to_owned(),
        profile_refs: vec![profile],
        user: USER.to_owned(),
        project: project.to_owned(),
        domain: None,
        sizes,
        next_index: 1,
        timeout: 3600,
        status: ClusterStatus::Init,
        status_reason: "Initializing".to_owned(),
        init_at: env.now(),
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

/// The profile of a server of this flavor.
pub(crate) fn profile(env: &Env, project: &str, (id, name): (ProfileId, String), flavor: &str) -> Profile {
    let spec = json!({ "type": "os.nova.server", "version": "1.0", "properties": { "flavor": flavor } });
    Profile {
        id,
        name,
        type_name: PROFILE_TYPE.to_owned(),
        user: USER.to_owned(),
        project: project.to_owned(),
        domain: None,
        spec: spec.as_object().cloned().unwrap_or_default(),
        metadata: None,
        created_at: env.now(),
        updated_at: None,
    }
}

/// A policy of this type and these properties.
pub(crate) fn policy(
    env: &Env,
    project: &str,
    (id, name): (PolicyId, String),
    type_name: &str,
    properties: &Value,
) -> Policy {
    let (kind, version) = type_name.rsplit_once('-').expect("a version");
    let spec = json!({ "type": kind, "version": version, "properties": properties });
    Policy {
        id,
        name,
        type_name: type_name.to_owned(),
        user: USER.to_owned(),
        project: project.to_owned(),
        domain: None,
        spec: spec.as_object().cloned().unwrap_or_default(),
        data: JsonMap::new(),
        created_at: env.now(),
        updated_at: None,
    }
}

/// A webhook that does this to a cluster.
pub(crate) fn receiver(
    env: &Env,
    project: &str,
    (id, name): (ReceiverId, String),
    (cluster, action): (ClusterId, ActionKind),
) -> Receiver {
    Receiver {
        id,
        name,
        kind: ReceiverType::Webhook,
        user: USER.to_owned(),
        project: project.to_owned(),
        domain: None,
        roles: Vec::new(),
        cluster_id: Some(cluster),
        action: Some(action),
        actor: JsonMap::new(),
        params: None,
        channel: JsonMap::new(),
        schedule: None,
        next_run: None,
        protection: None,
        created_at: env.now(),
        updated_at: None,
    }
}
