//! What a node's profile says about it.

use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_api::views::{self, UNKNOWN_PROFILE};
use coppice_domain::node::Node;
use coppice_engine::Env;
use coppice_support::profile_names;
use serde_json::Value;

/// The representation of a node, under the name of its profile.
pub(crate) async fn shown(env: &Env, call: &Call, node: &Node) -> Result<Value, Failure> {
    let names = profile_names(&env.store, &[node.profile_id]).await?;
    let profile = names.get(&node.profile_id).map_or(UNKNOWN_PROFILE, String::as_str);
    Ok(views::node(node, profile, call.microversion))
}
