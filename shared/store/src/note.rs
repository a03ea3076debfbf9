//! What an action on a cluster notes about a member beside its job: fenced like a step of the action.

use crate::error::StoreError;
use crate::item::s;
use crate::keys;
use crate::settlement::json;
use crate::store::Store;
use crate::task::Task;
use crate::transaction::{Transacted, Write};
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::node::NodeStatus;

/// What is noted; what is none stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Note<'a> {
    /// What policies and drivers left on the node.
    pub data: Option<&'a JsonMap>,
    /// Why the node is in `WARNING` from now on.
    pub warning: Option<&'a str>,
}

/// What became of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is written.
    Done,
    /// The task was claimed by another worker, or has ended.
    Lost,
    /// The node is no member of the cluster.
    Gone,
}

impl Store {
    /// Notes something about a member of the task's cluster. May be repeated.
    ///
    /// # Errors
    /// When the store fails; the note may then have been written.
    pub async fn node_note(
        &self,
        task: &Task,
        cluster: ClusterId,
        node: NodeId,
        note: Note<'_>,
    ) -> Result<Noted, StoreError> {
        let mut own = Write::update(keys::node(node)).if_equals("cluster_id", s(cluster.to_string()));
        if let Some(data) = note.data {
            own = own.assign("data", (!data.is_empty()).then(|| json(data)).transpose()?);
        }
        let mut writes = vec![task.held()];
        if let Some(reason) = note.warning {
            let status = s(NodeStatus::Warning.name());
            own = own.set("status", status.clone()).set("status_reason", s(reason));
            writes.push(Write::update(keys::member(cluster, node)).set("st", status).if_exists());
        }
        writes.push(own);
        Ok(match self.transact(writes, None).await? {
            Transacted::Done => Noted::Done,
            Transacted::Refused(refusals) if refusals.first().is_some_and(Option::is_some) => Noted::Lost,
            Transacted::Refused(_) => Noted::Gone,
        })
    }
}
