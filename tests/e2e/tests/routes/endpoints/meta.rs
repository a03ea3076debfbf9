//! What belongs to no resource (spec api-resources C, Q).

use super::Foreign::Same;
use super::{Endpoint, get};
use coppice_e2e::ADMIN;
use http::Method;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/v1/", Same),
        get("/v1/build-info", Same),
        // For administrators alone.
        Endpoint::new(Method::GET, "/v1/services", None, 403, Same).but(ADMIN, 200),
    ]
}
