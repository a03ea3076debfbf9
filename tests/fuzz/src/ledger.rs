//! What requests write: a DynamoDB that notes every write to the resource table.
//!
//! While a page is open, the ledger keeps each written item as it was before, so that closing the page tells
//! what has changed, whoever changed it back. It always notes which resources came and went.

use coppice_emulators::dynamodb::DynamoDb;
use coppice_emulators::http_client::{Answer, Call, Service};
use coppice_local::services::TABLE;
use coppice_store::keys::SELF;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An item's key: partition and place within it.
pub(crate) type Key = (String, String);

/// An item that is not what it was.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) key: Key,
    /// As DynamoDB spells items; none where there was, or is, none.
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// A resource that came or went.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Move {
    /// It was written whole, and may have been there.
    Came { kind: char, id: String, item: Value },
    /// It is gone.
    Went { kind: char, id: String },
}

#[derive(Default)]
struct State {
    page: Option<BTreeMap<Key, Option<Value>>>,
    moves: Vec<Move>,
}

/// The DynamoDB. Clones share their notes.
#[derive(Clone)]
pub(crate) struct Ledger {
    dynamodb: DynamoDb,
    state: Arc<Mutex<State>>,
}

impl Ledger {
    /// Notes what is written to this database.
    pub(crate) fn new(dynamodb: DynamoDb) -> Self {
        Self { dynamodb, state: Arc::default() }
    }

    /// From now on, items are kept as they were.
    pub(crate) fn open(&self) {
        self.state().page = Some(BTreeMap::new());
    }

    /// What has changed since the page was opened.
    pub(crate) fn close(&self) -> Vec<Change> {
        let page = self.state().page.take().unwrap_or_default();
        let changes = page.into_iter().map(|(key, before)| {
            let after = self.item(&key);
            Change { key, before, after }
        });
        changes.filter(|change| change.before != change.after).collect()
    }

    /// The resources that came and went since this was asked last.
    pub(crate) fn moves(&self) -> Vec<Move> {
        std::mem::take(&mut self.state().moves)
    }

    fn item(&self, (pk, sk): &Key) -> Option<Value> {
        let body = json!({
            "TableName": TABLE, "ConsistentRead": true, "Key": { "pk": { "S": pk }, "sk": { "S": sk } },
        });
        let call = Call { operation: "GetItem".to_owned(), body: body.to_string(), path: "/".to_owned() };
        let answer = self.dynamodb.execute(&call);
        let mut body: Value = serde_json::from_str(&answer.body).expect("the emulator answers in JSON");
        body.get_mut("Item").map(Value::take)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn execute(&self, call: &Call) -> Answer {
        let writes = writes(call);
        for (key, _) in &writes {
            let noted = self.state().page.as_ref().is_none_or(|page| page.contains_key(key));
            if !noted {
                let before = self.item(key);
                if let Some(page) = &mut self.state().page {
                    page.insert(key.clone(), before);
                }
            }
        }
        let answer = self.dynamodb.execute(call);
        if answer.status == 200 {
            let moves = writes.into_iter().filter_map(|((pk, sk), effect)| moved(&pk, &sk, effect));
            self.state().moves.extend(moves);
        }
        answer
    }
}

impl Service for Ledger {
    fn answer(&self, call: Call) -> BoxFuture<'static, Answer> {
        let this = self.clone();
        Box::pin(async move { this.execute(&call) })
    }
}

/// What a write does to its item.
enum Effect {
    Put(Value),
    Update,
    Delete,
}

/// The writes to the resource table that a call asks for.
fn writes(call: &Call) -> Vec<(Key, Effect)> {
    let known = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"];
    if !known.contains(&call.operation.as_str()) {
        return Vec::new();
    }
    let mut body: Value = serde_json::from_str(&call.body).expect("the SDK asks in JSON");
    match call.operation.as_str() {
        "TransactWriteItems" => {
            let items = body["TransactItems"].as_array_mut().map(std::mem::take).unwrap_or_default();
            items.into_iter().filter_map(|mut item| written(&mut item)).collect()
        }
        "BatchWriteItem" => {
            let asked = body["RequestItems"].get(TABLE).is_some();
            assert!(!asked, "the store writes no batches: the ledger does not read them");
            Vec::new()
        }
        single => {
            let name = single.trim_end_matches("Item");
            let mut item = json!({ name: body });
            written(&mut item).into_iter().collect()
        }
    }
}

/// One write, as a transaction spells it: `{"Put": {…}}`.
fn written(item: &mut Value) -> Option<(Key, Effect)> {
    let (name, body) = item.as_object_mut()?.iter_mut().next()?;
    if body["TableName"] != TABLE {
        return None;
    }
    match name.as_str() {
        "Put" => {
            let item = body["Item"].take();
            Some((key_of(&item), Effect::Put(item)))
        }
        "Update" => Some((key_of(&body["Key"]), Effect::Update)),
        "Delete" => Some((key_of(&body["Key"]), Effect::Delete)),
        _ => None,
    }
}

fn key_of(item: &Value) -> Key {
    let part = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}

fn moved(pk: &str, sk: &str, effect: Effect) -> Option<Move> {
    let (kind, id) = pk.split_once('#').filter(|(kind, _)| kind.len() == 1 && sk == SELF)?;
    let (kind, id) = (kind.chars().next()?, id.to_owned());
    match effect {
        Effect::Put(item) => Some(Move::Came { kind, id, item }),
        Effect::Delete => Some(Move::Went { kind, id }),
        Effect::Update => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_e2e::{ALICE, TestApp, spec};
    use coppice_local::clients::in_process;
    use coppice_local::system::Options;

    #[tokio::test]
    async fn what_a_request_writes_is_noted_as_it_was_and_as_it_is() {
        let mut services = TestApp::services().await;
        let ledger = Ledger::new(services.dynamodb.clone());
        services.aws = in_process(ledger.clone(), services.sqs.clone());
        let app = TestApp::on(services, Options::default());
        ledger.open();
        let body = json!({ "profile": { "name": "p", "spec": spec() } });
        app.post("/v1/profiles").by(ALICE).json(&body).send().await.expect(201);
        let made = ledger.close();
        let places: Vec<&str> = made.iter().map(|change| change.key.0.split('#').next().unwrap()).collect();
        assert_eq!(places, ["NAME", "P", "PROJECTS"]);
        assert!(made.iter().all(|change| change.before.is_none() && change.after.is_some()));
        assert!(matches!(&ledger.moves()[..], [Move::Came { kind: 'P', .. }]));
        // A deletion that is refused holds the profile and lets it go again.
        app.cluster(ALICE, "c", "p", 0).await;
        ledger.moves();
        ledger.open();
        app.delete("/v1/profiles/p").by(ALICE).send().await.expect(409);
        assert_eq!(ledger.close(), []);
        app.delete("/v1/clusters/c").by(ALICE).send().await.expect(202);
        app.drain().await;
        ledger.moves();
        ledger.open();
        app.delete("/v1/profiles/p").by(ALICE).send().await.expect(204);
        assert!(ledger.close().iter().all(|change| change.before.is_some() && change.after.is_none()));
        assert!(matches!(&ledger.moves()[..], [Move::Went { kind: 'P', .. }]));
    }
}
