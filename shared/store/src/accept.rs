//! Accepting requests that start work: one transaction records the work, makes it findable as due, and
//! claims its target (invariants 1 and 2).

use crate::entity::{Entity, Kind, indexed, part_inputs};
use crate::error::StoreError;
use crate::host::{HOSTED, hosted};
use crate::item::{Item, s, set, text};
use crate::keys;
use crate::project::count_cluster;
use crate::share::SHARED;
use crate::store::Store;
use crate::task::{due_attributes, seconds};
use crate::template::{check_usable, name_item, reference};
use crate::transaction::{Transacted, Write};
use coppice_domain::action::{Action, ActionKind};
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::{ActionId, ClusterId};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// An action to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct AcceptedAction<'a> {
    /// The action.
    pub action: &'a Action,
    /// When the sweep rings for it if its first message is lost.
    pub due_at: Timestamp,
    /// What the engine should know from the start.
    pub work: Option<&'a Value>,
}

/// How long an action may wait before it begins, longer than any outage.
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 24 * 3600);

/// What became of a request that starts work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// It is recorded and will be done.
    Accepted,
    /// This action holds the target.
    Held(ActionId),
    /// These actions on its members hold the cluster together.
    Shared(Vec<ActionId>),
    /// These profiles' containers run on the cluster, which is why it cannot be deleted.
    Hosting(Vec<String>),
    /// The target does not exist.
    Gone,
    /// The project has as many clusters as it may.
    OverQuota,
    /// The profile does not exist, or is being deleted.
    ProfileGone,
}

impl Store {
    /// Records a new cluster, held by the action that creates it. Repeating it within ten minutes
    /// changes nothing.
    ///
    /// # Errors
    /// When the store fails; the request may then have been accepted.
    pub async fn accept_cluster(
        &self,
        cluster: &Cluster,
        accepted: AcceptedAction<'_>,
        quota: i64,
        now: Timestamp,
    ) -> Result<Acceptance, StoreError> {
        if let Some(acceptance) = self.try_accept_cluster(cluster, accepted, quota).await? {
            return Ok(acceptance);
        }
        if self.release_template::<Profile>(cluster.profile_id, now).await?
            && let Some(acceptance) = self.try_accept_cluster(cluster, accepted, quota).await?
        {
            return Ok(acceptance);
        }
        Ok(Acceptance::ProfileGone)
    }

    /// None when the profile stands in the way.
    async fn try_accept_cluster(
        &self,
        cluster: &Cluster,
        accepted: AcceptedAction<'_>,
        quota: i64,
    ) -> Result<Option<Acceptance>, StoreError> {
        let mut writes = vec![
            count_cluster(&cluster.project, quota),
            check_usable::<Profile>(cluster.profile_id),
            reference::<Profile>(cluster.profile_id.uuid(), cluster.id)?,
            Write::put(name_item(Kind::Cluster, cluster)?)?,
        ];
        for item in indexed(cluster, false)? {
            writes.push(Write::put(item)?);
        }
        writes.extend(self.action_put(accepted)?);
        Ok(match self.transact(writes, Some(accepted.action.id.uuid())).await? {
            Transacted::Done => Some(Acceptance::Accepted),
            Transacted::Refused(refusals) if refusals.first().is_some_and(Option::is_some) => {
                Some(Acceptance::OverQuota)
            }
            Transacted::Refused(_) => None,
        })
    }

    /// Records an action on a cluster that no other action holds.
    ///
    /// With `supersede`, takes the cluster over from the action given there (deletion only): the former
    /// holder's writes are refused from then on. Repeating it changes nothing, even when the action has ended
    /// meanwhile.
    ///
    /// # Errors
    /// When the store fails; the request may then have been accepted.
    pub async fn accept_on_cluster(
        &self,
        cluster: ClusterId,
        accepted: AcceptedAction<'_>,
        supersede: Option<ActionId>,
    ) -> Result<Acceptance, StoreError> {
        let action = accepted.action;
        let hold = Write::update(keys::cluster(cluster))
            .set("active_action", s(action.id.to_string()))
            .set("active_kind", s(action.kind.name()))
            .if_exists()
            .if_is("active_action", supersede.map(|former| s(former.to_string())));
        // A deletion does not wait for what goes on at the members: it takes them over.
        let deletes = action.kind == ActionKind::ClusterDelete;
        let hold = hold.if_lacks(if deletes { HOSTED } else { SHARED });
        let mut writes = vec![hold];
        writes.extend(self.action_put_once(accepted)?);
        // No token of our own: a deletion tries again with another holder, which is another request.
        Ok(match self.transact(writes, None).await? {
            Transacted::Done => Acceptance::Accepted,
            // The action is recorded already, and is or was carried out: whoever holds the cluster now.
            Transacted::Refused(refusals) if refusals.get(1).is_some_and(Option::is_some) => {
                Acceptance::Accepted
            }
            Transacted::Refused(refusals) => {
                let head: Item = refusals.into_iter().flatten().next().unwrap_or_default();
                match text(&head, "active_action").and_then(|id| id.parse().ok()) {
                    // An earlier try of this very request took effect and its answer was lost.
                    Some(holder) if holder == action.id => Acceptance::Accepted,
                    _ if deletes && head.contains_key(HOSTED) => Acceptance::Hosting(hosted(&head)),
                    Some(holder) => Acceptance::Held(holder),
                    None if head.is_empty() => Acceptance::Gone,
                    None if head.contains_key(SHARED) => Acceptance::Shared(
                        set(&head, SHARED).iter().filter_map(|id| id.parse().ok()).collect(),
                    ),
                    // The former holder ended between the caller's read and this write.
                    None => Acceptance::Held(action.id),
                }
            }
        })
    }

    /// The same on condition that it has not been recorded.
    pub(crate) fn action_put_once(&self, accepted: AcceptedAction<'_>) -> Result<Vec<Write>, StoreError> {
        Ok(self.action_put(accepted)?.into_iter().map(|write| write.if_lacks("pk")).collect())
    }

    /// The writes that record an action: the first is its own item.
    pub(crate) fn action_put(&self, accepted: AcceptedAction<'_>) -> Result<Vec<Write>, StoreError> {
        let action = accepted.action;
        let mut item = indexed(action, false)?.pop().unwrap_or_default();
        item.extend(due_attributes(action.id, accepted.due_at));
        if action.kind == ActionKind::ClusterCheck {
            item.insert("named".to_owned(), s(keys::check(action.target, action.id)));
        }
        if let Some(work) = accepted.work {
            item.insert("work".to_owned(), s(work.to_string()));
        }
        // Nobody rewrites them when the action ends, so they are given all the time it may take.
        let ends = action.created_at.plus(LONGEST_WAIT).plus(seconds(action.timeout));
        let apart = part_inputs(&mut item, ends.plus(self.retention).seconds())?;
        [Some(item), apart].into_iter().flatten().map(Write::put).collect()
    }
}

/// A derived action as an item: listed and found like any other, but never due by itself.
pub(crate) fn child_put(child: &Action) -> Result<Write, StoreError> {
    debug_assert!(child.parent.is_some(), "{} is not derived", child.uuid());
    Write::put(indexed(child, false)?.pop().unwrap_or_default())
}
