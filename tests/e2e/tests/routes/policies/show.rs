//! `GET /v1/policies/{id}`.

use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, TestApp, scaling_policy};
use serde_json::json;

#[tokio::test]
async fn a_policy_is_found_by_id_name_and_short_id() {
    let app = TestApp::new().await;
    let id = app.policy(ALICE, "p", &scaling_policy()).await;
    let expected = json!({
        "id": id, "name": "p", "type": "senlin.policy.scaling-1.0", "spec": scaling_policy(), "data": {},
        "user": ALICE.user, "project": ALICE.project, "domain": null,
        "created_at": "2023-11-14T22:13:20.000000", "updated_at": null,
    });
    for reference in [&id, "p", &id[..8], &id[..3]] {
        let answer = app.get(&format!("/v1/policies/{reference}?ignored=1")).by(ALICE).send().await;
        check::resource(&answer, 200, "1.0");
        assert_eq!(answer.json()["policy"], expected);
    }
    assert_eq!(app.show(ADMIN, &format!("/v1/policies/{id}"), "policy").await["id"], *id);
    for reference in [&id.to_uppercase(), &id.replace('-', ""), &id[1..9], "P"] {
        let answer = app.get(&format!("/v1/policies/{reference}")).by(ALICE).send().await;
        let text = format!("The policy '{reference}' could not be found.");
        check::fault(&answer, 404, "ResourceNotFound", &text);
    }
    assert_eq!(app.get(&format!("/v1/policies/{id}")).by(BOB).send().await.status, 404);
}

#[tokio::test]
async fn a_name_that_two_have_is_ambiguous() {
    let app = TestApp::new().await;
    app.policy(ALICE, "twin", &scaling_policy()).await;
    app.policy(ALICE, "twin", &scaling_policy()).await;
    let answer = app.get("/v1/policies/twin").by(ALICE).send().await;
    let text = "Multiple results found matching the query criteria 'twin'. Please be more specific.";
    check::fault(&answer, 400, "MultipleChoices", text);
}
