//! Creations that are repeated, raced and lost.

use super::Harness;
use super::case::Case;
use crate::compute::{Compute, Idempotency};
use crate::ensure::ensure_created;
use crate::error::{ComputeError, Consequence};
use crate::instance::Instance;
use crate::request::CreateRequest;
use crate::testing::{CallKind, Faulty, Injected};
use std::sync::Arc;
use std::time::Duration;

pub(super) async fn a_repeated_creation_does_what_the_backend_says(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let request = case.request(0);
    let (first, second) = (case.create(&request).await, case.create(&request).await);
    case.catch_up().await;
    match case.compute.idempotency() {
        Idempotency::Token => {
            assert_eq!(first.id, second.id);
            assert_eq!(case.all().await, [first.id]);
        }
        Idempotency::LookUpFirst => {
            let mut both = [first.id, second.id];
            both.sort_unstable();
            assert_ne!(both[0], both[1], "a backend that knows repeats should say so");
            assert_eq!(case.all().await, both);
        }
    }
    case.close().await;
}

pub(super) async fn ensuring_a_creation_repeatedly_makes_one_instance(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let request = case.request(0);
    let first = ensured(&case, &*case.compute, &request).await;
    for _ in 0..3 {
        case.catch_up().await;
        assert_eq!(ensured(&case, &*case.compute, &request).await.id, first.id);
    }
    assert_eq!(case.all().await, [first.id]);
    let other = ensured(&case, &*case.compute, &case.request(1)).await;
    case.catch_up().await;
    assert_eq!(case.all().await.len(), 2, "another creation makes another instance");
    assert_eq!(other.tags, Some(case.request(1).tags));
    case.close().await;
}

pub(super) async fn after_a_race_every_repeat_adopts_the_same_instance(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let request = case.request(0);
    // As two workers do that both looked, and both found nothing.
    case.create(&request).await;
    case.create(&request).await;
    case.catch_up().await;
    let adopted = ensured(&case, &*case.compute, &request).await.id;
    assert_eq!(ensured(&case, &*case.compute, &request).await.id, adopted);
    let claimed = [adopted];
    assert_eq!(case.sweep(&claimed).await, claimed, "the sweep leaves exactly what is claimed");
    assert_eq!(ensured(&case, &*case.compute, &request).await.id, claimed[0]);
    case.close().await;
}

pub(super) async fn lost_and_failed_calls_never_leave_a_second_instance(harness: &dyn Harness) {
    let silence = || ComputeError::Transient("no answer".to_owned());
    let throttled = || ComputeError::Throttled { retry_after: None };
    for kind in [CallKind::Create, CallKind::List] {
        for nth in 0..2 {
            for failure in
                [Injected::Before(silence()), Injected::After(silence()), Injected::Before(throttled())]
            {
                let case = Case::roomy(harness).await;
                let request = case.request(0);
                let backend = Faulty::on_nth(Arc::clone(&case.compute), kind, nth, failure.clone());
                // The worker dies after each answer, before it wrote it down, and another repeats the step.
                ensured(&case, &backend, &request).await;
                ensured(&case, &backend, &request).await;
                let claimed = [ensured(&case, &backend, &request).await.id];
                let left = case.sweep(&claimed).await;
                assert_eq!(left, claimed, "after {failure:?} of {kind:?} {nth}");
                case.close().await;
            }
        }
    }
}

pub(super) async fn a_token_whose_instance_is_gone_is_spent(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    if case.compute.idempotency() != Idempotency::Token {
        return;
    }
    let request = case.request(0);
    let id = case.create(&request).await.id;
    case.delete(&id).await;
    case.catch_up().await;
    let refusal = case.compute.create(&request).await;
    assert_eq!(refusal, Err(ComputeError::TokenSpent { id }), "a late repeat makes no instance");
    case.catch_up().await;
    assert_eq!(case.all().await, Vec::<String>::new());
}

/// Ensures as the engine does: again, later, for as long as the error says so.
async fn ensured(case: &Case<'_>, compute: &dyn Compute, request: &CreateRequest) -> Instance {
    for _ in 0..20 {
        let error = match ensure_created(compute, request).await {
            Ok(instance) => return instance,
            Err(error) => error,
        };
        let after = match error.consequence() {
            Consequence::LookUpThenRetry => None,
            Consequence::RetryLater { after } => after,
            Consequence::Fail | Consequence::TryElsewhere => panic!("{error:?}"),
        };
        case.harness.pass(after.unwrap_or(Duration::from_secs(1))).await;
    }
    panic!("a creation does not come to an end");
}
