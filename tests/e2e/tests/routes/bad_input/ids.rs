//! Ids and names that nothing has.

use super::assert_sound;
use coppice_e2e::{ADMIN, ALICE, TestApp};
use http::Method;

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
        for collection in ["clusters", "nodes", "profiles", "actions", "events", "profile-types"] {
            for person in [ALICE, ADMIN] {
                let target = format!("/v1/{collection}/{reference}");
                let answer = app.get(&target).by(person).send().await;
                assert_eq!(answer.status, 404, "{target}: {}", answer.text());
            }
        }
        for (method, target, body) in [
            (Method::PATCH, format!("/v1/clusters/{reference}"), r#"{"cluster": {"name": "x"}}"#),
            (Method::PATCH, format!("/v1/profiles/{reference}"), r#"{"profile": {"name": "x"}}"#),
            (Method::POST, format!("/v1/clusters/{reference}/actions"), r#"{"scale_out": {}}"#),
            (Method::DELETE, format!("/v1/clusters/{reference}"), ""),
            (Method::DELETE, format!("/v1/profiles/{reference}"), ""),
        ] {
            let answer = app.request(method, &target).by(ALICE).bytes(body).send().await;
            assert_sound(&answer, &target);
            assert_eq!(answer.status, 404, "{target}: {}", answer.text());
        }
        let cluster = format!(r#"{{"cluster": {{"name": "x", "profile_id": "{reference}"}}}}"#);
        let answer = app.post("/v1/clusters").by(ALICE).bytes(cluster).send().await;
        assert_eq!(answer.status, 400, "{reference}: {}", answer.text());
    }
    assert_eq!(app.items().await, before);
}
