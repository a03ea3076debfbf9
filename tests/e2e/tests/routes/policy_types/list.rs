//! `GET /v1/policy-types`.

use crate::check;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn every_version_of_a_type_is_listed_and_with_its_own_support_from_1_5_on() {
    let app = TestApp::new().await;
    let old = app.get("/v1/policy-types?whatever=1").by(ALICE).at("1.4").send().await;
    check::resource(&old, 200, "1.4");
    let names = [
        "affinity-1.0",
        "batch-1.0",
        "deletion-1.0",
        "deletion-1.1",
        "health-1.0",
        "health-1.1",
        "health-1.2",
        "loadbalance-1.0",
        "loadbalance-1.1",
        "loadbalance-1.2",
        "loadbalance-1.3",
        "region_placement-1.0",
        "scaling-1.0",
        "zone_placement-1.0",
    ];
    let named = names.map(|name| json!({ "name": format!("senlin.policy.{name}") }));
    assert_eq!(old.json(), json!({ "policy_types": named }));
    let new = app.get("/v1/policy-types").by(ALICE).at("1.5").send().await;
    check::resource(&new, 200, "1.5");
    let types = new.json()["policy_types"].take();
    assert_eq!(types.as_array().unwrap().len(), names.len());
    let health = json!({
        "name": "senlin.policy.health",
        "version": "1.0",
        "support_status": {
            "1.0": [
                { "status": "EXPERIMENTAL", "since": "2017.02" },
                { "status": "SUPPORTED", "since": "2018.06" },
            ],
        },
    });
    assert_eq!(types[4], health);
}

#[tokio::test]
async fn a_body_is_out_of_place() {
    let app = TestApp::new().await;
    let answer = app.get("/v1/policy-types").by(ALICE).json(&json!({ "a": 1 })).send().await;
    assert_eq!(answer.status, 400);
}
