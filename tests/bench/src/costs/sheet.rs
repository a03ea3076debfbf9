//! A table of costs in the making: what was spent, for how many, what may be spent, and what is not as it
//! should be.

use crate::Outcome;
use crate::table::{Table, budget, figure};
use coppice_e2e::TestApp;
use coppice_store::Usage;
use std::collections::BTreeMap;

/// How much more a node may cost in a larger cluster than in the smallest.
const FLAT: f64 = 1.1;

/// What was spent, for how many.
pub(crate) struct Spent {
    usage: Usage,
    rings: u64,
    per: u32,
}

impl Spent {
    fn each(&self, total: f64) -> f64 {
        total / f64::from(self.per.max(1))
    }

    fn whole(&self, count: u64) -> f64 {
        self.each(f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
    }

    /// The units of each, and a little more.
    fn flat(&self) -> Limit {
        let most = |total: f64| Some(self.each(total) * FLAT);
        let Usage { read_units, write_units, .. } = self.usage;
        Limit { reads: most(read_units), writes: most(write_units), ..Limit::default() }
    }
}

/// What may be spent: the most requests, read units, write units and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Limit {
    pub(crate) requests: Option<f64>,
    pub(crate) reads: Option<f64>,
    pub(crate) writes: Option<f64>,
    pub(crate) rings: Option<f64>,
}

impl Limit {
    /// Both limits at once.
    fn and(self, other: Self) -> Self {
        let least = |one: Option<f64>, two: Option<f64>| one.into_iter().chain(two).reduce(f64::min);
        Self {
            requests: least(self.requests, other.requests),
            reads: least(self.reads, other.reads),
            writes: least(self.writes, other.writes),
            rings: least(self.rings, other.rings),
        }
    }
}

/// What a node may cost by what it costs in the smallest cluster, which comes first.
#[derive(Default)]
pub(crate) struct Smallest(BTreeMap<&'static str, Limit>);

impl Smallest {
    /// The limit of a step which has cost this much: `limit`, and what the smallest cluster says.
    pub(crate) fn limit(&mut self, step: &'static str, spent: &Spent, limit: Limit) -> Limit {
        match self.0.get(step) {
            Some(flat) => limit.and(*flat),
            None => {
                self.0.insert(step, spent.flat());
                limit
            }
        }
    }
}

/// Counts from its start to its stop.
pub(crate) struct Counter<'a> {
    app: &'a TestApp,
    before: Usage,
    rings: u64,
}

impl<'a> Counter<'a> {
    pub(crate) fn start(app: &'a TestApp) -> Self {
        Self { app, before: app.usage(), rings: app.bell.rung() }
    }

    pub(crate) fn stop(self, per: u32) -> Spent {
        Spent { usage: self.app.usage() - self.before, rings: self.app.bell.rung() - self.rings, per }
    }
}

/// A table of costs, with what is not as it should be.
pub(crate) struct Sheet {
    table: Table,
    wrong: Vec<String>,
}

impl Sheet {
    /// A table without rows.
    pub(crate) fn new(title: &str) -> Self {
        let head = ["what", "requests", "read units", "write units", "messages", "budget"];
        Self { table: Table::new(title, &head), wrong: Vec::new() }
    }

    /// Adds what was spent. Costs beyond the limit are wrong.
    pub(crate) fn row(&mut self, what: &str, spent: &Spent, limit: Limit) {
        let figures = [
            ("requests", spent.whole(spent.usage.requests), limit.requests),
            ("read", spent.each(spent.usage.read_units), limit.reads),
            ("write", spent.each(spent.usage.write_units), limit.writes),
            ("messages", spent.whole(spent.rings), limit.rings),
        ];
        let limited = figures.into_iter().filter_map(|(name, found, most)| Some((name, found, most?)));
        let (mut limits, mut missed) = (Vec::new(), Vec::new());
        for (name, found, most) in limited {
            limits.push(format!("{name} <= {}", figure(most)));
            if found > most {
                missed.push(format!("{name} {found:.3} > {most:.3}"));
            }
        }
        let mut cells = vec![what.to_owned()];
        cells.extend(figures.iter().map(|(_, found, _)| figure(*found)));
        cells.push(budget(&limits.join(", "), missed.is_empty()));
        self.table.row(cells);
        if !missed.is_empty() {
            self.complain(format!("{what}: {}", missed.join(", ")));
        }
    }

    /// Notes that something is wrong.
    pub(crate) fn complain(&mut self, cause: String) {
        self.wrong.push(cause);
    }

    /// The table, and all that is wrong.
    pub(crate) fn text(&self) -> String {
        let mut text = self.table.text();
        if !self.wrong.is_empty() {
            text.push_str("\nNot as it should be\n");
        }
        for cause in &self.wrong {
            text.push_str("  ");
            text.push_str(cause);
            text.push('\n');
        }
        text
    }

    /// Fails if anything is wrong.
    pub(crate) fn verdict(&self) -> Outcome<()> {
        match self.wrong.len() {
            0 => Ok(()),
            count => Err(format!("{count} costs or outcomes are not as they should be").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(read_units: f64) -> Spent {
        Spent { usage: Usage { read_units, write_units: 100.0, requests: 20 }, rings: 10, per: 10 }
    }

    #[test]
    fn what_costs_more_than_it_may_is_told_below_the_table_and_is_a_failure() {
        let limit = Limit { reads: Some(2.0), writes: Some(10.0), ..Limit::default() };
        let mut sheet = Sheet::new("Costs");
        sheet.row("show", &spent(20.0), limit);
        assert!(sheet.verdict().is_ok());
        sheet.row("list", &spent(30.0), limit);
        assert!(sheet.verdict().is_err());
        let text = sheet.text();
        assert!(text.contains("read <= 2, write <= 10  !\n"), "{text}");
        assert!(text.ends_with("\nNot as it should be\n  list: read 3.000 > 2.000\n"), "{text}");
    }

    #[test]
    fn a_node_of_a_larger_cluster_may_cost_a_tenth_more_and_no_more_than_any() {
        let limit = Limit { writes: Some(10.5), ..Limit::default() };
        let mut smallest = Smallest::default();
        assert_eq!(smallest.limit("make", &spent(20.0), limit), limit);
        let flat = Limit { reads: Some(2.0 * FLAT), ..limit };
        assert_eq!(smallest.limit("make", &spent(90.0), limit), flat);
        assert_eq!(smallest.limit("check", &spent(90.0), Limit::default()), Limit::default());
    }
}
