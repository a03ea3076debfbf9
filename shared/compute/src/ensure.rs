//! Creation that may be repeated: the only way callers create instances.

use crate::compute::{Compute, Idempotency};
use crate::error::{ComputeError, Consequence};
use crate::instance::{Instance, InstanceState};
use crate::listing::{Filter, list_all};
use crate::request::{CreateRequest, Token};

/// Sees to it that the instance of this request exists, and answers with it. May be repeated at will.
///
/// Costs one call where the backend takes tokens, two where it must be searched first, one more after
/// an unknown outcome. The instance may be in any state: its caller polls it, and deals with `Error`.
///
/// Repeats converge on one instance. Where creators raced, or a stale search hid what was there, there
/// may be surplus ones; they are never deleted here, since another process may just be claiming one: the
/// leak sweep deletes what carries our tags and no node claims.
///
/// # Errors
/// Those of [`Compute::create`]. After `Transient` repeat the whole of this, later.
pub async fn ensure_created<C>(compute: &C, request: &CreateRequest) -> Result<Instance, ComputeError>
where
    C: Compute + ?Sized,
{
    match compute.idempotency() {
        Idempotency::Token => {}
        Idempotency::LookUpFirst => {
            if let Some(found) = look_up(compute, request).await? {
                return Ok(found);
            }
        }
    }
    match compute.create(request).await {
        Err(error) if error.consequence() == Consequence::LookUpThenRetry => {
            // Saves the caller a wait when the creation took effect and only its answer was lost. If the
            // search fails too, the creation's error says more.
            look_up(compute, request).await.ok().flatten().ok_or(error)
        }
        outcome => outcome,
    }
}

async fn look_up<C>(compute: &C, request: &CreateRequest) -> Result<Option<Instance>, ComputeError>
where
    C: Compute + ?Sized,
{
    let found = list_all(compute, Filter::Node(request.tags.node)).await?;
    Ok(adoptable(&found, &request.tags.token).cloned())
}

/// Which of these instances a repeat of the creation `token` adopts: the oldest, then the one with the
/// smallest id, so that every repeat that sees the same instances makes the same choice. Instances on
/// their way out are not adopted.
#[must_use]
pub fn adoptable<'a>(instances: &'a [Instance], token: &Token) -> Option<&'a Instance> {
    instances
        .iter()
        .filter(|instance| instance.token() == Some(token) && instance.state != InstanceState::Deleting)
        .min_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Tags;
    use coppice_domain::ids::{ActionId, NodeId};
    use coppice_domain::time::Timestamp;
    use uuid::Uuid;

    fn instance(id: &str, created_at: i64, state: InstanceState, token: &str) -> Instance {
        let tags = Tags {
            deployment: "here".to_owned(),
            cluster: None,
            node: NodeId::new(Uuid::from_u128(1)),
            action: ActionId::new(Uuid::from_u128(2)),
            project: "p".to_owned(),
            token: Token::read_back(token),
        };
        Instance {
            id: id.to_owned(),
            name: "n".to_owned(),
            state,
            tags: Some(tags),
            created_at: Timestamp::from_micros(created_at),
        }
    }

    #[test]
    fn the_oldest_and_then_the_smallest_id_of_the_same_creation_is_adopted() {
        let (active, building) = (InstanceState::Active, InstanceState::Building);
        let mut found = vec![
            instance("d", 5, active.clone(), "t"),
            instance("c", 3, building, "t"),
            instance("b", 3, active.clone(), "t"),
            instance("a", 1, active, "another"),
            instance("e", 1, InstanceState::Deleting, "t"),
        ];
        let token = Token::read_back("t");
        assert_eq!(adoptable(&found, &token).map(|chosen| chosen.id.as_str()), Some("b"));
        found.reverse();
        assert_eq!(adoptable(&found, &token).map(|chosen| chosen.id.as_str()), Some("b"));
        assert_eq!(adoptable(&found, &Token::read_back("unknown")), None);
    }

    #[test]
    fn an_instance_that_is_not_ours_is_never_adopted() {
        let mut foreign = instance("a", 1, InstanceState::Active, "t");
        foreign.tags = None;
        assert_eq!(adoptable(&[foreign], &Token::read_back("t")), None);
    }
}
