//! The end of an action on a cluster: one transaction, fenced by the task and conditioned on the task still
//! holding its cluster.

use crate::binding::BindingChange;
use crate::cluster::{change, removal};
use crate::error::StoreError;
use crate::item::s;
use crate::step::with_data;
use crate::store::Store;
use crate::task::{Finish, Task, finish};
use crate::transaction::{Transacted, Write};
use coppice_domain::cluster::{Cluster, JsonMap};
use coppice_domain::event::Event;
use serde_json::Value;

/// How a task on a cluster ends, and what changes with its end.
#[derive(Clone, Copy, Debug)]
pub struct ClusterEnd<'a> {
    /// The cluster as read, and as it shall be.
    pub cluster: (&'a Cluster, &'a Cluster),
    /// What changes about its policies.
    pub bindings: &'a [BindingChange],
    /// What the policies decided, if that has not been recorded yet.
    pub data: Option<&'a JsonMap>,
    /// What the action produced.
    pub outputs: Option<&'a JsonMap>,
    /// What happened: the end, and the start if that has not been recorded yet.
    pub events: &'a [Event],
    /// How the task ends.
    pub end: &'a Finish,
}

impl Store {
    /// Ends a task and lets its cluster go, as one; `false` when the task was lost or has ended.
    ///
    /// # Errors
    /// When the store fails; the end may then have taken effect. `Conflict` when a policy to be attached is
    /// being deleted, a binding to be changed is gone, or the cluster has changed: decide again.
    pub async fn finish_cluster_task(&self, task: &Task, ending: ClusterEnd<'_>) -> Result<bool, StoreError> {
        let (before, after) = ending.cluster;
        let mut writes = vec![task.fenced(end_of(task, &ending))];
        writes.extend(change(before, after, task.action.id)?);
        let first_binding = writes.len();
        for binding in ending.bindings {
            writes.extend(binding.writes(before.id)?);
        }
        let after_bindings = writes.len();
        for event in ending.events {
            writes.extend(self.event_put(Some(event))?);
        }
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(true),
            Transacted::Refused(refusals) => {
                let refused: Vec<usize> =
                    (0..refusals.len()).filter(|place| refusals[*place].is_some()).collect();
                let by_bindings = (first_binding..after_bindings).contains(refused.first().unwrap_or(&0));
                if by_bindings {
                    return Err(StoreError::Conflict("a policy of the cluster is changing".to_owned()));
                }
                task.unless_changed(&refusals)?;
                Ok(false)
            }
        }
    }

    /// Ends a task and removes its cluster, whose members must be gone, as one.
    ///
    /// # Errors
    /// When the store fails; the end may then have taken effect.
    pub async fn finish_cluster_removal(
        &self,
        task: &Task,
        cluster: &Cluster,
        events: &[Event],
        end: &Finish,
    ) -> Result<bool, StoreError> {
        let mut writes = vec![task.fenced(finish(task.action.id, end))];
        writes.extend(removal(cluster, task.action.id));
        for event in events {
            writes.extend(self.event_put(Some(event))?);
        }
        Ok(matches!(self.transact(writes, None).await?, Transacted::Done))
    }
}

/// The write that ends the task itself.
fn end_of(task: &Task, ending: &ClusterEnd<'_>) -> Write {
    let write = with_data(finish(task.action.id, ending.end), ending.data);
    match ending.outputs {
        Some(outputs) => write.set("outputs", s(Value::Object(outputs.clone()).to_string())),
        None => write,
    }
}
