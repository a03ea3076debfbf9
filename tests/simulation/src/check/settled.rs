//! Actions, clusters, nodes and instances are as their history says.

use super::*;

/// How far two clocks may be apart, in microseconds: what ended after something else may be said to have ended before.
const APART: i64 = 2 * 300 * 1_000_000;

impl Rest {
    pub(super) fn actions_have_ended(&mut self, world: &World) {
        for id in &world.book().acknowledged {
            if !self.actions.contains_key(&id.to_string()) {
                self.violations.push(format!("action {id} was accepted and is lost"));
            }
        }
        for (id, item) in &self.actions {
            let kind = text(item, "kind").unwrap_or_default();
            if !is_terminal(item) {
                self.violations.push(format!("action {id} {kind} never ends: {:?}", text(item, "status")));
            }
            for leftover in ["due", "due_at", "due_shard", "lease_until", "work", "owner"] {
                if item.contains_key(leftover) {
                    self.violations.push(format!("action {id} {kind} has ended and still has {leftover}"));
                }
            }
        }
    }

    pub(super) fn clusters_are_settled(&mut self) {
        let mut violations = Vec::new();
        for (id, item) in &self.clusters {
            let status = text(item, "status").unwrap_or_default();
            if let Some(holder) = text(item, "active_action") {
                violations.push(format!("cluster {id} is held by {holder} for ever"));
            }
            if !matches!(status, "ACTIVE" | "WARNING" | "ERROR" | "CRITICAL") {
                violations.push(format!("cluster {id} is {status} for ever"));
            }
        }
        let members: BTreeSet<(String, String)> = self.members.keys().cloned().collect();
        let nodes: BTreeSet<(String, String)> = self
            .nodes
            .iter()
            .filter_map(|(id, item)| Some((text(item, "cluster_id")?.to_owned(), id.clone())))
            .collect();
        for (cluster, node) in members.difference(&nodes) {
            violations.push(format!("cluster {cluster} has a member {node} without a node"));
        }
        for (cluster, node) in nodes.difference(&members) {
            violations.push(format!("node {node} of cluster {cluster} is not its member"));
        }
        for (cluster, node) in &nodes {
            if !self.clusters.contains_key(cluster) {
                violations.push(format!("node {node} outlived its cluster {cluster}"));
            }
        }
        for ((cluster, node), member) in &self.members {
            if let Some(by) = text(member, "by") {
                violations.push(format!("member {node} of cluster {cluster} is pending for {by} for ever"));
            }
            let status = self.nodes.get(node).and_then(|node| text(node, "status"));
            if let Some(shared) = self.clusters.get(cluster).and_then(|cluster| cluster.get("shared")) {
                violations.push(format!("cluster {cluster} is shared by {shared} for ever"));
            }
            if status.is_some() && text(member, "st") != status {
                let listed = text(member, "st");
                violations.push(format!("node {node} is {status:?} and listed as {listed:?}"));
            }
            let index = self.nodes.get(node).and_then(|node| number(node, "index"));
            if index.is_some() && number(member, "ix") != index {
                violations.push(format!("node {node} has index {index:?} and is listed with another"));
            }
        }
        self.violations.extend(violations);
    }

    pub(super) fn nodes_are_settled(&mut self) {
        let mut violations = Vec::new();
        for (id, item) in &self.nodes {
            let status = text(item, "status").unwrap_or_default();
            if let Some(holder) = text(item, "active_action") {
                violations.push(format!("node {id} is held by {holder} for ever"));
            }
            // One whose creation was cancelled before it began stays as it was recorded.
            let untouched = status == "INIT" && text(item, "physical_id").is_none();
            // One that a pool did not take, or does not let go, is there and says so.
            let warned = status == "WARNING" && text(item, "status_reason").is_some_and(pools::is_warning);
            if !matches!(status, "ACTIVE" | "ERROR") && !untouched && !warned {
                violations.push(format!("node {id} is {status} for ever"));
            }
            if status == "ACTIVE" {
                let own = text(item, "physical_id");
                let live = self
                    .instances
                    .iter()
                    .filter(|(instance, node, state)| {
                        node == id && Some(instance.as_str()) == own && *state == InstanceState::Active
                    })
                    .count();
                // Nobody has looked yet since it vanished.
                let vanished = own.is_some_and(|own| self.vanished.contains(own));
                if live != 1 && !vanished && !self.was_stopped(id, own) {
                    violations.push(format!("node {id} is active and its instance {own:?} is not"));
                }
            }
        }
        self.violations.extend(violations);
    }

