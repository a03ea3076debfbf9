//! Bindings: policies attached to clusters, kept in the cluster's partition so that whoever reads the
//! cluster has them.

use crate::codec::{decode, encode};
use crate::error::StoreError;
use crate::item::{Item, at, required, with_key};
use crate::keys;
use crate::receiver::removal;
use crate::store::{Query, Range, Source, Store};
use crate::task::Task;
use crate::template::{check_usable, reference, unreference};
use crate::transaction::{Transacted, Write};
use crate::view::ClusterView;
use crate::watch::{WATCH_ATTRIBUTES, watch_attributes};
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::action::ActionKind;
use coppice_domain::health::Watch;
use coppice_domain::ids::{ClusterId, PolicyId};
use coppice_domain::policies::health::watch;
use coppice_domain::policy::{Binding, Policy};
use coppice_domain::receiver::Receiver;
use coppice_domain::time::Timestamp;
use std::collections::HashMap;

/// What became of attaching a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// It is attached.
    Done,
    /// The cluster does not exist, or is being deleted.
    ClusterGone,
    /// The policy does not exist, or is being deleted.
    PolicyGone,
}

/// What the end of an action changes about a cluster's policies.
#[derive(Clone, Debug, PartialEq)]
pub enum BindingChange {
    /// A policy is attached.
    Attach(Box<Binding>),
    /// A policy is detached.
    Detach(PolicyId),
    /// A policy counts from now on, or does not; and how it looks after its cluster then, if it does that.
    Enable(PolicyId, bool, Option<Box<Watch>>),
    /// A scaling counts towards a policy's cooldown.
    Counted(PolicyId, Timestamp),
}

impl BindingChange {
    /// The writes that make the change. Those of a change that has been made already change nothing.
    pub(crate) fn writes(&self, cluster: ClusterId) -> Result<Vec<Write>, StoreError> {
        let alter = |policy| Write::update(keys::binding(cluster, policy)).if_exists();
        Ok(match self {
            Self::Attach(binding) => vec![
                check_usable::<Policy>(binding.policy_id),
                Write::put(binding_item(binding)?)?,
                reference::<Policy>(binding.policy_id.uuid(), cluster)?,
            ],
            Self::Detach(policy) => vec![
                Write::delete(keys::binding(cluster, *policy)),
                unreference::<Policy>(policy.uuid(), cluster),
            ],
            Self::Enable(policy, enabled, watch) => {
                let write = alter(*policy).set("enabled", AttributeValue::Bool(*enabled));
                let mut given: HashMap<_, _> =
                    watch_attributes(cluster, watch.as_deref())?.into_iter().collect();
                let write = WATCH_ATTRIBUTES.into_iter().fold(write, |write, name| {
                    let value = given.remove(name);
                    write.assign(name, value)
                });
                vec![write]
            }
            Self::Counted(policy, now) => vec![alter(*policy).set("last_op", at(*now))],
        })
    }
}

pub(crate) fn binding_item(binding: &Binding) -> Result<Item, StoreError> {
    let mut item = encode(binding)?;
    let watch = watch(binding, binding.created_at);
    let attributes = watch_attributes(binding.cluster_id, watch.as_ref())?;
    item.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(with_key(&keys::binding(binding.cluster_id, binding.policy_id), item))
}

pub(crate) fn binding_from(item: &Item) -> Result<Binding, StoreError> {
    let json = ["data", "cooldown"];
    decode(item, &json, &json)
}

/// Whether an item of a cluster's partition is one of its bindings.
pub(crate) fn is_binding(item: &Item) -> Result<bool, StoreError> {
    Ok(required(item, "sk")?.starts_with(keys::BINDING))
}

impl Store {
    /// The policies attached to a cluster, in the order in which they were attached.
    ///
    /// # Errors
    /// When the store fails or an item cannot be read.
    pub async fn bindings(&self, cluster: ClusterId) -> Result<Vec<Binding>, StoreError> {
        let partition = keys::partition(crate::Kind::Cluster, cluster);
        let query = Query::new(Source::Table, partition, Range::Prefix(keys::BINDING.to_owned()));
        let mut bindings = self.all(&query).await?.iter().map(binding_from).collect::<Result<Vec<_>, _>>()?;
        bindings.sort_by_key(|binding| (binding.created_at, binding.id));
        Ok(bindings)
    }

    /// The binding of one policy to one cluster.
    ///
    /// # Errors
    /// When the store fails or the item cannot be read.
    pub async fn binding(&self, cluster: ClusterId, policy: PolicyId) -> Result<Option<Binding>, StoreError> {
        self.item(&keys::binding(cluster, policy)).await?.map(|item| binding_from(&item)).transpose()
    }

    /// Attaches a policy to a cluster that is not being deleted. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn binding_attach(&self, binding: &Binding) -> Result<Attached, StoreError> {
        let mut writes = vec![alive(binding.cluster_id)];
        writes.extend(BindingChange::Attach(Box::new(binding.clone())).writes(binding.cluster_id)?);
        Ok(match self.transact(writes, None).await? {
            Transacted::Done => Attached::Done,
            Transacted::Refused(refusals) if refusals.first().is_some_and(Option::is_some) => {
                Attached::ClusterGone
            }
            Transacted::Refused(_) => Attached::PolicyGone,
        })
    }

    /// Detaches a policy. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn binding_detach(&self, cluster: ClusterId, policy: PolicyId) -> Result<(), StoreError> {
        // As one: who dies in between would leave a reference that nobody finds by its binding.
        let writes = BindingChange::Detach(policy).writes(cluster)?;
        self.transact(writes, None).await.map(|_| ())
    }

    /// Takes away what is attached to a cluster that is about to be removed: its policies and receivers.
    /// Nothing new comes meanwhile, since the deletion, which is the task, holds the cluster. Repeating it changes
    /// nothing; `false` when the claim was lost, and with it the say in this.
    ///
    /// # Errors
    /// When the store fails, or a receiver is renamed meanwhile.
    pub async fn cluster_clear(&self, task: &Task, view: &ClusterView) -> Result<bool, StoreError> {
        let cluster = view.cluster.id;
        for binding in &view.bindings {
            let writes = BindingChange::Detach(binding.policy_id).writes(cluster)?;
            if !self.under_claim(task, writes).await? {
                return Ok(false);
            }
        }
        for id in &view.receivers {
            let mut writes = vec![Write::delete(keys::cluster_receiver(cluster, *id))];
            if let Some(receiver) = self.get::<Receiver>(*id).await? {
                writes = removal(&receiver);
            }
            if !self.under_claim(task, writes).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes on condition that the task's claim stands; `false` when it does not.
    async fn under_claim(&self, task: &Task, writes: Vec<Write>) -> Result<bool, StoreError> {
        let all = [task.held()].into_iter().chain(writes).collect();
        match self.transact(all, None).await? {
            Transacted::Done => Ok(true),
            Transacted::Refused(refusals) if refusals.first().is_some_and(Option::is_some) => Ok(false),
            Transacted::Refused(_) => Err(StoreError::Conflict("what is attached is changing".to_owned())),
        }
    }
}

/// The condition that a cluster exists and is not being deleted.
pub(crate) fn alive(cluster: ClusterId) -> Write {
    Write::check(keys::cluster(cluster))
        .if_exists()
        .if_differs("active_kind", crate::item::s(ActionKind::ClusterDelete.name()))
}
