//! What stands in front of a cluster whose policy puts its nodes behind a load balancer (spec engine-policies
//! §6), and the membership of one node. Nothing here waits or writes to the table: every call does what can be
//! done now and says how far it came, and may be repeated.

use crate::env::Env;
use coppice_compute::balancer::{
    Balancer, BalancerError, Front, Member, Origin, PartFilter, PartKind, Standing, Wanted, ensure_member,
    list_parts, remove_member,
};
use coppice_compute::{Consequence, Deletion};
use coppice_domain::cluster::Cluster;
use coppice_domain::ids::PolicyId;
use coppice_domain::node::Node;
use coppice_domain::policies::load_balance::{Need, bound, front, member, need};
use coppice_domain::policy::{Binding, Policy};
use coppice_domain::policy_types;
use coppice_store::StoreError;
use std::time::Duration;

/// A policy at a cluster, with what stands there for it.
pub(crate) struct Balanced {
    /// Who has asked for it.
    pub(crate) origin: Origin,
    /// What the policy wants.
    pub(crate) wanted: Wanted,
    /// The policy's name.
    pub(crate) name: String,
}

/// How far a call came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reached<T> {
    /// It is done.
    Done(T),
    /// It goes on; the service may have asked to be left alone for so long.
    Waits(Option<Duration>),
    /// It cannot be done, for this reason.
    Failed(String),
}

impl<T> Reached<T> {
    /// What a failed call means.
    pub(crate) fn after(error: &BalancerError) -> Self {
        match error.consequence() {
            Consequence::Fail | Consequence::TryElsewhere => {
                Self::Failed(error.to_string().trim_end_matches('.').to_owned())
            }
            Consequence::RetryLater { after } => Self::Waits(after),
            Consequence::LookUpThenRetry => Self::Waits(None),
        }
    }
}

/// Whose parts stand before this cluster for this policy.
pub(crate) fn origin(env: &Env, cluster: &Cluster, policy: PolicyId) -> Origin {
    Origin {
        deployment: env.settings.deployment.clone(),
        cluster: cluster.id,
        policy,
        project: cluster.project.clone(),
    }
}

/// The front that a binding keeps, and nothing if it keeps none.
pub(crate) fn known(binding: &Binding) -> Front {
    front(binding).and_then(|front| serde_json::from_value(front.clone()).ok()).unwrap_or_default()
}

impl Balanced {
    /// A policy as it stands to a cluster.
    ///
    /// # Errors
    /// `Corrupt` when its spec does not fit its type, which a stored one does.
    pub(crate) fn new(env: &Env, cluster: &Cluster, policy: &Policy) -> Result<Self, StoreError> {
        let properties = policy_types::get(&policy.type_name).and_then(|kind| kind.properties(&policy.spec));
        let properties = properties
            .map_err(|fault| StoreError::Corrupt(format!("the spec of policy {}: {fault}", policy.id)))?;
        Ok(Self {
            origin: origin(env, cluster, policy.id),
            wanted: Wanted::read(&cluster.name, &properties),
            name: policy.name.clone(),
        })
    }

    /// The policy that puts this cluster's nodes behind a balancer, with the pool that is there; none if there
    /// is none.
    pub(crate) async fn of(
        env: &Env,
        cluster: &Cluster,
        bindings: &[Binding],
    ) -> Result<Option<(Self, String)>, StoreError> {
        let Some(binding) = bound(bindings) else { return Ok(None) };
        let Some(pool) = known(binding).pool else { return Ok(None) };
        let Some(policy) = env.store.get::<Policy>(binding.policy_id).await? else { return Ok(None) };
        Ok(Some((Self::new(env, cluster, &policy)?, pool)))
    }

    /// Sees to it that a node which serves is a member of the pool: its id, or none for one that does not.
    pub(crate) async fn join(&self, env: &Env, pool: &str, node: &Node) -> Reached<Option<String>> {
        let balancer = env.balancer.as_ref();
        let (need, Some(instance)) = (need(node), &node.physical_id) else { return Reached::Done(None) };
        let known = match need {
            Need::Nothing => return Reached::Done(None),
            Need::Member(known) => known,
            Need::Another(old) => match remove(balancer, pool, &old).await {
                Reached::Waits(after) => return Reached::Waits(after),
                // One that cannot be removed does not keep the other from joining.
                Reached::Done(()) | Reached::Failed(_) => None,
            },
        };
        let port = match self.wanted.member_port() {
            Ok(port) => port,
            Err(error) => return Reached::after(&error),
        };
        let member =
            Member { name: node.name.clone(), instance: instance.clone(), address: None, port, weight: 1 };
        let place = (pool, self.wanted.subnet());
        match ensure_member(balancer, &self.origin, place, &member, known.as_deref()).await {
            Ok(joined) => match joined.standing {
                Standing::Ready => Reached::Done(Some(joined.id)),
                Standing::Pending => Reached::Waits(None),
                Standing::Failed { message } => Reached::Failed(message),
            },
            Err(error) => Reached::after(&error),
        }
    }
}

/// Sees to it that a node is no member of the pool: neither the one it knows of, nor one that was made for it
/// and of which it was not told.
pub(crate) async fn leave(env: &Env, pool: &str, node: &Node) -> Reached<()> {
    let balancer = env.balancer.as_ref();
    let mut members: Vec<String> = member(&node.data).map(str::to_owned).into_iter().collect();
    if let Some(instance) = &node.physical_id {
        match list_parts(balancer, PartFilter::Member { pool, instance }).await {
            Ok(found) => {
                let found = found.into_iter().filter(|part| part.kind == PartKind::Member);
                members.extend(found.map(|part| part.id));
            }
            Err(error) => return Reached::after(&error),
        }
    }
    members.sort();
    members.dedup();
    for id in &members {
        match remove(balancer, pool, id).await {
            Reached::Done(()) => {}
            otherwise => return otherwise,
        }
    }
    Reached::Done(())
}

async fn remove(balancer: &dyn Balancer, pool: &str, member: &str) -> Reached<()> {
    match remove_member(balancer, pool, member).await {
        Ok(Deletion::Gone) => Reached::Done(()),
        Ok(Deletion::Underway) => Reached::Waits(None),
        Err(error) => Reached::after(&error),
    }
}
