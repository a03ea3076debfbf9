//! The triggers function on Lambda: EventBridge and SNS invoke it, not HTTP.

use coppice_runtime::{Failure, events};

/// Answers events until Lambda stops the process.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    events::serve(coppice_triggers::answer).await
}
