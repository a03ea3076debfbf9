//! `POST /v1/nodes`.

use super::{KEYS, asked, create, member, stack};
use crate::check;
use coppice_e2e::{ADMIN, ALICE, BOB, TestApp};
use coppice_engine::Settings;
use coppice_local::system::Options;
use serde_json::json;

#[tokio::test]
async fn an_orphan_is_accepted() {
    let app = TestApp::new().await;
    let profile = app.profile(ALICE, "p").await;
    let body =
        json!({ "node": { "name": "n1", "profile_id": "p", "role": "master", "metadata": { "x": "y" } } });
    let answer = app.post("/v1/nodes").by(ALICE).json(&body).send().await;
    let action = check::accepted(&answer, "1.0");
    let shown = answer.json()["node"].clone();
    let id = shown["id"].as_str().unwrap();
    let expected = json!({
        "cluster_id": "", "created_at": null, "data": {}, "dependents": {}, "domain": null, "id": id,
        "index": -1, "init_at": "2023-11-14T22:13:20Z", "metadata": { "x": "y" }, "name": "n1",
        "physical_id": null, "profile_id": profile, "profile_name": "p", "project": ALICE.project,
        "role": "master", "status": "INIT", "status_reason": "Initializing", "updated_at": null,
        "user": ALICE.user,
    });
    assert_eq!(shown, expected);
    let expected = json!({
        "action": "NODE_CREATE", "name": format!("node_create_{}", &id[..8]), "target": id,
        "cluster_id": "", "inputs": {},
    });
    assert_eq!(asked(&app, &action).await, expected);
    for reference in [id, "n1", &id[..8]] {
        assert_eq!(app.show(ALICE, &format!("/v1/nodes/{reference}"), "node").await["id"], id);
    }
    assert_eq!(app.delete(&format!("/v1/profiles/{profile}")).by(ALICE).send().await.status, 409);
}

#[tokio::test]
async fn a_member_is_named_and_counted_by_its_cluster() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    app.profile(ALICE, "q").await;
    let config = json!({ "node.name.format": "web-$3I" });
    let body =
        json!({ "cluster": { "name": "c", "profile_id": "p", "desired_capacity": 1, "config": config } });
    app.post("/v1/clusters").by(ALICE).json(&body).send().await.expect(202);
    app.drain().await;
    let cluster = app.show(ALICE, "/v1/clusters/c", "cluster").await;
    for (index, name) in [(2, "web-002"), (3, "web-003")] {
        // Another profile of the same type will do.
        let node = json!({ "name": "ignored", "profile_id": "q", "cluster_id": "c" });
        let answer = create(&app, ALICE, &node).await;
        let action = check::accepted(&answer, "1.14");
        let shown = answer.json()["node"].clone();
        assert_eq!(check::keys(&shown), KEYS);
        assert_eq!(
            (&shown["name"], &shown["index"], &shown["cluster_id"], &shown["role"], &shown["metadata"]),
            (&json!(name), &json!(index), &cluster["id"], &json!(""), &json!({}))
        );
        let told = asked(&app, &action).await;
        assert_eq!((&told["cluster_id"], &told["target"]), (&cluster["id"], &shown["id"]));
        let members = app.show(ALICE, "/v1/clusters/c", "cluster").await["nodes"].clone();
        assert!(members.as_array().unwrap().contains(&shown["id"]), "{members}");
    }
}

#[tokio::test]
async fn what_an_orphan_may_leave_out_it_may_also_give_as_null() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    for rest in [
        json!({}),
        json!({ "cluster_id": null, "metadata": null, "role": null }),
        json!({ "cluster_id": "", "metadata": {}, "role": "" }),
    ] {
        let mut node = json!({ "name": "n", "profile_id": "p" });
        node.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        let shown = create(&app, ALICE, &node).await.expect(202).json()["node"].take();
        assert_eq!(
            (&shown["cluster_id"], &shown["metadata"], &shown["role"]),
            (&json!(""), &json!({}), &json!(""))
        );
    }
}

