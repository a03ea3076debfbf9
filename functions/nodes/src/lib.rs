//! Nodes (spec api-resources L).

mod list;
mod members;
mod show;

use axum::Router;
use coppice_api::operation::{Endpoints, Operation};
use coppice_engine::Env;

/// What serves the endpoints of this function.
pub fn router() -> Router<Env> {
    endpoints().router()
}

/// What describes them.
#[must_use]
pub fn operations() -> Vec<Operation> {
    endpoints().operations()
}

fn endpoints() -> Endpoints<Env> {
    Endpoints::new().serve(list::OPERATION, list::list).serve(show::OPERATION, show::show)
}
