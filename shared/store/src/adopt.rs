//! Recording an adopted instance: its node and the profile made for it, or neither (spec api-resources L7).

use crate::entity::{Kind, indexed};
use crate::error::StoreError;
use crate::host::{profile_puts, refused};
use crate::item::text;
use crate::store::Store;
use crate::template::referenced_by;
use crate::transaction::{Transacted, Write};
use coppice_domain::node::Node;
use coppice_domain::profile::{Host, HostRefusal, Profile};

/// What became of an adoption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// The profile's host does not take it.
    Host(HostRefusal),
    /// Node and profile are recorded.
    Done,
    /// There is a node of this id: the instance was adopted before, by whichever project.
    Taken,
}

impl Store {
    /// Records a node and its profile, unless there is a node of this id. Repeating it changes nothing.
    ///
    /// # Errors
    /// When the store fails; both may then have been recorded.
    pub async fn adopt(
        &self,
        node: &Node,
        profile: &Profile,
        host: Option<Host>,
    ) -> Result<Adoption, StoreError> {
        self.register_project(&node.project).await?;
        let mut writes = Vec::new();
        for item in indexed(node, true)? {
            writes.push(Write::put(item)?.if_lacks("pk"));
        }
        let (puts, hosting) = profile_puts(profile, host)?;
        writes.extend(puts);
        writes.push(referenced_by::<Profile>(profile.id.uuid(), Kind::Node, node.id.uuid())?);
        let place = writes.len();
        writes.extend(hosting);
        let refusals = match self.transact(writes, Some(profile.id.uuid())).await? {
            Transacted::Done => return Ok(Adoption::Done),
            Transacted::Refused(refusals) => refusals,
        };
        let Some(present) = refusals.first().cloned().flatten() else {
            return Ok(Adoption::Host(refused(refusals.get(place).and_then(Option::as_ref))));
        };
        // With this very profile, an earlier try took effect and its answer was lost.
        let earlier = text(&present, "profile_id") == Some(profile.id.to_string().as_str());
        Ok(if earlier { Adoption::Done } else { Adoption::Taken })
    }
}
