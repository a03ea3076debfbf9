//! `POST /v1/receivers/{id}/secret`, and the protection of webhooks that it belongs to.

use super::{ADDED, action, app, signed, text, webhook};
use crate::check;
use coppice_domain::time::Clock;
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, Person, READER, TestApp};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt::Write;
use std::time::Duration;

/// A signature of the body, as it is made `ago`.
fn signature(app: &TestApp, secret: &str, body: &str, ago: Duration) -> (String, String) {
    let stamp = app.clock.now().minus(ago).seconds().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{stamp}.{body}").as_bytes());
    let digits = mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    (stamp, format!("v1={digits}"))
}

async fn call(app: &TestApp, body: &str, signed: Option<&(String, String)>) -> Answer {
    let ask = app.post("/v1/webhooks/r/trigger?V=2").at("1.10");
    let ask = if body.is_empty() { ask } else { ask.bytes(body) };
    match signed {
        None => ask.send().await,
        Some((stamp, signature)) => {
            ask.header("coppice-timestamp", stamp).header("coppice-signature", signature).send().await
        }
    }
}

async fn ask(app: &TestApp, person: Person, method: Method, path: &str, body: &Value) -> Answer {
    app.request(method, path).by(person).header("openstack-api-version", ADDED).json(body).send().await
}

async fn rotate(app: &TestApp, person: Person, body: &Value) -> Answer {
    ask(app, person, Method::POST, "/v1/receivers/r/secret", body).await
}

async fn actions(app: &TestApp) -> usize {
    app.show(ALICE, "/v1/actions?action=CLUSTER_SCALE_OUT", "actions").await.as_array().unwrap().len()
}