    /// Whether a node's instance was stopped, as its cluster asks for before a removal, and the node stayed: because
    /// it only left the cluster, or because the removal was given up. It is active, as after any stop.
    fn was_stopped(&self, node: &str, instance: Option<&str>) -> bool {
        let stopped = |(id, of, state): &(String, String, InstanceState)| {
            of == node && Some(id.as_str()) == instance && *state == InstanceState::Stopped
        };
        self.instances.iter().any(stopped)
            && self.actions.values().any(|action| {
                text(action, "target") == Some(node)
                    && text(action, "kind") == Some("NODE_OPERATION")
                    && text(action, "parent").is_some()
            })
    }

    pub(super) fn instances_are_claimed(&mut self) {
        let leaks = self
            .instances
            .iter()
            .filter(|(id, node, state)| {
                let owner = self.nodes.get(node).and_then(|node| text(node, "physical_id"));
                *state != InstanceState::Deleting && owner != Some(id.as_str()) && !self.foreign.contains(id)
            })
            .map(|(id, node, state)| {
                format!("instance {id} of node {node} ({state:?}) is claimed by nobody")
            });
        let leaks: Vec<String> = leaks.collect();
        self.violations.extend(leaks);
    }

    /// When the last action that changed a cluster's size succeeded, the cluster has that size.
    pub(super) fn last_resize_holds(&mut self) {
        let mut violations = Vec::new();
        for (id, cluster) in &self.clusters {
            let own = self.actions.iter().filter(|(_, action)| {
                text(action, "target") == Some(id)
                    && SIZED.contains(&text(action, "kind").unwrap_or_default())
            });
            // One holder after the other: they are recorded in the order in which they run.
            let last = own.max_by_key(|(id, _)| self.order.get(*id));
            let succeeded = |(_, last): &(&String, &Arc<Item>)| text(last, "status") == Some("SUCCEEDED");
            let Some((last_id, last)) = last.filter(succeeded) else { continue };
            if changes_nothing(last) || !self.works_on_nodes(last_id, last) {
                continue;
            }
            // Requests for single members change the target beside it, and what failed to replace or to restore
            // members has left some more, or fewer.
            let beside = self.actions.values().any(|action| {
                text(action, "cluster_id") == Some(id)
                    && text(action, "parent").is_none()
                    && (matches!(text(action, "kind"), Some("NODE_CREATE" | "NODE_DELETE"))
                        || (matches!(
                            text(action, "kind"),
                            Some("CLUSTER_REPLACE_NODES" | "CLUSTER_RECOVER")
                        ) && text(action, "status") != Some("SUCCEEDED")))
                    && number(action, "end_time").map(|end| end + APART) > number(last, "created_at")
            });
            if beside {
                continue;
            }
            let members = self.members.keys().filter(|(cluster, _)| cluster == id).count();
            if number(cluster, "desired_capacity") != i64::try_from(members).ok() {
                violations.push(format!(
                    "{} of cluster {id} succeeded, which has {members} members and should have {:?}",
                    text(last, "kind").unwrap_or_default(),
                    number(cluster, "desired_capacity"),
                ));
            }
        }
        self.violations.extend(violations);
    }

    /// Whether an action took out or added what it named: there may be no such members.
    pub(super) fn works_on_nodes(&self, id: &str, action: &Item) -> bool {
        let named = matches!(text(action, "kind"), Some("CLUSTER_DEL_NODES" | "CLUSTER_ADD_NODES"));
        !named || self.actions.values().any(|other| text(other, "parent") == Some(id))
    }

    /// A cluster's status is what its members make it, unless actions on single members came after: those that
    /// make or delete none do not judge it.
    pub(super) fn clusters_are_judged_by_their_members(&mut self) {
        let mut violations = Vec::new();
        for (id, cluster) in &self.clusters {
            let apart = self.actions.values().any(|action| {
                text(action, "cluster_id") == Some(id)
                    && text(action, "parent").is_none()
                    && text(action, "kind").is_some_and(|kind| {
                        kind.starts_with("NODE_") && !matches!(kind, "NODE_CREATE" | "NODE_DELETE")
                    })
            });
            if apart {
                continue;
            }
            let own = self.members.iter().filter(|((cluster, _), _)| cluster == id);
            let own: Vec<_> = own.map(|(_, member)| text(member, "st") == Some("ACTIVE")).collect();
            let active = own.iter().filter(|active| **active).count();
            // A member whose instance was found gone or broken shows in its cluster, however many are wanted.
            if active < own.len() && text(cluster, "status") == Some("WARNING") {
                continue;
            }
            let size = |name| number(cluster, name).unwrap_or(0);
            let sizes = Sizes {
                min_size: size("min_size"),
                max_size: size("max_size"),
                desired_capacity: size("desired_capacity"),
            };
            let (judged, _) = evaluate("-", i64::try_from(active).unwrap_or(i64::MAX), &sizes);
            let status = text(cluster, "status");
            if status != Some(judged.name()) {
                violations.push(format!(
                    "cluster {id} with {active} active members and {sizes:?} is {status:?}, not {}",
                    judged.name()
                ));
            }
        }
        self.violations.extend(violations);
    }
}
