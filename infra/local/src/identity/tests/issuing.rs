//! `POST /v3/auth/tokens`.

use super::*;

#[tokio::test]
async fn a_password_yields_a_token_described_as_keystone_does() {
    let answer = World::new().log_in(by_name("demo", "coppice", project("demo"))).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(answer.header("X-Subject-Token").len() > 100);
    assert_eq!(answer.header("Content-Type"), "application/json");
    assert_eq!(answer.header("Vary"), "X-Auth-Token");
    let token = &answer.body["token"];
    let keys: Vec<&String> = token.as_object().unwrap().keys().collect();
    let mut expected = [
        "audit_ids",
        "catalog",
        "expires_at",
        "is_domain",
        "issued_at",
        "methods",
        "project",
        "roles",
        "user",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(token["methods"], json!(["password"]));
    assert_eq!(token["issued_at"], "2027-01-15T08:00:00.000000Z");
    assert_eq!(token["expires_at"], "2027-01-15T09:00:00.000000Z");
    assert_eq!(token["is_domain"], false);
    assert_eq!(token["user"]["name"], "demo");
    assert_eq!(token["user"]["domain"], json!({"id": "default", "name": "Default"}));
    assert_eq!(token["user"]["id"].as_str().unwrap().len(), 32);
    assert_eq!(token["project"]["name"], "demo");
    assert_ne!(token["project"]["id"], token["user"]["id"]);
    let roles: Vec<&Value> = token["roles"].as_array().unwrap().iter().map(|role| &role["name"]).collect();
    assert_eq!(roles, ["member", "reader"]);
}

#[tokio::test]
async fn the_catalogue_leads_to_the_bare_root_for_clustering() {
    let answer = World::new().log_in(by_name("demo", "coppice", project("demo"))).await;
    let catalog = answer.body["token"]["catalog"].as_array().unwrap();
    for (kind, name, url) in [
        ("clustering", "coppice", "http://127.0.0.1:8778"),
        ("identity", "keystone", "http://127.0.0.1:8778/identity"),
    ] {
        let service = catalog.iter().find(|service| service["type"] == kind).unwrap();
        assert_eq!(service["name"], name);
        let endpoints = service["endpoints"].as_array().unwrap();
        let interfaces: Vec<&Value> = endpoints.iter().map(|endpoint| &endpoint["interface"]).collect();
        assert_eq!(interfaces, ["public", "internal", "admin"]);
        for endpoint in endpoints {
            assert_eq!(endpoint["url"], url);
            assert_eq!(endpoint["region_id"], "RegionOne");
        }
    }
}

#[tokio::test]
async fn users_and_projects_may_be_named_by_id() {
    let world = World::new();
    let body = world.log_in(by_name("demo", "coppice", project("demo"))).await.body;
    let (user, project) = (&body["token"]["user"]["id"], &body["token"]["project"]["id"]);
    let user = json!({"id": user, "password": "coppice"});
    let auth = json!({
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"id": project}},
    });
    let again = world.log_in(auth).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.body["token"]["project"]["name"], "demo");
}

#[tokio::test]
async fn without_a_scope_the_default_project_is_taken_unless_none_is_wanted() {
    let world = World::new();
    let default = world.log_in(by_name("alt", "coppice", json!(null))).await;
    assert_eq!(default.body["token"]["project"]["name"], "alt");
    let unscoped = world.log_in(by_name("alt", "coppice", json!("unscoped"))).await;
    assert_eq!(unscoped.status, StatusCode::CREATED);
    for key in ["project", "roles", "catalog", "is_domain"] {
        assert_eq!(unscoped.body["token"].get(key), None, "{key}");
    }
    let homeless = World::of("[[user]]\nname = 'x'\npassword = 'coppice'\nroles = { demo = ['reader'] }");
    let answer = homeless.log_in(by_name("x", "coppice", json!(null))).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.body["token"].get("project"), None);
}

#[tokio::test]
async fn whoever_proves_nothing_or_may_not_enter_is_refused_alike() {
    let world = World::new();
    let elsewhere = json!({"project": {"name": "demo", "domain": {"name": "Other"}}});
    for auth in [
        by_name("demo", "Coppice", project("demo")),
        by_name("demo", "", project("demo")),
        by_name("nobody", "coppice", project("demo")),
        by_name("demo", "coppice", project("alt")),
        by_name("demo", "coppice", project("nowhere")),
        by_name("demo", "coppice", elsewhere),
        by_name("admin", "coppice", json!({"system": {"all": true}})),
        by_name("admin", "coppice", json!({"domain": {"id": "default"}})),
        by_token("no token", project("demo")),
        json!({"identity": {"methods": []}}),
    ] {
        let answer = world.log_in(auth.clone()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{auth}");
        assert_eq!(answer.header("WWW-Authenticate"), r#"Keystone uri="http://127.0.0.1:8778/identity/v3""#);
        let message = "The request you have made requires authentication.";
        assert_eq!(answer.body, json!({"error": {"code": 401, "message": message, "title": "Unauthorized"}}));
        assert_eq!(answer.header("X-Subject-Token"), "");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_understood_is_a_400_and_an_endless_one_a_413() {
    let world = World::new();
    for (body, problem) in [
        ("", "Expecting to find auth in request body."),
        ("{", "Expecting to find valid JSON in request body."),
        ("[]", "Expecting to find auth in request body."),
        ("{}", "Expecting to find auth in request body."),
        (r#"{"auth": {"identity": {"methods": ["token"]}}}"#, "Expecting to find token in identity."),
    ] {
        let answer = world.send("POST", "/v3/auth/tokens", &[], body.into()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.body["error"]["title"], "Bad Request");
        assert!(answer.body["error"]["message"].as_str().unwrap().starts_with(problem), "{}", answer.body);
    }
    let answer = world.send("POST", "/v3/auth/tokens", &[], "x".repeat(70_000)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.body["error"]["code"], 413);
}

#[tokio::test]
async fn a_token_yields_another_one_that_ends_no_later() {
    let both = "[[user]]\nname = 'demo'\npassword = 'coppice'\ndefault_project = 'demo'\n\
                roles = { demo = ['member'], other = ['reader'] }";
    let world = World::of(both);
    let first = world.log_in(by_name("demo", "coppice", json!("unscoped"))).await;
    world.clock.advance_seconds(600);
    let second = world.log_in(by_token(&first.token(), project("other"))).await;
    let token = &second.body["token"];
    assert_eq!(second.status, StatusCode::CREATED);
    assert_eq!(token["project"]["name"], "other");
    assert_eq!(token["roles"].as_array().unwrap().len(), 1);
    assert_eq!(token["methods"], json!(["password", "token"]));
    assert_eq!(token["issued_at"], "2027-01-15T08:10:00.000000Z");
    assert_eq!(token["expires_at"], first.body["token"]["expires_at"]);
    assert_eq!(token["audit_ids"][1], first.body["token"]["audit_ids"][0]);
    let third = world.log_in(by_token(&second.token(), json!(null))).await;
    assert_eq!(third.body["token"]["audit_ids"][1], first.body["token"]["audit_ids"][0]);
    assert_eq!(third.body["token"]["project"]["name"], "demo");
}

#[tokio::test]
async fn a_client_may_ask_to_be_spared_the_catalogue() {
    let world = World::new();
    let body = json!({"auth": by_name("demo", "coppice", project("demo"))}).to_string();
    let answer = world.send("POST", "/v3/auth/tokens?nocatalog", &[], body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.body["token"].get("catalog"), None);
}
