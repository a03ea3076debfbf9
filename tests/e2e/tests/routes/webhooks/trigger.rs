//! `POST /v1/webhooks/{id}/trigger`.

use crate::check;
use crate::receivers::{action, app, message, text, webhook};
use coppice_e2e::{ADMIN, ALICE, Answer, BOB, TestApp};
use http::Method;
use serde_json::{Value, json};

/// Calls a webhook with this query and body, at the microversion of those who ask for none.
async fn call(app: &TestApp, reference: &str, query: &str, body: Option<&Value>) -> Answer {
    let ask = app.post(&format!("/v1/webhooks/{reference}/trigger{query}"));
    match body {
        Some(body) => ask.json(body).send().await,
        None => ask.send().await,
    }
}

#[tokio::test]
async fn a_call_of_the_url_as_given_starts_the_action_for_the_owner() {
    let (app, cluster) = app().await;
    let receiver = webhook(&app, ALICE, "r", "c").await;
    let url = text(&receiver["channel"], "alarm_url");
    let answer = app.post(url.strip_prefix("http://127.0.0.1:8778").unwrap()).send().await;
    let id = check::accepted(&answer, "1.0");
    assert_eq!(answer.json(), json!({ "action": id }));
    let shown = action(&app, ALICE, &id).await;
    let name = format!("webhook_{}", &text(&receiver, "id")[..8]);
    assert_eq!((text(&shown, "name"), text(&shown, "action")), (name.as_str(), "CLUSTER_SCALE_OUT"));
    assert_eq!((text(&shown, "target"), text(&shown, "cause")), (cluster.as_str(), "RPC Request"));
    assert_eq!((text(&shown, "user"), text(&shown, "project")), (ALICE.user, ALICE.project));
    assert_eq!((text(&shown, "cluster_id"), text(&shown, "status")), (cluster.as_str(), "READY"));
    // Before 1.10 no body is one that says `params` are null.
    assert_eq!(shown["inputs"], json!({ "count": 1, "params": null }));
    app.drain().await;
    assert_eq!(action(&app, ALICE, &id).await["status"], "SUCCEEDED");
    assert_eq!(app.show(ALICE, "/v1/clusters/c", "cluster").await["desired_capacity"], 1);
}

/// RHE-2: the query's values do not count. RHE-3: without a body, `params` are null.
#[tokio::test]
async fn rhe_3_the_body_is_read_as_microversion_and_version_say() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    for (query, microversion, body, inputs) in [
        ("?V=1", "1.0", Some(json!({ "params": { "count": 2 } })), json!({ "count": 2 })),
        ("?V=1", "1.9", Some(json!({})), json!({ "count": 1 })),
        ("?V=1", "1.0", None, json!({ "count": 1 })),
        ("?V=2", "1.9", Some(json!({ "count": 2, "x": [1] })), json!({ "count": 2, "x": [1] })),
        ("?V=2&count=7", "1.0", Some(json!([1])), json!({ "count": 1, "params": null })),
        ("?V=1", "1.10", Some(json!({ "count": "x" })), json!({ "count": "x" })),
        ("?V=2", "1.14", None, json!({ "count": 1 })),
        ("?V=&V=2", "1.14", None, json!({ "count": 1 })),
    ] {
        let mut ask = app.post(&format!("/v1/webhooks/r/trigger{query}")).at(microversion);
        if let Some(body) = &body {
            ask = ask.json(body);
        }
        let id = check::accepted(&ask.send().await, microversion);
        assert_eq!(action(&app, ALICE, &id).await["inputs"], inputs, "{query} {microversion} {body:?}");
        app.drain().await;
    }
}

