//! What tests of this crate are about.

use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ClusterId, NodeId, ProfileId};
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::time::Timestamp;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

/// A node with an instance.
pub(crate) fn node(id: u128, status: NodeStatus, cluster_id: Option<ClusterId>) -> Node {
    Node {
        id: NodeId::new(Uuid::from_u128(id)),
        name: format!("n{id}"),
        cluster_id,
        physical_id: Some("i".to_owned()),
        profile_id: ProfileId::new(Uuid::from_u128(2)),
        profile_type: "os.nova.server-1.0".to_owned(),
        user: "u".to_owned(),
        project: "p".to_owned(),
        domain: None,
        index: -1,
        role: None,
        init_at: NOW,
        created_at: Some(NOW),
        updated_at: None,
        status,
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
