//! Profiles: written with their name, deleted only when nothing refers to them.

use crate::codec::encode;
use crate::entity::{Entity, Kind, indexed};
use crate::error::StoreError;
use crate::item::{Item, at, moment, s, with_key};
use crate::keys;
use crate::store::{Query, Range, Source, Store, Written};
use crate::transaction::{Transacted, Write};
use coppice_domain::ids::{ClusterId, ProfileId};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use std::time::Duration;

/// What became of the deletion of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileDeletion {
    /// It is gone.
    Deleted,
    /// Clusters or nodes still refer to it.
    InUse,
    /// It did not exist.
    NotFound,
}

/// While a deletion looks for references, no new ones may be made; if it dies, that ends by itself.
const DELETION_HOLD: Duration = Duration::from_secs(30);
/// Attribute: until when a deletion holds the profile.
const DELETING_UNTIL: &str = "deleting_until";

impl Store {
    /// Records a new profile and its name. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profile_create(&self, profile: &Profile) -> Result<(), StoreError> {
        self.register_project(&profile.project).await?;
        let mut writes = Vec::new();
        for item in indexed(profile, false)? {
            writes.push(Write::put(item)?);
        }
        writes.push(Write::put(name_item(Kind::Profile, profile)?)?);
        self.transact(writes, Some(profile.id.uuid())).await.map(|_| ())
    }

    /// Replaces name, metadata and time of update; `false` when the profile is gone meanwhile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profile_update(&self, before: &Profile, after: &Profile) -> Result<bool, StoreError> {
        let mut fields = encode(after)?;
        let write = Write::update(keys::profile(before.id))
            .set("name", s(&after.name))
            .assign("metadata", fields.remove("metadata"))
            .assign("updated_at", fields.remove("updated_at"))
            .if_equals("name", s(&before.name));
        let mut writes = vec![write];
        writes.extend(rename(Kind::Profile, before, after)?);
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(true),
            Transacted::Refused(refusals) if refusals.iter().flatten().all(Item::is_empty) => Ok(false),
            Transacted::Refused(_) => Err(StoreError::Conflict("two updates of one profile".to_owned())),
        }
    }

    /// Whether a profile exists. Ends the hold of a deletion that has died.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profile_usable(&self, id: ProfileId, now: Timestamp) -> Result<bool, StoreError> {
        self.release_profile(id, now).await?;
        Ok(self.item(&keys::profile(id)).await?.is_some())
    }

    /// Ends the hold of a deletion that has died, so that the profile can be used again; `false` when it is
    /// not held, or not expired. A deletion that goes on after all finds its hold gone.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn release_profile(&self, id: ProfileId, now: Timestamp) -> Result<bool, StoreError> {
        let own = keys::profile(id);
        let profile = self.item(&own).await?.unwrap_or_default();
        let Some(until) = moment(&profile, DELETING_UNTIL).filter(|until| *until <= now) else {
            return Ok(false);
        };
        let release = Write::update(own).remove(DELETING_UNTIL).if_equals(DELETING_UNTIL, at(until));
        self.write(release).await.map(|_| true)
    }

    /// Deletes a profile that nothing refers to.
    ///
    /// First new references are held off, then existing ones are looked for, then the profile goes on
    /// condition that the hold still stands: a cluster made at the same moment either finds the profile
    /// held or is found.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profile_delete(
        &self,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<ProfileDeletion, StoreError> {
        let own = keys::profile(profile.id);
        let until = now.plus(DELETION_HOLD);
        let hold = Write::update(own.clone()).set(DELETING_UNTIL, at(until)).if_exists();
        if let Written::Refused(_) = self.write(hold).await? {
            return Ok(ProfileDeletion::NotFound);
        }
        let references = Query {
            page_size: Some(1),
            ..Query::new(
                Source::Table,
                keys::partition(Kind::Profile, profile.id),
                Range::Prefix(keys::REFERENCE.to_owned()),
            )
        };
        if !self.page(&references, None).await?.items.is_empty() {
            let release = Write::update(own).remove(DELETING_UNTIL).if_equals(DELETING_UNTIL, at(until));
            self.write(release).await?;
            return Ok(ProfileDeletion::InUse);
        }
        let writes = vec![
            Write::delete(own).if_equals(DELETING_UNTIL, at(until)).if_equals("name", s(&profile.name)),
            Write::delete(keys::name(Kind::Profile, &profile.project, &profile.name, profile.id.uuid())),
        ];
        match self.transact(writes, None).await? {
            Transacted::Done => Ok(ProfileDeletion::Deleted),
            Transacted::Refused(refusals) => {
                let gone = refusals.first().is_some_and(|item| item.as_ref().is_some_and(Item::is_empty));
                if gone {
                    Ok(ProfileDeletion::NotFound)
                } else {
                    Err(StoreError::Conflict("two deletions of one profile".to_owned()))
                }
            }
        }
    }
}

/// The condition that a profile exists and is not being deleted. A hold that has expired counts, too: the
/// deletion may go on after all, or its clock may be another. [`Store::release_profile`] ends it.
pub(crate) fn check_usable(id: ProfileId) -> Write {
    Write::check(keys::profile(id)).if_exists().if_lacks(DELETING_UNTIL)
}

/// The record that a cluster uses a profile.
pub(crate) fn reference(profile: ProfileId, cluster: ClusterId) -> Result<Write, StoreError> {
    Write::put(with_key(&keys::profile_reference(profile, cluster), Item::new()))
}

/// The removal of that record.
pub(crate) fn unreference(profile: ProfileId, cluster: ClusterId) -> Write {
    Write::delete(keys::profile_reference(profile, cluster))
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
