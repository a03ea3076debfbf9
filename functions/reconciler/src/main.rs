//! Drives what is towards what was asked for, on a schedule.

use coppice_runtime::{Failure, schedule};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    schedule::serve().await
}
