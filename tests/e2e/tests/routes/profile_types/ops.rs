//! `GET /v1/profile-types/{type}/ops`.

use super::undescribed;
use crate::check;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn operations_are_listed_from_1_4_on() {
    let app = TestApp::new().await;
    let target = "/v1/profile-types/os.nova.server-1.0/ops";
    let old = app.get(target).by(ALICE).at("1.3").send().await;
    let text = "API version '1.3' is not supported on this method.";
    check::fault(&old, 400, "MethodVersionNotFound", text);
    let new = app.get(target).by(ALICE).at("1.4").send().await;
    check::resource(&new, 200, "1.4");
    let operations = &new.json()["operations"];
    assert_eq!(check::keys(&operations["reboot"]), ["description", "parameters"]);
}

#[tokio::test]
async fn operations_of_an_unknown_type_are_a_bad_request() {
    let app = TestApp::new().await;
    let answer = app.get("/v1/profile-types/bogus-1.0/ops").by(ALICE).at("1.4").send().await;
    check::fault(&answer, 400, "BadRequest", "The profile_type 'bogus-1.0' could not be found.");
}

#[tokio::test]
async fn a_container_and_a_stack_show_the_operations_of_the_reference() {
    let app = TestApp::new().await;
    let none = json!({ "parameters": {} });
    let wait = json!({ "parameters": { "wait_time": { "type": "Integer", "required": false } } });
    for (name, operations) in [
        ("container.dockerinc.docker-1.0", json!({ "pause": none, "restart": wait, "unpause": none })),
        // Shown as a property, as the reference does.
        ("os.heat.stack-1.0", json!({ "abandon": { "type": "Map", "required": false, "updatable": false } })),
    ] {
        let answer = app.get(&format!("/v1/profile-types/{name}/ops")).by(ALICE).at("1.4").send().await;
        check::resource(&answer, 200, "1.4");
        assert_eq!(undescribed(&answer.json()["operations"]), operations, "{name}");
    }
}
