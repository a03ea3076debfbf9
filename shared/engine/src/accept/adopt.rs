//! Adopting an instance that is there: a node and a profile are recorded, and nothing is to be done
//! (spec api-resources L7, engine-nodes §3).

use super::node::ORPHAN;
use super::{Refusal, Requester};
use crate::env::Env;
use crate::inspect::Adoptee;
use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::Fault;
use coppice_domain::ids::{NodeId, ProfileId};
use coppice_domain::naming::node_name;
use coppice_domain::node::{Node, NodeStatus};
use coppice_domain::profile::{Host, Profile};
use coppice_domain::profile_types::{host_refused, validate_profile_spec};
use coppice_store::Adoption;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The node that an adopted instance becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct AdoptedNode {
    /// Its name; none to make one up.
    pub name: Option<String>,
    /// Its metadata.
    pub metadata: Option<JsonMap>,
    /// The domain of the requester's token.
    pub domain: Option<String>,
    /// What the profile's containers run on, if its type has that.
    pub host: Option<Host>,
}

/// Records an instance as a node, with a profile of its own. The instance is not touched, and not tagged:
/// the leak sweep, which looks for our tags, never sees it.
///
/// # Errors
/// `BadRequest` when the instance has a node already, or is one of ours; `InvalidSpec` when no profile can
/// be made of it; a failure of the store.
pub async fn node_adopt(
    env: &Env,
    adoptee: &Adoptee,
    new: AdoptedNode,
    requester: Requester<'_>,
) -> Result<(Node, Profile), Refusal> {
    if adoptee.own {
        return Err(taken(adoptee).into());
    }
    let profile_id = ProfileId::new(env.ids.uuid());
    let name = new.name.unwrap_or_else(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(profile_id.uuid().as_u64_pair().0);
        node_name(None, ORPHAN, &mut rng)
    });
    let now = env.now();
    let profile_name = format!("prof-{name}");
    let profile = Profile {
        id: profile_id,
        type_name: validate_profile_spec(Some(&profile_name), &adoptee.spec)?.0,
        name: profile_name,
        user: requester.user.to_owned(),
        project: requester.project.to_owned(),
        domain: new.domain.clone(),
        spec: adoptee.spec.clone(),
        metadata: Some(JsonMap::new()),
        created_at: now,
        updated_at: None,
    };
    let node = Node {
        // Whoever adopts this instance needs this id: only one can have it.
        id: NodeId::adopting(&adoptee.instance),
        name,
        cluster_id: None,
        physical_id: Some(adoptee.instance.clone()),
        profile_id,
        profile_type: profile.type_name.clone(),
        user: requester.user.to_owned(),
        project: requester.project.to_owned(),
        domain: new.domain,
        index: ORPHAN,
        role: Some(String::new()),
        init_at: now,
        created_at: Some(now),
        updated_at: None,
        status: NodeStatus::Active,
        status_reason: "Node adopted successfully".to_owned(),
        metadata: new.metadata,
        data: JsonMap::new(),
        dependents: JsonMap::new(),
        tainted: false,
        active_action: None,
        launched_by: None,
        launched_at: None,
        condemned_by: None,
        own_reference: true,
    };
    match env.store.adopt(&node, &profile, new.host).await? {
        Adoption::Done => Ok((node, profile)),
        Adoption::Taken => Err(taken(adoptee).into()),
        Adoption::Host(refusal) => Err(host_refused(refusal, &profile.type_name, &profile.spec).into()),
    }
}

fn taken(adoptee: &Adoptee) -> Fault {
    Fault::bad_request(format!("The instance '{}' is managed by this service already", adoptee.instance))
}
