//! Reading records: by id as they are, by index as it has come to know them.

use super::super::record::Record;
use super::super::store::{StoreFailure, StoredPage};
use super::item::{Item, decode, key, mark, moment, s, unmark};
use super::{DynamoStore, classify, malformed};
use crate::listing::PageMark;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use coppice_domain::time::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// Keys that one batch may hold.
const BATCH: usize = 100;
/// How often a batch is sent on for the keys the table left out.
const ROUNDS: usize = 8;
/// Records on a page of an index.
const PAGE: u16 = 500;

impl DynamoStore {
    pub(super) async fn read_item(&self, pk: &str) -> Result<Option<Item>, StoreFailure> {
        let read =
            self.client.get_item().table_name(&self.table).set_key(Some(key(pk))).consistent_read(true);
        Ok(read.send().await.map_err(|error| classify(&error))?.item)
    }

    /// The records with these ids that are not settled.
    pub(super) async fn read_many(&self, ids: &[String]) -> Result<Vec<Record>, StoreFailure> {
        let ids: Vec<&String> = ids.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut records = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(BATCH) {
            let mut left: Vec<Item> = chunk.iter().map(|id| key(id)).collect();
            for _ in 0..ROUNDS {
                if left.is_empty() {
                    break;
                }
                let keys = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true).build();
                let keys = keys.map_err(|cause| malformed(&cause))?;
                let read = self.client.batch_get_item().request_items(&self.table, keys);
                let output = read.send().await.map_err(|error| classify(&error))?;
                let found = output.responses.unwrap_or_default();
                // Counts are no instances.
                for item in found.into_values().flatten().filter(|item| item.contains_key("record")) {
                    records.push(decode(&item)?);
                }
                let unprocessed = output.unprocessed_keys.unwrap_or_default();
                left = unprocessed.into_values().flat_map(|keys| keys.keys).collect();
            }
            if !left.is_empty() {
                return Err(StoreFailure::Busy("the table leaves part of a batch unread".to_owned()));
            }
        }
        records.retain(|record| !record.settled);
        Ok(records)
    }

    /// One page of instances; see [`query_items`](Self::query_items).
    pub(super) async fn query(
        &self,
        index: &str,
        partition: &str,
        range: Option<(&str, Timestamp, Timestamp)>,
        after: Option<&PageMark>,
        limit: Option<u16>,
    ) -> Result<StoredPage, StoreFailure> {
        let (items, next) = self.query_items(index, partition, range, after, limit).await?;
        let records = items.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredPage { records, next })
    }

    /// One page of an index: one partition, of which `range` (sort key, first, last) may select a part.
    pub(super) async fn query_items(
        &self,
        index: &str,
        partition: &str,
        range: Option<(&str, Timestamp, Timestamp)>,
        after: Option<&PageMark>,
        limit: Option<u16>,
    ) -> Result<(Vec<Item>, Option<PageMark>), StoreFailure> {
        let start: Option<HashMap<_, _>> = after.map(|place| unmark(place.as_str())).transpose()?;
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index)
            // Every index is named after its partition attribute.
            .expression_attribute_names("#p", index)
            .expression_attribute_values(":p", s(partition))
            .limit(i32::from(limit.unwrap_or(PAGE)))
            .set_exclusive_start_key(start);
        query = match range {
            None => query.key_condition_expression("#p = :p"),
            Some((sort, first, last)) => query
                .key_condition_expression("#p = :p AND #s BETWEEN :first AND :last")
                .expression_attribute_names("#s", sort)
                .expression_attribute_values(":first", moment(first))
                .expression_attribute_values(":last", moment(last)),
        };
        let output = query.send().await.map_err(|error| classify(&error))?;
        let next = output.last_evaluated_key.as_ref().map(mark).transpose()?.map(PageMark::new);
        Ok((output.items.unwrap_or_default(), next))
    }
}
