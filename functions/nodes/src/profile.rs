//! What a node's profile says about it.

use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::views::{self, UNKNOWN_PROFILE};
use coppice_domain::fault::Fault;
use coppice_domain::ids::ProfileId;
use coppice_domain::node::Node;
use coppice_domain::profile::Profile;
use coppice_engine::Env;
use coppice_support::{profile_names, store_failed};
use serde_json::Value;

/// The type of a profile that a node or a cluster has: `<type>-<version>`.
pub(crate) async fn type_of(env: &Env, id: ProfileId) -> Result<String, Failure> {
    let profile = env.store.get::<Profile>(id).await.map_err(store_failed)?;
    profile
        .map(|profile| profile.type_name)
        .ok_or_else(|| Fault::not_found("profile", &id.to_string()).into())
}

/// The representation of a node, under the name of its profile.
pub(crate) async fn shown(env: &Env, call: &Call, node: &Node) -> Result<Value, Failure> {
    let names = profile_names(&env.store, &[node.profile_id]).await?;
    let profile = names.get(&node.profile_id).map_or(UNKNOWN_PROFILE, String::as_str);
    Ok(views::node(node, profile, call.microversion))
}
