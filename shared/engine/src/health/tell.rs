//! What is said about recoveries that do not take place.

use super::Run;
use coppice_domain::action::ActionKind;
use coppice_domain::cluster::JsonMap;
use coppice_domain::event::{Event, Level, Phase};
use coppice_domain::health::{Round, Telling};
use coppice_domain::ids::EventId;
use coppice_domain::time::Timestamp;
use coppice_store::Told;

impl Run<'_> {
    /// The event of a run that was due at `at`, the same however often it is recorded, and what the cluster says.
    pub(super) fn told(&self, telling: Telling, at: Timestamp) -> Told {
        let (cluster, now) = (&self.cluster, self.env.now());
        tracing::warn!(cluster.id = %cluster.id, reason = telling.text, "health");
        let (level, status) =
            if telling.cleared { (Level::Info, Phase::End) } else { (Level::Warn, Phase::Error) };
        // What holds a cluster says itself how it ends.
        let shown = telling.shown && cluster.active_action.is_none();
        Told {
            status_reason: shown.then(|| telling.text.clone()),
            event: Event {
                id: EventId::derived(Round::new(at).namespace(cluster.id), "told", 0),
                timestamp: now,
                oid: cluster.id.uuid(),
                oname: cluster.name.clone(),
                otype: "CLUSTER".to_owned(),
                cluster_id: Some(cluster.id),
                level,
                user: cluster.user.clone(),
                project: cluster.project.clone(),
                action: ActionKind::NodeRecover.name().to_owned(),
                status,
                status_reason: telling.text,
                meta_data: JsonMap::new(),
            },
        }
    }
}
