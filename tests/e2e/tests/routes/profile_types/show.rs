//! `GET /v1/profile-types/{type}`.

use crate::check;
use coppice_e2e::{ALICE, TestApp};

#[tokio::test]
async fn a_type_shows_its_schema_and_from_1_5_on_its_support() {
    let app = TestApp::new().await;
    let target = "/v1/profile-types/os.nova.server-1.0";
    for (microversion, expected) in
        [("1.4", &["name", "schema"][..]), ("1.5", &["name", "schema", "support_status"])]
    {
        let answer = app.get(target).by(ALICE).at(microversion).send().await;
        check::resource(&answer, 200, microversion);
        let shown = &answer.json()["profile_type"];
        assert_eq!(check::keys(shown), expected);
        assert_eq!(shown["name"], "os.nova.server-1.0");
        assert_eq!(shown["schema"]["flavor"]["required"], true);
    }
}

#[tokio::test]
async fn a_type_is_named_with_its_version_or_not_found() {
    let app = TestApp::new().await;
    for name in ["os.nova.server", "os.nova.server-2.0", "bogus-1.0"] {
        let answer = app.get(&format!("/v1/profile-types/{name}")).by(ALICE).send().await;
        let text = format!("The profile_type '{name}' could not be found.");
        check::fault(&answer, 404, "ResourceNotFound", &text);
    }
}
