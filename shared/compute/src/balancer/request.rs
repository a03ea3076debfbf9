//! What a creation asks for.

use super::member::Member;
use super::part::{Origin, PartKind};
use coppice_domain::cluster::JsonMap;

/// A creation.
#[derive(Clone, Debug, PartialEq)]
pub struct PartRequest {
    /// The part's name; not unique.
    pub name: String,
    /// Its origin.
    pub origin: Origin,
    /// What is asked for.
    pub what: Blueprint,
}

/// What a part is made from. Properties are those of the policy, by their names there and resolved (spec
/// schemas §4.4); drivers send what their service knows of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Blueprint {
    /// A balancer.
    Balancer {
        /// The policy's `vip`.
        vip: JsonMap,
        /// The availability zone it is to be in.
        zone: Option<String>,
        /// Its flavour.
        flavor: Option<String>,
    },
    /// A pool in a balancer.
    Pool {
        /// The balancer.
        balancer: String,
        /// The policy's `pool`.
        pool: JsonMap,
    },
    /// A port of a balancer, behind which a pool works.
    Listener {
        /// The balancer.
        balancer: String,
        /// The pool, which is in the same balancer.
        pool: String,
        /// The policy's `vip`.
        vip: JsonMap,
    },
    /// A watch over the members of a pool.
    Monitor {
        /// The pool.
        pool: String,
        /// The policy's `health_monitor`.
        monitor: JsonMap,
    },
    /// A server in a pool.
    Member {
        /// The pool.
        pool: String,
        /// The subnet on which it is reached: the policy's `pool.subnet`.
        subnet: String,
        /// The server.
        member: Member,
    },
}

impl Blueprint {
    /// What comes of it.
    #[must_use]
    pub const fn kind(&self) -> PartKind {
        match self {
            Self::Balancer { .. } => PartKind::Balancer,
            Self::Pool { .. } => PartKind::Pool,
            Self::Listener { .. } => PartKind::Listener,
            Self::Monitor { .. } => PartKind::Monitor,
            Self::Member { .. } => PartKind::Member,
        }
    }

    /// What it will be in.
    #[must_use]
    pub fn within(&self) -> Option<&str> {
        match self {
            Self::Balancer { .. } => None,
            Self::Pool { balancer, .. } | Self::Listener { balancer, .. } => Some(balancer),
            Self::Monitor { pool, .. } | Self::Member { pool, .. } => Some(pool),
        }
    }
}
