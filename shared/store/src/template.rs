//! Templates, which is profiles and policies: written with their name, deleted only when nothing refers to
//! them.

use crate::codec::encode;
use crate::entity::{Entity, Kind, indexed};
use crate::error::StoreError;
use crate::host::unhosting;
use crate::item::{Item, at, moment, s, with_key};
use crate::keys;
use crate::store::{Query, Range, Source, Store, Written};
use crate::transaction::{Transacted, Write};
use coppice_domain::ids::ClusterId;
use coppice_domain::policy::Policy;
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use serde::Serialize;
use std::time::Duration;
use uuid::Uuid;

/// A resource that others are made from or bound to.
pub trait Template: Entity {
    /// The attributes an update may change.
    const CHANGEABLE: &'static [&'static str];
}

impl Template for Profile {
    const CHANGEABLE: &'static [&'static str] = &["name", "metadata", "updated_at"];
}

impl Template for Policy {
    const CHANGEABLE: &'static [&'static str] = &["name", "updated_at"];
}

/// What became of the deletion of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateDeletion {
    /// It is gone.
    Deleted,
    /// Others still refer to it.
    InUse,
    /// It did not exist.
    NotFound,
}

/// While a deletion looks for references, no new ones may be made; if it dies, that ends by itself.
const DELETION_HOLD: Duration = Duration::from_secs(30);
/// Attribute: until when a deletion holds the template.
const DELETING_UNTIL: &str = "deleting_until";

impl Store {
    /// Records a new template and its name. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn template_create<T: Template + Serialize>(&self, template: &T) -> Result<(), StoreError> {
        self.register_project(template.project()).await?;
        self.transact(template_puts(template, &Item::new())?, Some(template.uuid())).await.map(|_| ())
    }

    /// Replaces what may change; `false` when the template is gone meanwhile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn template_update<T: Template + Serialize>(
        &self,
        before: &T,
        after: &T,
    ) -> Result<bool, StoreError> {
        let mut fields = encode(after)?;
        let own = keys::entity(T::KIND, before.uuid());
        let write = T::CHANGEABLE
            .iter()
            .fold(Write::update(own), |write, name| write.assign(name, fields.remove(*name)))
            .if_equals("name", s(before.name()));
        let mut writes = vec![write];
        writes.extend(rename(T::KIND, before, after)?);
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(true),
            Transacted::Refused(refusals) if refusals.iter().flatten().all(Item::is_empty) => Ok(false),
            Transacted::Refused(_) => Err(StoreError::Conflict(format!("two updates of {}", before.uuid()))),
        }
    }

    /// Whether a template exists. Ends the hold of a deletion that has died.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn template_usable<T: Template>(&self, id: T::Id, now: Timestamp) -> Result<bool, StoreError> {
        self.release_template::<T>(id, now).await?;
        Ok(self.item(&keys::entity(T::KIND, id)).await?.is_some())
    }

    /// Ends the hold of a deletion that has died, so that the template can be used again; `false` when it is
    /// not held, or not expired. A deletion that goes on after all finds its hold gone.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn release_template<T: Template>(
        &self,
        id: T::Id,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let own = keys::entity(T::KIND, id);
        let template = self.item(&own).await?.unwrap_or_default();
        let Some(until) = moment(&template, DELETING_UNTIL).filter(|until| *until <= now) else {
            return Ok(false);
        };
        let release = Write::update(own).remove(DELETING_UNTIL).if_equals(DELETING_UNTIL, at(until));
        self.write(release).await.map(|_| true)
    }

    /// Deletes a template that nothing refers to.
    ///
    /// First new references are held off, then existing ones are looked for, then the template goes on
    /// condition that the hold still stands: a cluster made at the same moment either finds the template
    /// held or is found.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn template_delete<T: Template>(
        &self,
        template: &T,
        now: Timestamp,
    ) -> Result<TemplateDeletion, StoreError> {
        let own = keys::entity(T::KIND, template.uuid());
        let until = now.plus(DELETION_HOLD);
        let hold = Write::update(own.clone()).set(DELETING_UNTIL, at(until)).if_exists();
        let Written::Done(held) = self.write(hold).await? else { return Ok(TemplateDeletion::NotFound) };
        let references = Query {
            page_size: Some(1),
            ..Query::new(
                Source::Table,
                keys::partition(T::KIND, template.uuid()),
                Range::Prefix(keys::REFERENCE.to_owned()),
            )
        };
        if !self.page(&references, None).await?.items.is_empty() {
            let release = Write::update(own).remove(DELETING_UNTIL).if_equals(DELETING_UNTIL, at(until));
            self.write(release).await?;
            return Ok(TemplateDeletion::InUse);
        }
        let name = template.name();
        let mut writes = vec![
            Write::delete(own).if_equals(DELETING_UNTIL, at(until)).if_equals("name", s(name)),
            Write::delete(keys::name(T::KIND, template.project(), name, template.uuid())),
        ];
        let alone = writes.clone();
        writes.extend(unhosting(&held, template.uuid())?);
        let refusals = match self.transact(writes, None).await? {
            Transacted::Done => return Ok(TemplateDeletion::Deleted),
            // A host that is gone has no record to change.
            Transacted::Refused(refusals) if refusals.first().is_some_and(Option::is_none) => {
                match self.transact(alone, None).await? {
                    Transacted::Done => return Ok(TemplateDeletion::Deleted),
                    Transacted::Refused(refusals) => refusals,
                }
            }
            Transacted::Refused(refusals) => refusals,
        };
        if refusals.first().is_some_and(|item| item.as_ref().is_some_and(Item::is_empty)) {
            Ok(TemplateDeletion::NotFound)
        } else {
            Err(StoreError::Conflict(format!("two deletions of {}", template.uuid())))
        }
    }
}

