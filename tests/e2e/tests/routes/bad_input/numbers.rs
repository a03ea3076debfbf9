//! Numbers beyond every bound, where a size or a count is meant.

use crate::check;
use coppice_e2e::{ALICE, TestApp};

#[tokio::test]
async fn no_number_makes_a_cluster_larger_than_its_limit() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    app.cluster(ALICE, "c", &profile, 1).await;
    for number in [
        "1e400",
        "1e30",
        "9223372036854775807",
        "1000000000000000000000000000000",
        "Infinity",
        "NaN",
        "-1e400",
        "-1000000000000000000000000000000",
    ] {
        for adjustment in ["EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"] {
            let body =
                format!("{{\"resize\": {{\"adjustment_type\": \"{adjustment}\", \"number\": {number}}}}}");
            let answer = app.post("/v1/clusters/c/actions").by(ALICE).bytes(body.clone()).send().await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        }
    }
    app.drain().await;
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    assert_eq!(cluster["nodes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_page_of_any_length_is_a_page() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    for limit in
        ["1", "1000", "2147483648", "9223372036854775808", "99999999999999999999", "%201%20", "%2B1", "1_0"]
    {
        let answer = app.get(&format!("/v1/profiles?limit={limit}")).by(ALICE).send().await;
        check::resource(&answer, 200, "1.0");
        assert_eq!(answer.json()["profiles"].as_array().unwrap().len(), 1, "{limit}");
    }
    for limit in ["1.5", "1e3", "NaN", "-1", "0x10", "%00", "%FF"] {
        assert_eq!(
            app.get(&format!("/v1/profiles?limit={limit}")).by(ALICE).send().await.status,
            400,
            "{limit}"
        );
    }
}
