//! Invariants that must hold after every single effect.

use crate::history::{Change, History, Item, number, text};
use coppice_compute::CreateRequest;
use coppice_domain::ids::ActionId;
use coppice_store::child;
use std::collections::{BTreeMap, BTreeSet};

/// Watches every write and every call of the backend.
#[derive(Default)]
pub(crate) struct Watch {
    violations: Vec<String>,
    /// Nodes a creation was recorded for: (node, derived action).
    recorded: BTreeSet<(String, String)>,
    /// Derived actions that have not ended, by the action they derive from.
    open_children: BTreeMap<String, BTreeSet<String>>,
    /// Which node of a cluster has an index.
    indexes: BTreeMap<(String, i64), String>,
    /// Which settled node claims an instance.
    claims: BTreeMap<String, String>,
    /// Under which number each action was parked last.
    parked: BTreeMap<String, i64>,
    /// How often each action has ended.
    ended: BTreeMap<String, u32>,
    /// The actions in the order in which they were recorded: clocks do not tell.
    order: BTreeMap<String, usize>,
}

/// Whether an action's status is final.
pub(crate) fn is_terminal(item: &Item) -> bool {
    matches!(text(item, "status"), Some("SUCCEEDED" | "FAILED" | "CANCELLED"))
}

/// How far an action's plan is: whether it has begun, its phase, and how many nodes are registered.
fn progress(action: &Item) -> Option<(bool, u64, u64)> {
    let work: serde_json::Value = serde_json::from_str(text(action, "work")?).ok()?;
    let registered = |part: &str| work["plan"][part]["registered"].as_u64().unwrap_or(0);
    let begun = work["begun"].as_bool().unwrap_or(false) || work["plan"].is_object();
    Some((begun, work["phase"].as_u64().unwrap_or(0), registered("creation") + registered("assignment")))
}

