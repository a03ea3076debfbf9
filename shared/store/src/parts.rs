//! Lists that are too long for an action's own item, kept in parts (invariant 6).

use crate::error::StoreError;
use crate::item::{Item, n, s, text};
use crate::keys;
use crate::store::Store;
use crate::transaction::Write;
use coppice_domain::ids::ActionId;
use uuid::Uuid;

/// Ids in one part of a long list: about 31 KB.
pub const PER_PART: usize = 800;

impl Store {
    /// Writes a list that is too long for its action's own item, in parts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_parts(&self, id: ActionId, list: &[Uuid], expires_at: i64) -> Result<usize, StoreError> {
        let mut parts = 0;
        for (number, part) in list.chunks(PER_PART).enumerate() {
            let text = serde_json::to_string(part).map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
            let item = Item::from([("list".to_owned(), s(text)), ("expires_at".to_owned(), n(expires_at))]);
            self.write(Write::put(crate::item::with_key(&keys::action_part(id, number), item))?).await?;
            parts += 1;
        }
        Ok(parts)
    }

    /// Reads part `number` of such a list.
    ///
    /// # Errors
    /// When the store fails or the part cannot be read.
    pub async fn part(&self, id: ActionId, number: usize) -> Result<Vec<Uuid>, StoreError> {
        let key = keys::action_part(id, number);
        let item = self.item(&key).await?.unwrap_or_default();
        serde_json::from_str(text(&item, "list").unwrap_or("[]"))
            .map_err(|cause| StoreError::Corrupt(format!("{} / {}: {cause}", key.pk, key.sk)))
    }
}
