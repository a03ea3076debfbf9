//! A node for tests.

use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::time::Timestamp;
use uuid::Uuid;

/// An active orphan that says nothing about itself.
pub(crate) fn node() -> Node {
    Node {
        id: NodeId::new(Uuid::nil()),
        name: String::new(),
        cluster_id: None,
        physical_id: None,
        profile_id: ProfileId::new(Uuid::nil()),
        profile_type: "os.nova.server-1.0".to_owned(),
        user: String::new(),
        project: String::new(),
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
        own_reference: false,
    }
}
