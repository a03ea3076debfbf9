//! `POST /v1/actions`.

use crate::check;
use coppice_e2e::{ADMIN, ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn act_18_nobody_makes_actions_directly() {
    let app = TestApp::new().await;
    for person in [ALICE, ADMIN] {
        for answer in [
            app.post("/v1/actions").by(person).send().await,
            app.post("/v1/actions").by(person).json(&json!({ "action": {} })).send().await,
        ] {
            check::fault(&answer, 403, "Forbidden", "You are not authorized to complete this operation.");
        }
    }
}
