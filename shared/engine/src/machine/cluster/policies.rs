//! Asking the cluster's policies before an action on it begins (spec engine-actions §7, §12).

use super::super::Worker;
use crate::fleet::Run;
use crate::policies::{ask, attached};
use coppice_domain::policies::counted;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;

impl Worker {
    /// Asks them, and notes what they decide; the inner error is why the action fails.
    pub(super) async fn ask_policies(
        &self,
        run: &mut Run<'_>,
        now: Timestamp,
    ) -> Result<Result<(), String>, StoreError> {
        let attached = attached(&self.env, &run.view.bindings).await?;
        if attached.is_empty() {
            return Ok(Ok(()));
        }
        let (action, profile) = (&run.task.action, run.view.cluster.profile_id);
        Ok(match ask(&self.env, &attached, &run.view, action, (None, profile), now).await? {
            Ok(data) => {
                run.work.counts = counted(action.kind, &attached);
                run.decided = data;
                Ok(())
            }
            Err(refusal) => {
                run.decided = refusal.data;
                Err(format!("Policy check failure: {}", refusal.reason))
            }
        })
    }
}
