//! The table: the embedded DynamoDB behind the gate, with everything it lacks of the real one.

use crate::bugs::{Bug, Sabotage};
use crate::gate::{Class, Fate, Gate};
use crate::history::{History, Item, Key, key_of};
use crate::watch::Watch;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use coppice_emulators::dynamodb::DynamoDb;
use coppice_emulators::http_client::{Answer, Call};
use serde_json::{Value, json};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One request to the table.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) operation: String,
    pub(crate) body: Value,
}

/// The table. Clones are the same table.
#[derive(Clone)]
pub(crate) struct Table {
    gate: Gate,
    database: DynamoDb,
    state: Arc<Mutex<State>>,
}

/// What is known of the table, and what is still on its way to it.
pub(crate) struct State {
    pub(crate) history: History,
    pub(crate) watch: Watch,
    /// Writes whose answer was lost and that take effect later.
    pub(crate) late: Vec<Request>,
    sabotage: Sabotage,
}

impl Table {
    pub(crate) fn new(gate: Gate, bug: Option<Bug>) -> Self {
        let database = DynamoDb::in_memory().expect("memory suffices for an empty table");
        let state = State {
            history: History::default(),
            watch: Watch::default(),
            late: Vec::new(),
            sabotage: Sabotage::new(bug),
        };
        Self { gate, database, state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The table's items as the database has them.
    pub(crate) fn dump(&self) -> Vec<Item> {
        let answer = self.execute("Scan", &json!({ "TableName": TABLE, "ConsistentRead": true }));
        answer["Items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|item| item.as_object().cloned())
            .collect()
    }

    fn execute(&self, operation: &str, body: &Value) -> Value {
        let answer = self.database.execute(&call(operation, body));
        serde_json::from_str(&answer.body).unwrap_or(Value::Null)
    }

    /// Lets a request take effect now.
    pub(crate) fn perform(&self, request: &Request) -> Answer {
        let mut state = self.state();
        let task = self.gate.current();
        let State { sabotage, history, .. } = &mut *state;
        let request = match sabotage.tamper(task, request, history) {
            Ok(request) => request,
            Err(answer) => return answer,
        };
        let answer = self.apply(&mut state, &request);
        state.sabotage.misread(&request, answer)
    }

    fn apply(&self, state: &mut State, request: &Request) -> Answer {
        let answer = self.database.execute(&call(&request.operation, &request.body));
        if request.operation == "CreateTable" {
            state.history.define(&request.body);
        }
        if answer.status == 200 && !matches!(class(request), Class::Read | Class::LaggingRead) {
            let outcome = self.outcome(request, &answer);
            let changes = state.history.record(outcome);
            state.watch.changed(&state.history, &changes);
        }
        answer
    }

    /// Makes the writes that a planted bug put off until an instance was asked for.
    pub(crate) fn catch_up(&self) {
        let mut state = self.state();
        for request in state.sabotage.release(self.gate.current()) {
            self.apply(&mut state, &request);
        }
    }

    /// What a write has made of the items it names.
    fn outcome(&self, request: &Request, answer: &Answer) -> Vec<(Key, Option<Item>)> {
        let body = &request.body;
        match request.operation.as_str() {
            "PutItem" => vec![(key_of(&body["Item"]), body["Item"].as_object().cloned())],
            "DeleteItem" => vec![(key_of(&body["Key"]), None)],
            "UpdateItem" => {
                let answer: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
                vec![(key_of(&body["Key"]), answer["Attributes"].as_object().cloned())]
            }
            "TransactWriteItems" => {
                let (mut outcome, mut updated) = (Vec::new(), Vec::new());
                for write in body["TransactItems"].as_array().into_iter().flatten() {
                    if let Some(item) = write["Put"]["Item"].as_object() {
                        outcome.push((key_of(&write["Put"]["Item"]), Some(item.clone())));
                    } else if write["Delete"].is_object() {
                        outcome.push((key_of(&write["Delete"]["Key"]), None));
                    } else if write["Update"].is_object() {
                        updated.push(write["Update"]["Key"].clone());
                    }
                }
                let wanted =
                    json!({ "RequestItems": { TABLE: { "Keys": updated, "ConsistentRead": true } } });
                let found =
                    if updated.is_empty() { Value::Null } else { self.execute("BatchGetItem", &wanted) };
                let found = found["Responses"][TABLE].as_array().cloned().unwrap_or_default();
                outcome.extend(updated.iter().map(key_of).map(|key| {
                    let item = found.iter().find(|item| key_of(item) == key);
                    let item = item.and_then(|item| item.as_object().cloned());
                    (key, item)
                }));
                outcome
            }
            "CreateTable" | "UpdateTimeToLive" => Vec::new(),
            other => panic!("the simulation does not follow {other}"),
        }
    }

    async fn answer(
        self,
        request: Request,
        passage: crate::gate::Passage,
    ) -> Result<HttpResponse, ConnectorError> {
        let lost = || ConnectorError::timeout("the answer was lost".into());
        match passage.await {
            Fate::Done => respond(self.perform(&request)),
            Fate::Unsent => Err(ConnectorError::io("the connection was refused".into())),
            Fate::AnswerLost => {
                self.perform(&request);
                Err(lost())
            }
            Fate::Twice => {
                self.perform(&request);
                respond(self.perform(&request))
            }
            Fate::Late => {
                self.state().late.push(request);
                Err(lost())
            }
            Fate::Throttled => respond(refusal(
                "ProvisionedThroughputExceededException",
                &json!({ "message": "The level of configured provisioned throughput was exceeded." }),
            )),
            Fate::Conflict => respond(conflict(&request)),
            Fate::LastWords => {
                self.perform(&request);
                std::future::pending().await
            }
            Fate::Lagging(writes_ago) => {
                let state = self.state();
                let body = match request.operation.as_str() {
                    "Query" => state.history.query(&request.body, writes_ago),
                    _ => state.history.batch_get(&request.body, writes_ago),
                };
                respond(Answer { status: 200, body: body.to_string() })
            }
        }
    }
}

/// The table's name.
pub(crate) const TABLE: &str = "resources";

fn call(operation: &str, body: &Value) -> Call {
    Call { operation: operation.to_owned(), body: body.to_string(), path: "/".to_owned() }
}

fn refusal(kind: &str, more: &Value) -> Answer {
    let mut body = more.clone();
    body["__type"] = Value::String(format!("com.amazonaws.dynamodb.v20120810#{kind}"));
    Answer { status: 400, body: body.to_string() }
}

fn conflict(request: &Request) -> Answer {
    let text = "Transaction is ongoing for the item";
    let Some(writes) = request.body["TransactItems"].as_array() else {
        return refusal("TransactionConflictException", &json!({ "message": text }));
    };
    let mut reasons = vec![json!({ "Code": "None" }); writes.len()];
    if let Some(first) = reasons.first_mut() {
        *first = json!({ "Code": "TransactionConflict", "Message": text });
    }
    let message = "Transaction cancelled, please refer cancellation reasons for specific reasons";
    refusal("TransactionCanceledException", &json!({ "Message": message, "CancellationReasons": reasons }))
}

pub(crate) fn class(request: &Request) -> Class {
    let body = &request.body;
    match request.operation.as_str() {
        "Query" if !body["ConsistentRead"].as_bool().unwrap_or(false) => Class::LaggingRead,
        "BatchGetItem" if !body["RequestItems"][TABLE]["ConsistentRead"].as_bool().unwrap_or(false) => {
            Class::LaggingRead
        }
        "GetItem" | "Query" | "BatchGetItem" | "Scan" => Class::Read,
        "TransactWriteItems" => Class::Transaction,
        _ => Class::Write,
    }
}

/// What the log says of a request.
pub(crate) fn label(request: &Request) -> String {
    let body = &request.body;
    let short = |key: Key| {
        let cut = |text: &str| text.chars().take(10).collect::<String>();
        format!("{}/{}", cut(&key.0), cut(&key.1))
    };
    let keys: Vec<String> = match request.operation.as_str() {
        "TransactWriteItems" => body["TransactItems"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|write| write.as_object().into_iter().flatten())
            .map(|(verb, write)| {
                let key = if verb == "Put" { &write["Item"] } else { &write["Key"] };
                format!("{}:{}", &verb[..1], short(key_of(key)))
            })
            .collect(),
        "BatchGetItem" => {
            let keys = body["RequestItems"][TABLE]["Keys"].as_array();
            keys.into_iter().flatten().map(|key| short(key_of(key))).collect()
        }
        "Query" => vec![format!(
            "{} {}",
            body["IndexName"].as_str().unwrap_or("table"),
            body["ExpressionAttributeValues"][":p"]["S"].as_str().unwrap_or_default()
        )],
        "PutItem" => vec![short(key_of(&body["Item"]))],
        _ => {
            let expression = body["UpdateExpression"].as_str().unwrap_or_default();
            vec![short(key_of(&body["Key"])), expression.chars().take(90).collect()]
        }
    };
    format!("{} {}", request.operation, keys.join(" "))
}

fn respond(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status =
        answer.status.try_into().map_err(|_| ConnectorError::other("no such status".into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Table")
    }
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok());
        let request = Request { operation, body: body.unwrap_or(Value::Null) };
        // The effect arrives now, not when the future is first polled.
        let passage = self.gate.arrive(class(&request), label(&request));
        HttpConnectorFuture::new(self.clone().answer(request, passage))
    }
}

impl HttpClient for Table {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
