//! The action `recover` (spec api-resources I10).

use crate::check;
use crate::clusters::fixtures::{ask, recorded};
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn a_recovery_is_recorded_as_it_was_asked_for() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    for (microversion, data) in [
        ("1.0", json!({})),
        ("1.0", json!({ "operation": "reboot", "operation_params": { "type": "hard" } })),
        ("1.6", json!({ "operation": "RECREATE", "check": true, "check_capacity": "x" })),
    ] {
        let answer = ask(&app, ALICE, "c", microversion, &json!({ "recover": data })).await;
        let action = check::accepted(&answer, microversion);
        assert_eq!(answer.json(), json!({ "action": action }));
        let expected = json!({
            "action": "CLUSTER_RECOVER", "name": format!("cluster_recover_{}", &cluster[..8]), "inputs": data,
        });
        assert_eq!(recorded(&app, ALICE, &action).await, expected);
        app.drain().await;
    }
}

#[tokio::test]
async fn the_cluster_comes_first_and_then_the_parameters() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    for (data, text) in [
        (json!({ "operation": null }), "operation has to be a string."),
        (
            json!({ "operation": "fly" }),
            "Operation value 'fly' has to be one of the following: REBOOT, REBUILD, RECREATE.",
        ),
        (json!({ "operation": "REBOOT", "operation_params": 1 }), "operation_params must be a map."),
        (
            json!({ "delete_timeout": 1, "operation_params": {} }),
            "Action parameter ['delete_timeout', 'operation_params'] is not recognizable.",
        ),
    ] {
        let body = json!({ "recover": data });
        check::fault(&ask(&app, ALICE, "c", "1.0", &body).await, 400, "BadRequest", text);
        let lost = ask(&app, ALICE, "x", "1.0", &body).await;
        check::fault(&lost, 404, "ResourceNotFound", "The cluster 'x' could not be found.");
    }
}
