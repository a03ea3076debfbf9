//! What policies decide about an action: the scratchpad that the reference keeps in the action's `data`
//! (spec engine-actions §12).

use crate::cluster::JsonMap;
use crate::ids::NodeId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many nodes go to each place.
pub type Spread = BTreeMap<String, i64>;

/// What the policies of a cluster have decided about an action so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Data {
    /// Nodes to be made.
    pub creation: Option<Creation>,
    /// Nodes to be taken out.
    pub deletion: Option<Deletion>,
    /// Who is told before a node goes.
    pub hooks: Option<Hooks>,
    /// Where all new nodes belong.
    pub placement: Option<Placement>,
    /// How a new profile reaches the nodes.
    pub update: Option<Update>,
    /// What a health policy does about sick nodes.
    pub health: Option<JsonMap>,
    /// How the last policy that had a say found things; none if none had.
    pub verdict: Option<Verdict>,
}

/// How a policy found things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the action may go on.
    pub passed: bool,
    /// In the policy's words.
    pub reason: String,
}

/// Nodes to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Creation {
    /// How many; not negative.
    pub count: i64,
    /// How many in each region, if a policy said so.
    pub regions: Option<Spread>,
    /// How many in each availability zone, if a policy said so.
    pub zones: Option<Spread>,
}

/// Nodes to be taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// How many; not negative.
    pub count: i64,
    /// Which, if a policy said so.
    pub candidates: Option<Vec<NodeId>>,
    /// How many of each region, if a policy said so.
    pub regions: Option<Spread>,
    /// How many of each availability zone, if a policy said so.
    pub zones: Option<Spread>,
    /// What a deletion policy said about how they go.
    pub manner: Option<Manner>,
}

/// How nodes go (spec engine-policies §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Whether they are destroyed, and do not only leave.
    pub destroy_after_deletion: bool,
    /// Seconds before anything happens to them.
    pub grace_period: u64,
    /// Whether the cluster's target falls with them.
    pub reduce_desired_capacity: bool,
}

/// Who is told before a node goes, and may hold it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hooks {
    /// `zaqar`: on a queue.
    pub kind: String,
    /// The queue.
    pub queue: String,
    /// An address.
    pub url: String,
    /// Seconds after which the node goes all the same.
    pub timeout: u64,
}

/// Where all new nodes belong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// How many nodes.
    pub count: i64,
    /// The server group.
    pub server_group: String,
    /// The availability zone, if the policy names one.
    pub zone: Option<String>,
}

/// How a new profile reaches the nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Seconds between two batches.
    pub pause_time: u64,
    /// Nodes in a batch; at least one.
    pub size: usize,
    /// The nodes, those of least use first.
    pub order: Vec<NodeId>,
}

/// The longest list that is shown: no record grows with its cluster.
const LONGEST: usize = 200;

impl Data {
    /// What an action's record shows of it; none if no policy had a say. Lists longer than 200 are left out.
    #[must_use]
    pub fn shown(&self) -> Option<JsonMap> {
        let verdict = self.verdict.as_ref()?;
        let mut shown = JsonMap::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown.insert(key.to_owned(), value);
            }
        };
        put("creation", self.creation.as_ref().map(Creation::shown));
        put("deletion", self.deletion.as_ref().map(Deletion::shown));
        put("hooks", self.hooks.as_ref().map(Hooks::shown));
        put("placement", self.placement.as_ref().map(Placement::shown));
        put("update", self.update.as_ref().map(Update::shown));
        put("health", self.health.clone().map(Value::Object));
        put("status", Some(json!(if verdict.passed { "OK" } else { "ERROR" })));
        put("reason", Some(json!(verdict.reason)));
        Some(shown)
    }

    /// Notes that a policy has had its say.
    pub(super) fn pass(&mut self, reason: &str) {
        self.verdict = Some(Verdict { passed: true, reason: reason.to_owned() });
    }
}

fn with_spreads(mut shown: Value, regions: Option<&Spread>, zones: Option<&Spread>) -> Value {
    for (key, spread) in [("regions", regions), ("zones", zones)] {
        if let Some(spread) = spread {
            shown[key] = json!(spread);
        }
    }
    shown
}

