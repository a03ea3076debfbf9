//! Targets: the path of an endpoint with things in the places of its names, spelt well or strangely.

use crate::author::Author;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// What an identifier need not escape.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What no target can hold.
const IMPOSSIBLE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'#');

impl Author<'_> {
    /// The target of an endpoint: `/clusters/{cluster}/policies/{policy}` below the version, with its query.
    pub(crate) fn target(&mut self, path: &str, query: &str) -> String {
        let filled = self.filled(path);
        let version = match self.dice.within(0..60) {
            0 => self.dice.pick(&["/v1.0", "/v1."]),
            1 => self.dice.pick(&["/v2", "/v1.1", "/V1", "//v1", "", "/v1/v1", "/versions", "/v01"]),
            _ => "/v1",
        };
        let path = match self.dice.within(0..60) {
            0 => format!("{filled}/"),
            1 => self.bent(&filled),
            _ => filled,
        };
        possible(&format!("{version}{path}{query}"))
    }

    fn filled(&mut self, path: &str) -> String {
        if path == "/clusters/{cluster}/policies/{policy}" && self.dice.chance(50) {
            let about = self.about;
            let bound: Vec<_> = self.known.bound.iter().filter(|(project, ..)| project == about).collect();
            if let Some((_, cluster, policy)) = self.dice.any(&bound) {
                return format!("/clusters/{cluster}/policies/{policy}");
            }
        }
        let parts: Vec<String> = path
            .split('/')
            .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => {
                    let text = self.meant(name);
                    self.spelt_in_path(&text)
                }
                None => part.to_owned(),
            })
            .collect();
        parts.join("/")
    }

    fn meant(&mut self, name: &str) -> String {
        if name == "open_action"
            && self.dice.chance(70)
            && let Some(open) = self.dice.any(&self.known.open)
        {
            return open.clone();
        }
        if name == "signed_receiver" && self.dice.chance(70) {
            let about = self.about;
            let own: Vec<_> = self.known.signed.iter().filter(|(project, _)| project == about).collect();
            if let Some((_, signed)) = self.dice.any(&own) {
                return signed.clone();
            }
        }
        let kind = match name {
            "cluster" => 'C',
            "node" => 'N',
            "profile" => 'P',
            "policy" => 'L',
            "receiver" | "signed_receiver" => 'R',
            "action" | "open_action" => 'X',
            "event" => 'E',
            "profile_type" => {
                return self.type_name(&[
                    "os.nova.server-1.0",
                    "os.heat.stack-1.0",
                    "container.dockerinc.docker-1.0",
                ]);
            }
            "policy_type" => {
                return self.type_name(&[
                    "senlin.policy.scaling-1.0",
                    "senlin.policy.health-1.2",
                    "senlin.policy.batch-1.0",
                ]);
            }
            _ => return self.attribute(),
        };
        let reference = self.passing_reference(kind);
        if kind == 'C' {
            let clusters = self.known.of(self.about, kind);
            let named = clusters.iter().find(|cluster| cluster.id == reference || cluster.name == reference);
            self.cluster = named.map(|cluster| cluster.id.clone());
        }
        reference
    }

    fn type_name(&mut self, known: &[&str]) -> String {
        match self.dice.within(0..8) {
            0 => self.nonsense(),
            1 => (self.dice.pick(&["os.nova.server", "os.nova.server-1.1", "-", "os.nova.server-1.0-1.0"]))
                .to_owned(),
            _ => self.dice.pick(known).to_owned(),
        }
    }

    /// A path into the attributes of nodes.
    fn attribute(&mut self) -> String {
        let known = [
            "$.name",
            "name",
            "$.details.id",
            "$.metadata.k",
            "$..name",
            "$.*",
            "*",
            "$",
            "`this`",
            "$.[",
            "a b",
            "a[",
            "a[0]",
            "metadata[?(@.k)]",
            "$.name|$.id",
            "$.a where b",
            "a.b.c.d.e",
            "'quoted'",
            "\"q\".x",
            "a[1:2]",
            "a[-1]",
            "a,b",
            "..",
            "$..",
            "parent",
            "`parent`",
            "None",
            " ",
            "$.data.details",
            "a[*].b",
            "((((((((a))))))))",
            "[",
            "]",
            "$.💥",
            "a[99999999999999999999]",
        ];
        match self.dice.within(0..12) {
            0 => self.nonsense(),
            1 => "a.".repeat(self.dice.within(1..2000)),
            2 => "(".repeat(self.dice.within(1..2000)),
            3 => "$..".repeat(self.dice.within(1..500)),
            4 => "a[".repeat(self.dice.within(1..500)),
            _ => self.dice.pick(&known).to_owned(),
        }
    }

    fn spelt_in_path(&mut self, text: &str) -> String {
        match self.dice.within(0..40) {
            // Everything escaped, nothing escaped, and escaped twice.
            0 => text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
            1 => text.to_owned(),
            2 => utf8_percent_encode(text, ESCAPED).to_string().replace('%', "%25"),
            _ => utf8_percent_encode(text, ESCAPED).to_string(),
        }
    }

    /// A path that leads elsewhere, or nowhere.
    fn bent(&mut self, path: &str) -> String {
        let place = self.dice.within(0..=path.len());
        let place = path.floor_char_boundary(place);
        let (before, after) = path.split_at(place);
        let between = self.dice.pick(&[
            "/", "//", "/./", "/../", "%2F", "%2f", "%FF", "%C3%28", "%", "%zz", "%00", ";x=1", "é", "💥",
            "+", "%20", "/actions", "?", "??", "@", ":80", "%2e%2e",
        ]);
        format!("{before}{between}{after}")
    }
}

/// The same without what no HTTP library lets into a target.
fn possible(target: &str) -> String {
    utf8_percent_encode(target, IMPOSSIBLE).to_string()
}