#[tokio::test]
async fn a_call_is_checked_in_order() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    let post = |target: &str| app.post(target).bytes("{");
    // The microversion before all,
    let high = post("/v1/webhooks/nosuch/trigger").at("1.15").send().await;
    assert_eq!((high.status, high.fault().0.as_str()), (406, "InvalidGlobalAPIVersion"));
    // then the version of the call,
    for query in ["", "?v=1", "?V=", "?V", "?count=1"] {
        let bare = post(&format!("/v1/webhooks/nosuch/trigger{query}")).send().await;
        check::bare(&bare, 400);
        let expected = json!({
            "message": "V query parameter is required in webhook trigger URL<br /><br />\n\n\n",
            "code": "400 Bad Request", "title": "Bad Request",
        });
        assert_eq!(bare.json(), expected);
        assert_eq!(bare.body.len(), 136);
    }
    // then the receiver,
    let lost = post("/v1/webhooks/nosuch/trigger?V=2").send().await;
    check::fault(&lost, 404, "ResourceNotFound", "The receiver 'nosuch' could not be found.");
    // then the body,
    let malformed = "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)";
    let broken = post("/v1/webhooks/r/trigger?V=1").send().await;
    check::fault(&broken, 400, "HTTPBadRequest", malformed);
    let beyond = "Additional properties are not allowed ('a' was unexpected)";
    let odd = json!({ "a": 1 });
    check::fault(&call(&app, "r", "?V=1", Some(&odd)).await, 400, "HTTPBadRequest", beyond);
    let accepted = call(&app, "r", "?V=2", None).await.expect(202).action();
    check::fault(&call(&app, "r", "?V=1", Some(&odd)).await, 400, "HTTPBadRequest", beyond);
    // and what goes on at the cluster.
    let conflict = call(&app, "r", "?V=2", None).await.expect(409);
    let (kind, reason) = conflict.fault();
    assert_eq!(kind, "ActionConflict");
    assert!(reason.starts_with("The CLUSTER_SCALE_OUT action for target "), "{reason}");
    assert!(reason.ends_with(&accepted), "{reason}");
}

#[tokio::test]
async fn a_receiver_is_called_by_id_name_or_short_id_from_anywhere() {
    let (app, _) = app().await;
    let receiver = webhook(&app, ALICE, "r", "c").await;
    let id = text(&receiver, "id");
    for reference in [id, &id[..8], "r"] {
        call(&app, reference, "?V=2", None).await.expect(202);
        app.drain().await;
    }
    let profile = app.profile(BOB, "p").await;
    let theirs = app.cluster(BOB, "c", &profile, 0).await;
    webhook(&app, BOB, "r", &theirs).await;
    let text_of = "Multiple results found matching the query criteria 'r'. Please be more specific.";
    check::fault(&call(&app, "r", "?V=2", None).await, 400, "MultipleChoices", text_of);
    call(&app, id, "?V=2", None).await.expect(202);
}

#[tokio::test]
async fn a_receiver_without_a_cluster_has_nothing_to_act_on() {
    let (app, _) = app().await;
    message(&app, ALICE, "m").await;
    let none = "The referenced cluster 'None' could not be found.";
    check::fault(&call(&app, "m", "?V=2", None).await, 400, "BadRequest", none);
    let body = json!({ "receiver": { "action": "CLUSTER_SCALE_OUT" } });
    app.patch("/v1/receivers/m").by(ALICE).json(&body).send().await.expect(200);
    check::fault(&call(&app, "m", "?V=2", None).await, 400, "BadRequest", none);
}

#[tokio::test]
async fn a_token_that_comes_along_does_not_count() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    for token in [BOB.token, ADMIN.token, "guessed", ""] {
        let answer = app.post("/v1/webhooks/r/trigger?V=2").token(token).send().await;
        let id = check::accepted(&answer, "1.0");
        assert_eq!(action(&app, ALICE, &id).await["user"], ALICE.user);
        app.drain().await;
    }
}

#[tokio::test]
async fn what_an_administrator_made_acts_for_the_clusters_owner() {
    let (app, cluster) = app().await;
    webhook(&app, ADMIN, "r", &cluster).await;
    let id = call(&app, "r", "?V=2", None).await.expect(202).action();
    let shown = action(&app, ALICE, &id).await;
    assert_eq!((text(&shown, "user"), text(&shown, "project")), (ALICE.user, ALICE.project));
    app.drain().await;
    let events = app.show(ALICE, "/v1/events?action=CLUSTER_SCALE_OUT", "events").await;
    assert_eq!(check::column(&events, "project"), [ALICE.project, ALICE.project]);
}

