//! `GET /v1/profile-types/{type}`.

use super::undescribed;
use crate::check;
use coppice_e2e::{ALICE, TestApp};
use serde_json::{Value, json};

#[tokio::test]
async fn a_type_shows_its_schema_and_from_1_5_on_its_support() {
    let app = TestApp::new().await;
    let target = "/v1/profile-types/os.nova.server-1.0";
    for (microversion, expected) in
        [("1.4", &["name", "schema"][..]), ("1.5", &["name", "schema", "support_status"])]
    {
        let answer = app.get(target).by(ALICE).at(microversion).send().await;
        check::resource(&answer, 200, microversion);
        let shown = &answer.json()["profile_type"];
        assert_eq!(check::keys(shown), expected);
        assert_eq!(shown["name"], "os.nova.server-1.0");
        assert_eq!(shown["schema"]["flavor"]["required"], true);
    }
}

#[tokio::test]
async fn a_type_is_named_with_its_version_or_not_found() {
    let app = TestApp::new().await;
    for name in ["os.nova.server", "os.nova.server-2.0", "bogus-1.0"] {
        let answer = app.get(&format!("/v1/profile-types/{name}")).by(ALICE).send().await;
        let text = format!("The profile_type '{name}' could not be found.");
        check::fault(&answer, 404, "ResourceNotFound", &text);
    }
}

/// A property as it is shown: its type, its default if it has one, whether it is required and can be updated.
fn property(kind: &str, default: Option<Value>, required: bool, updatable: bool) -> Value {
    let mut node = json!({ "type": kind, "required": required, "updatable": updatable });
    if let Some(default) = default {
        node["default"] = default;
    }
    node
}

#[tokio::test]
async fn a_stack_shows_the_schema_of_the_reference() {
    let map = |updatable| property("Map", Some(json!({})), false, updatable);
    let schema = json!({
        "context": map(false),
        "disable_rollback": property("Boolean", Some(json!(true)), false, true),
        "environment": map(true),
        "files": map(true),
        "parameters": map(true),
        "template": map(true),
        "template_url": property("String", Some(json!("")), false, true),
        "timeout": property("Integer", None, false, true),
    });
    let support = json!({ "1.0": [{ "status": "SUPPORTED", "since": "2016.04" }] });
    shows("os.heat.stack-1.0", &schema, &support).await;
}

#[tokio::test]
async fn a_container_shows_the_schema_of_the_reference() {
    let text = |required, updatable| property("String", None, required, updatable);
    let schema = json!({
        "command": text(false, false),
        "context": property("Map", None, false, false),
        "host_cluster": text(false, false),
        "host_node": text(false, false),
        "image": text(true, false),
        "name": text(false, true),
        "port": property("Integer", Some(json!(2375)), false, false),
    });
    let support = json!({ "1.0": [{ "status": "EXPERIMENTAL", "since": "2017.02" }] });
    shows("container.dockerinc.docker-1.0", &schema, &support).await;
}

async fn shows(name: &str, schema: &Value, support: &Value) {
    let app = TestApp::new().await;
    let shown = app.show(ALICE, &format!("/v1/profile-types/{name}"), "profile_type").await;
    assert_eq!(check::keys(&shown), ["name", "schema", "support_status"]);
    assert_eq!(shown["name"], name);
    assert_eq!((&undescribed(&shown["schema"]), &shown["support_status"]), (schema, support), "{name}");
}
