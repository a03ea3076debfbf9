//! Finding a resource by id, name or short id (spec api-common §14).

use crate::batch::Head;
use crate::entity::{Entity, Kind};
use crate::error::{FindError, StoreError};
use crate::item::{Item, required, text};
use crate::keys;
use crate::list::Filter;
use crate::store::{BY_ID, BY_NAME, LIST, Query, Range, Scope, Source, Store};
use uuid::Uuid;

/// A reference that matches this many resources is ambiguous; there is no need to read more.
const ENOUGH: usize = 2;
/// Actions that are read at once to look for a name among them.
const AT_ONCE: usize = 100;

/// What a reference is read as: a resource, or one with what belongs to it.
pub(crate) trait Found: Sized + Send + Sync {
    /// What the reference means.
    type Of: Entity;

    /// The resource itself.
    fn resource(&self) -> &Self::Of;
    /// Reads these; absent ones are left out.
    fn read(
        store: &Store,
        ids: &[<Self::Of as Entity>::Id],
    ) -> impl Future<Output = Result<Vec<Self>, StoreError>> + Send;
}

impl<T: Entity> Found for Head<T> {
    type Of = T;

    fn resource(&self) -> &T {
        &self.resource
    }

    async fn read(store: &Store, ids: &[T::Id]) -> Result<Vec<Self>, StoreError> {
        store.heads(ids).await
    }
}

impl Store {
    /// Finds the resource a reference means: its exact id, else its name, else the start of its id.
    /// Indexes may lag, so each hit is read again before it counts.
    ///
    /// # Errors
    /// When nothing, or more than one resource, answers to the reference, or the store fails.
    pub async fn find<T: Entity>(&self, scope: Scope<'_>, reference: &str) -> Result<T, FindError> {
        self.find_among(scope, reference, &|_| true).await
    }

    /// The same among those that `filter` keeps: the others are not there.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub async fn find_among<T: Entity>(
        &self,
        scope: Scope<'_>,
        reference: &str,
        filter: Filter<'_, T>,
    ) -> Result<T, FindError> {
        let wanted = |resource: &T| scope.admits(resource.project()) && filter(resource);
        if let Ok(id) = reference.parse::<T::Id>()
            && let Some(resource) = self.get::<T>(id).await?
            && wanted(&resource)
        {
            return Ok(resource);
        }
        let found = self.find_otherwise::<Head<T>>(scope, reference, &wanted).await?;
        self.completed(vec![found]).await?.pop().ok_or(FindError::NotFound)
    }

    /// Finds what a reference means that is no exact id: a name, else the start of an id.
    pub(crate) async fn find_otherwise<F: Found>(
        &self,
        scope: Scope<'_>,
        reference: &str,
        wanted: Filter<'_, F::Of>,
    ) -> Result<F, FindError> {
        let kind = F::Of::KIND;
        if kind != Kind::Event
            && let Some(found) = self.find_by_name::<F>(scope, reference, wanted).await?
        {
            return Ok(found);
        }
        if Uuid::try_parse(reference).is_ok() || reference.is_empty() || !could_start_id(reference) {
            return Err(FindError::NotFound);
        }
        let mut hits: Vec<F> = Vec::new();
        for project in self.projects(scope).await? {
            let start = Range::Prefix(reference.to_owned());
            let query = Query::new(BY_ID, keys::scope(kind, &project), start);
            hits.extend(self.some::<F>(&query, "pk", ENOUGH, wanted).await?);
            if hits.len() >= ENOUGH {
                return Err(FindError::Ambiguous);
            }
        }
        hits.pop().ok_or(FindError::NotFound)
    }

    async fn find_by_name<F: Found>(
        &self,
        scope: Scope<'_>,
        name: &str,
        wanted: Filter<'_, F::Of>,
    ) -> Result<Option<F>, FindError> {
        let mut hits = Vec::new();
        for project in self.projects(scope).await? {
            hits.extend(self.named::<F>(&project, name, wanted).await?);
            if hits.len() >= ENOUGH {
                return Err(FindError::Ambiguous);
            }
        }
        Ok(hits.pop())
    }

    /// Resources of one project that have this name and are wanted: one, or as many as it takes to say that
    /// there are several.
    async fn named<F: Found>(
        &self,
        project: &str,
        name: &str,
        wanted: Filter<'_, F::Of>,
    ) -> Result<Vec<F>, StoreError> {
        let kind = F::Of::KIND;
        let prefix = Range::Prefix(format!("{}#", keys::name_prefix(name)));
        let (query, attribute) = match kind {
            kind if kind.keeps_names() => {
                (Query::new(Source::Table, keys::name_partition(kind, project), prefix), "sk")
            }
            Kind::Node => (Query::new(BY_NAME, keys::scope(kind, project), prefix), "pk"),
            // Actions are named after what they do and rarely looked up by that: no index is kept for
            // it, the project's own actions are read instead. Events have no names.
            Kind::Action => (Query::new(LIST, keys::scope(kind, project), Range::Whole), "pk"),
            _ => return Ok(Vec::new()),
        };
        // What the index yields mostly has the name. Long names that begin alike share a key, though, and
        // so do a node's name and one that goes on with the separator.
        let at_once = if kind == Kind::Action { AT_ONCE } else { ENOUGH };
        let named = |resource: &F::Of| resource.name() == name && wanted(resource);
        self.some::<F>(&query, attribute, at_once, &named).await
    }

    /// The first wanted resources behind a query: one, or as many as it takes to say that there are several.
    /// `at_once` are read together; `attribute` is the key attribute that ends in the id.
    async fn some<F: Found>(
        &self,
        query: &Query,
        attribute: &str,
        at_once: usize,
        wanted: Filter<'_, F::Of>,
    ) -> Result<Vec<F>, StoreError> {
        let (mut found, mut from) = (Vec::<F>::new(), None);
        loop {
            let page = self.page(query, from).await?;
            let ids = page.items.iter().map(|item| id_in::<F::Of>(item, attribute));
            let ids = ids.collect::<Result<Vec<_>, _>>()?;
            for some in ids.chunks(at_once) {
                let read = F::read(self, some).await?;
                found.extend(read.into_iter().filter(|each| wanted(each.resource())));
                if found.len() >= ENOUGH {
                    return Ok(found);
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(found);
            }
        }
    }

    /// The first ids a query yields; `attribute` is the key attribute that ends in the id.
    pub(crate) async fn ids_of<T: Entity>(
        &self,
        query: &Query,
        enough: usize,
        attribute: &str,
    ) -> Result<Vec<T::Id>, StoreError> {
        let mut ids = Vec::new();
        let mut from = None;
        loop {
            let page = self.page(query, from).await?;
            for item in &page.items {
                ids.push(id_in::<T>(item, attribute)?);
            }
            from = page.next;
            if from.is_none() || ids.len() >= enough {
                ids.truncate(enough);
                return Ok(ids);
            }
        }
    }
}

/// The id that ends a key attribute, after its last `#`.
pub(crate) fn id_in<T: Entity>(item: &Item, attribute: &str) -> Result<T::Id, StoreError> {
    let key = required(item, attribute)?;
    let id = key.rsplit('#').next().and_then(|id| id.parse::<Uuid>().ok());
    id.map(T::id_of).ok_or_else(|| {
        StoreError::Corrupt(format!("no id ends {attribute} of {}", text(item, "pk").unwrap_or("?")))
    })
}

fn could_start_id(reference: &str) -> bool {
    reference.len() <= 36
        && reference
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
}
