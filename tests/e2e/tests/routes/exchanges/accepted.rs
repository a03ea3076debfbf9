//! What may differ from the recordings, and why. An entry that no longer differs must go.

/// A place where the answers to some recordings may differ.
#[derive(Debug)]
pub(super) struct Accepted {
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
    Accepted { seqs: (first, last), path, why }
}

/// Recordings that are replayed while the action before them is still under way.
pub(super) const UNDER_WAY: [u32; 3] = [176, 177, 178];

/// Before which recording a node of the cluster takes the place of which recorded node.
pub(super) const STAND_INS: [(u32, &str); 1] = [(120, "0568bc0f-7d04-4075-a63d-66dfd817c8b8")];

/// A list whose order within one second of the reference follows from random ids.
pub(super) const UNORDERED: &str = "body.actions";

/// Accepted differences.
pub(super) const ACCEPTED: &[Accepted] = &[
    accept(20, 20, "*.description", "help texts are our own words; keys, types and defaults are equal"),
    accept(21, 21, "*.description", "help texts are our own words; names and types are equal"),
    accept(118, 122, "*.data", "ports and zones are the fake driver's; this backend has none"),
    accept(118, 119, "*.index", "a scaling in that waits for policies removed the node with index 1"),
    accept(118, 119, "*.status_reason", "a node operation that is pending came last"),
    accept(120, 122, "body.node.cluster_id", "a member stands in for an orphan node"),
    accept(120, 122, "body.node.index", "a member stands in for an orphan node"),
    accept(120, 122, "body.node.name", "a member stands in for an orphan node"),
    accept(120, 122, "body.node.metadata", "a member stands in for an orphan node"),
    accept(120, 122, "body.node.role", "a member stands in for an orphan node"),
    accept(122, 122, "body.node.details", "no backend is asked for details in this version"),
    accept(152, 153, "body.actions.name", "two nodes are made at once: either may come first"),
    accept(152, 153, "body.actions.target", "two nodes are made at once: either may come first"),
    accept(161, 165, "*.cluster.desired_capacity", "pending recordings changed the cluster further"),
    accept(161, 165, "*.cluster.next_index", "pending recordings changed the cluster further"),
    accept(161, 165, "*.cluster.status_reason", "pending recordings changed the cluster further"),
];