#[tokio::test]
async fn the_first_thing_wrong_is_reported() {
    let app = TestApp::new().await;
    member(&app).await;
    let stack = stack(&app).await;
    app.profile(ALICE, "twin").await;
    app.profile(ALICE, "twin").await;
    let ambiguous = "Multiple results found matching the query criteria 'twin'. Please be more specific.";
    for (node, kind, text) in [
        (
            json!({ "cluster_id": 1, "metadata": "x", "name": "" }),
            "HTTPBadRequest",
            "The value (x) is not a valid JSON.",
        ),
        (json!({ "name": "n", "foo": 1 }), "HTTPBadRequest", "'profile_id' is a required property"),
        (
            json!({ "name": "n", "profile_id": "x", "tainted": true, "index": 3 }),
            "HTTPBadRequest",
            "Additional properties are not allowed ('index', 'tainted' were unexpected)",
        ),
        (
            json!({ "name": "n", "profile_id": "x", "cluster_id": "y" }),
            "BadRequest",
            "The specified profile 'x' could not be found.",
        ),
        (json!({ "name": "n", "profile_id": "twin", "cluster_id": "y" }), "MultipleChoices", ambiguous),
        (
            json!({ "name": "n", "profile_id": "p", "cluster_id": "nosuch" }),
            "BadRequest",
            "The specified cluster 'nosuch' could not be found.",
        ),
        (
            json!({ "name": "n", "profile_id": stack, "cluster_id": "c" }),
            "BadRequest",
            "Node and cluster have different profile type, operation aborted.",
        ),
    ] {
        check::fault(&create(&app, ALICE, &node).await, 400, kind, text);
    }
    let unwrapped = app.post("/v1/nodes").by(ALICE).json(&json!({ "name": "n" })).send().await;
    check::fault(&unwrapped, 400, "HTTPBadRequest", "Request body missing 'node' key.");
    assert_eq!(app.show(ALICE, "/v1/nodes", "nodes").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_may_have_to_be_unique() {
    let settings = Settings { name_unique: true, ..Settings::default() };
    let app = TestApp::with(Options { settings, ..Options::default() }).await;
    app.profile(ALICE, "p").await;
    app.profile(BOB, "p").await;
    let node = json!({ "name": "n", "profile_id": "p" });
    create(&app, ALICE, &node).await.expect(202);
    let text = "The node named (n) already exists.";
    check::fault(&create(&app, ALICE, &node).await, 400, "BadRequest", text);
    create(&app, BOB, &node).await.expect(202);
}

#[tokio::test]
async fn a_member_belongs_to_whom_its_cluster_belongs() {
    let app = TestApp::new().await;
    member(&app).await;
    let theirs = app.profile(BOB, "p").await;
    let node = json!({ "name": "n", "profile_id": theirs, "cluster_id": "c" });
    let text = "The specified cluster 'c' could not be found.";
    check::fault(&create(&app, BOB, &node).await, 400, "BadRequest", text);
    let shown = create(&app, ADMIN, &node).await.expect(202).json()["node"].take();
    assert_eq!((&shown["project"], &shown["user"]), (&json!(ALICE.project), &json!(ALICE.user)));
}

#[tokio::test]
async fn role_and_metadata_share_the_room_there_is() {
    let app = TestApp::new().await;
    app.profile(ALICE, "p").await;
    let text = |length: usize| "x".repeat(length);
    for (role, metadata, status) in [(10, 10, 202), (300_000, 10, 400), (200_000, 200_000, 400)] {
        let node = json!({
            "name": "n", "profile_id": "p", "role": text(role), "metadata": { "k": text(metadata) },
        });
        let answer = create(&app, ALICE, &node).await.expect(status);
        assert!(status == 202 || answer.fault().0 == "RequestLimitExceeded");
    }
}
