//! Forgetting ended actions before their time: a cluster that is checked every minute would pile them up.

use crate::entity::Kind;
use crate::error::StoreError;
use crate::item::s;
use crate::keys;
use crate::store::{BY_NAME, Query, Range, Store, Written};
use crate::transaction::Write;
use coppice_domain::action::{Action, ActionKind, ActionStatus};
use coppice_domain::ids::{ActionId, ClusterId};
use futures::stream::{self, StreamExt, TryStreamExt};

/// Most actions that one call looks at. What is left is found by the next.
const MOST: usize = 1000;
/// Deletions under way at once.
const AT_ONCE: usize = 16;

impl Store {
    /// Deletes a project's checks of a cluster that have succeeded or failed; how many. Repeating it is
    /// harmless. Their place is read from an index, which may lag: what it does not show yet is left.
    ///
    /// # Errors
    /// When the store fails; some may then be deleted.
    pub async fn checks_delete(&self, project: &str, cluster: ClusterId) -> Result<usize, StoreError> {
        let prefix = format!("{}#", keys::check_prefix(cluster));
        let query = Query::new(BY_NAME, keys::scope(Kind::Action, project), Range::Prefix(prefix));
        let ids = self.ids_of::<Action>(&query, MOST, "pk").await?;
        let deletions: Vec<_> = ids.into_iter().map(|id| self.check_delete(id)).collect();
        let deleted: Vec<bool> = stream::iter(deletions).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(deleted.into_iter().filter(|deleted| *deleted).count())
    }

    async fn check_delete(&self, id: ActionId) -> Result<bool, StoreError> {
        let over = [ActionStatus::Succeeded, ActionStatus::Failed];
        let write = Write::delete(keys::action(id))
            .if_equals("kind", s(ActionKind::ClusterCheck.name()))
            .if_one_of("status", over.map(|status| s(status.name())));
        let deleted = matches!(self.write(write).await?, Written::Done(_));
        if deleted {
            // Inputs that were long are apart; they go by themselves some day if this is not reached.
            self.write(Write::delete(keys::action_body(id))).await?;
        }
        Ok(deleted)
    }
}
