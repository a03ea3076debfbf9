//! Planted bugs: what the simulation must catch. They tamper with requests on their way to the table, or to a
//! mailbox, so that the code under test is the real code, and nothing in it knows of them.

use crate::gate::TaskId;
use crate::history::History;
use crate::table::Request;
use coppice_emulators::http_client::Answer;
use serde_json::{Value, json};

/// A bug to plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Bug {
    /// A claim's fence is not a condition of later writes.
    NoFence,
    /// A transaction that is sent again counts again.
    DoubleCount,
    /// An action that has ended may end again.
    EndsTwice,
    /// Nodes are written down after their instances were asked for.
    EffectBeforeRecord,
    /// Nothing is ever due: only messages wake work.
    DueTimeDropped,
    /// Lists of members are taken from where they lag.
    StaleIndexTrusted,
    /// An action that ends keeps its cluster.
    LockNeverReleased,
    /// Who holds a node or a cluster is not a condition of later writes.
    HolderIgnored,
    /// That a resource uses a profile is not written down.
    ReferenceNotTaken,
    /// A transaction that is refused passes for one that took effect.
    RefusalMissed,
    /// A cluster goes on listing nodes that are gone.
    MemberForgotten,
    /// A deleted cluster goes on counting.
    CountLost,
    /// What happened is not written down.
    EventLost,
    /// A cluster that was looked after once is not looked after again.
    RoundForgotten,
    /// A cluster action does not ask whether actions on members hold its cluster together.
    SharedIgnored,
    /// A receiver's schedule is nowhere among what is due.
    RunForgotten,
    /// The calls that a receiver takes are not counted.
    CallsUncounted,
    /// A letter goes when it is read, before anybody has done what it asks for.
    LetterForgotten,
}

impl Bug {
    /// Every bug.
    pub const ALL: [Self; 18] = [
        Self::NoFence,
        Self::DoubleCount,
        Self::EndsTwice,
        Self::EffectBeforeRecord,
        Self::DueTimeDropped,
        Self::StaleIndexTrusted,
        Self::LockNeverReleased,
        Self::HolderIgnored,
        Self::ReferenceNotTaken,
        Self::RefusalMissed,
        Self::MemberForgotten,
        Self::CountLost,
        Self::EventLost,
        Self::RoundForgotten,
        Self::SharedIgnored,
        Self::RunForgotten,
        Self::CallsUncounted,
        Self::LetterForgotten,
    ];
}

/// How many writes ago the answers are that [`Bug::StaleIndexTrusted`] gives.
const STALE: usize = 2;

/// Tampers with requests as a bug would.
pub(crate) struct Sabotage {
    bug: Option<Bug>,
    /// Writes that were acknowledged and are yet to be made, with the task they are of.
    withheld: Vec<(TaskId, Request)>,
}

impl Sabotage {
    pub(crate) const fn new(bug: Option<Bug>) -> Self {
        Self { bug, withheld: Vec::new() }
    }

    /// The request as the bug would send it, or the answer it would give itself.
    pub(crate) fn tamper(
        &mut self,
        task: TaskId,
        request: &Request,
        history: &History,
    ) -> Result<Request, Answer> {
        let mut request = request.clone();
        match self.bug {
            None | Some(Bug::EffectBeforeRecord | Bug::RefusalMissed | Bug::LetterForgotten) => {}
            Some(Bug::HolderIgnored) => {
                each_write(&mut request, |write| weaken(write, "#active_action = ", "#active_action"));
            }
            Some(Bug::ReferenceNotTaken) => leave_out(&mut request, |write| {
                put(write, "pk").starts_with("P#") && put(write, "sk").starts_with("R#")
            }),
            Some(Bug::MemberForgotten) => {
                if request.operation == "DeleteItem" && sort_key(&request.body).starts_with("M#") {
                    return Err(Answer { status: 200, body: json!({}).to_string() });
                }
                leave_out(&mut request, |write| sort_key(&write["Delete"]).starts_with("M#"));
            }
            Some(Bug::CountLost) => leave_out(&mut request, |write| {
                let update = &write["Update"];
                let counts = update["Key"]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("PROJ#"));
                counts && update["ExpressionAttributeValues"].to_string().contains("\"-1\"")
            }),
            Some(Bug::EventLost) => leave_out(&mut request, |write| put(write, "pk").starts_with("E#")),
            Some(Bug::NoFence) => each_write(&mut request, |write| weaken(write, "#fence = ", "#fence")),
            Some(Bug::EndsTwice) => each_write(&mut request, |write| weaken(write, "#status IN ", "#status")),
            Some(Bug::DoubleCount) => {
                if let Some(body) = request.body.as_object_mut() {
                    body.remove("ClientRequestToken");
                }
            }
            Some(Bug::RoundForgotten) => each_write(&mut request, |write| {
                if sort_key(write).starts_with("P#") {
                    forget_due(write);
                }
            }),
            Some(Bug::SharedIgnored) => each_write(&mut request, |write| {
                weaken(write, "attribute_not_exists(#shared)", "#shared");
            }),
            Some(Bug::RunForgotten) => each_write(&mut request, |write| {
                if write["Item"]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("R#")) {
                    drop_due(write);
                }
            }),
            Some(Bug::CallsUncounted) => {
                let pk = request.body["Key"]["pk"]["S"].as_str().unwrap_or_default();
                if request.operation == "UpdateItem" && pk.starts_with("R#") && sort_key(&request.body) == "L"
                {
                    return Err(Answer { status: 200, body: json!({}).to_string() });
                }
            }
            Some(Bug::DueTimeDropped) => each_write(&mut request, drop_due),
            Some(Bug::StaleIndexTrusted) => {
                let members = request.body["ExpressionAttributeValues"][":p"]["S"].as_str();
                if request.operation == "Query" && members.is_some_and(|pk| pk.starts_with("C#")) {
                    let body = history.query(&request.body, STALE).to_string();
                    return Err(Answer { status: 200, body });
                }
            }
            Some(Bug::LockNeverReleased) => each_write(&mut request, keep_lock),
        }
        if self.bug == Some(Bug::EffectBeforeRecord) && registers_nodes(&request) {
            self.withheld.push((task, request));
            return Err(Answer { status: 200, body: json!({}).to_string() });
        }
        Ok(request)
    }

    /// The answer as the bug would understand it.
    pub(crate) fn misread(&self, request: &Request, answer: Answer) -> Answer {
        let missed = self.bug == Some(Bug::RefusalMissed)
            && request.operation == "TransactWriteItems"
            && answer.status == 400
            && answer.body.contains("ConditionalCheckFailed");
        if missed { Answer { status: 200, body: json!({}).to_string() } } else { answer }
    }

    /// The writes of a task that are yet to be made: an instance was asked for, so now is their time.
    pub(crate) fn release(&mut self, task: TaskId) -> Vec<Request> {
        let (due, kept) = self.withheld.drain(..).partition(|(owner, _)| *owner == task);
        self.withheld = kept;
        due.into_iter().map(|(_, request): (TaskId, Request)| request).collect()
    }
}