/// The records of a new template, with these attributes beside its own, and of its name.
pub(crate) fn template_puts<T: Template>(template: &T, more: &Item) -> Result<Vec<Write>, StoreError> {
    let mut writes = Vec::new();
    for mut item in indexed(template, false)? {
        item.extend(more.clone());
        writes.push(Write::put(item)?);
    }
    writes.push(Write::put(name_item(T::KIND, template)?)?);
    Ok(writes)
}

/// The condition that a template exists and is not being deleted. A hold that has expired counts, too: the
/// deletion may go on after all, or its clock may be another. [`Store::release_template`] ends it.
pub(crate) fn check_usable<T: Template>(id: T::Id) -> Write {
    Write::check(keys::entity(T::KIND, id)).if_exists().if_lacks(DELETING_UNTIL)
}

/// The record that a cluster uses a template.
pub(crate) fn reference<T: Template>(id: Uuid, by: ClusterId) -> Result<Write, StoreError> {
    referenced_by::<T>(id, Kind::Cluster, by.uuid())
}

/// The record that a resource of any kind uses a template.
pub(crate) fn referenced_by<T: Template>(id: Uuid, by: Kind, user: Uuid) -> Result<Write, StoreError> {
    Write::put(with_key(&keys::reference(T::KIND, id, by, user), Item::new()))
}

/// The removal of the record that a cluster uses a template.
pub(crate) fn unreference<T: Template>(id: Uuid, by: ClusterId) -> Write {
    Write::delete(keys::reference(T::KIND, id, Kind::Cluster, by.uuid()))
}

/// The item that makes a resource findable by name at once.
pub(crate) fn name_item<T: Entity>(kind: Kind, resource: &T) -> Result<Item, StoreError> {
    let key = keys::name(kind, resource.project(), resource.name(), resource.uuid());
    Ok(with_key(&key, Item::new()))
}

/// The writes that move a resource's name, if it changed.
pub(crate) fn rename<T: Entity>(kind: Kind, before: &T, after: &T) -> Result<Vec<Write>, StoreError> {
    let old = keys::name(kind, before.project(), before.name(), before.uuid());
    let new = name_item(kind, after)?;
    if crate::item::key_of(&new)? == old {
        return Ok(Vec::new());
    }
    Ok(vec![Write::delete(old), Write::put(new)?])
}
