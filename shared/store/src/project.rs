//! Projects: the register that administrators' lists walk, and the counters behind quotas.
//!
//! Nothing is written for a global list when a resource is made: an administrator's list visits the
//! projects instead (decision 0001).

use crate::error::StoreError;
use crate::item::{Item, number, required, s, with_key};
use crate::keys;
use crate::store::{Query, Range, Scope, Source, Store, Written};
use crate::transaction::Write;

/// The counter of a project's clusters.
pub(crate) const CLUSTERS: &str = "clusters";

impl Store {
    /// The projects a scope covers.
    pub(crate) async fn projects(&self, scope: Scope<'_>) -> Result<Vec<String>, StoreError> {
        match scope {
            Scope::Project(project) => Ok(vec![project.to_owned()]),
            Scope::All => {
                let query = Query::new(Source::Table, keys::PROJECTS, Range::Whole);
                let entries = self.all(&query).await?;
                entries.iter().map(|entry| Ok(required(entry, "sk")?.to_owned())).collect()
            }
        }
    }

    /// Enters a project into the register, unless it is there. Cheap to repeat: one read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn register_project(&self, project: &str) -> Result<(), StoreError> {
        if self.item(&keys::project_entry(project)).await?.is_some() {
            return Ok(());
        }
        let entry = with_key(&keys::project_entry(project), Item::new());
        match self.write(Write::put(entry)?).await? {
            Written::Done(_) | Written::Refused(_) => Ok(()),
        }
    }

    /// How many clusters a project has, as its quota counts them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn cluster_count(&self, project: &str) -> Result<i64, StoreError> {
        let item = self.item(&keys::project(project)).await?;
        Ok(item.and_then(|item| number(&item, CLUSTERS)).unwrap_or(0))
    }
}

/// Counts one more cluster, unless the project has `limit` of them.
pub(crate) fn count_cluster(project: &str, limit: i64) -> Write {
    Write::update(keys::project(project))
        .add(CLUSTERS, 1)
        .set("project", s(project))
        .if_lacks_or_less(CLUSTERS, crate::item::n(limit))
}

/// Counts one cluster less.
pub(crate) fn uncount_cluster(project: &str) -> Write {
    Write::update(keys::project(project)).add(CLUSTERS, -1)
}
