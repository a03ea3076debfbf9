//! Lists that are too long for an action's own item, kept in parts (invariant 6).

use crate::error::StoreError;
use crate::item::{Item, n, s, text};
use crate::keys;
use crate::store::Store;
use crate::task::Task;
use crate::transaction::Write;
use coppice_domain::ids::ActionId;
use uuid::Uuid;

/// Ids in one part of a long list: about 31 KB.
pub const PER_PART: usize = 800;

impl Store {
    /// Writes a list that is too long for its action's own item, in parts, under the claim of the task and
    /// this phase: a worker whose claim has lapsed may write beside its successor, and neither list is the
    /// other's. Returns what [`Self::part`] finds it by. It is kept until
    /// `expires_at`, and for as long as the action may take beyond that: its record is kept from its end on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_parts(
        &self,
        task: &Task,
        phase: u32,
        list: &[Uuid],
        expires_at: i64,
    ) -> Result<String, StoreError> {
        let expires_at = expires_at.saturating_add(task.action.timeout.max(0));
        let set = format!("{}.{phase}", task.fence);
        for (number, part) in list.chunks(PER_PART).enumerate() {
            let text = serde_json::to_string(part).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
            let item = Item::from([("list".to_owned(), s(text)), ("expires_at".to_owned(), n(expires_at))]);
            let key = keys::action_part(task.action.id, &set, number);
            self.write(Write::put(crate::item::with_key(&key, item))?).await?;
        }
        Ok(set)
    }

    /// Reads part `number` of the list `set`.
    ///
    /// # Errors
    /// When the store fails or the part cannot be read.
    pub async fn part(&self, id: ActionId, set: &str, number: usize) -> Result<Vec<Uuid>, StoreError> {
        let key = keys::action_part(id, set, number);
        let item = self.item(&key).await?.unwrap_or_default();
        serde_json::from_str(text(&item, "list").unwrap_or("[]"))
            .map_err(|cause| StoreError::Corrupt(format!("{} / {}: {cause}", key.pk, key.sk)))
    }
}
