//! What belongs to no resource: the version document behind the token check, the build's revision, and the
//! services.
//! Whatever no other function is routed to ends here as well, and is answered by the pipeline.

mod build_info;
mod services;
mod version;

use axum::Router;
use axum::routing::get;
use coppice_engine::Env;

/// The endpoints of this function.
pub fn router() -> Router<Env> {
    Router::new()
        .route("/", get(version::show))
        .route("/build-info", get(build_info::show))
        .route("/services", get(services::list))
}
