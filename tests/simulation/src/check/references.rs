//! What refers to what agrees, and keeps to its project.

use super::*;

impl Rest {
    pub(super) fn names_and_references_agree(&mut self, history: &History, world: &World) {
        let mut violations = Vec::new();
        let names: BTreeSet<(String, String)> =
            history.of_kind("NAME#").map(|(key, _)| key.clone()).collect();
        let mut expected = BTreeSet::new();
        let receivers = by_id(history, "R");
        let named = [("C", &self.clusters), ("P", &self.profiles), ("L", &self.policies), ("R", &receivers)];
        for (letter, items) in named {
            for (id, item) in items {
                let at = |name| text(item, name).unwrap_or_default();
                expected.insert((format!("NAME#{letter}#{}", at("project")), format!("{}#{id}", at("name"))));
            }
        }
        for difference in names.symmetric_difference(&expected) {
            violations.push(format!("name {difference:?} and what it names do not agree"));
        }
        let references: BTreeSet<(String, String)> = history
            .of_kind("P#")
            .filter_map(|((pk, sk), _)| Some((pk[2..].to_owned(), sk.strip_prefix("R#C#")?.to_owned())))
            .collect();
        let mut expected = BTreeSet::new();
        for (id, item) in &self.clusters {
            let listed: Vec<String> = text(item, "profile_refs")
                .and_then(|refs| serde_json::from_str(refs).ok())
                .unwrap_or_default();
            let current = text(item, "profile_id").unwrap_or_default().to_owned();
            if !listed.contains(&current) {
                violations.push(format!("cluster {id} does not refer to its profile"));
            }
            expected.extend(listed.into_iter().map(|profile| (profile, id.clone())));
        }
        for (profile, cluster) in references.symmetric_difference(&expected) {
            violations
                .push(format!("the references of profile {profile} and cluster {cluster} do not agree"));
        }
        let own: BTreeSet<(String, String)> = history
            .of_kind("P#")
            .filter_map(|((pk, sk), _)| Some((pk[2..].to_owned(), sk.strip_prefix("R#N#")?.to_owned())))
            .collect();
        let mut expected = BTreeSet::new();
        for (id, item) in self.nodes.iter().filter(|(_, item)| item.contains_key("own_reference")) {
            expected.insert((text(item, "profile_id").unwrap_or_default().to_owned(), id.clone()));
        }
        for (profile, node) in expected.symmetric_difference(&own) {
            violations.push(format!("the references of profile {profile} and node {node} do not agree"));
        }
        for (id, item) in self.nodes.iter().filter(|(_, item)| !item.contains_key("own_reference")) {
            let cluster = text(item, "cluster_id").and_then(|cluster| self.clusters.get(cluster));
            let refs = cluster.and_then(|cluster| text(cluster, "profile_refs")).unwrap_or_default();
            if !refs.contains(text(item, "profile_id").unwrap_or("?")) {
                violations
                    .push(format!("member {id} is made from a profile that its cluster does not refer to"));
            }
        }
        for (id, item) in self.nodes.iter().filter(|(_, item)| !item.contains_key("cluster_id")) {
            if !item.contains_key("own_reference") {
                violations.push(format!("orphan {id} has no reference of its own"));
            }
            if !self.profiles.contains_key(text(item, "profile_id").unwrap_or_default()) {
                violations.push(format!("orphan {id} is made from a profile that is gone"));
            }
        }
        for (profile, cluster) in &references {
            if !self.profiles.contains_key(profile) {
                violations.push(format!("cluster {cluster} refers to profile {profile}, which is gone"));
            }
        }
        for profile in &world.book().deleted_profiles {
            if self.profiles.contains_key(&profile.to_string()) {
                violations.push(format!("profile {profile} was deleted and is there"));
            }
        }
        for (key, item) in history.of_kind("PROJ#") {
            let project = &key.0["PROJ#".len()..];
            let clusters = self.clusters.values().filter(|cluster| text(cluster, "project") == Some(project));
            let clusters = i64::try_from(clusters.count()).ok();
            if number(item, "clusters") != clusters {
                let counted = number(item, "clusters");
                violations
                    .push(format!("project {project} counts {counted:?} clusters and has {clusters:?}"));
            }
        }
        self.violations.extend(violations);
    }

    /// What is attached to a cluster is there, knows of it, and is of its project.
    pub(super) fn bindings_agree(&mut self, history: &History, world: &World) {
        let pairs = |letter: &str, marked: &str| -> BTreeSet<(String, String)> {
            let items = history.of_kind(letter);
            let pair = |pk: &str, sk: &str| Some((pk[2..].to_owned(), sk.strip_prefix(marked)?.to_owned()));
            items.filter_map(|((pk, sk), _)| pair(pk, sk)).collect()
        };
        let attached: BTreeSet<(String, String)> =
            pairs("C#", "P#").into_iter().map(|(cluster, policy)| (policy, cluster)).collect();
        for (policy, cluster) in attached.symmetric_difference(&pairs("L#", "R#C#")) {
            self.violations
                .push(format!("policy {policy} and cluster {cluster} do not agree on being bound"));
        }
        for (policy, cluster) in &attached {
            let project = |items: &Items, id: &str| {
                items.get(id).and_then(|item| text(item, "project")).map(str::to_owned)
            };
            let (policys, clusters) = (project(&self.policies, policy), project(&self.clusters, cluster));
            if policys.is_none() || policys != clusters {
                self.violations.push(format!(
                    "policy {policy} is bound to cluster {cluster}: {policys:?}, {clusters:?}"
                ));
            }
        }
        for policy in &world.book().deleted_policies {
            if self.policies.contains_key(&policy.to_string()) {
                self.violations.push(format!("policy {policy} was deleted and is there"));
            }
        }
    }

    /// Nodes, actions, events and instances are of the project of what they belong to.
    pub(super) fn projects_are_apart(&mut self, history: &History, world: &World) {
        let mut violations = Vec::new();
        let of = |id: &str| self.clusters.get(id).or_else(|| self.nodes.get(id));
        for (id, event) in &by_id(history, "E") {
            let about = text(event, "oid").and_then(of);
            if about.is_some_and(|about| text(about, "project") != text(event, "project")) {
                violations.push(format!("event {id} is of another project than what it is about"));
            }
        }
        for record in records_of(world, &world.deployment) {
            let node = self.nodes.get(&record.tags.node.to_string());
            if node.is_some_and(|node| text(node, "project") != Some(&record.tags.project)) {
                violations.push(format!("instance {} is of another project than its node", record.id));
            }
        }
        for (id, node) in &self.nodes {
            let cluster = text(node, "cluster_id").and_then(|cluster| self.clusters.get(cluster));
            if cluster.is_some_and(|cluster| text(cluster, "project") != text(node, "project")) {
                violations.push(format!("node {id} is of another project than its cluster"));
            }
        }
        for (id, action) in &self.actions {
            let target = text(action, "cluster_id").and_then(|cluster| self.clusters.get(cluster));
            let project = text(action, "scope").and_then(|scope| scope.strip_prefix("X#"));
            if target.is_some_and(|cluster| text(cluster, "project") != project) {
                violations.push(format!("action {id} is of another project than its cluster"));
            }
        }
        self.violations.extend(violations);
    }
}
