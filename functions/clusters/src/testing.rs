//! A cluster, nodes, policies and a request for tests.

use coppice_api::call::Call;
use coppice_api::identity::Caller;
use coppice_api::microversion::Microversion;
use coppice_domain::cluster::{Cluster, ClusterStatus, JsonMap, Sizes};
use coppice_domain::ids::{BindingId, ClusterId, NodeId, PolicyId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::policy::{Binding, Policy};
use coppice_domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// An active cluster named `c` of up to ten nodes, five wanted.
pub(crate) fn cluster() -> Cluster {
    let profile = ProfileId::new(Uuid::from_u128(2));
    Cluster {
        id: ClusterId::new(Uuid::from_u128(1)),
        name: "c".to_owned(),
        profile_id: profile,
        profile_type: "os.nova.server-1.0".to_owned(),
        profile_refs: vec![profile],
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        sizes: Sizes { min_size: 0, max_size: 10, desired_capacity: 5 },
        next_index: 6,
        timeout: 3600,
        status: ClusterStatus::Active,
        status_reason: String::new(),
        init_at: Timestamp::from_micros(0),
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

/// An active node of no cluster, of the cluster's profile, with this number for an id.
pub(crate) fn node(number: u128) -> Node {
    Node {
        id: NodeId::new(Uuid::from_u128(number)),
        name: format!("n{number}"),
        cluster_id: None,
        physical_id: None,
        profile_id: cluster().profile_id,
        profile_type: "os.nova.server-1.0".to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        index: -1,
        role: None,
        init_at: Timestamp::from_micros(0),
        created_at: None,
        updated_at: None,
        status: NodeStatus::Active,
        status_reason: String::new(),
        metadata: None,
        data: JsonMap::new(),
        dependents: JsonMap::new(),
        tainted: false,
        active_action: None,
        launched_by: None,
        launched_at: None,
        condemned_by: None,
        own_reference: true,
    }
}

/// The policy `p<number>`.
pub(crate) fn policy(number: u128) -> Policy {
    Policy {
        id: PolicyId::new(Uuid::from_u128(number)),
        name: format!("p{number}"),
        type_name: "senlin.policy.deletion-1.1".to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        spec: JsonMap::new(),
        data: JsonMap::new(),
        created_at: Timestamp::from_micros(0),
        updated_at: None,
    }
}

/// That policy, attached to the cluster and enabled.
pub(crate) fn binding(number: u128) -> Binding {
    Binding {
        id: BindingId::new(Uuid::from_u128(number)),
        cluster_id: cluster().id,
        policy_id: policy(number).id,
        policy_type: policy(number).type_name,
        enabled: true,
        priority: 400,
        data: None,
        last_op: None,
        cooldown: None,
        created_at: Timestamp::from_micros(0),
    }
}

/// A request of a member of project `p`.
pub(crate) fn call(query: &[(&str, &str)], body: Option<Value>, microversion: Microversion) -> Call {
    Call {
        caller: Caller {
            user_id: "u".to_owned(),
            user_name: "u".to_owned(),
            project_id: "p".to_owned(),
            project_name: "p".to_owned(),
            domain_id: None,
            roles: vec!["member".to_owned()],
            expires_at: None,
        },
        microversion,
        additions: false,
        query: query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        body: body.and_then(|body| body.as_object().cloned()),
        origin: "http://localhost".to_owned(),
        mount: "v1".to_owned(),
        request_id: "req-0".to_owned(),
    }
}
