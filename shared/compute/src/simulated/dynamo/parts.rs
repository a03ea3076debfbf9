//! Parts of load balancers as items of the same table.
//!
//! `pk` is `part#<id>`. The indexes of instances serve parts, too, in partitions that no instance can be in:
//! `node` by origin or, for a member, by pool and instance; `action` by what a part is in; `deployment` by
//! deployment and time.

use super::super::balancer::{PartRecord, PartStore, Shelf, StoredParts};
use super::super::store::{InstanceStore, StoreFailure};
use super::DynamoStore;
use super::item::{Item, key, moment, n, s};
use crate::listing::PageMark;
use async_trait::async_trait;
use coppice_domain::time::Timestamp;
use std::time::Duration;

fn pk(id: &str) -> String {
    format!("part#{id}")
}

fn encode(record: &PartRecord) -> Result<Item, StoreFailure> {
    let facts = serde_json::to_string(record).map_err(|cause| StoreFailure::Corrupt(cause.to_string()))?;
    let mut item = key(&pk(&record.id));
    let mut put = |name: &str, value| item.insert(name.to_owned(), value);
    put("version", n(record.version));
    put("part", s(facts));
    for shelf in record.shelves() {
        let (index, partition, _) = place(&shelf);
        put(index, s(partition));
    }
    put("created", moment(record.created_at));
    if let Some(expiry) = record.expires_at() {
        put("expires_at", n(expiry.seconds()));
    }
    Ok(item)
}

fn decode(item: &Item) -> Result<PartRecord, StoreFailure> {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok());
    let pk = text("pk").map_or("?", String::as_str);
    let facts = text("part").ok_or_else(|| StoreFailure::Corrupt(format!("item {pk} is no part")))?;
    serde_json::from_str(facts).map_err(|cause| StoreFailure::Corrupt(format!("item {pk}: {cause}")))
}

/// The index and the partition in it that a shelf is, and the span of time that is asked for.
fn place(shelf: &Shelf) -> (&'static str, String, Option<(Timestamp, Timestamp)>) {
    match shelf {
        Shelf::Origin(origin) => {
            let (deployment, cluster, policy) = (&origin.deployment, origin.cluster, origin.policy);
            ("node", format!("parts#{cluster}#{policy}#{deployment}"), None)
        }
        Shelf::Instance { pool, instance } => ("node", format!("member#{pool}#{instance}"), None),
        Shelf::Within(id) => ("action", format!("within#{id}"), None),
        Shelf::Deployment { name, from, before } => {
            ("deployment", format!("parts#{name}"), Some((*from, *before)))
        }
    }
}

#[async_trait]
impl PartStore for DynamoStore {
    fn lag(&self) -> Duration {
        InstanceStore::lag(self)
    }

    async fn insert(&self, record: &PartRecord) -> Result<Option<PartRecord>, StoreFailure> {
        self.put_absent(encode(record)?).await?.as_ref().map(decode).transpose()
    }

    async fn replace(&self, was: &PartRecord, now: &PartRecord) -> Result<bool, StoreFailure> {
        self.put_unchanged(encode(now)?, was.version).await
    }

    async fn get(&self, id: &str) -> Result<Option<PartRecord>, StoreFailure> {
        self.read_item(&pk(id)).await?.as_ref().map(decode).transpose()
    }

    async fn list(&self, shelf: &Shelf, after: Option<&PageMark>) -> Result<StoredParts, StoreFailure> {
        let (index, partition, span) = place(shelf);
        if span.is_some_and(|(from, before)| from >= before) {
            return Ok(StoredParts { records: Vec::new(), next: None });
        }
        let range = span.map(|(from, before)| {
            ("created", from, Timestamp::from_micros(before.micros().saturating_sub(1)))
        });
        let (items, next) = self.query_items(index, &partition, range, after, None).await?;
        let records = items.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        Ok(StoredParts { records, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::part_record;

    #[test]
    fn a_part_survives_the_table_in_partitions_of_its_own() {
        for (member, names) in [
            (false, &["action", "created", "deployment", "node", "part", "pk", "version"][..]),
            (true, &["action", "created", "node", "part", "pk", "version"]),
        ] {
            let record = part_record(1, member);
            let item = encode(&record).unwrap();
            assert_eq!(decode(&item).unwrap(), record);
            let mut found: Vec<_> = item.keys().map(String::as_str).collect();
            found.sort_unstable();
            assert_eq!(found, names);
            for index in ["node", "action", "deployment"] {
                let partition = item.get(index).and_then(|value| value.as_s().ok());
                assert!(partition.is_none_or(|partition| partition.contains('#')), "{partition:?}");
            }
        }
    }
}
