//! Refusals and failures from below, as answers.

use coppice_api::error::Failure;
use coppice_engine::accept::Refusal;
use coppice_store::StoreError;

/// The store failed: 503 where trying again may help, else 500. The cause goes to the log only.
#[must_use]
pub fn store_failed(error: StoreError) -> Failure {
    if error.retryable() { Failure::unavailable(error) } else { Failure::internal(error) }
}

/// The engine did not accept an action.
#[must_use]
pub fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Fault(fault) => fault.into(),
        Refusal::Store(error) => store_failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_domain::fault::FaultKind;

    #[test]
    fn what_may_pass_is_503_and_what_will_not_is_500() {
        for (error, kind) in [
            (StoreError::Throttled(String::new()), FaultKind::ServiceUnavailable),
            (StoreError::Conflict(String::new()), FaultKind::ServiceUnavailable),
            (StoreError::Unavailable(String::new()), FaultKind::ServiceUnavailable),
            (StoreError::Corrupt(String::new()), FaultKind::InternalError),
        ] {
            assert_eq!(store_failed(error).fault().kind, kind);
        }
    }
}
