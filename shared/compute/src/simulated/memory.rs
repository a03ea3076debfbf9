//! Instances in memory: for tests and simulation. Every clone shares them.

use super::balancer::{PartRecord, PartStore, Shelf, StoredParts};
use super::record::Record;
use super::store::{Insertion, InstanceStore, Limit, StoreFailure, StoredPage};
use crate::listing::{Filter, PageMark};
use async_trait::async_trait;
use coppice_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Records on a page.
const PAGE: usize = 500;

#[derive(Debug, Default)]
struct Contents {
    records: BTreeMap<String, Record>,
    parts: BTreeMap<String, PartRecord>,
    counts: BTreeMap<String, u64>,
}

/// An instance store that lives as long as its process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    contents: Arc<Mutex<Contents>>,
}

impl MemoryStore {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        // Every change is made after its checks, at once: a panic elsewhere leaves nothing half done.
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn selects(filter: Filter<'_>, record: &Record) -> bool {
    match filter {
        Filter::Node(node) => record.tags.node == node,
        Filter::Action(action) => record.tags.action == action,
        Filter::Ids(ids) => ids.contains(&record.id),
        Filter::Deployment { name, from, before } => {
            record.tags.deployment == name && (from..before).contains(&record.created_at)
        }
    }
}

/// One page of what is selected, in order of ids.
fn page<T: Clone>(
    of: &BTreeMap<String, T>,
    selected: impl Fn(&T) -> bool,
    after: Option<&PageMark>,
) -> (Vec<T>, Option<PageMark>) {
    let start = after.map_or(Bound::Unbounded, |mark| Bound::Excluded(mark.as_str()));
    let rest = of.range::<str, _>((start, Bound::Unbounded)).filter(|(_, each)| selected(each));
    let mut found: Vec<(&String, &T)> = rest.take(PAGE + 1).collect();
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|(last, _)| PageMark::new(*last));
    (found.into_iter().map(|(_, each)| each.clone()).collect(), next)
}

#[async_trait]
impl InstanceStore for MemoryStore {
    fn lag(&self) -> Duration {
        Duration::ZERO
    }

    async fn insert(&self, record: &Record, limits: &[Limit]) -> Result<Insertion, StoreFailure> {
        let mut contents = self.contents();
        if let Some(existing) = contents.records.get(&record.id) {
            return Ok(Insertion::Exists(Box::new(existing.clone())));
        }
        let count = |scope| contents.counts.get(scope).copied().unwrap_or(0);
        if let Some(full) = limits.iter().find(|limit| count(&limit.scope) >= limit.max) {
            return Ok(Insertion::Full { scope: full.scope.clone() });
        }
        for limit in limits {
            *contents.counts.entry(limit.scope.clone()).or_default() += 1;
        }
        contents.records.insert(record.id.clone(), record.clone());
        Ok(Insertion::Done)
    }

    async fn replace(&self, was: &Record, now: &Record) -> Result<bool, StoreFailure> {
        let mut contents = self.contents();
        if contents.records.get(&was.id).is_none_or(|stored| stored.version != was.version) {
            return Ok(false);
        }
        for scope in was.holds.iter().filter(|scope| !now.holds.contains(scope)) {
            if let Some(count) = contents.counts.get_mut(scope) {
                *count = count.saturating_sub(1);
            }
        }
        contents.records.insert(now.id.clone(), now.clone());
        Ok(true)
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreFailure> {
        Ok(self.contents().records.get(id).cloned())
    }

    async fn list(&self, filter: Filter<'_>, after: Option<&PageMark>) -> Result<StoredPage, StoreFailure> {
        let contents = self.contents();
        if let Filter::Ids(ids) = filter {
            let mut ids: Vec<&String> = ids.iter().collect();
            ids.sort_unstable();
            ids.dedup();
            let records = ids.into_iter().filter_map(|id| contents.records.get(id));
            let records = records.filter(|record| !record.settled).cloned().collect();
            return Ok(StoredPage { records, next: None });
        }
        let selected = |record: &Record| !record.settled && selects(filter, record);
        let (records, next) = page(&contents.records, selected, after);
        Ok(StoredPage { records, next })
    }

    async fn unsettled(&self, gone_by: Timestamp, limit: u16) -> Result<Vec<Record>, StoreFailure> {
        let contents = self.contents();
        let gone = contents.records.values().filter(|record| !record.settled && record.gone_at(gone_by));
        Ok(gone.take(usize::from(limit)).cloned().collect())
    }
}

#[async_trait]
impl PartStore for MemoryStore {
    fn lag(&self) -> Duration {
        Duration::ZERO
    }

    async fn insert(&self, record: &PartRecord) -> Result<Option<PartRecord>, StoreFailure> {
        let parts = &mut self.contents().parts;
        if let Some(existing) = parts.get(&record.id) {
            return Ok(Some(existing.clone()));
        }
        parts.insert(record.id.clone(), record.clone());
        Ok(None)
    }

    async fn replace(&self, was: &PartRecord, now: &PartRecord) -> Result<bool, StoreFailure> {
        let parts = &mut self.contents().parts;
        if parts.get(&was.id).is_none_or(|stored| stored.version != was.version) {
            return Ok(false);
        }
        parts.insert(now.id.clone(), now.clone());
        Ok(true)
    }

    async fn get(&self, id: &str) -> Result<Option<PartRecord>, StoreFailure> {
        Ok(self.contents().parts.get(id).cloned())
    }

    async fn list(&self, shelf: &Shelf, after: Option<&PageMark>) -> Result<StoredParts, StoreFailure> {
        let (records, next) = page(&self.contents().parts, |record| shelf.holds(record), after);
        Ok(StoredParts { records, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_keeps_the_promises_of_an_instance_store() {
        crate::testing::store_suite(&MemoryStore::default()).await;
    }

    #[tokio::test]
    async fn memory_keeps_the_promises_of_a_store_of_parts() {
        crate::testing::part_store_suite(&MemoryStore::default()).await;
    }
}
