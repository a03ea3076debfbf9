//! Query strings: what a list takes, what it does not take, and what is no query.

use crate::author::Author;
use coppice_api::fields::lists;
use coppice_api::fields::query::{Listing, Values};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What the query of an endpoint may say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Query {
    /// Nothing that counts.
    Ignored,
    /// The parameters of a list.
    List(&'static Listing),
    /// One flag.
    Flag(&'static str),
    /// What a webhook's URL says.
    Webhook,
}

/// The lists, by the last name of their path.
pub(crate) const PROFILES: Query = Query::List(&lists::PROFILES);
pub(crate) const POLICIES: Query = Query::List(&lists::POLICIES);
pub(crate) const CLUSTERS: Query = Query::List(&lists::CLUSTERS);
pub(crate) const NODES: Query = Query::List(&lists::NODES);
pub(crate) const RECEIVERS: Query = Query::List(&lists::ALL_RECEIVERS);
pub(crate) const ACTIONS: Query = Query::List(&lists::ACTIONS);
pub(crate) const EVENTS: Query = Query::List(&lists::EVENTS);
pub(crate) const CLUSTER_POLICIES: Query = Query::List(&lists::CLUSTER_POLICIES);

impl Author<'_> {
    /// A query string, with its question mark; empty for none.
    pub(crate) fn query(&mut self, query: Query) -> String {
        if self.dice.rarely(40) {
            return format!("?{}", self.no_query());
        }
        let mut pairs: Vec<(String, String)> = match query {
            Query::Ignored => Vec::new(),
            Query::List(list) => (0..self.dice.within(0..4)).map(|_| self.pair(list)).collect(),
            Query::Flag(name) if self.dice.chance(40) => vec![(name.to_owned(), self.flag())],
            Query::Flag(_) => Vec::new(),
            Query::Webhook => self.versions(),
        };
        if self.dice.rarely(30) {
            pairs.push((self.nonsense(), self.nonsense()));
        }
        if self.dice.rarely(30)
            && let Some(last) = pairs.last()
        {
            pairs.push(last.clone());
        }
        if pairs.is_empty() {
            return String::new();
        }
        let between = if self.dice.rarely(20) { ";" } else { "&" };
        let pairs: Vec<String> =
            pairs.iter().map(|(key, value)| format!("{}={}", escaped(key), escaped(value))).collect();
        format!("?{}", pairs.join(between))
    }

    fn no_query(&mut self) -> String {
        let known = [
            "",
            "&",
            "&&=&",
            "=",
            "=1",
            "%FF=1",
            "limit=%FF",
            "limit",
            "sort=name;limit=1",
            "name[]=1",
            "+=+",
            "a=b=c",
            "limit=1&limit=x",
            "?",
            "%",
            "%0",
            "name=%zz",
            "V",
            "V=&V=1",
            "force",
        ];
        match self.dice.within(0..12) {
            0 => "name=a&".repeat(self.dice.within(1..3000)),
            1 => format!("sort={}", "name,".repeat(self.dice.within(1..3000))),
            2 => format!("name={}", "a".repeat(self.dice.within(1000..50_100))),
            _ => self.dice.pick(&known).to_owned(),
        }
    }

    fn pair(&mut self, list: &Listing) -> (String, String) {
        match self.dice.within(0..10) {
            0 | 1 => ("sort".to_owned(), self.sort(list)),
            2 | 3 => ("limit".to_owned(), self.limit()),
            4 => {
                let kind = self.dice.pick(&['C', 'N', 'P', 'L', 'R', 'X', 'E']);
                ("marker".to_owned(), self.passing_reference(kind))
            }
            5 => ("global_project".to_owned(), self.flag()),
            _ => match self.dice.any(list.filters) {
                Some(filter) => (filter.name.to_owned(), self.filter_value(filter.name, filter.values)),
                None => ("name".to_owned(), self.nonsense()),
            },
        }
    }

    fn filter_value(&mut self, name: &str, values: Values) -> String {
        if self.dice.rarely(12) {
            return self.nonsense();
        }
        match (values, name) {
            (Values::OneOf(known), _) => self.dice.pick(known).to_owned(),
            (Values::Flag, _) => self.flag(),
            (_, "cluster_id") => self.passing_reference('C'),
            (_, "target" | "oid") => self.passing_reference('N'),
            (_, "type") => self.dice.pick(&["os.nova.server-1.0", "senlin.policy.scaling-1.0"]).to_owned(),
            (_, "otype") => self.dice.pick(&["CLUSTER", "NODE", "cluster"]).to_owned(),
            _ => self.name(),
        }
    }

    fn limit(&mut self) -> String {
        let known =
            ["0", "1", "2", "20", "1000", "-1", "1.5", "x", " 3 ", "+1", "1_0", "٣", "99999999999999999999"];
        self.dice.pick(&known).to_owned()
    }

    fn flag(&mut self) -> String {
        let odd = ["True", "FALSE", "yes", "1", "", "null"];
        let known = if self.dice.chance(80) { &["true", "false"] } else { odd.as_slice() };
        self.dice.pick(known).to_owned()
    }

    fn sort(&mut self, list: &Listing) -> String {
        let keys: Vec<String> = (0..self.dice.within(1..4))
            .map(|_| {
                let key = self.dice.pick(list.sort_keys);
                let direction =
                    self.dice.pick(&["", "", ":asc", ":desc", ":desc", ":DESC", ":", ":asc:desc"]);
                format!("{key}{direction}")
            })
            .collect();
        let rest = self.dice.pick(&["", "", "", "", "", ",", ",id", ",nosuch"]);
        format!("{}{rest}", keys.join(","))
    }

    fn versions(&mut self) -> Vec<(String, String)> {
        let version = self.dice.pick(&["1", "1", "2", "2", "2", "3", "", "x"]);
        let mut pairs = vec![("V".to_owned(), version.to_owned())];
        if self.dice.chance(10) {
            pairs.push(("count".to_owned(), self.limit()));
        }
        pairs
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
