//! Asking the cluster's policies before an action on it begins (spec engine-actions §7, §12).

use super::super::{Worker, seed};
use crate::fleet::Run;
use crate::policies::{attached, pinned, places, standings};
use coppice_domain::policies::{Question, before, counted, needs};
use coppice_domain::profile::Profile;
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

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
        let kind = run.task.action.kind;
        let (cluster, needs) = (&run.view.cluster, needs(kind, &attached));
        let members = standings(&self.env, &run.view.members, needs).await?;
        let profile: Option<Profile> =
            if needs.places { self.env.store.get(cluster.profile_id).await? } else { None };
        let (pinned_zone, pinned_region) = pinned(profile.as_ref());
        let question = Question {
            kind,
            inputs: &run.task.action.inputs,
            node: None,
            cluster,
            members: &members,
            places: &places(),
            pinned_zone,
            pinned_region,
            max_nodes_per_cluster: self.env.settings.max_nodes_per_cluster,
            now,
        };
        let mut rng = ChaCha8Rng::from_seed(seed(run.task.action.id));
        Ok(match before(&question, &attached, &mut rng) {
            Ok(data) => {
                run.work.counts = counted(kind, &attached);
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
