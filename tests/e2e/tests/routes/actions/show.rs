//! `GET /v1/actions/{id}`.

use crate::check;
use coppice_compute::simulated::SimulatedConfig;
use coppice_e2e::{ALICE, BOB, TestApp};
use coppice_local::system::Options;
use serde_json::json;

#[tokio::test]
async fn an_action_shows_what_it_waits_for_and_who_works_on_it() {
    let simulated = SimulatedConfig { build_seconds: 60.0, ..SimulatedConfig::default() };
    let app = TestApp::with(Options { simulated, ..Options::default() }).await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster_accepted(ALICE, "c", &profile, 2).await;
    let id = app.show(ALICE, "/v1/actions", "actions").await[0]["id"].as_str().unwrap().to_owned();
    let target = format!("/v1/actions/{id}");
    let queued = app.get(&target).by(ALICE).at("1.14").send().await;
    check::resource(&queued, 200, "1.14");
    let shown = queued.json()["action"].clone();
    let expected = json!({
        "id": id, "name": format!("cluster_create_{}", &cluster[..8]), "action": "CLUSTER_CREATE",
        "target": cluster, "cause": "RPC Request", "owner": null, "interval": -1,
        "start_time": null, "end_time": null, "timeout": 3600, "status": "READY", "status_reason": "",
        "inputs": {}, "outputs": {}, "depends_on": [], "depended_by": [],
        "created_at": "2023-11-14T22:13:20Z", "updated_at": null, "data": {},
        "user": ALICE.user, "project": ALICE.project, "cluster_id": cluster,
    });
    assert_eq!(shown, expected);

    app.answer_next().await;
    let waiting = app.show(ALICE, &target, "action").await;
    assert_eq!(waiting["status"], "WAITING");
    assert!(waiting["start_time"].is_f64(), "{waiting}");
    let children = app.show(ALICE, "/v1/actions?action=NODE_CREATE", "actions").await;
    let mut depends_on: Vec<_> = waiting["depends_on"].as_array().unwrap().clone();
    depends_on.sort_by_key(ToString::to_string);
    let mut ids: Vec<_> = children.as_array().unwrap().iter().map(|child| child["id"].clone()).collect();
    ids.sort_by_key(ToString::to_string);
    assert_eq!(depends_on, ids);
    assert_eq!(children[0]["depended_by"], json!([id]));
    assert_eq!(
        (&children[0]["cause"], &children[0]["cluster_id"]),
        (&json!("Derived Action"), &json!(cluster))
    );

    app.drain().await;
    let ended = app.show(ALICE, &target, "action").await;
    assert_eq!(
        (&ended["status"], &ended["owner"], &ended["depends_on"]),
        (&json!("SUCCEEDED"), &json!(null), &json!([]))
    );
    assert!(ended["end_time"].as_f64() > ended["start_time"].as_f64());
}

#[tokio::test]
async fn an_action_is_found_by_id_name_and_short_id_in_its_project() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 0).await;
    let id = app.show(ALICE, "/v1/actions", "actions").await[0]["id"].as_str().unwrap().to_owned();
    for reference in [id.clone(), id[..8].to_owned(), format!("cluster_create_{}", &cluster[..8])] {
        let old = app.get(&format!("/v1/actions/{reference}")).by(ALICE).at("1.13").send().await;
        check::resource(&old, 200, "1.13");
        assert_eq!(old.json()["action"]["id"], *id);
        assert_eq!(old.json()["action"].get("cluster_id"), None);
        let foreign = app.get(&format!("/v1/actions/{reference}")).by(BOB).send().await;
        check::fault(
            &foreign,
            404,
            "ResourceNotFound",
            &format!("The action '{reference}' could not be found."),
        );
    }
}
