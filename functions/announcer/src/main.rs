//! The announcer on Lambda: the table's stream invokes it.

use coppice_runtime::{Failure, stream};

/// Announces events until Lambda stops the process.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    stream::serve(coppice_announcer::answer).await
}
