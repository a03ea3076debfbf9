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

/// A resource without what is elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Head<T> {
    /// As much of it as is in its own items.
    pub(crate) resource: T,
    /// Its items, and where the rest of it is, if some is elsewhere.
    rest: Option<(Vec<Item>, Key)>,
}

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
            return self.whole::<T>(item).await?.map(|items| T::decode(&items)).transpose();
        }
        let found = self.items(&keys, true).await?;
        let items: Vec<Item> = found.into_values().collect();
        if items.is_empty() { Ok(None) } else { T::decode(&items).map(Some) }
    }

    /// An item of a resource, and what it says is elsewhere; none if that is gone, as it is while the resource
    /// is being deleted.
    pub(crate) async fn whole<T: Entity>(&self, item: Item) -> Result<Option<Vec<Item>>, StoreError> {
        let Some(key) = T::rest(&item) else { return Ok(Some(vec![item])) };
        Ok(self.item(&key).await?.map(|rest| vec![item, rest]))
    }

    /// Reads these resources in the order of their ids; absent ones, and those named before, are left out.
    ///
    /// # Errors
    /// When the store fails or a resource cannot be read.
    pub async fn get_many<T: Entity>(&self, ids: &[T::Id]) -> Result<Vec<T>, StoreError> {
        self.completed(self.heads(ids).await?).await
    }

    /// The same without what is elsewhere: enough to choose from.
    pub(crate) async fn heads<T: Entity>(&self, ids: &[T::Id]) -> Result<Vec<Head<T>>, StoreError> {
        let mut seen = HashSet::new();
        let wanted: Vec<Key> =
            ids.iter().flat_map(|id| T::keys(*id)).filter(|key| seen.insert(key.clone())).collect();
        let mut found = self.items(&wanted, true).await?;
        let mut heads = Vec::with_capacity(ids.len());
        for id in ids {
            let items: Vec<Item> = T::keys(*id).iter().filter_map(|key| found.remove(key)).collect();
            if !items.is_empty() {
                let resource = T::decode(&items)?;
                let rest = items.iter().find_map(T::rest).map(|key| (items, key));
                heads.push(Head { resource, rest });
            }
        }
        Ok(heads)
    }

    /// These resources with what is elsewhere; those of which that is gone are being deleted and left out.
    pub(crate) async fn completed<T: Entity>(&self, heads: Vec<Head<T>>) -> Result<Vec<T>, StoreError> {
        let elsewhere: Vec<Key> =
            heads.iter().filter_map(|head| head.rest.as_ref()).map(|(_, key)| key.clone()).collect();
        let mut found = self.items(&elsewhere, true).await?;
        let mut resources = Vec::with_capacity(heads.len());
        for head in heads {
            match head.rest {
                None => resources.push(head.resource),
                Some((mut items, key)) => {
                    if let Some(rest) = found.remove(&key) {
                        items.push(rest);
                        resources.push(T::decode(&items)?);
                    }
                }
            }
        }
        Ok(resources)
    }
}
