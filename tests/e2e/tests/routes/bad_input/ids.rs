//! Ids and names that nothing has.

use super::assert_sound;
use coppice_e2e::{ADMIN, ALICE, TestApp};
use http::Method;

/// Whatever has things that go by an id or a name.
const COLLECTIONS: [&str; 9] = [
    "clusters",
    "nodes",
    "profiles",
    "policies",
    "receivers",
    "actions",
    "events",
    "profile-types",
    "policy-types",
];

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    let before = app.items().await;
    let references = [
        "11111111-2222-4333-8444-555555555555",
        "11111111222243338444555555555555",
        "%7B11111111-2222-4333-8444-555555555555%7D",
        "nosuch",
        "zz",
        "-",
        "%25",
        "_",
        "%2A",
        "%00",
        "a%20b",
        "caf%C3%A9",
        "%F0%9F%92%A5",
        "..",
        "%23",
        &"f".repeat(36),
        &"a".repeat(2000),
    ];
    for reference in references {
        for collection in COLLECTIONS {
            for person in [ALICE, ADMIN] {
                let target = format!("/v1/{collection}/{reference}");
                let answer = app.get(&target).by(person).send().await;
                assert_eq!(answer.status, 404, "{target}: {}", answer.text());
            }
        }
        for (method, target, body) in [
            (Method::PATCH, format!("/v1/clusters/{reference}"), r#"{"cluster": {"name": "x"}}"#),
            (Method::PATCH, format!("/v1/profiles/{reference}"), r#"{"profile": {"name": "x"}}"#),
            (Method::PATCH, format!("/v1/policies/{reference}"), r#"{"policy": {"name": "x"}}"#),
            (Method::PATCH, format!("/v1/nodes/{reference}"), r#"{"node": {"name": "x"}}"#),
            (Method::PATCH, format!("/v1/receivers/{reference}"), r#"{"receiver": {"name": "x"}}"#),
            (Method::POST, format!("/v1/clusters/{reference}/actions"), r#"{"scale_out": {}}"#),
            (Method::POST, format!("/v1/nodes/{reference}/actions"), r#"{"check": {}}"#),
            (Method::POST, format!("/v1/receivers/{reference}/notify"), ""),
            (Method::POST, format!("/v1/receivers/{reference}/secret"), ""),
            (Method::POST, format!("/v1/webhooks/{reference}/trigger?V=2"), ""),
            (Method::DELETE, format!("/v1/clusters/{reference}"), ""),
            (Method::DELETE, format!("/v1/profiles/{reference}"), ""),
            (Method::DELETE, format!("/v1/policies/{reference}"), ""),
            (Method::DELETE, format!("/v1/nodes/{reference}"), ""),
            (Method::DELETE, format!("/v1/receivers/{reference}"), ""),
        ] {
            let answer = app.request(method, &target).by(ALICE).bytes(body).send().await;
            assert_sound(&answer, &target);
            assert_eq!(answer.status, 404, "{target}: {}", answer.text());
        }
        let webhook = r#""type": "webhook", "action": "CLUSTER_CHECK""#;
        for (target, body) in [
            ("/v1/clusters", format!(r#"{{"cluster": {{"name": "x", "profile_id": "{reference}"}}}}"#)),
            ("/v1/nodes", format!(r#"{{"node": {{"name": "x", "profile_id": "{reference}"}}}}"#)),
            (
                "/v1/receivers",
                format!(r#"{{"receiver": {{"name": "x", {webhook}, "cluster_id": "{reference}"}}}}"#),
            ),
        ] {
            let answer = app.post(target).by(ALICE).bytes(body).send().await;
            assert_eq!(answer.status, 400, "{target} {reference}: {}", answer.text());
        }
    }
    assert_eq!(app.items().await, before);
}
