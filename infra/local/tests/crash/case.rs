//! One case: kill once or twice, start again, let it finish, and check.

use crate::Outcome;
use crate::check;
use crate::point::{CLOUDS, Choice, Effects, choose};
use crate::server::{Server, log};
use crate::story::{Template, resize};
use coppice_local::halt::HaltAt;
use std::path::Path;

/// How a case went.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Where processes were killed.
    pub(crate) kills: Vec<HaltAt>,
    /// Points that the resize ended without reaching.
    pub(crate) missed: u32,
    /// Whether there were unclaimed instances for the leak sweep to delete.
    pub(crate) swept: bool,
}

/// Runs the resize without accident, and counts its effects.
pub(crate) async fn dry_run(template: &Template, cloud: &str) -> Outcome<Effects> {
    let directory = template.copy()?;
    let last: HaltAt = "finish:action:1:after".parse()?;
    let mut server = Server::start(directory.path(), cloud, Some(&last)).await?;
    let mut accepted = false;
    let worked = server.until_halted(async |client| resize(client, template, &mut accepted).await).await?;
    let said = worked.err().ok_or("the resize ended without its last effect")?;
    let (_, counts) = said.split_once(' ').ok_or("the process did not say what it counted")?;
    let mut effects: Effects = serde_json::from_str(counts)?;
    // The message is deleted once the action has ended.
    *effects.entry("delete:message".to_owned()).or_default() += 1;
    Ok(effects)
}

/// Runs the case of a seed.
pub(crate) async fn run(template: &Template, effects: &[Effects], seed: u64) -> Outcome<Report> {
    let mut choice = choose(seed, effects);
    loop {
        let directory = template.copy()?;
        let said = killed(template, directory.path(), &choice).await.map_err(|error| {
            let kills: Vec<String> = choice.kills.iter().map(HaltAt::to_string).collect();
            let (cloud, log) = (CLOUDS[choice.cloud], log(directory.path()));
            format!("{error}\nkilled at {} on {cloud}; the log ends:\n{log}", kills.join(", "))
        })?;
        match said {
            Some(report) => return Ok(report),
            // The dry run had more of this effect: it was slow, outlived a lease, and did some twice.
            None if choice.come_earlier() => {}
            None => return Err(format!("no resize ever comes to {}", choice.kills[0]).into()),
        }
    }
}

/// Kills as chosen; none when the resize ended without coming to the first point.
async fn killed(template: &Template, directory: &Path, choice: &Choice) -> Outcome<Option<Report>> {
    let cloud = CLOUDS[choice.cloud];
    let mut report = Report::default();
    let mut accepted = false;
    for (turn, point) in choice.kills.iter().enumerate() {
        let mut server = Server::start(directory, cloud, Some(point)).await?;
        let worked =
            server.until_halted(async |client| resize(client, template, &mut accepted).await).await?;
        match worked {
            Err(_) => report.kills.push(point.clone()),
            Ok(()) if turn == 0 => return Ok(None),
            Ok(()) => report.missed += 1,
        }
    }
    let server = Server::start(directory, cloud, None).await?;
    resize(server.client(), template, &mut accepted).await?;
    let nodes = check::shown(&server.client(), template).await?;
    drop(server);
    report.swept = check::stored(directory, cloud, &nodes).await?;
    Ok(Some(report))
}
