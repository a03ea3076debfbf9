//! What stands in front of a cluster, as far as it is known.

use serde::{Deserialize, Serialize};

/// What stands in front of a cluster: ids, as far as they are known. The fields' names are those of the
/// binding's data (spec engine-policies §6). Callers keep it after every [`ensure_front`](super::ensure_front),
/// whatever that answered: what is in it need not be searched for again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Front {
    /// Whether the balancer is a user's own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub preexisting: bool,
    /// The balancer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loadbalancer: Option<String>,
    /// The port clients connect to; none in front of a user's own pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listener: Option<String>,
    /// The pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// The monitor, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthmonitor: Option<String>,
    /// The address clients connect to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_address: Option<String>,
}

/// How far something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not ready yet: ask again later.
    Pending,
    /// In use.
    Ready,
    /// It failed and will not be ready. What there is of it must be deleted.
    Failed {
        /// Why; the service's own text, or what stands for it.
        message: String,
    },
}
