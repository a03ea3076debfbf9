//! Starting an action on a node.

use coppice_api::call::Call;
use coppice_api::error::Failure;
use coppice_domain::ids::ActionId;
use coppice_domain::node::Node;
use coppice_engine::Env;
use coppice_engine::accept::{self, Asked};
use coppice_support::{refused, requester};

/// Records an action on `node`.
pub(crate) async fn start(env: &Env, call: &Call, node: &Node, asked: Asked) -> Result<ActionId, Failure> {
    accept::node_action(env, node, asked, requester(call)).await.map_err(refused)
}
