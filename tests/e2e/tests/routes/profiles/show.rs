//! `GET /v1/profiles/{id}`.

use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, TestApp};

#[tokio::test]
async fn a_profile_is_found_by_id_name_and_short_id() {
    let app = TestApp::new().await;
    let id = app.profile(ALICE, "p").await;
    for reference in [&id, "p", &id[..8], &id[..3]] {
        let answer = app.get(&format!("/v1/profiles/{reference}?ignored=1")).by(ALICE).send().await;
        check::resource(&answer, 200, "1.0");
        assert_eq!(answer.json()["profile"]["id"], *id);
    }
    assert_eq!(app.show(ADMIN, &format!("/v1/profiles/{id}"), "profile").await["id"], *id);
    for reference in [&id.to_uppercase(), &id.replace('-', ""), &id[1..9], "P"] {
        let answer = app.get(&format!("/v1/profiles/{reference}")).by(ALICE).send().await;
        let text = format!("The profile '{reference}' could not be found.");
        check::fault(&answer, 404, "ResourceNotFound", &text);
    }
    assert_eq!(app.get(&format!("/v1/profiles/{id}")).by(BOB).send().await.status, 404);
}

#[tokio::test]
async fn a_name_that_two_have_is_ambiguous() {
    let app = TestApp::new().await;
    app.profile(ALICE, "twin").await;
    app.profile(ALICE, "twin").await;
    let answer = app.get("/v1/profiles/twin").by(ALICE).send().await;
    let text = "Multiple results found matching the query criteria 'twin'. Please be more specific.";
    check::fault(&answer, 400, "MultipleChoices", text);
}
