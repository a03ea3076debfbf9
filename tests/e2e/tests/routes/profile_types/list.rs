//! `GET /v1/profile-types`.

use crate::check;
use coppice_e2e::{ALICE, TestApp};
use serde_json::json;

#[tokio::test]
async fn types_are_listed_by_name_and_with_their_support_from_1_5_on() {
    let app = TestApp::new().await;
    let old = app.get("/v1/profile-types?whatever=1").by(ALICE).at("1.4").send().await;
    check::resource(&old, 200, "1.4");
    let names = json!([
        { "name": "container.dockerinc.docker-1.0" },
        { "name": "os.heat.stack-1.0" },
        { "name": "os.nova.server-1.0" },
    ]);
    assert_eq!(old.json(), json!({ "profile_types": names }));
    let new = app.get("/v1/profile-types").by(ALICE).at("1.5").send().await;
    check::resource(&new, 200, "1.5");
    let first = json!({
        "name": "container.dockerinc.docker",
        "version": "1.0",
        "support_status": { "1.0": [{ "status": "EXPERIMENTAL", "since": "2017.02" }] },
    });
    assert_eq!(new.json()["profile_types"][0], first);
}
