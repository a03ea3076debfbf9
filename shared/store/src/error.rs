//! What can go wrong between this process and the table.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::fmt::Debug;

/// A failure of the store itself. Conditions that were not met are results, not errors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The table refuses more work for now.
    #[error("the table is throttling requests: {0}")]
    Throttled(String),
    /// Another transaction is at the same item; the same request may succeed at once.
    #[error("another transaction holds the item: {0}")]
    Conflict(String),
    /// The request may or may not have taken effect.
    #[error("the table cannot be reached: {0}")]
    Unavailable(String),
    /// An item is not what this version of the service writes.
    #[error("the table holds an item that cannot be read: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Whether the same request may be sent again, given that it is idempotent.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::Throttled(_) | Self::Conflict(_) | Self::Unavailable(_) => true,
            Self::Corrupt(_) => false,
        }
    }
}

/// Why a resource named by id, name or short id was not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// Nothing in the caller's scope answers to the reference.
    #[error("nothing answers to the reference")]
    NotFound,
    /// Several resources do.
    #[error("several resources answer to the reference")]
    Ambiguous,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a list could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// This order is made in memory, from at most `limit` resources, and there are more.
    #[error("sorting by this key reads at most {limit} resources, and there are more")]
    TooMany {
        /// How many resources may be sorted in memory.
        limit: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The class of a failed request, apart from conditions.
pub(crate) fn classify<E, R>(error: &SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + Debug,
    R: Debug,
{
    let text = match error {
        SdkError::ServiceError(service) => {
            let fault = service.err();
            format!("{}: {}", fault.code().unwrap_or("unknown"), fault.message().unwrap_or("no message"))
        }
        other => other.to_string(),
    };
    match error.code() {
        Some("ProvisionedThroughputExceededException" | "ThrottlingException" | "RequestLimitExceeded") => {
            StoreError::Throttled(text)
        }
        Some("TransactionConflictException" | "TransactionInProgressException") => StoreError::Conflict(text),
        Some("SerializationException" | "ValidationException" | "ResourceNotFoundException") => {
            StoreError::Corrupt(text)
        }
        _ => StoreError::Unavailable(text),
    }
}