async fn events(app: &TestApp) -> Vec<Value> {
    app.show(ALICE, "/v1/events?otype=RECEIVER", "events").await.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_secret_is_told_once() {
    let (app, _) = app().await;
    let shown = signed(&app, ALICE, "r", "c").await;
    let secret = text(&shown["protection"], "secret").to_owned();
    assert_eq!(secret.len(), 64);
    let protection = json!({ "signing": true, "rate": null });
    for path in ["/v1/receivers/r", "/v1/receivers"] {
        let answer = app.get(path).by(ALICE).header("openstack-api-version", ADDED).send().await.expect(200);
        assert!(!answer.text().contains(&secret), "{path}");
        let plain = app.get(path).by(ALICE).send().await.expect(200);
        assert!(!plain.text().contains("protection"), "{path}");
    }
    let change = json!({ "receiver": { "name": "s", "protection": { "signing": true } } });
    let changed = ask(&app, ALICE, Method::PATCH, "/v1/receivers/r", &change).await.expect(200).json();
    assert_eq!(changed["receiver"]["protection"], protection, "the secret stays, and is not told again");
}

#[tokio::test]
async fn only_calls_signed_with_the_secret_start_anything() {
    let (app, _) = app().await;
    let shown = signed(&app, ALICE, "r", "c").await;
    let secret = text(&shown["protection"], "secret");
    let body = r#"{"count": 2}"#;
    let right = signature(&app, secret, body, Duration::ZERO);
    let needed =
        "This receiver takes signed calls only: a call needs 'coppice-timestamp' and 'coppice-signature'.";
    let wrong = "The call's 'coppice-signature' is not that of this receiver.";
    let late = "The call's 'coppice-timestamp' is not within 300 seconds of the service's time.";
    for (body, signed, reason) in [
        (body, None, needed),
        ("", Some(&right), wrong),
        (r#"{"count": 3}"#, Some(&right), wrong),
        (body, Some(&signature(&app, "guess", body, Duration::ZERO)), wrong),
        (body, Some(&signature(&app, secret, body, Duration::from_secs(302))), late),
    ] {
        check::fault(&call(&app, body, signed).await, 403, "Forbidden", reason);
    }
    assert_eq!(actions(&app).await, 0);
    let first = call(&app, body, Some(&right)).await.expect(202).action();
    assert_eq!(action(&app, ALICE, &first).await["inputs"], json!({ "count": 2 }));
    app.drain().await;
    // Whoever repeats it to the letter starts nothing new.
    assert_eq!(call(&app, body, Some(&right)).await.expect(202).action(), first);
    app.drain().await;
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["desired_capacity"], 2);
    app.clock.advance(Duration::from_secs(301));
    check::fault(&call(&app, body, Some(&right)).await, 403, "Forbidden", late);
    // No body is signed as the empty one.
    let bare = signature(&app, secret, "", Duration::ZERO);
    assert_ne!(call(&app, "", Some(&bare)).await.expect(202).action(), first);
}

#[tokio::test]
async fn an_earlier_secret_counts_for_its_grace() {
    let (app, _) = app().await;
    let shown = signed(&app, ALICE, "r", "c").await;
    let first = text(&shown["protection"], "secret").to_owned();
    let told = |answer: &Answer| text(&answer.json()["receiver"]["protection"], "secret").to_owned();
    let second = told(&rotate(&app, ALICE, &json!({ "grace": 60 })).await.expect(200));
    assert_ne!(first, second);
    let status = async |secret: &str| {
        let answer = call(&app, "", Some(&signature(&app, secret, "", Duration::ZERO))).await;
        app.drain().await;
        answer.status
    };
    assert_eq!((status(&first).await, status(&second).await), (202, 202));
    app.clock.advance(Duration::from_secs(60));
    assert_eq!((status(&first).await, status(&second).await), (403, 202));
    let third = told(&rotate(&app, ALICE, &json!({ "grace": 0 })).await.expect(200));
    assert_eq!((status(&second).await, status(&third).await), (403, 202));
    // A day, if nothing is said.
    let bare = app.post("/v1/receivers/r/secret").by(ADMIN).send().await.expect(200);
    app.clock.advance(Duration::from_secs(86_000));
    assert_eq!((status(&third).await, status(&told(&bare)).await), (202, 202));
}

#[tokio::test]
async fn only_the_owner_of_a_signed_webhook_gets_another_secret() {
    let (app, _) = app().await;
    signed(&app, ALICE, "r", "c").await;
    webhook(&app, ALICE, "open", "c").await;
    assert_eq!(rotate(&app, READER, &json!({})).await.status, 403);
    assert_eq!(rotate(&app, BOB, &json!({})).await.status, 404);
    // Whoever is in the project may update a receiver, but not what protects it.
    for protection in [json!({}), json!({ "signing": true })] {
        let change = json!({ "receiver": { "protection": protection } });
        assert_eq!(ask(&app, READER, Method::PATCH, "/v1/receivers/r", &change).await.status, 403);
    }
    let long = rotate(&app, ALICE, &json!({ "grace": 604_801 })).await;
    check::fault(&long, 400, "BadRequest", "The grace is longer than 604800 seconds.");
    let open = app.post("/v1/receivers/open/secret").by(ALICE).send().await;
    check::fault(&open, 400, "BadRequest", "The calls of this receiver are not signed.");
}

#[tokio::test]
async fn calls_beyond_the_rate_are_refused_with_one_event_a_window() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    let protection = json!({ "receiver": { "protection": { "rate": { "calls": 2, "seconds": 3600 } } } });
    let shown = ask(&app, ALICE, Method::PATCH, "/v1/receivers/r", &protection).await.expect(200).json();
    let expected = json!({ "signing": false, "rate": { "calls": 2, "seconds": 3600 } });
    assert_eq!(shown["receiver"]["protection"], expected);
    for _ in 0..2 {
        call(&app, "", None).await.expect(202);
        app.drain().await;
    }
    for _ in 0..3 {
        let answer = call(&app, "", None).await;
        assert_eq!(answer.status, 429);
        let (kind, reason) = answer.fault();
        assert_eq!(kind, "TooManyRequests");
        let begin = "This receiver takes 2 calls in 3600 seconds. Call again in ";
        assert!(reason.starts_with(begin), "{reason}");
    }
    let told = events(&app).await;
    let [event] = &told[..] else { panic!("{told:?}") };
    let said = text(event, "status_reason");
    assert!(said.starts_with("A call was refused: This receiver takes 2 calls in 3600 seconds."), "{said}");
    assert_eq!(actions(&app).await, 2);
    app.clock.advance(Duration::from_secs(1800));
    call(&app, "", None).await.expect(202);
    app.drain().await;
    assert_eq!(actions(&app).await, 3);
    let off = json!({ "receiver": { "protection": {} } });
    let open = ask(&app, ALICE, Method::PATCH, "/v1/receivers/r", &off).await.expect(200).json();
    assert_eq!(open["receiver"]["protection"], Value::Null);
}

#[tokio::test]
async fn what_is_wrong_with_a_protection_is_said() {
    let (app, _) = app().await;
    let receiver = |kind: &str, protection: Value| {
        json!({ "receiver": {
            "name": "r", "type": kind, "cluster_id": "c", "action": "CLUSTER_CHECK", "protection": protection,
        } })
    };
    for (kind, protection, reason) in [
        ("webhook", json!({ "signing": 1 }), "The protection's 'signing' is not a boolean."),
        ("webhook", json!({ "secret": "x" }), "A protection has no 'secret'."),
        ("message", json!({ "signing": true }), "Only a receiver of type 'webhook' has a protection."),
    ] {
        let answer = ask(&app, ALICE, Method::POST, "/v1/receivers", &receiver(kind, protection)).await;
        check::fault(&answer, 400, "BadRequest", reason);
    }
    let plain = receiver("webhook", json!({ "signing": true }));
    let answer = app.post("/v1/receivers").by(ALICE).json(&plain).send().await;
    let beyond = "Additional properties are not allowed ('protection' was unexpected)";
    check::fault(&answer, 400, "HTTPBadRequest", beyond);
}
