//! Lists: sorted, filtered, after a marker, cut at a limit (spec api-common §13).
//!
//! The default order and the order by name follow an index and cost the page; other orders are made
//! in memory from the project's resources, of which there may be at most [`SORTED_IN_MEMORY`].

use crate::batch::Head;
use crate::entity::{Entity, Kind};
use crate::error::{ListError, StoreError};
use crate::find::id_in;
use crate::keys;
use crate::store::{BY_NAME, LIST, Query, Range, Scope, Source, Store};
use std::cmp::Ordering;
use uuid::Uuid;

/// Most resources that are sorted in memory.
pub(crate) const SORTED_IN_MEMORY: usize = 10_000;

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// A sort key of spec api-common §13.
    pub key: String,
    /// Largest first.
    pub descending: bool,
}

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// The order; empty for the kind's default. Ties are broken by id, ascending.
    pub sort: Vec<Sort>,
    /// How many resources at most.
    pub limit: Option<usize>,
    /// Start after this resource; an unknown one is ignored.
    pub marker: Option<Uuid>,
}

/// Which resources are wanted. What it is asked about lacks what is elsewhere: an action's long inputs.
pub(crate) type Filter<'a, T> = &'a (dyn Fn(&T) -> bool + Sync);

impl Store {
    /// Lists resources of a scope.
    ///
    /// # Errors
    /// When the order must be made in memory from too many resources, or the store fails.
    pub async fn list<T: Entity>(
        &self,
        scope: Scope<'_>,
        request: &ListRequest,
        filter: Filter<'_, T>,
    ) -> Result<Vec<T>, ListError> {
        let limit = request.limit.unwrap_or(usize::MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let order = if request.sort.is_empty() {
            vec![Sort { key: T::ORDER.to_owned(), descending: false }]
        } else {
            request.sort.clone()
        };
        let marker = match request.marker {
            Some(id) => self.get::<T>(T::id_of(id)).await?,
            None => None,
        };
        let wanted = |resource: &T| {
            scope.admits(resource.project())
                && filter(resource)
                && marker.as_ref().is_none_or(|marker| compare(resource, marker, &order).is_gt())
        };
        let projects = self.projects(scope).await?;
        let mut listed = Vec::new();
        for project in &projects {
            match indexed_order::<T>(&order) {
                Some(walk) => listed.extend(self.walk(project, walk, marker.as_ref(), limit, &wanted).await?),
                None => listed.extend(self.gather(project, &wanted).await?),
            }
        }
        listed.sort_by(|left, right| compare(&left.resource, &right.resource, &order));
        listed.truncate(limit);
        Ok(self.completed(listed).await?)
    }

    /// Reads as much of an index as the page needs.
    async fn walk<T: Entity>(
        &self,
        project: &str,
        walk: Walk,
        marker: Option<&T>,
        limit: usize,
        wanted: Filter<'_, T>,
    ) -> Result<Vec<Head<T>>, StoreError> {
        let mut query = walk.query::<T>(project, marker);
        // A page begins with its marker, and one beyond its end shows that the cut falls between two places.
        let beside = 1 + usize::from(marker.is_some());
        query.page_size = i32::try_from(limit.saturating_add(beside).clamp(20, 1000)).ok();
        let (mut listed, mut from) = (Vec::<Head<T>>::new(), None);
        loop {
            let page = self.page(&query, from).await?;
            let ids = page
                .items
                .iter()
                .map(|item| id_in::<T>(item, walk.id_attribute()))
                .collect::<Result<Vec<_>, _>>()?;
            let found = self.heads::<T>(&ids).await?;
            let last = found.last().map(|head| walk.place(&head.resource));
            listed.extend(found.into_iter().filter(|head| wanted(&head.resource)));
            from = page.next;
            // Equal places may straddle two pages and are ordered by id afterwards: read on until the
            // page's last place differs from the one the cut falls on.
            let complete =
                listed.len() >= limit && listed.get(limit - 1).map(|head| walk.place(&head.resource)) != last;
            if from.is_none() || complete {
                return Ok(listed);
            }
        }
    }

    /// Reads every resource of a project.
    async fn gather<T: Entity>(
        &self,
        project: &str,
        wanted: Filter<'_, T>,
    ) -> Result<Vec<Head<T>>, ListError> {
        let query = Query::new(LIST, keys::scope(T::KIND, project), Range::Whole);
        let ids = self.ids_of::<T>(&query, SORTED_IN_MEMORY + 1, "pk").await?;
        if ids.len() > SORTED_IN_MEMORY {
            return Err(ListError::TooMany { limit: SORTED_IN_MEMORY });
        }
        let found = self.heads::<T>(&ids).await?;
        Ok(found.into_iter().filter(|head| wanted(&head.resource)).collect())
    }
}

/// An order that an index, or the names in the table, follow.
#[derive(Clone, Copy)]
struct Walk {
    by_name: bool,
    descending: bool,
    kind: Kind,
}

fn indexed_order<T: Entity>(order: &[Sort]) -> Option<Walk> {
    let first = order.first()?;
    let walk = |by_name| Walk { by_name, descending: first.descending, kind: T::KIND };
    match first.key.as_str() {
        _ if order.len() > 1 => None,
        key if key == T::AGE => Some(walk(false)),
        "name" if T::KIND != Kind::Action => Some(walk(true)),
        _ => None,
    }
}

impl Walk {
    fn source(self) -> Source {
        match (self.by_name, self.kind) {
            (true, kind) if kind.keeps_names() => Source::Table,
            (true, _) => BY_NAME,
            (false, _) => LIST,
        }
    }

    fn id_attribute(self) -> &'static str {
        if self.source() == Source::Table { "sk" } else { "pk" }
    }

    /// Where a resource stands in the order, ties apart.
    fn place<T: Entity>(self, resource: &T) -> String {
        if self.by_name {
            keys::name_prefix(resource.name()).to_owned()
        } else {
            format!("{:017}", resource.listed_at().micros().max(0))
        }
    }

    fn query<T: Entity>(self, project: &str, marker: Option<&T>) -> Query {
        let partition = match self.source() {
            Source::Table => keys::name_partition(self.kind, project),
            Source::Index(..) => keys::scope(self.kind, project),
        };
        let range = match (marker, self.descending) {
            (None, _) => Range::Whole,
            (Some(marker), false) => Range::After(format!("{}#", self.place(marker))),
            // Everything up to the last of those that share the marker's place.
            (Some(marker), true) => Range::UpTo(format!("{}#~", self.place(marker))),
        };
        Query { descending: self.descending, ..Query::new(self.source(), partition, range) }
    }
}

fn compare<T: Entity>(left: &T, right: &T, order: &[Sort]) -> Ordering {
    order
        .iter()
        .map(|sort| {
            let by_key = left.sort_value(&sort.key).cmp(&right.sort_value(&sort.key));
            if sort.descending { by_key.reverse() } else { by_key }
        })
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| left.uuid().cmp(&right.uuid()))
}
