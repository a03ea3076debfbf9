//! The leak sweep in miniature: what the reconciler does at length, for tests of the contract.

use crate::compute::Compute;
use crate::error::ComputeError;
use crate::listing::{Filter, list_all};
use coppice_domain::ids::ActionId;

/// Asks for the deletion of every instance an action made that is not among the `claimed`. Returns the
/// ids it found unclaimed; repeat until there are none.
///
/// # Errors
/// The first error of the backend.
pub async fn sweep<C>(compute: &C, action: ActionId, claimed: &[String]) -> Result<Vec<String>, ComputeError>
where
    C: Compute + ?Sized,
{
    let mut unclaimed = Vec::new();
    for instance in list_all(compute, Filter::Action(action)).await? {
        if !claimed.contains(&instance.id) {
            compute.delete(&instance.id).await?;
            unclaimed.push(instance.id);
        }
    }
    Ok(unclaimed)
}
