//! The API's description as one document. The functions do not know each other, so it is put together
//! here, and the meta function serves the file that results.

use coppice_api::openapi;
use coppice_api::operation::Operation;
use std::path::{Path, PathBuf};

/// The command that writes the file anew.
pub const COMMAND: &str = "cargo run -p coppice-openapi";

/// Every operation of every function.
#[must_use]
pub fn operations() -> Vec<Operation> {
    [
        coppice_actions::operations(),
        coppice_clusters::operations(),
        coppice_meta::operations(),
        coppice_nodes::operations(),
        coppice_policies::operations(),
        coppice_profiles::operations(),
        coppice_receivers::operations(),
    ]
    .concat()
}

/// The document.
#[must_use]
pub fn text() -> String {
    openapi::render(&openapi::document(&operations()))
}

/// The file that the meta function serves.
#[must_use]
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions/meta/src/openapi.json")
}
