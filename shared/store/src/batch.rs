//! Reading many items at once.

use crate::entity::Entity;
use crate::error::{StoreError, classify};
use crate::item::{Item, key, key_of};
use crate::keys::Key;
use crate::store::Store;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{HashMap, HashSet};

/// Most keys one request may name.
const PER_REQUEST: usize = 100;
/// Requests under way at once.
const AT_ONCE: usize = 8;

impl Store {
    /// Reads the items at these keys; absent ones are left out. `strong` reads cost twice as much.
    pub(crate) async fn items(&self, wanted: &[Key], strong: bool) -> Result<HashMap<Key, Item>, StoreError> {
        let batches: Vec<_> =
            wanted.chunks(PER_REQUEST).map(|batch| self.batch(batch.to_vec(), strong)).collect();
        let found: Vec<Vec<Item>> = stream::iter(batches).buffer_unordered(AT_ONCE).try_collect().await?;
        found.into_iter().flatten().map(|item| Ok((key_of(&item)?, item))).collect()
    }

    async fn batch(&self, wanted: Vec<Key>, strong: bool) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(wanted.len());
        let mut missing: Vec<Item> = wanted.iter().map(key).collect();
        while !missing.is_empty() {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut missing)))
                .consistent_read(strong)
                .build()
                .map_err(|cause| StoreError::Corrupt(cause.to_string()))?;
            self.meter.request();
            let output = self
                .client
                .batch_get_item()
                .request_items(&self.table, request)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| classify(&error))?;
            self.meter.read(output.consumed_capacity());
            let before = found.len();
            found.extend(output.responses.unwrap_or_default().into_values().flatten());
            missing = output
                .unprocessed_keys
                .unwrap_or_default()
                .into_values()
                .flat_map(|left| left.keys)
                .collect();
            if !missing.is_empty() && found.len() == before {
                return Err(StoreError::Throttled("a batch of reads made no progress".to_owned()));
            }
        }
        Ok(found)
    }

    /// Reads one resource, strongly consistent.
    ///
    /// # Errors
    /// When the store fails or the resource cannot be read.
    pub async fn get<T: Entity>(&self, id: T::Id) -> Result<Option<T>, StoreError> {
        let keys = T::keys(id);
        if let [only] = keys.as_slice() {
            let Some(item) = self.item(only).await? else { return Ok(None) };
            return T::decode(&self.whole::<T>(item).await?).map(Some);
        }
        let found = self.items(&keys, true).await?;
        let items: Vec<Item> = found.into_values().collect();
        if items.is_empty() { Ok(None) } else { T::decode(&items).map(Some) }
    }

    /// An item of a resource, and what it says is elsewhere.
    pub(crate) async fn whole<T: Entity>(&self, item: Item) -> Result<Vec<Item>, StoreError> {
        let rest = match T::rest(&item) {
            Some(key) => self.item(&key).await?,
            None => None,
        };
        Ok([Some(item), rest].into_iter().flatten().collect())
    }

    /// Reads these resources in the order of their ids; absent ones, and those named before, are left out.
    ///
    /// # Errors
    /// When the store fails or a resource cannot be read.
    pub async fn get_many<T: Entity>(&self, ids: &[T::Id]) -> Result<Vec<T>, StoreError> {
        let mut seen = HashSet::new();
        let wanted: Vec<Key> =
            ids.iter().flat_map(|id| T::keys(*id)).filter(|key| seen.insert(key.clone())).collect();
        let mut found = self.items(&wanted, true).await?;
        let rest: Vec<Key> = found.values().filter_map(T::rest).collect();
        let mut rest = if rest.is_empty() { HashMap::new() } else { self.items(&rest, true).await? };
        let mut resources = Vec::with_capacity(ids.len());
        for id in ids {
            let mut items: Vec<Item> = T::keys(*id).iter().filter_map(|key| found.remove(key)).collect();
            let more: Vec<Item> =
                items.iter().filter_map(T::rest).filter_map(|key| rest.remove(&key)).collect();
            items.extend(more);
            if !items.is_empty() {
                resources.push(T::decode(&items)?);
            }
        }
        Ok(resources)
    }
}
