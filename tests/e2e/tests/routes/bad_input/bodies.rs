//! Bodies that are no JSON, or not what they say.

use super::assert_sound;
use crate::endpoints::{World, endpoints};
use coppice_e2e::{ALICE, TestApp};

/// Bodies that cannot be read as a request.
fn bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = [
        "{",
        "}",
        "{\"cluster\": ",
        "{\"cluster\": {\"name\": }}",
        "{'cluster': {}}",
        "{\"cluster\": {}}}",
        "{\"cluster\": {},}",
        "{cluster: 1}",
        "{\"cluster\": tru}",
        "{\"cluster\": 01}",
        "{\"cluster\": \"\u{1}\"}",
        "{\"cluster\": \"\\x\"}",
        "{\"cluster\": \"\\ud800\"}",
        "{\"cluster\": \"\\u12",
        "{\"a\": 1, \"a\": 2}",
        "{\"\": {}}",
        "[]",
        "[1, 2]",
        "null",
        "\"cluster\"",
        " {\"cluster\": {}}",
        "\u{feff}{\"cluster\": {}}",
        "cluster=1&profile=2",
        "<xml/>",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    bodies.push(b"{\"cluster\": \"\xff\"}".to_vec());
    bodies.push(b"{\"\xc3\x28\": 1}".to_vec());
    bodies.push(b"\xff\xfe{\0}\0".to_vec());
    bodies.push(vec![0; 64]);
    for depth in [200, 5_000, 100_000] {
        bodies.push(["{\"cluster\":".repeat(depth), "1".to_owned(), "}".repeat(depth)].concat().into_bytes());
        bodies.push(
            ["{\"cluster\":".to_owned(), "[".repeat(depth), "]".repeat(depth), "}".to_owned()]
                .concat()
                .into_bytes(),
        );
    }
    bodies
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_and_changes_nothing() {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    let before = app.items().await;
    for endpoint in endpoints().iter().filter(|endpoint| endpoint.body.is_some()) {
        for body in bodies() {
            let ask = app.request(endpoint.method.clone(), &world.fill(endpoint.path)).by(ALICE).at("1.14");
            let answer = ask.bytes(body.clone()).send().await;
            let start: String = String::from_utf8_lossy(&body).chars().take(60).collect();
            let what = format!("{} {} {start}", endpoint.method, endpoint.path);
            assert_sound(&answer, &what);
            assert!((400..500).contains(&answer.status), "{what}: {}", answer.text());
        }
    }
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn what_comes_as_another_media_type_is_no_body() {
    let app = TestApp::new().await;
    for media in ["application/xml", "APPLICATION/JSON", "multipart/form-data; boundary=x", "\u{e9}", ";"] {
        let ask = app.post("/v1/profiles").by(ALICE).bytes("{\"profile\": {}}").header("content-type", media);
        let answer = ask.send().await;
        assert_eq!(answer.status, 400, "{media}: {}", answer.text());
    }
    for length in ["0", "-1", "x", "", "99999999999999999999999"] {
        let ask =
            app.post("/v1/profiles").by(ALICE).bytes("{\"profile\": {}}").header("content-length", length);
        assert_sound(&ask.send().await, length);
    }
}
