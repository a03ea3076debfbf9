//! Why a backend did not do what it was asked, and what follows from that.

use std::time::Duration;

/// A call that did not succeed. The text is public: it may end in a node's `status_reason`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComputeError {
    /// The project may not have more of this. Nothing happened.
    #[error("{0}")]
    Quota(String),
    /// The cloud has no room for this now, in this place. Nothing happened.
    ///
    /// Nova tells neither this nor a quota reached in a burst this way: it accepts, and the instance
    /// becomes [`Error`](crate::InstanceState::Error).
    #[error("{0}")]
    Capacity(String),
    /// Too many calls. Nothing happened.
    #[error("The compute backend is throttling requests; the same request may succeed later.")]
    Throttled {
        /// How long the backend asks to be left alone, where it says.
        retry_after: Option<Duration>,
    },
    /// The request can never succeed as it stands. Nothing happened.
    #[error("{0}")]
    Invalid(String),
    /// The credentials do not allow this. Nothing happened.
    #[error("{0}")]
    Denied(String),
    /// The instance this token made has been deleted: the creation is over, and no other instance may
    /// come of it. Nothing happened.
    #[error("The instance '{id}', which this request made earlier, has been deleted.")]
    TokenSpent {
        /// The instance that was.
        id: String,
    },
    /// No answer, or one that says nothing: the call may or may not have taken effect.
    #[error("{0}")]
    Transient(String),
}

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Give up now: repeating cannot help until somebody changes something.
    Fail,
    /// Give up on this zone or flavour; another may do. Without another: fail.
    TryElsewhere,
    /// Nothing happened: the same call again, later.
    RetryLater {
        /// Not before this long, where the backend said.
        after: Option<Duration>,
    },
    /// It may have happened: look it up, then call again later. A read is simply repeated.
    LookUpThenRetry,
}

impl ComputeError {
    /// What to do about it.
    #[must_use]
    pub const fn consequence(&self) -> Consequence {
        match self {
            Self::Quota(_) | Self::Invalid(_) | Self::Denied(_) | Self::TokenSpent { .. } => {
                Consequence::Fail
            }
            Self::Capacity(_) => Consequence::TryElsewhere,
            Self::Throttled { retry_after } => Consequence::RetryLater { after: *retry_after },
            Self::Transient(_) => Consequence::LookUpThenRetry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_capacity_throttling_and_silence_have_different_consequences() {
        let after = Some(Duration::from_secs(7));
        for (error, consequence) in [
            (ComputeError::Quota("q".to_owned()), Consequence::Fail),
            (ComputeError::Capacity("c".to_owned()), Consequence::TryElsewhere),
            (ComputeError::Throttled { retry_after: after }, Consequence::RetryLater { after }),
            (ComputeError::Invalid("i".to_owned()), Consequence::Fail),
            (ComputeError::Denied("d".to_owned()), Consequence::Fail),
            (ComputeError::TokenSpent { id: "x".to_owned() }, Consequence::Fail),
            (ComputeError::Transient("t".to_owned()), Consequence::LookUpThenRetry),
        ] {
            assert_eq!(error.consequence(), consequence, "{error:?}");
        }
    }
}
