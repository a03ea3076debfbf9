//! `GET /v1/clusters/{id}`.

use super::KEYS;
use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, READER, TestApp};

#[tokio::test]
async fn a_cluster_is_found_by_id_name_and_short_id() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let id = app.cluster(ALICE, "c", &profile, 3).await;
    for reference in [&id, "c", &id[..8]] {
        for person in [ALICE, READER, ADMIN] {
            let answer = app.get(&format!("/v1/clusters/{reference}?x=1")).by(person).send().await;
            check::resource(&answer, 200, "1.0");
            let shown = &answer.json()["cluster"];
            assert_eq!(check::keys(shown), KEYS);
            assert_eq!(shown["id"], *id);
            assert_eq!(shown["nodes"].as_array().unwrap().len(), 3);
            assert_eq!(shown["created_at"], shown["updated_at"]);
        }
        let foreign = app.get(&format!("/v1/clusters/{reference}")).by(BOB).send().await;
        let text = format!("The cluster '{reference}' could not be found.");
        check::fault(&foreign, 404, "ResourceNotFound", &text);
    }
}

#[tokio::test]
async fn a_name_goes_before_a_short_id_and_wildcards_mean_themselves() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let first = app.cluster(ALICE, "one", &profile, 0).await;
    let second = app.cluster(ALICE, &first[..6], &profile, 0).await;
    let shown = app.show(ALICE, &format!("/v1/clusters/{}", &first[..6]), "cluster").await;
    assert_eq!(shown["id"], *second);
    for pattern in ["%25", "_", &format!("{}%25", &first[..4]), "one%25"] {
        assert_eq!(app.get(&format!("/v1/clusters/{pattern}")).by(ALICE).send().await.status, 404);
    }
}
