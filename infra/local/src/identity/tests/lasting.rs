//! What outlives a restart, and the files written for people.

use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn restart(dir: &Path, clock: &Arc<FakeClock>) -> World {
    let identity =
        DevIdentity::open(&settings(), &Files::inside(dir), clock.clone(), Arc::new(OsEntropy)).unwrap();
    World::around(identity, clock.clone())
}

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock(AtomicI64::new(START)))
}

#[tokio::test]
async fn tokens_and_revocations_outlive_a_restart() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), clock());
    let world = restart(dir.path(), &clock);
    let [kept, revoked] = [world.token("demo").await, world.token("demo").await];
    assert_eq!(world.about("DELETE", &revoked, &revoked).await.status, StatusCode::NO_CONTENT);
    let world = restart(dir.path(), &clock);
    assert!(world.identity.validate(&kept).await.is_ok());
    assert_eq!(world.identity.validate(&revoked).await, Err(IdentityError::Unauthorized));
}

#[tokio::test]
async fn an_edited_directory_counts_from_the_next_start_on_and_is_never_overwritten() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), clock());
    let world = restart(dir.path(), &clock);
    let [demo, alt] = [world.token("demo").await, world.token("alt").await];
    let edited = "[[user]]\nname = 'demo'\npassword = 'new'\ndefault_project = 'demo'\nroles = { demo = ['reader'] }\n";
    fs::write(dir.path().join("identity.toml"), edited).unwrap();
    let world = restart(dir.path(), &clock);
    assert_eq!(world.identity.validate(&demo).await.unwrap().roles, ["reader"]);
    assert_eq!(world.identity.validate(&alt).await, Err(IdentityError::Unauthorized));
    let old = world.log_in(by_name("demo", "coppice", json!(null))).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
    assert_eq!(fs::read_to_string(dir.path().join("identity.toml")).unwrap(), edited);
}

#[test]
fn a_damaged_directory_stops_the_start_and_names_the_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("identity.toml"), "user = 1").unwrap();
    let opened = DevIdentity::open(&settings(), &Files::inside(dir.path()), clock(), Arc::new(OsEntropy));
    let Err(error) = opened else { panic!("a damaged file was accepted") };
    assert!(error.to_string().contains("identity.toml: line 1"), "{error}");
}

#[test]
fn clouds_yaml_has_a_cloud_for_each_known_user() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let path = dir.path().join("clouds.yaml");
    assert_eq!(write_clouds_yaml(&world.identity, &path), Ok(Clouds::Written));
    let text = fs::read_to_string(&path).unwrap();
    for (cloud, user) in [("coppice", "demo"), ("coppice-admin", "admin"), ("coppice-alt", "alt")] {
        let entry = format!(
            "  {cloud}:
    auth_type: password
    auth:
      auth_url: \"http://127.0.0.1:8778/identity\"
      username: \"{user}\"
      password: \"coppice\"
      project_name: \"{user}\"
      user_domain_name: Default
      project_domain_name: Default
    region_name: RegionOne
    interface: public
    identity_api_version: '3'
    clustering_default_microversion: '1.14'
"
        );
        assert!(text.contains(&entry), "{text}");
    }
    let one = World::of("[[user]]\nname = 'demo'\npassword = 'a\"b'\nroles = { team = ['member'] }");
    assert_eq!(write_clouds_yaml(&one.identity, &path), Ok(Clouds::Written), "it is replaced: we wrote it");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(r#"password: "a\"b""#) && text.contains(r#"project_name: "team""#), "{text}");
    assert!(!text.contains("coppice-admin"), "{text}");
}

#[test]
fn a_user_somebody_added_has_a_cloud_with_their_name_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("clouds.yaml");
    let user = |name: &str, more: &str| format!("[[user]]\nname = '{name}'\npassword = 'p'\n{more}\n");
    let roles = "roles = { team = ['reader'] }";
    let text = [
        user("auditor", "default_project = 'b'\nroles = { a = ['reader'], b = ['reader'] }"),
        user("demo", roles),
        user("coppice", roles),
        user("Jo: #1", roles),
        user("nobody", "roles = {}"),
    ];
    assert_eq!(write_clouds_yaml(&World::of(&text.concat()).identity, &path), Ok(Clouds::Written));
    let text = fs::read_to_string(&path).unwrap();
    let mut clouds = BTreeMap::new();
    let mut order = Vec::new();
    for line in text.lines() {
        if let Some(cloud) = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) {
            order.push(cloud.strip_suffix(':').unwrap());
        } else if let Some((key @ ("username" | "project_name"), value)) = line.trim().split_once(": ") {
            clouds.entry(*order.last().unwrap()).or_insert_with(BTreeMap::new).insert(key, value);
        }
    }
    assert_eq!(order, ["coppice", r#""coppice-Jo: #1""#, "coppice-auditor", "coppice-coppice"], "{text}");
    let whose = |cloud: &str| (clouds[cloud]["username"], clouds[cloud]["project_name"]);
    assert_eq!(whose("coppice"), (r#""demo""#, r#""team""#));
    assert_eq!(whose("coppice-auditor"), (r#""auditor""#, r#""b""#), "the project asked for by default");
    assert_eq!(whose("coppice-coppice"), (r#""coppice""#, r#""team""#));
    assert_eq!(whose(r#""coppice-Jo: #1""#), (r#""Jo: #1""#, r#""team""#));
}

#[test]
fn a_clouds_yaml_of_somebody_else_is_left_alone() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let path = dir.path().join("clouds.yaml");
    for theirs in ["clouds: {}\n", ""] {
        fs::write(&path, theirs).unwrap();
        assert_eq!(write_clouds_yaml(&world.identity, &path), Ok(Clouds::LeftAlone));
        assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
    }
}
