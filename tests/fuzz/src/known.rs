//! What a world is known to have, so that requests meet what is there.

use crate::ledger::Move;
use serde_json::Value;
use std::collections::BTreeMap;

/// Most things of one kind that are remembered of one project: the latest.
const REMEMBERED: usize = 60;

/// A resource, as it was when it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The cluster a node was made for.
    pub(crate) cluster: Option<String>,
}

/// The resources of every project, by project and kind, and those that are gone.
#[derive(Default)]
pub(crate) struct Known {
    things: BTreeMap<(String, char), Vec<Thing>>,
    gone: Vec<String>,
    /// Actions that messages wait for.
    pub(crate) open: Vec<String>,
    /// Webhooks whose calls are signed, by project.
    pub(crate) signed: Vec<(String, String)>,
    /// The queues of message receivers.
    pub(crate) queues: Vec<String>,
    /// Clusters with policies that are attached to them, by project.
    pub(crate) bound: Vec<(String, String, String)>,
    /// Instances that nobody has adopted yet, by project.
    pub(crate) strangers: Vec<(String, String)>,
}

impl Known {
    /// Takes in what came and went.
    pub(crate) fn learn(&mut self, moves: Vec<Move>) {
        for each in moves {
            match each {
                Move::Came { kind, id, item } => self.came(kind, id, &item),
                Move::Went { kind, id } => self.went(kind, id),
            }
        }
    }

    /// What a project has of a kind.
    pub(crate) fn of(&self, project: &str, kind: char) -> &[Thing] {
        self.things.get(&(project.to_owned(), kind)).map_or(&[], Vec::as_slice)
    }

    /// Ids of what is gone.
    pub(crate) fn gone(&self) -> &[String] {
        &self.gone
    }

    fn came(&mut self, kind: char, id: String, item: &Value) {
        let text = |name: &str| item[name]["S"].as_str().map(str::to_owned);
        // What lists a resource ends in its project.
        let scope = text("scope").unwrap_or_default();
        let project = scope.split_once('#').map_or("", |(_, project)| project).to_owned();
        let things = self.things.entry((project.clone(), kind)).or_default();
        if things.iter().any(|thing| thing.id == id) {
            return;
        }
        if kind == 'R' && item["type"]["S"] == "message" {
            self.queues.push(format!("senlin-receiver-{id}"));
        }
        if kind == 'R' && text("protection").is_some_and(|protection| protection.contains("\"secret\"")) {
            self.signed.push((project, id.clone()));
        }
        things.push(Thing { id, name: text("name").unwrap_or_default(), cluster: text("cluster_id") });
        if things.len() > REMEMBERED {
            things.remove(0);
        }
    }

    fn went(&mut self, kind: char, id: String) {
        let kinds = self.things.iter_mut().filter(|((_, of), _)| *of == kind);
        kinds.for_each(|(_, things)| things.retain(|thing| thing.id != id));
        self.queues.retain(|queue| !queue.ends_with(&id));
        self.signed.retain(|(_, signed)| *signed != id);
        self.gone.push(id);
        if self.gone.len() > REMEMBERED {
            self.gone.remove(0);
        }
    }
}
