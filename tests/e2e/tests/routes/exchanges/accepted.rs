//! What may differ from the recordings: what a row of `COMPATIBILITY.md` says, and nothing else. An entry that no
//! longer differs must go.

/// A place where the answers to some recordings may differ.
#[derive(Debug)]
pub(super) struct Accepted {
    /// Whether it differs in every run. What is chance may come out as it was recorded.
    pub(super) certain: bool,
    seqs: (u32, u32),
    /// Keys joined by dots, with all that is below; `*` at the beginning stands for anything.
    path: &'static str,
    /// The first cell of the row of `COMPATIBILITY.md` that says so.
    pub(super) row: &'static str,
}

impl Accepted {
    pub(super) fn covers(&self, seq: u32, path: &str) -> bool {
        (self.seqs.0..=self.seqs.1).contains(&seq)
            && match self.path.strip_prefix('*') {
                Some(suffix) => path.ends_with(suffix) || path.contains(&format!("{suffix}.")),
                None => path == self.path || path.starts_with(&format!("{}.", self.path)),
            }
    }
}

const fn accept(first: u32, last: u32, path: &'static str, row: &'static str) -> Accepted {
    Accepted { certain: true, seqs: (first, last), path, row }
}

const fn chance(first: u32, last: u32, path: &'static str, row: &'static str) -> Accepted {
    Accepted { certain: false, ..accept(first, last, path, row) }
}

/// Recordings that are replayed while the action before them is still under way. The last of them is of a
/// cluster whose deletion was asked for twice, and which was still there.
pub(super) const UNDER_WAY: [u32; 4] = [176, 177, 178, 179];

/// Lists whose order follows from random ids, at least within one second of the reference, and what tells
/// their items apart until their ids are known.
pub(super) const UNORDERED: [(&str, &str); 3] =
    [("body.actions", "action"), ("body.cluster_attributes", "id"), ("body.cluster_policies", "policy_name")];

// First cells of rows.
const DESCRIPTIONS: &str = "descriptions in schemas";
const BROKEN_PATH: &str = "a path in `attrs` that breaks off (`$.[`)";
const BACKEND: &str = "backends other than the simulated one";
const CHANCE: &str = "which node goes, or comes first, where nothing says so";
const DETAILS: &str = "what the backend says in `details`, or when adopting fails";
const OVERRIDES: &str = "adopt without `overrides`, as openstacksdk asks";
const OUTPUTS: &str = "`outputs` of an action";
const SERVICES: &str = "services";

/// Accepted differences.
pub(super) const ACCEPTED: &[Accepted] = &[
    accept(20, 21, "*.description", DESCRIPTIONS),
    accept(26, 26, "*.description", DESCRIPTIONS),
    accept(92, 92, "status", BROKEN_PATH),
    accept(92, 92, "body", BROKEN_PATH),
    accept(118, 124, "*.data.internal_ports", BACKEND),
    accept(118, 124, "*.data.placement", BACKEND),
    chance(118, 119, "body.nodes.index", CHANCE),
    chance(118, 119, "body.nodes.physical_id", CHANCE),
    chance(118, 119, "body.nodes.id", CHANCE),
    accept(122, 122, "body.node.details", DETAILS),
    accept(130, 130, "body.error", OVERRIDES),
    chance(152, 153, "body.actions.name", CHANCE),
    chance(152, 153, "body.actions.target", CHANCE),
    accept(152, 156, "*.outputs", OUTPUTS),
    accept(168, 170, "body.services", SERVICES),
];
