//! The action `check` (spec api-resources I9).

use crate::check;
use crate::clusters::fixtures::{ask, recorded, set};
use coppice_e2e::{ADMIN, ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn whatever_a_check_says_is_recorded() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    for data in [json!({}), json!({ "delete_check_action": false, "more": [1, null] })] {
        let answer = ask(&app, ALICE, "c", "1.0", &json!({ "check": data })).await;
        let action = check::accepted(&answer, "1.0");
        assert_eq!(answer.json(), json!({ "action": action }));
        let expected = json!({
            "action": "CLUSTER_CHECK", "name": format!("cluster_check_{}", &cluster[..8]), "inputs": data,
        });
        assert_eq!(recorded(&app, ALICE, &action).await, expected);
        app.drain().await;
    }
    let lost = ask(&app, ALICE, "x", "1.0", &json!({ "check": {} })).await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'x' could not be found.");
    let big = json!({ "check": { "x": "y".repeat(300 * 1024) } });
    let refused = ask(&app, ALICE, "c", "1.0", &big).await;
    assert_eq!(refused.fault().0, "RequestLimitExceeded");
}

#[tokio::test]
async fn earlier_checks_of_the_cluster_are_forgotten_when_that_is_asked_for() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 0).await;
    app.cluster(ALICE, "d", &profile, 0).await;
    let mut earlier = Vec::new();
    for cluster in ["c", "c", "c", "d"] {
        earlier.push(app.act(ALICE, cluster, &json!({ "check": {} })).await);
        app.drain().await;
    }
    // By an administrator, whose own project it is recorded in.
    let body = json!({ "check": {} });
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await["id"].as_str().unwrap().to_owned();
    earlier.push(ask(&app, ADMIN, &cluster, "1.0", &body).await.expect(202).action());
    app.drain().await;
    set(&app, &format!("X#{}", earlier[0]), "status", "SUCCEEDED").await;
    set(&app, &format!("X#{}", earlier[1]), "status", "FAILED").await;
    set(&app, &format!("X#{}", earlier[2]), "status", "CANCELLED").await;

    let before = app.usage();
    let latest = app.act(ALICE, "c", &json!({ "check": { "delete_check_action": true } })).await;
    let spent = app.usage() - before;
    assert!(spent.write_units <= 10.0 + 2.0 * 4.0, "two of three that have ended are deleted: {spent:?}");
    let left = app.show(ADMIN, "/v1/actions?action=CLUSTER_CHECK", "actions").await;
    let mut expected = vec![earlier[2].clone(), earlier[3].clone(), earlier[4].clone(), latest];
    let mut left = check::column(&left, "id");
    expected.sort();
    left.sort();
    assert_eq!(left, expected);
}
