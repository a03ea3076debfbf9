//! Profiles and their types (spec api-resources D, E).

mod create;
mod delete;
mod list;
mod show;
pub mod types;
mod update;
mod validate;

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
        .serve(validate::OPERATION, validate::validate)
        .serve(show::OPERATION, show::show)
        .serve(update::OPERATION, update::update)
        .serve(delete::OPERATION, delete::delete)
        .serve(types::list::OPERATION, types::list::list)
        .serve(types::show::OPERATION, types::show::show)
        .serve(types::operations::OPERATION, types::operations::list)
}
