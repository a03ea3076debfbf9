//! Why a driver did not do what it was asked, and what follows from that.

use crate::error::Consequence;
use std::time::Duration;

/// A call that did not succeed. The text is public: it may end in an action's `status_reason`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BalancerError {
    /// What the request names does not exist: a balancer, a pool, a subnet, an instance. Nothing happened.
    #[error("{0}")]
    NotFound(String),
    /// The project may not have more of this. Nothing happened.
    #[error("{0}")]
    Quota(String),
    /// Another change of the same balancer is under way. Nothing happened.
    #[error("The load balancer is being changed; the same request may succeed later.")]
    Busy,
    /// Too many calls. Nothing happened.
    #[error("The load balancing service is throttling requests; the same request may succeed later.")]
    Throttled {
        /// How long the service asks to be left alone, where it says.
        retry_after: Option<Duration>,
    },
    /// The request can never succeed as it stands. Nothing happened.
    #[error("{0}")]
    Invalid(String),
    /// The credentials do not allow this. Nothing happened.
    #[error("{0}")]
    Denied(String),
    /// No answer, or one that says nothing: the call may or may not have taken effect.
    #[error("{0}")]
    Transient(String),
}

impl BalancerError {
    /// What to do about it. What callers use ([`ensure_front`](super::ensure_front) and its like) looks up what
    /// there is by itself, so that they call again, later, in either case.
    #[must_use]
    pub const fn consequence(&self) -> Consequence {
        match self {
            Self::NotFound(_) | Self::Quota(_) | Self::Invalid(_) | Self::Denied(_) => Consequence::Fail,
            Self::Busy => Consequence::RetryLater { after: None },
            Self::Throttled { retry_after } => Consequence::RetryLater { after: *retry_after },
            Self::Transient(_) => Consequence::LookUpThenRetry,
        }
    }

    /// What a request names does not exist.
    #[must_use]
    pub fn not_found(what: &str, which: &str) -> Self {
        Self::NotFound(format!("The specified {what} '{which}' could not be found."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_pass_is_told_from_what_cannot() {
        let after = Some(Duration::from_secs(7));
        for (error, consequence) in [
            (BalancerError::not_found("pool", "p"), Consequence::Fail),
            (BalancerError::Quota("q".to_owned()), Consequence::Fail),
            (BalancerError::Invalid("i".to_owned()), Consequence::Fail),
            (BalancerError::Denied("d".to_owned()), Consequence::Fail),
            (BalancerError::Busy, Consequence::RetryLater { after: None }),
            (BalancerError::Throttled { retry_after: after }, Consequence::RetryLater { after }),
            (BalancerError::Transient("t".to_owned()), Consequence::LookUpThenRetry),
        ] {
            assert_eq!(error.consequence(), consequence, "{error:?}");
        }
        let text = BalancerError::not_found("loadbalancer", "x").to_string();
        assert_eq!(text, "The specified loadbalancer 'x' could not be found.");
    }
}
