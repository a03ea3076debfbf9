//! `GET /v1/events/{id}`.

use crate::check;
use coppice_e2e::{ALICE, BOB, TestApp};
use serde_json::json;

#[tokio::test]
async fn an_event_is_found_by_id_and_short_id_and_shows_the_cluster_as_it_is() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let cluster = app.cluster(ALICE, "c", &profile, 1).await;
    let action = app.show(ALICE, "/v1/actions", "actions").await[0]["id"].as_str().unwrap().to_owned();
    let listed = app.show(ALICE, "/v1/events", "events").await[0].clone();
    let id = listed["id"].as_str().unwrap();
    for reference in [id, &id[..8]] {
        let answer = app.get(&format!("/v1/events/{reference}")).by(ALICE).send().await;
        check::resource(&answer, 200, "1.0");
        assert_eq!(answer.json()["event"], listed);
        assert_eq!(app.get(&format!("/v1/events/{reference}")).by(BOB).send().await.status, 404);
    }
    let mut shown = listed.clone();
    let row = shown["cluster"].take();
    let expected = json!({
        "id": id, "timestamp": "2023-11-14T22:13:20+00:00", "oid": cluster, "oname": "c",
        "otype": "CLUSTER", "cluster_id": cluster, "level": "INFO", "user": ALICE.user,
        "project": ALICE.project, "action": "CLUSTER_CREATE", "status": "start",
        "status_reason": action[..8], "meta_data": {}, "cluster": null,
    });
    assert_eq!(shown, expected);
    assert_eq!((&row["init_at"], &row["next_index"]), (&json!("2023-11-14T22:13:20.000000"), &json!(2)));
    let named = app.get("/v1/events/c").by(ALICE).send().await;
    check::fault(&named, 404, "ResourceNotFound", "The event 'c' could not be found.");
}
