//! What belongs to no resource: the version document behind the token check, the build's revision, and the
//! services, the API's description.
//! Whatever no other function is routed to ends here as well, and is answered by the pipeline.

mod build_info;
mod description;
mod services;
mod version;

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
        .serve(version::OPERATION, version::show)
        .serve(build_info::OPERATION, build_info::show)
        .serve(services::OPERATION, services::list)
        .serve(description::OPERATION, description::show)
}
