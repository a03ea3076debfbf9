//! Which actions wait for which: asked of the members, never kept in a list (invariant 6).

use crate::error::StoreError;
use crate::item::text;
use crate::keys;
use crate::store::Store;
use coppice_domain::action::Action;
use coppice_domain::ids::{ActionId, NodeId};
use uuid::Uuid;

/// What an action waits for, and what waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionLinks {
    /// Derived actions that have not ended.
    pub depends_on: Vec<ActionId>,
    /// The action that derived this one, until this one ends.
    pub depended_by: Vec<ActionId>,
    /// The worker that holds it.
    pub owner: Option<Uuid>,
}

/// The id of the action derived by `parent` for `node`, in this phase of `parent`.
#[must_use]
pub fn child(parent: ActionId, phase: u32, node: NodeId) -> ActionId {
    let step = if phase == 0 { "child".to_owned() } else { format!("child {phase}") };
    ActionId::derived_for(parent, &step, node.uuid())
}

impl Store {
    /// Reads an action's links.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn action_links(&self, action: &Action) -> Result<ActionLinks, StoreError> {
        if action.status.is_terminal() {
            return Ok(ActionLinks::default());
        }
        if let Some(parent) = action.parent {
            return Ok(ActionLinks { depended_by: vec![parent], ..ActionLinks::default() });
        }
        let owner = self.item(&keys::action(action.id)).await?;
        let owner = owner.as_ref().and_then(|item| text(item, "owner")).and_then(|id| id.parse().ok());
        let mut depends_on = Vec::new();
        if let Some(cluster) = action.cluster_id
            && let Some(view) = self.cluster_view(cluster).await?
        {
            let pending = view.members.iter().filter(|member| member.pending == Some(action.id));
            depends_on = pending.map(|member| child(action.id, member.phase, member.node)).collect();
        }
        Ok(ActionLinks { depends_on, depended_by: Vec::new(), owner })
    }
}
