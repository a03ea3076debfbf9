//! What may differ from the recordings, and why. An entry that no longer differs must go.

/// A place where the answers to some recordings may differ.
#[derive(Debug)]
pub(super) struct Accepted {
    /// Whether it differs in every run. What is chance may come out as it was recorded.
    pub(super) certain: bool,
    seqs: (u32, u32),
    /// Keys joined by dots, with all that is below; `*` at the beginning stands for anything.
    path: &'static str,
    #[expect(dead_code, reason = "shown when the entry is no longer needed")]
    why: &'static str,
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

const fn accept(first: u32, last: u32, path: &'static str, why: &'static str) -> Accepted {
    Accepted { certain: true, seqs: (first, last), path, why }
}

const fn chance(first: u32, last: u32, path: &'static str, why: &'static str) -> Accepted {
    Accepted { certain: false, ..accept(first, last, path, why) }
}

/// Recordings that are replayed while the action before them is still under way. The last of them is of a
/// cluster whose deletion was asked for twice, and which was still there.
pub(super) const UNDER_WAY: [u32; 4] = [176, 177, 178, 179];

/// Lists whose order follows from random ids, at least within one second of the reference, and what tells
/// their items apart until their ids are known.
pub(super) const UNORDERED: [(&str, &str); 3] =
    [("body.actions", "action"), ("body.cluster_attributes", "id"), ("body.cluster_policies", "policy_name")];

/// Accepted differences.
pub(super) const ACCEPTED: &[Accepted] = &[
    accept(20, 20, "*.description", "help texts are our own words; keys, types and defaults are equal"),
    accept(21, 21, "*.description", "help texts are our own words; names and types are equal"),
    accept(26, 26, "*.description", "help texts are our own words; keys, types and defaults are equal"),
    accept(92, 92, "status", "a path that breaks off is the client's mistake, and no crash"),
    accept(92, 92, "body", "a path that breaks off is the client's mistake, and no crash"),
    accept(118, 124, "*.data", "ports and zones are the reference's backend's; this one has none"),
    chance(118, 119, "body.nodes.index", "which node a scaling in takes is chance"),
    chance(118, 119, "body.nodes.physical_id", "which node a scaling in takes is chance"),
    chance(118, 119, "body.nodes.id", "which node a scaling in takes is chance"),
    accept(122, 122, "body.node.details", "what a server is like is for its backend to say"),
    accept(130, 130, "body.error", "without overrides nothing is overridden; the server itself is not there"),
    chance(152, 153, "body.actions.name", "two nodes are made at once: either may come first"),
    chance(152, 153, "body.actions.target", "two nodes are made at once: either may come first"),
    accept(152, 156, "*.outputs", "an action tells which nodes it made or took out, as it was meant to"),
    accept(168, 170, "body.services", "functions are the services here; the reference's are processes"),
];
