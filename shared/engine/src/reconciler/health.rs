//! Health: looks after the clusters whose time has come (spec engine-receivers-health-events §2). Several at once;
//! what is not done in a run stays due. Two runs at once are harmless: see [`crate::health`].

use super::all_turns;
use crate::env::Env;
use crate::health::look_after;
use coppice_domain::ids::{ClusterId, PolicyId};
use coppice_domain::time::Timestamp;
use coppice_store::StoreError;

pub(super) async fn run(
    env: &Env,
    due: Vec<(ClusterId, PolicyId)>,
    until: Timestamp,
) -> Result<usize, StoreError> {
    let turns = due
        .into_iter()
        .map(|(cluster, policy)| async move { (cluster, look_after(env, cluster, policy, until).await) });
    all_turns(
        env,
        until,
        turns,
        |cluster, error| tracing::warn!(cluster.id = %cluster, error = %error, "looking after a cluster is put off"),
    )
    .await
}
