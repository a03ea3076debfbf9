//! `GET`, `HEAD` and `DELETE /v3/auth/tokens`, and validation in process.

use super::*;
use coppice_api::identity::IdentityConfig;

#[tokio::test]
async fn a_token_describes_itself_as_it_was_issued() {
    let world = World::new();
    let issued = world.log_in(by_name("demo", "coppice", project("demo"))).await;
    let token = issued.token();
    let seen = world.about("GET", &token, &token).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.header("X-Subject-Token"), token);
    assert_eq!(seen.body, issued.body);
    let head = world.about("HEAD", &token, &token).await;
    assert_eq!((head.status, head.body), (StatusCode::OK, Value::Null));
}

#[tokio::test]
async fn who_may_look_at_which_token() {
    let world = World::new();
    let [admin, demo, alt] =
        [world.token("admin").await, world.token("demo").await, world.token("alt").await];
    for (asking, subject, status) in [
        (&admin, &demo, 200),
        (&demo, &demo, 200),
        (&demo, &alt, 403),
        (&demo, &admin, 403),
        (&demo, &"unknown".to_owned(), 404),
        (&admin, &String::new(), 404),
        (&"unknown".to_owned(), &demo, 401),
        (&String::new(), &demo, 401),
    ] {
        for method in ["GET", "HEAD"] {
            assert_eq!(
                world.about(method, asking, subject).await.status.as_u16(),
                status,
                "{asking} {subject}"
            );
        }
    }
    let lost = world.about("GET", &demo, "unknown").await;
    assert_eq!(lost.body["error"]["title"], "Not Found");
    let stranger = world.about("GET", "unknown", &demo).await;
    assert!(stranger.header("WWW-Authenticate").starts_with("Keystone uri="));
}

#[tokio::test]
async fn a_token_holds_until_its_expiry_and_not_a_moment_longer() {
    let world = World::new();
    let token = world.token("demo").await;
    world.clock.advance_seconds(3599);
    assert_eq!(world.about("GET", &token, &token).await.status, StatusCode::OK);
    assert!(world.identity.validate(&token).await.is_ok());
    world.clock.advance_seconds(1);
    assert_eq!(world.about("GET", &token, &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.identity.validate(&token).await, Err(IdentityError::Unauthorized));
    let admin = world.token("admin").await;
    assert_eq!(world.about("GET", &admin, &token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.log_in(by_token(&token, json!(null))).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_revoked_token_is_refused_everywhere_and_others_are_not() {
    let world = World::new();
    let [admin, alt] = [world.token("admin").await, world.token("alt").await];
    let [asking, first, second] =
        [world.token("demo").await, world.token("demo").await, world.token("demo").await];
    assert_eq!(world.about("DELETE", &alt, &first).await.status, StatusCode::FORBIDDEN);
    let gone = world.about("DELETE", &asking, &first).await;
    assert_eq!((gone.status, gone.body), (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(world.identity.validate(&first).await, Err(IdentityError::Unauthorized));
    assert_eq!(world.about("DELETE", &admin, &first).await.status, StatusCode::NOT_FOUND);
    assert!(world.identity.validate(&second).await.is_ok());
    assert_eq!(world.about("DELETE", &admin, &second).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.identity.validate(&second).await, Err(IdentityError::Unauthorized));
}

#[tokio::test]
async fn validation_in_process_yields_the_caller() {
    let world = World::new();
    let issued = world.log_in(by_name("admin", "coppice", project("admin"))).await;
    let caller = world.identity.validate(&issued.token()).await.unwrap();
    assert_eq!(caller.user_id, issued.body["token"]["user"]["id"].as_str().unwrap());
    assert_eq!(caller.project_id, issued.body["token"]["project"]["id"].as_str().unwrap());
    assert_eq!((caller.user_name.as_str(), caller.project_name.as_str()), ("admin", "admin"));
    assert_eq!(caller.roles, ["admin", "member", "reader"]);
    assert!(caller.is_admin());
    assert_eq!(caller.domain_id, None);
    assert_eq!(caller.expires_at.map(Timestamp::iso_z).as_deref(), Some("2027-01-15T09:00:00Z"));
    let unscoped = world.log_in(by_name("admin", "coppice", json!("unscoped"))).await.token();
    assert_eq!(world.identity.validate(&unscoped).await, Err(IdentityError::Incomplete));
    assert_eq!(world.identity.auth_uri(), "http://127.0.0.1:8778/identity");
}

#[tokio::test]
async fn the_keystone_provider_works_against_it_as_against_any_keystone() {
    let world = World::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let auth_url = format!("http://{}/identity", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, world.app.clone()).into_future());
    let service =
        json!({"kind": "password", "username": "admin", "password": "coppice", "project_name": "admin"});
    let [demo, gone] = [world.token("demo").await, world.token("demo").await];
    world.about("DELETE", &gone, &gone).await;
    let unscoped = world.log_in(by_name("demo", "coppice", json!("unscoped"))).await.token();
    for credential in [json!({"kind": "caller"}), service] {
        let config = json!({"provider": "keystone", "auth_url": auth_url, "credential": credential});
        let config: IdentityConfig = serde_json::from_value(config).unwrap();
        let keystone = config.build(world.clock.clone()).unwrap();
        assert_eq!(keystone.validate(&demo).await, world.identity.validate(&demo).await);
        assert_eq!(keystone.validate(&gone).await, Err(IdentityError::Unauthorized));
        assert_eq!(keystone.validate("nonsense").await, Err(IdentityError::Unauthorized));
        assert_eq!(keystone.validate(&unscoped).await, Err(IdentityError::Incomplete));
    }
}