impl Creation {
    fn shown(&self) -> Value {
        with_spreads(json!({ "count": self.count }), self.regions.as_ref(), self.zones.as_ref())
    }
}

impl Deletion {
    fn shown(&self) -> Value {
        let mut shown = json!({ "count": self.count });
        if let Some(candidates) = self.candidates.as_ref().filter(|candidates| candidates.len() <= LONGEST) {
            shown["candidates"] = json!(candidates);
        }
        if let Some(manner) = &self.manner {
            shown["destroy_after_deletion"] = json!(manner.destroy_after_deletion);
            shown["grace_period"] = json!(manner.grace_period);
            shown["reduce_desired_capacity"] = json!(manner.reduce_desired_capacity);
        }
        with_spreads(shown, self.regions.as_ref(), self.zones.as_ref())
    }
}

impl Hooks {
    fn shown(&self) -> Value {
        let params = json!({ "queue": self.queue, "url": self.url });
        json!({ "type": self.kind, "params": params, "timeout": self.timeout })
    }
}

impl Placement {
    fn shown(&self) -> Value {
        let mut entry = json!({ "servergroup": self.server_group });
        if let Some(zone) = &self.zone {
            entry["zone"] = json!(zone);
        }
        let count = usize::try_from(self.count).unwrap_or(0).min(LONGEST);
        json!({ "count": self.count, "placements": vec![entry; count] })
    }
}

impl Update {
    fn shown(&self) -> Value {
        let mut shown = json!({ "pause_time": self.pause_time });
        if self.order.len() <= LONGEST {
            shown["plan"] = self.order.chunks(self.size.max(1)).map(|batch| json!(batch)).collect();
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_no_policy_had_a_say_in_is_not_shown() {
        assert_eq!(Data::default().shown(), None);
    }

    #[test]
    fn it_is_shown_as_the_reference_keeps_it() {
        let node = |number| NodeId::new(Uuid::from_u128(number));
        let mut data = Data {
            deletion: Some(Deletion {
                count: 2,
                candidates: Some(vec![node(1), node(2)]),
                zones: Some(Spread::from([("az1".to_owned(), 2)])),
                manner: Some(Manner {
                    destroy_after_deletion: true,
                    grace_period: 5,
                    reduce_desired_capacity: false,
                }),
                regions: None,
            }),
            hooks: Some(Hooks {
                kind: "zaqar".to_owned(),
                queue: "q".to_owned(),
                url: String::new(),
                timeout: 9,
            }),
            placement: Some(Placement {
                count: 2,
                server_group: "g".to_owned(),
                zone: Some("az".to_owned()),
            }),
            update: Some(Update { pause_time: 60, size: 2, order: vec![node(1), node(2), node(3)] }),
            ..Data::default()
        };
        data.pass("Candidates generated");
        let entry = json!({ "servergroup": "g", "zone": "az" });
        assert_eq!(
            Value::Object(data.shown().unwrap()),
            json!({
                "status": "OK",
                "reason": "Candidates generated",
                "deletion": {
                    "count": 2, "candidates": [node(1), node(2)], "zones": { "az1": 2 },
                    "destroy_after_deletion": true, "grace_period": 5, "reduce_desired_capacity": false,
                },
                "hooks": { "type": "zaqar", "params": { "queue": "q", "url": "" }, "timeout": 9 },
                "placement": { "count": 2, "placements": [entry, entry] },
                "update": { "pause_time": 60, "plan": [[node(1), node(2)], [node(3)]] },
            })
        );
    }

    #[test]
    fn a_long_list_is_left_out() {
        let nodes: Vec<NodeId> = (0..201).map(|number| NodeId::new(Uuid::from_u128(number))).collect();
        let mut data = Data {
            deletion: Some(Deletion { count: 201, candidates: Some(nodes.clone()), ..Deletion::default() }),
            update: Some(Update { pause_time: 1, size: 5, order: nodes }),
            ..Data::default()
        };
        data.pass("");
        let shown = data.shown().unwrap();
        assert_eq!(
            (&shown["deletion"], &shown["update"]),
            (&json!({ "count": 201 }), &json!({ "pause_time": 1 }))
        );
    }
}