/// Leaves writes out of a transaction; one that has no others stays as it is.
fn leave_out(request: &mut Request, unwanted: impl Fn(&Value) -> bool) {
    if let Some(writes) = request.body["TransactItems"].as_array_mut()
        && !writes.iter().all(&unwanted)
    {
        writes.retain(|write| !unwanted(write));
    }
}

/// A key attribute of the item that a write puts; nothing for others.
fn put<'a>(write: &'a Value, name: &str) -> &'a str {
    write["Put"]["Item"][name]["S"].as_str().unwrap_or_default()
}

/// The sort key of the item that a write names.
fn sort_key(write: &Value) -> &str {
    write["Key"]["sk"]["S"].as_str().unwrap_or_default()
}

fn each_write(request: &mut Request, mut change: impl FnMut(&mut Value)) {
    match request.body["TransactItems"].as_array_mut() {
        Some(writes) => {
            for write in writes.iter_mut().filter_map(Value::as_object_mut) {
                write.values_mut().for_each(&mut change);
            }
        }
        None => change(&mut request.body),
    }
}

/// Makes the clause that begins like this hold for every item that has the attribute.
fn weaken(write: &mut Value, clause: &str, name: &str) {
    let Some(condition) = write["ConditionExpression"].as_str() else { return };
    let clauses: Vec<String> = condition
        .split(" AND ")
        .map(|part| {
            if part.starts_with(clause) {
                format!("({part} OR attribute_exists({name}))")
            } else {
                part.to_owned()
            }
        })
        .collect();
    write["ConditionExpression"] = Value::String(clauses.join(" AND "));
}

/// Leaves out of an update whatever sets these attributes.
fn drop_due(write: &mut Value) {
    for name in ["due", "due_at", "due_shard"] {
        if let Some(item) = write["Item"].as_object_mut() {
            item.remove(name);
        }
        // The attribute is set under a name that no index reads.
        if let Some(names) = write["ExpressionAttributeNames"].as_object_mut()
            && let Some(placeholder) = names.get_mut(&format!("#{name}"))
        {
            *placeholder = Value::String(format!("un{name}"));
        }
    }
}

/// Takes out of the index what an update would move on in it.
fn forget_due(write: &mut Value) {
    let Some(clauses) = write["UpdateExpression"].as_str().and_then(|text| text.strip_prefix("SET ")) else {
        return;
    };
    let (due, kept): (Vec<&str>, Vec<&str>) =
        clauses.split(", ").partition(|clause| clause.starts_with("#due = "));
    let Some(value) = due.first().and_then(|clause| clause.strip_prefix("#due = ")).map(str::to_owned) else {
        return;
    };
    write["UpdateExpression"] = Value::String(format!("SET {} REMOVE #due", kept.join(", ")));
    if let Some(values) = write["ExpressionAttributeValues"].as_object_mut() {
        values.remove(&value);
    }
}

fn keep_lock(write: &mut Value) {
    let Some(expression) = write["UpdateExpression"].as_str() else { return };
    let Some((before, removed)) = expression.split_once("REMOVE ") else { return };
    let kept: Vec<&str> =
        removed.split(", ").filter(|name| *name != "#active_action" && *name != "#active_kind").collect();
    if !write["Key"]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("C#"))
        || kept.len() == removed.split(", ").count()
    {
        return;
    }
    let expression =
        if kept.is_empty() { before.to_owned() } else { format!("{before}REMOVE {}", kept.join(", ")) };
    write["UpdateExpression"] = Value::String(expression.trim_end().to_owned());
    if let Some(names) = write["ExpressionAttributeNames"].as_object_mut() {
        names.remove("#active_kind");
    }
}

fn registers_nodes(request: &Request) -> bool {
    let writes = request.body["TransactItems"].as_array();
    writes
        .into_iter()
        .flatten()
        .any(|write| write["Put"]["Item"]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("N#")))
}
