//! What outlives a restart, and the files written for people.

use super::*;
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
fn a_clouds_yaml_of_somebody_else_is_left_alone() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let path = dir.path().join("clouds.yaml");
    for theirs in ["clouds: {}\n", ""] {
        fs::write(&path, theirs).unwrap();
        assert_eq!(write_clouds_yaml(&world.identity, &path), Ok(Clouds::LeftAlone));
        assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
    }
}
