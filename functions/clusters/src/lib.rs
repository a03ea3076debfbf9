//! Clusters: what they are, their actions, operations on their nodes, and their policies
//! (spec api-resources H, I, J, K).

pub mod actions;
mod attributes;
mod create;
mod delete;
mod list;
mod ops;
pub mod policies;
mod show;
#[cfg(test)]
mod testing;
mod update;

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
    Endpoints::new()
        .serve(list::OPERATION, list::list)
        .serve(create::OPERATION, create::create)
        .serve(show::OPERATION, show::show)
        .serve(update::OPERATION, update::update)
        .serve(delete::OPERATION, delete::delete)
        .serve(actions::OPERATION, actions::create)
        .serve(attributes::OPERATION, attributes::collect)
        .serve(ops::OPERATION, ops::create)
        .serve(policies::list::OPERATION, policies::list::list)
        .serve(policies::show::OPERATION, policies::show::show)
}
