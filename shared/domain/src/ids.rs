//! The registry of id types. Every id is a version-4 UUID, shown lower-case and dashed.
//!
//! Requested resources get random ids. Resources an action makes get ids *derived* from the action and
//! their place in it, so that running a step twice names the same resource twice instead of two
//! resources (invariant 3).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that a source of ids or the store supplied.
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The id that step `label`, item `index`, of `action` always yields.
            #[must_use]
            pub fn derived(action: ActionId, label: &str, index: u64) -> Self {
                Self(derive(action.uuid(), label, &index.to_be_bytes()))
            }

            /// The id that step `label` of `action` always yields for the resource `subject`.
            #[must_use]
            pub fn derived_for(action: ActionId, label: &str, subject: Uuid) -> Self {
                Self(derive(action.uuid(), label, subject.as_bytes()))
            }

            /// The UUID itself.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The first eight characters, as people and action names quote it.
            #[must_use]
            pub fn short(self) -> String {
                let mut text = self.0.to_string();
                text.truncate(8);
                text
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Accepts the canonical spelling only: lower case, dashed (spec api-common §14).
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let id = Uuid::try_parse(text).map_err(|_| NotAnId)?;
                if id.to_string() == text { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }
    )+};
}

id_types! {
    /// A cluster.
    ClusterId,
    /// A node, member of a cluster or orphan.
    NodeId,
    /// A profile: the template nodes are made from.
    ProfileId,
    /// An action: one piece of work on one target.
    ActionId,
    /// An event: one line in the history of a cluster or node.
    EventId,
    /// A policy: rules that a cluster's actions keep while it is attached.
    PolicyId,
    /// A binding: one policy attached to one cluster.
    BindingId,
    /// A receiver: an address whose callers start an action.
    ReceiverId,
}

impl NodeId {
    /// The id of the node that adopts this instance, whoever asks for it: an instance that is adopted twice
    /// would need the same id twice, and there the store refuses.
    #[must_use]
    pub fn adopting(instance: &str) -> Self {
        Self(derive(Uuid::nil(), "adopt", instance.as_bytes()))
    }
}

/// The group that messages for a project's actions belong to: queues that are fair do not let one group keep
/// others waiting. A project may be called anything, a group not.
#[must_use]
pub fn message_group(project: &str) -> String {
    derive(Uuid::nil(), "message group", project.as_bytes()).simple().to_string()
}

/// The text is not a UUID in its canonical spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id in canonical form (lower-case, dashed UUID)")]
pub struct NotAnId;

/// The UUID that `label` and `subject` always yield within `namespace`.
pub(crate) fn derive(namespace: Uuid, label: &str, subject: &[u8]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(namespace.as_bytes());
    hash.update(label.as_bytes());
    hash.update([0]);
    hash.update(subject);
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A source of new ids; injected, so that a run can be replayed (invariant 9).
pub trait IdSource: Send + Sync {
    /// A fresh version-4 UUID.
    fn uuid(&self) -> Uuid;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_step_always_yields_the_same_id_and_another_step_another() {
        let action = ActionId::new(Uuid::from_u128(7));
        assert_eq!(NodeId::derived(action, "node", 3), NodeId::derived(action, "node", 3));
        assert_ne!(NodeId::derived(action, "node", 3), NodeId::derived(action, "node", 4));
        assert_ne!(NodeId::derived(action, "node", 3).uuid(), ActionId::derived(action, "child", 3).uuid());
        assert_eq!(NodeId::derived(action, "node", 3).uuid().get_version_num(), 4);
    }

    #[test]
    fn an_instance_is_adopted_under_one_id() {
        assert_eq!(NodeId::adopting("i-1"), NodeId::adopting("i-1"));
        assert_ne!(NodeId::adopting("i-1"), NodeId::adopting("i-2"));
        assert_eq!(NodeId::adopting("").uuid().get_version_num(), 4);
    }

    #[test]
    fn only_the_canonical_spelling_is_an_id() {
        let id = "1dd88e85-91b4-4b21-ab5c-0b6a4a2fe7ae";
        assert_eq!(id.parse::<NodeId>().unwrap().to_string(), id);
        assert_eq!(id.to_uppercase().parse::<NodeId>(), Err(NotAnId));
        assert_eq!(id.replace('-', "").parse::<NodeId>(), Err(NotAnId));
        assert_eq!("nonsense".parse::<NodeId>(), Err(NotAnId));
    }
}
