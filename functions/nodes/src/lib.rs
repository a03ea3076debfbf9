//! Nodes (spec api-resources L).

mod list;
mod members;
mod show;

use axum::Router;
use axum::routing::get;
use coppice_engine::Env;

/// The endpoints of this function.
pub fn router() -> Router<Env> {
    Router::new().route("/nodes", get(list::list)).route("/nodes/{id}", get(show::show))
}