#[tokio::test]
async fn a_changed_receiver_does_what_it_says_now() {
    let (app, _) = app().await;
    let receiver = webhook(&app, ALICE, "r", "c").await;
    let url = text(&receiver["channel"], "alarm_url").strip_prefix("http://127.0.0.1:8778").unwrap();
    let body = json!({ "receiver": { "action": "CLUSTER_RESIZE", "params": { "min_size": 1 } } });
    app.patch("/v1/receivers/r").by(ALICE).json(&body).send().await.expect(200);
    let id = app.post(url).at("1.10").send().await.expect(202).action();
    let shown = action(&app, ALICE, &id).await;
    assert_eq!((text(&shown, "action"), &shown["inputs"]), ("CLUSTER_RESIZE", &json!({ "min_size": 1 })));
}

#[tokio::test]
async fn inputs_are_unchecked_and_what_makes_no_sense_is_found_when_the_action_runs() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    let body = json!({ "receiver": { "action": "CLUSTER_ATTACH_POLICY" } });
    app.patch("/v1/receivers/r").by(ALICE).json(&body).send().await.expect(200);
    let id = call(&app, "r", "?V=2", None).await.expect(202).action();
    app.drain().await;
    let ended = action(&app, ALICE, &id).await;
    assert_eq!((text(&ended, "action"), text(&ended, "status")), ("CLUSTER_ATTACH_POLICY", "FAILED"));
    assert_eq!(text(&ended, "status_reason"), "Policy not specified.");
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!(cluster["status"], "ACTIVE");
}

#[tokio::test]
async fn inputs_that_cannot_be_kept_are_refused() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    let answer = call(&app, "r", "?V=2", Some(&json!({ "a": "x".repeat(262_144) }))).await;
    assert_eq!((answer.status, answer.fault().0.as_str()), (400, "RequestLimitExceeded"));
    assert_eq!(app.show(ALICE, "/v1/actions", "actions").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_other_path_asks_for_a_token() {
    let (app, _) = app().await;
    webhook(&app, ALICE, "r", "c").await;
    let before = app.items().await;
    for (method, target) in [
        (Method::GET, "/v1/webhooks/r/trigger?V=2"),
        (Method::PUT, "/v1/webhooks/r/trigger?V=2"),
        (Method::PATCH, "/v1/webhooks/r/trigger?V=2"),
        (Method::DELETE, "/v1/webhooks/r/trigger?V=2"),
        (Method::HEAD, "/v1/webhooks/r/trigger?V=2"),
        (Method::OPTIONS, "/v1/webhooks/r/trigger?V=2"),
        (Method::POST, "/v1/webhooks/r/trigger/?V=2"),
        (Method::POST, "/v1/webhooks/r/trigger/x?V=2"),
        (Method::POST, "/v1/webhooks/r/x/trigger?V=2"),
        (Method::POST, "/v1/webhooks/r%2Fx/trigger?V=2"),
        (Method::POST, "/v1/webhooks//trigger?V=2"),
        (Method::POST, "/v1//webhooks/r/trigger?V=2"),
        (Method::POST, "/v1/WEBHOOKS/r/trigger?V=2"),
        (Method::POST, "/v1/%77ebhooks/r/trigger?V=2"),
        (Method::POST, "/v1/webhooks/r?V=2"),
        (Method::POST, "/v1/receivers/r/notify?V=2"),
        (Method::POST, "/v1/receivers?V=2"),
        (Method::POST, "/v1/receivers/r/trigger?V=2"),
        (Method::POST, "/v1/clusters/c/actions?V=2"),
        (Method::DELETE, "/v1/receivers/r?V=2"),
        (Method::GET, "/v1/receivers/r?V=2"),
        (Method::GET, "/v1/receivers"),
    ] {
        let answer = app.request(method.clone(), target).send().await;
        assert_eq!(answer.status, 401, "{method} {target}: {}", answer.text());
    }
    assert_eq!(app.items().await, before);
    // With a token the method is as unknown as anywhere.
    check::bare(&app.get("/v1/webhooks/r/trigger?V=2").by(ALICE).send().await, 404);
}