fn brief(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

impl Watch {
    /// What was violated so far.
    pub(crate) fn violations(&self) -> &[String] {
        &self.violations
    }

    /// The place of an action among all, in the order in which they were recorded.
    pub(crate) fn place(&self, action: &str) -> usize {
        self.order.get(action).copied().unwrap_or(0)
    }

    fn violated(&mut self, what: String) {
        self.violations.push(what);
    }

    /// A write took effect.
    pub(crate) fn changed(&mut self, history: &History, changes: &[Change]) {
        for change in changes {
            let (pk, sk) = (change.key.0.as_str(), change.key.1.as_str());
            match (pk.split_once('#'), sk) {
                (Some(("X", id)), "A") => self.action(id, change),
                (Some(("C", id)), "A") => self.cluster(history, id, change),
                (Some(("C", id)), member) if member.starts_with("M#") => self.member(history, id, change),
                (Some(("N", id)), "A") => self.node(history, id, change),
                (Some(("PROJ", id)), "A") => {
                    let clusters = change.after.as_ref().and_then(|item| number(item, "clusters"));
                    if clusters.is_some_and(|count| count < 0) {
                        self.violated(format!("project {id} counts {clusters:?} clusters"));
                    }
                }
                _ => {}
            }
        }
        for change in changes {
            self.ending(history, change);
        }
    }

    fn action(&mut self, id: &str, change: &Change) {
        if let Some(before) = change.before.as_deref().filter(|before| is_terminal(before)) {
            let now = change.after.as_deref().and_then(|after| text(after, "status"));
            self.violated(format!(
                "action {} {} had ended as {:?} and changed to {now:?}",
                brief(id),
                text(before, "action").or_else(|| text(before, "kind")).unwrap_or_default(),
                text(before, "status"),
            ));
        }
        let Some(after) = change.after.as_deref() else { return };
        let next = self.order.len() + 1;
        self.order.entry(id.to_owned()).or_insert(next);
        if let Some(before) = change.before.as_deref()
            && let (Some(was), Some(now)) = (progress(before), progress(after))
            && now < was
        {
            self.violated(format!("the plan of action {} went back from {was:?} to {now:?}", brief(id)));
        }
        if let Some(before) = change.before.as_deref()
            && number(after, "wake_at").is_some()
            && number(before, "wake_at") != number(after, "wake_at")
        {
            let seq = number(after, "seq").unwrap_or(0);
            if self.parked.insert(id.to_owned(), seq).is_some_and(|earlier| seq <= earlier) {
                // An older message could not be told from the one that is to wake it now.
                self.violated(format!("action {} was parked twice under one number", brief(id)));
            }
        }
        let ends = is_terminal(after) && !change.before.as_deref().is_some_and(is_terminal);
        if let Some(parent) = text(after, "parent") {
            let open = self.open_children.entry(parent.to_owned()).or_default();
            if is_terminal(after) {
                open.remove(id);
            } else {
                open.insert(id.to_owned());
            }
        }
        if ends {
            let times = self.ended.entry(id.to_owned()).or_default();
            *times += 1;
            if *times > 1 {
                self.violated(format!("action {} ended twice", brief(id)));
            }
            if after.contains_key("due") || after.contains_key("due_at") || after.contains_key("lease_until")
            {
                self.violated(format!("action {} has ended and is still due or leased", brief(id)));
            }
        }
    }

    /// An action that ends must not leave derived ones behind; judged after the whole write.
    fn ending(&mut self, history: &History, change: &Change) {
        let Some(id) = change.key.0.strip_prefix("X#") else { return };
        let Some(after) = change.after.as_deref() else { return };
        if !is_terminal(after) || change.before.as_deref().is_some_and(is_terminal) {
            return;
        }
        if let Some(child) = self.open_children.get(id).and_then(|open| open.first()).cloned() {
            self.violated(format!(
                "action {} ended as {:?} before {}, which it derived",
                brief(id),
                text(after, "status"),
                brief(&child)
            ));
        }
        let _ = history;
    }

    fn cluster(&mut self, history: &History, id: &str, change: &Change) {
        let holder =
            |item: Option<&Item>| item.and_then(|item| text(item, "active_action")).map(str::to_owned);
        let (before, after) = (holder(change.before.as_deref()), holder(change.after.as_deref()));
        let action = |id: &str| history.get(&format!("X#{id}"), "A");
        if let Some(former) = &before
            && before != after
        {
            match &after {
                None if !action(former).is_some_and(|action| is_terminal(&action)) => {
                    self.violated(format!("cluster {} was let go by {former}, which goes on", brief(id)));
                }
                Some(now)
                    if action(now).is_none_or(|action| text(&action, "kind") != Some("CLUSTER_DELETE")) =>
                {
                    self.violated(format!("cluster {} passed from {former} to {now}", brief(id)));
                }
                None | Some(_) => {}
            }
        }
        if let (Some(now), true) =
            (&after, change.after.as_deref().is_some_and(|item| item.contains_key("shared")))
            && action(now).is_none_or(|action| text(&action, "kind") != Some("CLUSTER_DELETE"))
        {
            self.violated(format!("cluster {} is held by {now} and shared by others", brief(id)));
        }
        if let (Some(before), Some(after)) = (change.before.as_deref(), change.after.as_deref()) {
            if number(before, "next_index") > number(after, "next_index") {
                self.violated(format!("the next index of cluster {} moved back", brief(id)));
            }
            if text(before, "project") != text(after, "project") {
                self.violated(format!("cluster {} changed projects", brief(id)));
            }
        }
        if let Some(after) = change.after.as_deref()
            && let (Some(least), Some(most), Some(desired)) =
                (number(after, "min_size"), number(after, "max_size"), number(after, "desired_capacity"))
            // An upper limit of zero does not limit a best-effort request (spec engine-cluster §7).
            && (desired < least || (most > 0 && desired > most))
        {
            self.violated(format!("cluster {} aims at {desired} of {least} to {most}", brief(id)));
        }
    }

    fn member(&mut self, history: &History, cluster: &str, change: &Change) {
        let pending = |item: Option<&Item>| item.and_then(|item| text(item, "by")).map(str::to_owned);
        let (before, after) = (pending(change.before.as_deref()), pending(change.after.as_deref()));
        if after.is_some() && before != after {
            let holder = history.get(&format!("C#{cluster}"), "A");
            let holder = holder.and_then(|cluster| text(&cluster, "active_action").map(str::to_owned));
            if holder != after {
                self.violated(format!(
                    "{after:?} took a member of cluster {} held by {holder:?}",
                    brief(cluster)
                ));
            }
        }
    }

    fn node(&mut self, history: &History, id: &str, change: &Change) {
        if let Some(physical) = change.before.as_deref().and_then(|before| text(before, "physical_id")) {
            self.claims.remove(physical);
        }
        let Some(after) = change.after.as_deref() else { return };
        let held = text(after, "active_action");
        if let Some(child) = held {
            self.recorded.insert((id.to_owned(), child.to_owned()));
            let was = change.before.as_deref().and_then(|before| text(before, "active_action"));
            if was != Some(child) {
                self.taken(history, id, was, child);
            }
        }
        if change.before.is_none()
            && let (Some(cluster), Some(index)) = (text(after, "cluster_id"), number(after, "index"))
            && let Some(other) = self.indexes.insert((cluster.to_owned(), index), id.to_owned())
        {
            self.violated(format!("nodes {} and {} have the same index {index}", brief(id), brief(&other)));
        }
        if held.is_none()
            && text(after, "status") == Some("ACTIVE")
            && let Some(physical) = text(after, "physical_id")
            && let Some(other) = self.claims.insert(physical.to_owned(), id.to_owned())
            && other != id
        {
            self.violated(format!("nodes {} and {} claim one instance", brief(id), brief(&other)));
        }
    }

    /// An action has taken a node: one derived by its cluster's holder, or one requested for it. A requested one
    /// takes a node that is free; a deletion takes it over from another requested one.
    fn taken(&mut self, history: &History, node: &str, was: Option<&str>, by: &str) {
        let action = |id: &str| history.get(&format!("X#{id}"), "A");
        let Some(taker) = action(by) else {
            self.violated(format!("node {} was taken by {by}, which is not recorded", brief(node)));
            return;
        };
        let Some(parent) = text(&taker, "parent") else {
            let free = was.is_none();
            let over = text(&taker, "kind") == Some("NODE_DELETE")
                && was.and_then(action).is_some_and(|former| text(&former, "parent").is_none());
            if text(&taker, "target") != Some(node) || !(free || over) {
                self.violated(format!("node {} was taken by {by} from {was:?}", brief(node)));
            }
            return;
        };
        let cluster = text(&taker, "cluster_id").unwrap_or_default();
        let cluster = history.get(&format!("C#{cluster}"), "A");
        let holder = cluster.and_then(|item| text(&item, "active_action").map(str::to_owned));
        if Some(parent) != holder.as_deref() {
            self.violated(format!(
                "node {} was taken by {parent} while its cluster was held by {holder:?}",
                brief(node)
            ));
        }
    }

    /// An instance is about to be asked for.
    pub(crate) fn creating(&mut self, _: &History, request: &CreateRequest) {
        let tags = &request.tags;
        let recorded = |by: ActionId| self.recorded.contains(&(tags.node.to_string(), by.to_string()));
        if !recorded(tags.action) && !(0..2).any(|phase| recorded(child(tags.action, phase, tags.node))) {
            self.violated(format!(
                "an instance was asked for before node {} was recorded",
                tags.node.short()
            ));
        }
    }

    /// An instance is about to be deleted.
    pub(crate) fn deleting(&mut self, _: &History, id: &str) {
        if let Some(node) = self.claims.get(id).cloned() {
            self.violated(format!(
                "instance {} was deleted under node {}, which is active",
                brief(id),
                brief(&node)
            ));
        }
    }
}
