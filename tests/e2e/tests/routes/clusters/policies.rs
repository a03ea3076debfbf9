//! `GET /v1/clusters/{id}/policies` and `GET /v1/clusters/{id}/policies/{policy_id}`.

use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, TestApp, deletion_policy, scaling_policy};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::{Value, json};

/// A cluster `c` with a scaling policy `scale1` and, disabled, a deletion policy `del1`.
struct Bound {
    app: TestApp,
    cluster: String,
    scaling: Value,
    deletion: Value,
}

async fn bound() -> Bound {
    bound_in(TestApp::new().await).await
}

async fn bound_in(app: TestApp) -> Bound {
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let scaling = app.policy(ALICE, "scale1", &scaling_policy()).await;
    let deletion = app.policy(ALICE, "del1", &deletion_policy()).await;
    let scaling = json!({
        "id": app.attached(&cluster, &scaling, true).await, "cluster_id": cluster, "cluster_name": "c",
        "policy_id": scaling, "policy_name": "scale1", "policy_type": "senlin.policy.scaling-1.0",
        "enabled": true, "priority": 100, "data": null, "last_op": null,
    });
    let deletion = json!({
        "id": app.attached(&cluster, &deletion, false).await, "cluster_id": cluster, "cluster_name": "c",
        "policy_id": deletion, "policy_name": "del1", "policy_type": "senlin.policy.deletion-1.1",
        "enabled": false, "priority": 400, "data": null, "last_op": null,
    });
    Bound { app, cluster, scaling, deletion }
}

#[tokio::test]
async fn the_policies_of_a_cluster_are_listed_by_the_ids_of_their_bindings() {
    let Bound { app, cluster, scaling, deletion } = bound().await;
    let mut expected = [scaling, deletion];
    expected.sort_by_key(|each| each["id"].as_str().unwrap().to_owned());
    for reference in [cluster.as_str(), "c", &cluster[..8]] {
        for person in [ALICE, ADMIN] {
            let target = format!("/v1/clusters/{reference}/policies");
            let answer = app.get(&target).by(person).send().await;
            check::resource(&answer, 200, "1.0");
            assert_eq!(answer.json(), json!({ "cluster_policies": expected }));
        }
    }
    let shown = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    let mut ids = check::column(&json!(expected), "id");
    let mut attached: Vec<String> = serde_json::from_value(shown["policies"].clone()).unwrap();
    ids.sort();
    attached.sort();
    assert_eq!(attached, ids, "a cluster shows the ids of its bindings");
}

#[tokio::test]
async fn bindings_are_filtered_and_sorted() {
    let app = bound().await.app;
    for (query, expected) in [
        ("enabled=True", &["scale1"][..]),
        ("enabled=false", &["del1"]),
        ("policy_name=del1", &["del1"]),
        ("policy_name=other", &[]),
        ("policy_type=senlin.policy.scaling-1.0", &["scale1"]),
        ("enabled=True&policy_type=senlin.policy.scaling&sort=enabled", &[]),
        ("sort=enabled", &["del1", "scale1"]),
        ("sort=enabled:desc", &["scale1", "del1"]),
    ] {
        let listed = app.show(ALICE, &format!("/v1/clusters/c/policies?{query}"), "cluster_policies").await;
        assert_eq!(check::column(&listed, "policy_name"), expected, "{query}");
    }
}

#[tokio::test]
async fn wrong_parameters_are_refused_before_the_cluster_is_looked_for() {
    let app = TestApp::new().await;
    for (query, text) in [
        ("limit=1", "Invalid parameter limit"),
        ("enabled=1", "Invalid value '1' specified for 'enabled'"),
        ("sort=priority", "Unsupported sort key 'priority' for 'sort'."),
        (
            "policy_name=a+b",
            "The value for the 'policy_name' (a b) contains illegal characters. It must contain only \
             alphanumeric or \"_-.~\" characters and must start with letter.",
        ),
    ] {
        let answer = app.get(&format!("/v1/clusters/nosuch/policies?{query}")).by(ALICE).send().await;
        check::fault(&answer, 400, "HTTPBadRequest", text);
    }
    let lost = app.get("/v1/clusters/nosuch/policies").by(ALICE).send().await;
    check::fault(&lost, 404, "ResourceNotFound", "The cluster 'nosuch' could not be found.");
}

#[tokio::test]
async fn a_binding_is_shown_by_its_cluster_and_its_policy() {
    let Bound { app, cluster, scaling, deletion } = bound().await;
    let id = scaling["policy_id"].as_str().unwrap();
    for (cluster, policy, expected) in
        [(cluster.as_str(), id, &scaling), ("c", "scale1", &scaling), (&cluster[..8], "del1", &deletion)]
    {
        let answer = app.get(&format!("/v1/clusters/{cluster}/policies/{policy}?x=1")).by(ALICE).send().await;
        check::resource(&answer, 200, "1.0");
        assert_eq!(answer.json(), json!({ "cluster_policy": expected }));
    }
}

#[tokio::test]
async fn what_is_not_there_is_named_as_it_was_asked_for() {
    let Bound { app, cluster, .. } = bound().await;
    app.policy(ALICE, "loose", &deletion_policy()).await;
    let loose = "The policy 'loose' is not found attached to the specified cluster 'c'.";
    for (target, kind, text) in [
        ("c/policies/nosuch", "ResourceNotFound", "The policy 'nosuch' could not be found."),
        ("nosuch/policies/nosuch", "ResourceNotFound", "The cluster 'nosuch' could not be found."),
        ("c/policies/loose", "PolicyBindingNotFound", loose),
    ] {
        let answer = app.get(&format!("/v1/clusters/{target}")).by(ALICE).send().await;
        check::fault(&answer, 404, kind, text);
    }
    for target in ["policies", "policies/scale1"] {
        let foreign = app.get(&format!("/v1/clusters/{cluster}/{target}")).by(BOB).send().await;
        let text = format!("The cluster '{cluster}' could not be found.");
        check::fault(&foreign, 404, "ResourceNotFound", &text);
    }
}

#[tokio::test]
async fn where_that_is_set_a_deleted_cluster_lets_its_policies_go() {
    let settings = Settings { delete_with_dependency: true, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    let app = bound_in(app).await.app;
    assert_eq!(app.delete("/v1/policies/scale1").by(ALICE).send().await.status, 409);
    let answer = app.delete("/v1/clusters/c").by(ALICE).send().await;
    check::accepted(&answer, "1.0");
    assert_eq!(answer.text(), "null");
    app.drain().await;
    for policy in ["scale1", "del1"] {
        check::bare(&app.delete(&format!("/v1/policies/{policy}")).by(ALICE).send().await, 204);
    }
}
