//! The table of endpoints in `COMPATIBILITY.md`, against the endpoints that are tried here.

use super::{Endpoint, World, endpoints};
use crate::check;
use coppice_e2e::{ALICE, TestApp};
use std::collections::BTreeSet;

const TABLE: &str = include_str!("../../../../../COMPATIBILITY.md");

/// Rows without a token.
pub(crate) const OPEN: [&str; 5] =
    ["GET /", "GET /versions", "GET /v1", "GET /v1/openapi.json", "POST /v1/webhooks/{id}/trigger"];

/// A row of the table.
struct Row {
    method: &'static str,
    path: &'static str,
    /// The one key of the body, for actions.
    action: Option<&'static str>,
    since: &'static str,
}

fn rows() -> Vec<Row> {
    let table = TABLE.lines().skip_while(|line| *line != "| method | path | since | spec | test |").skip(2);
    let rows = table.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let mut names = cells[2].split('`').skip(1).step_by(2);
        Row { method: cells[1], path: names.next().unwrap(), action: names.next(), since: cells[3] }
    });
    rows.collect()
}

impl Row {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// How many names of the path are the endpoint's own; none if it is another endpoint.
    fn matches(&self, endpoint: &Endpoint) -> Option<usize> {
        let path = endpoint.path.split('?').next().unwrap_or_default();
        let (own, asked): (Vec<&str>, Vec<&str>) =
            (self.path.split('/').collect(), path.split('/').collect());
        let named = |body: &serde_json::Value| self.action.is_none_or(|action| body.get(action).is_some());
        let same = endpoint.method == self.method
            && own.len() == asked.len()
            && own.iter().zip(&asked).all(|(own, asked)| own == asked || own.starts_with('{'))
            && endpoint.body.as_ref().is_none_or(named);
        same.then(|| own.iter().zip(&asked).filter(|(own, asked)| own == asked).count())
    }
}

/// The row of an endpoint: the one that says most of its path.
fn row_of<'a>(rows: &'a [Row], endpoint: &Endpoint) -> &'a Row {
    let row =
        rows.iter().filter(|row| row.matches(endpoint).is_some()).max_by_key(|row| row.matches(endpoint));
    row.unwrap_or_else(|| panic!("{} {} has no row", endpoint.method, endpoint.path))
}

#[test]
fn every_row_is_tried() {
    let rows = rows();
    let key = |row: &Row| format!("{} {:?}", row.name(), row.action);
    let tried: BTreeSet<String> = endpoints().iter().map(|endpoint| key(row_of(&rows, endpoint))).collect();
    let asking = rows.iter().filter(|row| !OPEN.contains(&&*row.name()));
    assert_eq!(tried, asking.map(key).collect());
}

#[tokio::test]
async fn every_endpoint_begins_with_its_microversion() {
    let app = TestApp::new().await;
    let world = World::make(&app, ALICE).await;
    let rows = rows();
    let mut later = 0;
    for endpoint in endpoints() {
        let row = row_of(&rows, &endpoint);
        let since: u32 = row.since.strip_prefix("1.").unwrap().parse().unwrap();
        let Some(before) = since.checked_sub(1) else { continue };
        later += 1;
        let answer = endpoint.ask(&app, &world, |ask| ask.by(ALICE).at(&format!("1.{before}"))).await;
        let text = format!("API version '1.{before}' is not supported on this method.");
        check::fault(&answer, 400, "MethodVersionNotFound", &text);
        // Whatever is wrong with it now, it is not the microversion.
        let answer = endpoint.ask(&app, &world, |ask| ask.by(ALICE).at(row.since)).await;
        let text = format!("API version '{}' is not supported on this method.", row.since);
        assert!(!answer.text().contains(&text), "{} {}: {}", row.name(), row.since, answer.text());
        app.drain().await;
    }
    assert_eq!(later, 11);
}
