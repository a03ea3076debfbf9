//! Deletions are repeated until the instance is gone.

use super::Harness;
use super::case::Case;
use crate::compute::{Compute, Deletion};
use crate::error::ComputeError;
use crate::instance::InstanceState;
use crate::testing::{CallKind, Faulty, Injected};
use std::sync::Arc;

pub(super) async fn a_deletion_is_repeated_until_gone(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let id = case.create(&case.request(0)).await.id;
    case.built(&id).await;
    if case.compute.delete(&id).await == Ok(Deletion::Underway) {
        let shown = case.compute.get(&id).await.expect("a read is answered");
        if let Some(instance) = shown {
            assert!(
                matches!(instance.state, InstanceState::Deleting | InstanceState::Active),
                "shown as {:?}",
                instance.state
            );
        }
    }
    case.delete(&id).await;
    assert_eq!(case.compute.delete(&id).await, Ok(Deletion::Gone), "gone is final");
    case.catch_up().await;
    assert_eq!(case.compute.get(&id).await, Ok(None));
    assert_eq!(case.all().await, Vec::<String>::new());
    assert_eq!(case.compute.delete(&id).await, Ok(Deletion::Gone));
}

pub(super) async fn an_instance_can_be_deleted_as_soon_as_it_is_accepted(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    // Even while reads do not show it.
    let id = case.create(&case.request(0)).await.id;
    case.delete(&id).await;
    case.catch_up().await;
    assert_eq!(case.compute.get(&id).await, Ok(None));
    assert_eq!(case.all().await, Vec::<String>::new());
}

pub(super) async fn a_deletion_whose_answer_was_lost_is_repeated(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    let silence = ComputeError::Transient("no answer".to_owned());
    let failures = [Injected::Before(silence.clone()), Injected::After(silence.clone())];
    for (index, failure) in (0..).zip(failures) {
        let id = case.create(&case.request(index)).await.id;
        let backend = Faulty::on_nth(Arc::clone(&case.compute), CallKind::Delete, 0, failure);
        assert_eq!(backend.delete(&id).await, Err(silence.clone()));
        case.delete(&id).await;
        case.catch_up().await;
        assert_eq!(case.all().await, Vec::<String>::new());
    }
}

pub(super) async fn an_unknown_instance_is_gone(harness: &dyn Harness) {
    let case = Case::roomy(harness).await;
    for id in ["00000000-0000-4000-8000-000000000000", "i-0123456789abcdef0", "no such instance"] {
        assert_eq!(case.compute.delete(id).await, Ok(Deletion::Gone));
        assert_eq!(case.compute.get(id).await, Ok(None));
        assert_eq!(case.compute.details(id).await, Ok(None));
        assert_eq!(case.compute.describe(id).await, Ok(None));
    }
}
