//! The receivers function on Lambda.

use coppice_runtime::{Failure, http};

/// Serves the endpoints of this function until Lambda stops the process.
#[tokio::main]
async fn main() -> Result<(), Failure> {
    http::serve(coppice_receivers::router()).await
}
