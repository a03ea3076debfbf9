//! Discovery, the catalogue, users and projects; and what is not served.

use super::*;

#[tokio::test]
async fn versions_are_discovered_without_a_token() {
    let world = World::new();
    for path in ["", "/"] {
        let answer = world.send("GET", path, &[], String::new()).await;
        assert_eq!(answer.status, StatusCode::MULTIPLE_CHOICES);
        let versions = answer.body["versions"]["values"].as_array().unwrap();
        assert_eq!(versions.len(), 1);
        assert_eq!(versions[0]["links"][0]["href"], "http://127.0.0.1:8778/identity/v3/");
    }
    for path in ["/v3", "/v3/"] {
        let answer = world.send("GET", path, &[], String::new()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body["version"]["id"], "v3.14");
        assert_eq!(answer.body["version"]["status"], "stable");
    }
}

#[tokio::test]
async fn the_catalogue_is_for_tokens_with_a_project() {
    let world = World::new();
    let answer = world.get("/v3/auth/catalog", &world.token("demo").await).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["catalog"].as_array().unwrap().len(), 2);
    let unscoped = world.log_in(by_name("demo", "coppice", json!("unscoped"))).await.token();
    assert_eq!(world.get("/v3/auth/catalog", &unscoped).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("/v3/auth/catalog", "").await.status, StatusCode::UNAUTHORIZED);
}

fn names(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let list = answer.body.get("projects").or_else(|| answer.body.get("users")).unwrap();
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn administrators_list_everything_and_others_their_own() {
    let world = World::new();
    let [admin, demo] = [world.token("admin").await, world.token("demo").await];
    assert_eq!(names(&world.get("/v3/projects", &admin).await), ["admin", "alt", "demo"]);
    assert_eq!(names(&world.get("/v3/projects?name=alt&domain_id=default", &admin).await), ["alt"]);
    assert!(names(&world.get("/v3/projects?domain_id=other", &admin).await).is_empty());
    assert!(names(&world.get("/v3/projects?enabled=False", &admin).await).is_empty());
    assert_eq!(names(&world.get("/v3/users", &admin).await), ["admin", "alt", "demo"]);
    assert_eq!(names(&world.get("/v3/users?name=demo", &admin).await), ["demo"]);
    for path in ["/v3/projects", "/v3/users"] {
        let refused = world.get(path, &demo).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(refused.body["error"]["title"], "Forbidden");
        assert_eq!(world.get(path, "").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(names(&world.get("/v3/auth/projects", &demo).await), ["demo"]);
    let id = world.identity.validate(&demo).await.unwrap().user_id;
    assert_eq!(names(&world.get(&format!("/v3/users/{id}/projects"), &demo).await), ["demo"]);
    assert_eq!(names(&world.get(&format!("/v3/users/{id}/projects"), &admin).await), ["demo"]);
}

#[tokio::test]
async fn one_user_or_project_is_shown_to_those_it_concerns() {
    let world = World::new();
    let [admin, demo, alt] =
        [world.token("admin").await, world.token("demo").await, world.token("alt").await];
    let caller = world.identity.validate(&demo).await.unwrap();
    let (user, project) =
        (format!("/v3/users/{}", caller.user_id), format!("/v3/projects/{}", caller.project_id));
    for (path, token, status) in [
        (user.as_str(), &demo, 200),
        (&user, &admin, 200),
        (&user, &alt, 403),
        (&project, &demo, 200),
        (&project, &admin, 200),
        (&project, &alt, 403),
        ("/v3/users/nobody", &admin, 404),
        ("/v3/users/nobody", &alt, 403),
        ("/v3/projects/nothing", &admin, 404),
        ("/v3/projects/nothing", &alt, 403),
    ] {
        assert_eq!(world.get(path, token).await.status.as_u16(), status, "{path}");
    }
    let shown = world.get(&user, &demo).await.body;
    assert_eq!(shown["user"]["name"], "demo");
    assert_eq!(shown["user"]["default_project_id"], caller.project_id);
    assert_eq!(world.get(&project, &demo).await.body["project"]["domain_id"], "default");
}

#[tokio::test]
async fn what_is_not_served_is_told_in_keystone_s_form() {
    let world = World::new();
    for (method, path, status) in [
        ("GET", "/v2.0/tokens", 404),
        ("GET", "/v3/nothing", 404),
        ("POST", "/v3/auth/nothing", 404),
        ("PATCH", "/v3/auth/tokens", 405),
        ("POST", "/v3/projects", 405),
        ("DELETE", "/v3", 405),
        ("POST", "", 405),
    ] {
        let answer = world.send(method, path, &[], String::new()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        assert_eq!(answer.body["error"]["code"], status, "{method} {path}");
        assert!(answer.body["error"]["message"].is_string() && answer.body["error"]["title"].is_string());
    }
}

#[test]
fn ids_are_the_same_on_every_machine() {
    assert_eq!(EntityId::of("user", "demo").to_string(), "ecbf3e113847f11e36341d0f803a675a");
    assert_ne!(EntityId::of("user", "demo"), EntityId::of("project", "demo"));
}

#[test]
fn a_directory_that_contradicts_itself_is_refused_with_a_reason_and_without_passwords() {
    let user = |rest: &str| format!("[[user]]\nname = 'a'\npassword = 'hunter2'\n{rest}\n");
    for (text, reason) in [
        (user("roles = {}") + &user("roles = {}"), "listed twice"),
        (user("roles = { p = [] }"), "at least one role"),
        (user("roles = { p = [''] }"), "at least one role"),
        (user("default_project = 'q'\nroles = { p = ['member'] }"), "`q` is not among"),
        (user("role = {}"), "line 4: unknown field"),
        (user(""), "missing field `roles`"),
        ("[[user]]\nname = ''\npassword = 'hunter2'\nroles = {}".into(), "empty name or password"),
        ("[[user]]\nname = 'a'\npassword = hunter2\n".into(), "line 3"),
    ] {
        let problem = Directory::parse(&text).unwrap_err();
        assert!(problem.contains(reason) && !problem.contains("hunter2"), "{text}: {problem}");
    }
}
