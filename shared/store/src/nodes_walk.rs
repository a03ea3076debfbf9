//! A walk through every node of a deployment, some at a time: where it stopped is where it goes on.

use crate::entity::Kind;
use crate::error::StoreError;
use crate::find::id_in;
use crate::item::{Item, required};
use crate::keys;
use crate::store::{BY_ID, Query, Range, Source, Store};
use coppice_domain::ids::NodeId;
use coppice_domain::node::Node;
use serde::{Deserialize, Serialize};

/// Most projects that one call looks into: many may have no node.
const MOST_PROJECTS: usize = 25;

/// How far a walk got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeMark {
    /// The project it is at.
    project: String,
    /// The last node it saw there; none when it has seen them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<NodeId>,
}

impl Store {
    /// Up to `limit` nodes, whoever's, from the beginning or from where the call before stopped, and where to
    /// go on; no mark at the end. There may be none although there is more. The index lags: a node that was
    /// made just now may be left out, and one that is gone may show.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn nodes_after(
        &self,
        mark: Option<&NodeMark>,
        limit: usize,
    ) -> Result<(Vec<NodeId>, Option<NodeMark>), StoreError> {
        let mut ids = Vec::new();
        if let Some(NodeMark { project, node: Some(node) }) = mark
            && let Some(mark) = self.some_nodes(project, Some(*node), limit, &mut ids).await?
        {
            return Ok((ids, Some(mark)));
        }
        let range = mark.map_or(Range::Whole, |mark| Range::After(mark.project.clone()));
        let entries = Query {
            page_size: i32::try_from(MOST_PROJECTS).ok(),
            ..Query::new(Source::Table, keys::PROJECTS, range)
        };
        let mut through = mark.map(|mark| NodeMark { node: None, ..mark.clone() });
        if ids.len() >= limit {
            return Ok((ids, through));
        }
        let page = self.page(&entries, None).await?;
        for entry in &page.items {
            let project = required(entry, "sk")?;
            let left = limit - ids.len();
            if let Some(mark) = self.some_nodes(project, None, left, &mut ids).await? {
                return Ok((ids, Some(mark)));
            }
            through = Some(NodeMark { project: project.to_owned(), node: None });
            if ids.len() >= limit {
                return Ok((ids, through));
            }
        }
        Ok((ids, through.filter(|_| page.next.is_some())))
    }

    /// Adds up to `limit` nodes of a project; the mark when there are more.
    async fn some_nodes(
        &self,
        project: &str,
        after: Option<NodeId>,
        limit: usize,
        ids: &mut Vec<NodeId>,
    ) -> Result<Option<NodeMark>, StoreError> {
        let range = after.map_or(Range::Whole, |node| Range::After(node.to_string()));
        let query = Query {
            page_size: i32::try_from(limit).ok(),
            ..Query::new(BY_ID, keys::scope(Kind::Node, project), range)
        };
        let page = self.page(&query, None).await?;
        let found = page.items.iter().map(|item: &Item| id_in::<Node>(item, "pk"));
        ids.extend(found.collect::<Result<Vec<_>, _>>()?);
        let last = ids.last().copied().filter(|_| page.next.is_some());
        Ok(last.map(|node| NodeMark { project: project.to_owned(), node: Some(node) }))
    }
}
