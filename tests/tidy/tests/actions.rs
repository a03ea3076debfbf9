//! One file an action, and one a job: each is found by its name, and by what its first line says.

use coppice_tidy::{assert_none, read, root};

/// Where the kinds of actions are listed, and which job each kind on nodes does.
const KINDS: &str = "shared/domain/src/action.rs";
const JOBS: &str = "shared/engine/src/jobs/mod.rs";

/// The wire names of the kinds whose targets are clusters.
fn on_clusters() -> Vec<String> {
    let kinds = read(KINDS);
    let listed = kinds.split_once("\naction_kinds! {\n").and_then(|(_, rest)| rest.split("\n}").next());
    let listed = listed.unwrap_or_default();
    let names = listed.split('"').skip(1).step_by(2).filter(|name| name.starts_with("CLUSTER_"));
    names.map(str::to_owned).collect()
}

/// The names of the jobs that actions on nodes are derived for.
fn jobs() -> Vec<String> {
    let derived = |line: &str| {
        let (job, kind) = line.trim().strip_prefix("Self::")?.split_once("=> ActionKind::")?;
        let end = job.find(|c: char| !c.is_ascii_alphanumeric())?;
        kind.starts_with("Node").then(|| job[..end].to_lowercase())
    };
    read(JOBS).lines().filter_map(derived).collect()
}

#[test]
fn every_action_on_a_cluster_has_a_file_of_its_own() {
    let kinds = on_clusters();
    assert_eq!(kinds.len(), 15, "{KINDS} lists them");
    let wrong: Vec<String> = kinds
        .iter()
        .filter_map(|kind| {
            let path = format!("shared/engine/src/actions/{}.rs", kind.to_lowercase());
            if !root().join(&path).is_file() {
                return Some(format!("{kind}: there is no {path}"));
            }
            let text = read(&path);
            let first = text.lines().next().unwrap_or_default();
            (!first.starts_with(&format!("//! `{kind}` "))).then(|| format!("{path}: begins with {first}"))
        })
        .collect();
    assert_none("a file an action", &wrong);
}

#[test]
fn every_job_on_a_node_has_a_file_of_its_own() {
    let jobs = jobs();
    assert_eq!(jobs.len(), 8, "{JOBS} lists them");
    let wrong: Vec<String> = jobs
        .iter()
        .map(|job| (job, format!("shared/engine/src/jobs/{job}.rs")))
        .filter(|(job, path)| {
            !root().join(path).is_file() || !read(path).contains(&format!("async fn {job}("))
        })
        .map(|(job, path)| format!("{job}: {path} does not do it"))
        .collect();
    assert_none("a file a job", &wrong);
}
