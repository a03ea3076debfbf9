//! What clients do with clusters that a policy spreads over regions: let them grow by actions on them and by nodes that
//! are made straight into them, several at once.

use crate::story::Client;
use coppice_domain::action::ActionKind;
use coppice_domain::ids::ActionId;
use rand::RngExt;
use serde_json::{Value, json};

/// The regions there are, and the most members that each takes: in every policy the same, so that a cluster may be
/// given one policy after the other.
pub(crate) const CAPS: [(&str, Option<usize>); 3] = [("east", Some(1)), ("west", Some(2)), ("north", None)];

impl Client {
    /// A policy that spreads nodes over some regions; without one that takes any number, clusters cannot grow for ever.
    pub(crate) fn regions(&mut self) -> (&'static str, Value) {
        let named = CAPS.iter().filter(|(_, cap)| cap.is_some() || self.rng.random_bool(0.5));
        let named: Vec<_> = named.collect();
        let region = |(name, cap): &(&str, Option<usize>)| {
            let cap = cap.map_or(json!(-1), |cap| json!(cap));
            json!({ "name": name, "weight": self.rng.random_range(0..=100), "cap": cap })
        };
        let regions: Vec<Value> = named.into_iter().map(region).collect();
        ("senlin.policy.region_placement-1.0", json!({ "regions": regions }))
    }

    /// Lets a cluster have such a policy, and then grow.
    pub(crate) async fn grow_over_regions(&mut self) -> Option<ActionId> {
        let cluster = self.any_cluster()?;
        let spec = self.regions();
        let policy = self.create_policy_of(spec).await?;
        let inputs = json!({ "policy_id": policy, "enabled": true });
        let mut last = self.act_in(cluster, ActionKind::ClusterAttachPolicy, inputs).await;
        for _ in 0..self.rng.random_range(1..=4) {
            if let Some(action) = last.filter(|_| self.rng.random_bool(0.7)) {
                self.wait_for(action).await;
            }
            let next = match self.rng.random_range(0..3) {
                0 => self.create_node_in(Some(cluster)).await,
                1 => {
                    let inputs = json!({
                        "adjustment_type": "CHANGE_IN_CAPACITY", "number": self.rng.random_range(-1..=2),
                    });
                    self.act_in(cluster, ActionKind::ClusterResize, inputs).await
                }
                _ => {
                    let inputs = json!({ "count": self.rng.random_range(1..=2) });
                    self.act_in(cluster, ActionKind::ClusterScaleOut, inputs).await
                }
            };
            last = next.or(last);
        }
        last
    }
}
