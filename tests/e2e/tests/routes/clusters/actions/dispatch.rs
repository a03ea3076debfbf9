//! Which action a body names.

use crate::check;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn a_body_names_exactly_one_known_action() {
    let app = TestApp::new().await;
    let ask = || app.post("/v1/clusters/nosuch/actions").by(ALICE);
    check::fault(&ask().send().await, 400, "HTTPBadRequest", "No action specified");
    for (body, text) in [
        (json!({}), "No action specified"),
        (json!([1]), "No action specified"),
        (json!({ "check": {}, "recover": {} }), "Multiple actions specified"),
        (json!({ "fly": {} }), "Unrecognized action 'fly' specified"),
        (json!({ "scale_out": null }), "The data provided is not a map"),
        (json!({ "resize": 3 }), "The data provided is not a map"),
    ] {
        check::fault(&ask().json(&body).send().await, 400, "HTTPBadRequest", text);
    }
}

#[tokio::test]
async fn two_actions_exist_only_from_some_microversion_on() {
    let app = TestApp::new().await;
    for (name, since, before) in [("replace_nodes", "1.3", "1.2"), ("complete_lifecycle", "1.9", "1.8")] {
        let body = json!({ name: {} });
        let ask = |at| app.post("/v1/clusters/c/actions").by(ALICE).at(at).json(&body);
        let text = format!("API version '{before}' is not supported on this method.");
        check::fault(&ask(before).send().await, 400, "MethodVersionNotFound", &text);
        let (kind, _) = ask(since).send().await.fault();
        assert_ne!(kind, "MethodVersionNotFound");
    }
}
