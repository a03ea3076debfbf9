//! Profiles that a cluster or a node hosts: what their containers run on (spec schemas §3.3, engine-nodes §5).
//!
//! The host's own item names them in a set, which changes in the transaction that makes or deletes the profile;
//! the profile's item names its host. There are at most [`MOST_HOSTED`], so the item does not grow for good.

use crate::entity::Kind;
use crate::error::StoreError;
use crate::item::{Item, s, set, text};
use crate::keys::{self, Key};
use crate::store::Store;
use crate::template::template_puts;
use crate::transaction::{Transacted, Write};
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::{ClusterId, NodeId};
use coppice_domain::profile::{Host, HostRefusal, MOST_HOSTED, Profile};
use serde_json::json;
use uuid::Uuid;

/// The set, in a host's own item, of the profiles that it hosts.
pub(crate) const HOSTED: &str = "hosted";
/// The host, in a profile's own item.
const HOST: &str = "host";
/// The key of `dependents` that shows the set.
const PROFILES: &str = "profiles";

impl Store {
    /// Records a new profile and its name, and its host's record of it. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profile_create(
        &self,
        profile: &Profile,
        host: Option<Host>,
    ) -> Result<Result<(), HostRefusal>, StoreError> {
        self.register_project(&profile.project).await?;
        let (mut writes, host) = profile_puts(profile, host)?;
        let place = writes.len();
        writes.extend(host);
        match self.transact(writes, Some(profile.id.uuid())).await? {
            Transacted::Done => Ok(Ok(())),
            Transacted::Refused(refusals) => Ok(Err(refused(refusals.get(place).and_then(Option::as_ref)))),
        }
    }
}

/// The records of a new profile, and its host's record of it.
pub(crate) fn profile_puts(
    profile: &Profile,
    host: Option<Host>,
) -> Result<(Vec<Write>, Option<Write>), StoreError> {
    let own: Item = host.map(|host| (HOST.to_owned(), s(place(host).pk))).into_iter().collect();
    let writes = template_puts(profile, &own)?;
    Ok((writes, host.map(|host| hosting(host, profile.id.uuid()))))
}

/// Why the write that puts a profile on its host was refused, from the item that refused it.
pub(crate) fn refused(item: Option<&Item>) -> HostRefusal {
    let full = item.is_some_and(|item| set(item, HOSTED).len() >= MOST_HOSTED);
    if full { HostRefusal::Full } else { HostRefusal::Gone }
}

/// The own item of a host.
fn place(host: Host) -> Key {
    match host {
        Host::Cluster(id) => keys::cluster(id),
        Host::Node(id) => keys::node(id),
    }
}

/// The write that puts a profile on a host which is there to stay.
fn hosting(host: Host, profile: Uuid) -> Write {
    Write::update(place(host))
        .include(HOSTED, &profile.to_string())
        .if_exists()
        .if_differs("active_kind", s(ActionKind::ClusterDelete.name()))
        .if_fewer(HOSTED, MOST_HOSTED)
}

/// The write that takes a template off its host, if its item says that it has one.
pub(crate) fn unhosting(template: &Item, id: Uuid) -> Result<Option<Write>, StoreError> {
    let Some(place) = text(template, HOST) else { return Ok(None) };
    let host = match place.split_once('#') {
        Some((kind, host)) if kind.starts_with(Kind::Cluster.letter()) => {
            host.parse::<ClusterId>().ok().map(Host::Cluster)
        }
        Some((_, host)) => host.parse::<NodeId>().ok().map(Host::Node),
        None => None,
    };
    let host = host.ok_or_else(|| StoreError::Corrupt(format!("profile {id} is on no host: {place}")))?;
    let id = id.to_string();
    Ok(Some(Write::update(self::place(host)).exclude(HOSTED, &id).if_contains(HOSTED, s(id))))
}

/// The profiles that a host's own item names, in order.
pub(crate) fn hosted(own: &Item) -> Vec<String> {
    let mut hosted = set(own, HOSTED);
    hosted.sort_unstable();
    hosted
}

/// Shows what a host's own item says of its profiles among its dependents.
pub(crate) fn show_hosted(own: &Item, dependents: &mut JsonMap) {
    let hosted = hosted(own);
    if !hosted.is_empty() {
        dependents.insert(PROFILES.to_owned(), json!(hosted));
    }
}
