//! The parts of a load balancer as a service shows them.

use coppice_domain::ids::{ClusterId, PolicyId};
use coppice_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a part is. In the order in which parts of one balancer are deleted, as the reference does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PartKind {
    /// A server behind the balancer.
    Member,
    /// What watches the members of a pool.
    Monitor,
    /// The servers that share the work.
    Pool,
    /// A port that clients connect to.
    Listener,
    /// The balancer itself, with its address.
    Balancer,
}

impl PartKind {
    /// What messages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Monitor => "healthmonitor",
            Self::Pool => "pool",
            Self::Listener => "listener",
            Self::Balancer => "loadbalancer",
        }
    }
}

/// What a part says about where it comes from: written with its creation, never afterwards. A part without
/// one is a user's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The deployment of this service, among several that may share one cloud.
    pub deployment: String,
    /// The cluster it was made for.
    pub cluster: ClusterId,
    /// The policy that asked for it.
    pub policy: PolicyId,
    /// The project it belongs to.
    pub project: String,
}

/// Where a part stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartState {
    /// Accepted, or being changed. A balancer is pending as long as anything of it is.
    Pending,
    /// In use.
    Active,
    /// It failed. It still exists, and must be deleted.
    Error {
        /// The service's own text; may be empty.
        message: String,
    },
    /// A deletion is under way.
    Deleting,
}

/// Which part is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRef {
    /// What it is.
    pub kind: PartKind,
    /// Its id.
    pub id: String,
    /// The pool, for a member: services know members by both.
    pub within: Option<String>,
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The service's id.
    pub id: String,
    /// Its name; not unique.
    pub name: String,
    /// What it is in: a balancer for pools and listeners, a pool for monitors and members.
    pub within: Option<String>,
    /// Where it stands.
    pub state: PartState,
    /// Its origin; none for one that this service did not make.
    pub origin: Option<Origin>,
    /// The address that clients connect to (a balancer), or that of the server (a member).
    pub address: Option<String>,
    /// The instance that a member is.
    pub instance: Option<String>,
    /// When it was accepted, by the service's clock.
    pub created_at: Timestamp,
}

impl PartRef {
    /// A part that is known by its id alone: all but members.
    pub fn of(kind: PartKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into(), within: None }
    }

    /// A member of a pool.
    pub fn member(pool: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: PartKind::Member, id: id.into(), within: Some(pool.into()) }
    }
}

impl Part {
    /// What it is called by.
    #[must_use]
    pub fn reference(&self) -> PartRef {
        let within = self.within.clone().filter(|_| self.kind == PartKind::Member);
        PartRef { kind: self.kind, id: self.id.clone(), within }
    }

    /// Whether it comes from there. To which project it was charged does not matter.
    #[must_use]
    pub fn is_of(&self, origin: &Origin) -> bool {
        self.origin.as_ref().is_some_and(|own| own.same_as(origin))
    }
}

impl Origin {
    /// Whether both are the same policy at the same cluster.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        (&self.deployment, self.cluster, self.policy) == (&other.deployment, other.cluster, other.policy)
    }
}
