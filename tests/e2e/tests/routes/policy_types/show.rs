//! `GET /v1/policy-types/{type}`.

use crate::check;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn a_type_shows_its_schema_and_from_1_5_on_the_support_of_all_its_versions() {
    let app = TestApp::new().await;
    let target = "/v1/policy-types/senlin.policy.deletion-1.0";
    for (microversion, expected) in
        [("1.4", &["name", "schema"][..]), ("1.5", &["name", "schema", "support_status"])]
    {
        let answer = app.get(target).by(ALICE).at(microversion).send().await;
        check::resource(&answer, 200, microversion);
        let shown = &answer.json()["policy_type"];
        assert_eq!(check::keys(shown), expected);
        assert_eq!(shown["name"], "senlin.policy.deletion-1.0");
        assert_eq!(shown["schema"]["criteria"]["default"], "RANDOM");
    }
    let shown = app.show(ALICE, target, "policy_type").await;
    assert_eq!(check::keys(&shown["support_status"]), ["1.0", "1.1"]);
}

#[tokio::test]
async fn a_schema_tells_what_a_property_takes() {
    let app = TestApp::new().await;
    let shown = app.show(ALICE, "/v1/policy-types/senlin.policy.scaling-1.0", "policy_type").await;
    let event = &shown["schema"]["event"];
    let constraints =
        json!([{ "type": "AllowedValues", "constraint": ["CLUSTER_SCALE_IN", "CLUSTER_SCALE_OUT"] }]);
    assert_eq!(event["constraints"], constraints);
    assert_eq!((&event["required"], &event["updatable"]), (&json!(true), &json!(false)));
    assert_eq!(shown["support_status"], json!({ "1.0": [{ "status": "SUPPORTED", "since": "2016.04" }] }));
}

#[tokio::test]
async fn a_type_is_named_with_its_version_or_not_found() {
    let app = TestApp::new().await;
    for name in ["senlin.policy.scaling", "senlin.policy.scaling-2.0", "bogus-1.0"] {
        let answer = app.get(&format!("/v1/policy-types/{name}")).by(ALICE).send().await;
        let text = format!("The policy_type '{name}' could not be found.");
        check::fault(&answer, 404, "ResourceNotFound", &text);
    }
    check::bare(&app.get("/v1/policy-types/senlin.policy.scaling-1.0/ops").by(ALICE).send().await, 404);
}
