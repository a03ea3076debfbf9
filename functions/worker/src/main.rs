//! Consumes the action queue.

use coppice_runtime::{Failure, sqs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    sqs::serve().await
}
