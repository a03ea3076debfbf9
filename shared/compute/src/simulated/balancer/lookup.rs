//! What there is, by the records and the clock.

use super::config::ExistingBalancer;
use super::record::PartRecord;
use super::service::{SimulatedBalancer, failed};
use crate::balancer::{BalancerError, Blueprint, Part, PartKind};
use crate::error::{ComputeError, Consequence};
use coppice_domain::time::Timestamp;
use std::collections::BTreeMap;

impl SimulatedBalancer {
    /// One record, as it is. What users have is stored when it is first read.
    pub(super) async fn record(&self, id: &str) -> Result<Option<PartRecord>, BalancerError> {
        if let Some(found) = self.store.get(id).await.map_err(failed)? {
            return Ok(Some(found));
        }
        let Some(given) = self.settings.existing.iter().find_map(|each| given(each, id)) else {
            return Ok(None);
        };
        let existing = self.store.insert(&given).await.map_err(failed)?;
        Ok(Some(existing.unwrap_or(given)))
    }

    /// What of these records shows at a time. What is in a part that is gone does not; the parts around are
    /// read once each.
    pub(super) async fn shown(
        &self,
        records: Vec<PartRecord>,
        at: Timestamp,
    ) -> Result<Vec<Part>, BalancerError> {
        let mut around: BTreeMap<String, Option<PartRecord>> = BTreeMap::new();
        let mut parts = Vec::with_capacity(records.len());
        for record in records {
            let Some(part) = record.part_at(at) else { continue };
            let (mut within, mut there) = (record.within, true);
            while let Some(id) = within.filter(|_| there) {
                if !around.contains_key(&id) {
                    around.insert(id.clone(), self.record(&id).await?);
                }
                let holder = around.get(&id).and_then(Option::as_ref);
                there = holder.is_some_and(|holder| !holder.gone_at(at));
                within = holder.and_then(|holder| holder.within.clone());
            }
            parts.extend(there.then_some(part));
        }
        Ok(parts)
    }

    /// A part that is there now, with its record.
    pub(super) async fn there(
        &self,
        kind: PartKind,
        id: &str,
    ) -> Result<Option<(PartRecord, Part)>, BalancerError> {
        let Some(record) = self.record(id).await?.filter(|record| record.kind == kind) else {
            return Ok(None);
        };
        let shown = self.shown(vec![record.clone()], self.clock.now()).await?;
        Ok(shown.into_iter().next().map(|part| (record, part)))
    }

    /// A part that a request names and that must be there.
    pub(super) async fn needed(&self, kind: PartKind, id: &str) -> Result<PartRecord, BalancerError> {
        let found = self.there(kind, id).await?;
        found.map(|(record, _)| record).ok_or_else(|| BalancerError::not_found(kind.name(), id))
    }

    /// The balancer that a new part will be in, after all that the request names was found to be there.
    pub(super) async fn place(&self, what: &Blueprint) -> Result<Option<String>, BalancerError> {
        match what {
            Blueprint::Balancer { .. } => Ok(None),
            Blueprint::Pool { balancer, .. } => {
                self.needed(PartKind::Balancer, balancer).await.map(|found| Some(found.id))
            }
            Blueprint::Listener { balancer, pool, .. } => {
                let found = self.needed(PartKind::Balancer, balancer).await?;
                let pool = self.needed(PartKind::Pool, pool).await?;
                if pool.within.as_ref() == Some(&found.id) {
                    return Ok(Some(found.id));
                }
                Err(BalancerError::Invalid(format!("Pool '{}' is in another load balancer.", pool.id)))
            }
            Blueprint::Monitor { pool, .. } => Ok(self.needed(PartKind::Pool, pool).await?.balancer),
            Blueprint::Member { pool, member, .. } => {
                let pool = self.needed(PartKind::Pool, pool).await?;
                let instance =
                    self.compute.get(&member.instance).await.map_err(|error| of_compute(&error))?;
                instance.ok_or_else(|| BalancerError::not_found("instance", &member.instance))?;
                Ok(pool.balancer)
            }
        }
    }
}

/// The record of what users have, if it has this id.
fn given(existing: &ExistingBalancer, id: &str) -> Option<PartRecord> {
    let (kind, name, within) = if existing.id == id {
        (PartKind::Balancer, existing.name.clone(), None)
    } else if existing.pools.iter().any(|pool| pool == id) {
        (PartKind::Pool, id.to_owned(), Some(existing.id.clone()))
    } else {
        return None;
    };
    let always = Timestamp::from_micros(0);
    Some(PartRecord {
        id: id.to_owned(),
        version: 0,
        call: 0,
        kind,
        name,
        balancer: within.clone(),
        within,
        origin: None,
        address: None,
        instance: None,
        created_at: always,
        ready_at: always,
        error: None,
        engaged: None,
        departure: None,
    })
}

/// What it means that an instance could not be looked up.
fn of_compute(error: &ComputeError) -> BalancerError {
    match error.consequence() {
        Consequence::RetryLater { after } => BalancerError::Throttled { retry_after: after },
        Consequence::LookUpThenRetry => BalancerError::Transient(error.to_string()),
        Consequence::Fail | Consequence::TryElsewhere => BalancerError::Denied(error.to_string()),
    }
}
