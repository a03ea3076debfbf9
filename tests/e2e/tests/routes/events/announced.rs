//! Events on EventBridge, from the table's stream through the announcer to the wire.

use super::super::check;
use aws_sdk_eventbridge::config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use coppice_announcer::answer;
use coppice_e2e::{ALICE, TestApp};
use coppice_emulators::dynamodb::credentials;
use coppice_emulators::http_client::{Answer, Call, InProcess, Service};
use coppice_local::services::TABLE;
use coppice_runtime::EventBridge;
use futures::future::{BoxFuture, ready};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// An endpoint that takes down what it is told, and answers every call with the next of these.
#[derive(Clone, Default)]
struct Endpoint {
    calls: Arc<Mutex<Vec<Call>>>,
    answers: Arc<Mutex<Vec<(u16, Value)>>>,
}

impl Service for Endpoint {
    fn answer(&self, call: Call) -> BoxFuture<'static, Answer> {
        let entries = serde_json::from_str::<Value>(&call.body).unwrap()["Entries"].as_array().unwrap().len();
        self.calls.lock().unwrap().push(call);
        let taken = || {
            let taken = vec![json!({ "EventId": "11710aed-b79e-4468-a20b-bb3c0c3b4860" }); entries];
            (200, json!({ "FailedEntryCount": 0, "Entries": taken }))
        };
        let (status, body) = self.answers.lock().unwrap().pop().unwrap_or_else(taken);
        Box::pin(ready(Answer { status, body: body.to_string() }))
    }
}

/// The bus `fleet` at this endpoint.
fn bus(endpoint: &Endpoint) -> Arc<EventBridge> {
    let config = aws_sdk_eventbridge::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(credentials())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .http_client(InProcess::new(endpoint.clone()))
        .build();
    Arc::new(EventBridge::new(aws_sdk_eventbridge::Client::from_conf(config), "fleet".to_owned()))
}

/// What the table's stream would have told of everything that is in it, events in the order of their time.
async fn stream(app: &TestApp) -> Value {
    let scan = app.system.services.aws.dynamodb.scan().table_name(TABLE).send().await.unwrap();
    let mut images: Vec<Value> = scan
        .items
        .unwrap()
        .into_iter()
        .map(|item| {
            let attributes = item.into_iter().map(|(name, value)| {
                let value = match (value.as_s(), value.as_n(), value.as_bool()) {
                    (Ok(text), _, _) => json!({ "S": text }),
                    (_, Ok(digits), _) => json!({ "N": digits }),
                    (_, _, Ok(flag)) => json!({ "BOOL": flag }),
                    _ => json!({ "NULL": true }),
                };
                (name, value)
            });
            Value::Object(attributes.collect())
        })
        .collect();
    images.sort_by_key(|image| image["timestamp"]["N"].as_str().unwrap_or_default().to_owned());
    let records = images.into_iter().enumerate().map(|(place, image)| {
        json!({
            "eventID": place.to_string(), "eventName": "INSERT", "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": { "pk": image["pk"], "sk": image["sk"] }, "NewImage": image,
                "SequenceNumber": place.to_string(), "StreamViewType": "NEW_IMAGE",
            },
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

#[tokio::test]
async fn an_event_is_an_entry_of_eventbridge_that_shows_it_as_the_api_does() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    app.act(ALICE, "c", &json!({ "scale_out": {} })).await;
    app.drain().await;
    let endpoint = Endpoint::default();
    let answered = answer(bus(&endpoint), "east".to_owned(), stream(&app).await).await;
    assert_eq!(answered, json!({ "batchItemFailures": [] }));

    let calls = endpoint.calls.lock().unwrap().clone();
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(call.operation, "PutEvents");
    let entries = serde_json::from_str::<Value>(&call.body).unwrap()["Entries"].take();
    let kinds =
        ["cluster.create.start", "cluster.create.end", "cluster.scale_out.start", "cluster.scale_out.end"];
    assert_eq!(check::column(&entries, "DetailType"), kinds);
    let shown = app.show(ALICE, "/v1/events", "events").await;
    for (entry, event) in entries.as_array().unwrap().iter().zip(shown.as_array().unwrap()) {
        assert_eq!((&entry["Source"], &entry["EventBusName"]), (&json!("coppice"), &json!("fleet")));
        // Seconds since 1970: all of this happens within a minute of the first.
        let time = entry["Time"].as_f64().unwrap();
        assert!((1_700_000_000.0..1_700_000_060.0).contains(&time), "{time}");
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove("cluster");
        assert_eq!(detail, json!({ "deployment": "east", "event": event }));
    }
}

#[tokio::test]
async fn what_eventbridge_does_not_take_comes_again() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    let stream = stream(&app).await;
    let events: Vec<&Value> = stream["Records"].as_array().unwrap().iter().collect();
    let places: Vec<&Value> = events
        .iter()
        .filter(|record| record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().starts_with("E#"))
        .map(|record| &record["dynamodb"]["SequenceNumber"])
        .collect();
    let throttled = json!({ "FailedEntryCount": 1, "Entries": [
        { "EventId": "1" }, { "ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded" },
    ] });
    let malformed = json!({ "FailedEntryCount": 1, "Entries": [
        { "ErrorCode": "MalformedDetail", "ErrorMessage": "no" }, { "EventId": "2" },
    ] });
    let broken = json!({ "__type": "InternalException", "message": "try again" });
    for (status, said, again) in [
        (200, throttled, Some(places[1])),
        (200, malformed, None),
        (500, broken, Some(places[0])),
        // Fewer answers than entries: nobody knows which they are of.
        (200, json!({ "FailedEntryCount": 0, "Entries": [] }), Some(places[0])),
    ] {
        let endpoint = Endpoint::default();
        endpoint.answers.lock().unwrap().push((status, said.clone()));
        let answered = answer(bus(&endpoint), "east".to_owned(), stream.clone()).await;
        let failures = answered["batchItemFailures"].as_array().unwrap();
        assert_eq!(failures.first().map(|failure| &failure["itemIdentifier"]), again, "{said}");
    }
}
