//! What was done to an instance says nothing of how it is.

use super::{Hand, Step};
use coppice_compute::InstanceState;
use coppice_domain::node::Node;
use coppice_store::Settlement;

impl Hand<'_> {
    /// The end of a job that was done; but an instance that is in error, or gone, is so whatever was done to it.
    /// That is waited for while it does not show: `failed` makes the end of it.
    pub(super) async fn unless_broken(
        &self,
        node: &Node,
        id: &str,
        done: Settlement,
        failed: impl Fn(&str) -> Settlement,
    ) -> Step {
        let found = match self.env.compute.get(id).await {
            Ok(found) => found.map(|instance| instance.state),
            Err(error) => return Step::after(&error, |text| failed(&text)),
        };
        // One that was made just now may not show yet.
        let settled = node.updated_at.unwrap_or(node.init_at).max(node.init_at);
        let shows = self.env.now().since(settled) > self.env.compute.staleness();
        let broken = match found {
            Some(InstanceState::Error { message }) => {
                failed(&format!("it is in error: {}", message.trim_end_matches('.')))
            }
            Some(InstanceState::Deleting) => failed("it is being deleted"),
            None if shows => failed(&format!("No Server found for {id}")),
            None | Some(InstanceState::Building) => return Step::Waits,
            Some(InstanceState::Active | InstanceState::Stopped) => return Step::settle(done),
        };
        Step::settle(Settlement { changes: done.changes, ..broken })
    }
}
