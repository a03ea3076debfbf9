//! Values that nobody expects.

use crate::author::Author;
use serde_json::{Map, Value, json};

/// Keys that mean something somewhere.
pub(crate) const KEYS: [&str; 45] = [
    "name",
    "profile_id",
    "cluster_id",
    "policy_id",
    "metadata",
    "spec",
    "type",
    "version",
    "properties",
    "config",
    "timeout",
    "min_size",
    "max_size",
    "desired_capacity",
    "profile_only",
    "identity",
    "role",
    "tainted",
    "nodes",
    "count",
    "number",
    "adjustment_type",
    "min_step",
    "strict",
    "enabled",
    "operation",
    "operation_params",
    "params",
    "filters",
    "force",
    "status",
    "action",
    "actor",
    "channel",
    "overrides",
    "snapshot",
    "check",
    "lifecycle_action_token",
    "destroy_after_deletion",
    "schedule",
    "protection",
    "signing",
    "rate",
    "grace",
    "\u{0}\u{1F4A5}",
];

impl Author<'_> {
    /// Any value, nested at most so deep.
    pub(crate) fn junk(&mut self, depth: u32) -> Value {
        match self.dice.within(0..if depth == 0 { 9 } else { 12 }) {
            0 => Value::Null,
            1 => json!(self.dice.chance(50)),
            2 | 3 => self.extreme(),
            4 => json!(self.dice.within(-5..2000)),
            5 | 6 => json!(self.phrase()),
            7 => json!(self.nonsense()),
            8 => json!(self.word()),
            9 => (0..self.dice.within(0..4)).map(|_| self.junk(depth - 1)).collect(),
            10 => json!([self.junk(0), self.junk(0)]),
            _ => Value::Object(self.junk_map(depth - 1)),
        }
    }

    /// Any map.
    pub(crate) fn junk_map(&mut self, depth: u32) -> Map<String, Value> {
        let count = self.dice.within(0..5);
        (0..count).map(|number| (self.key(number), self.junk(depth))).collect()
    }

    fn key(&mut self, number: usize) -> String {
        match self.dice.within(0..4) {
            0 => self.dice.pick(&KEYS).to_owned(),
            1 => self.nonsense(),
            _ => format!("k{number}"),
        }
    }

    /// A number at some edge.
    pub(crate) fn extreme(&mut self) -> Value {
        let whole = [
            0,
            1,
            -1,
            2,
            255,
            256,
            999,
            1000,
            1001,
            1 << 31,
            (1 << 31) - 1,
            -(1 << 31),
            1 << 53,
            i64::MAX,
            i64::MIN,
            i64::MAX - 1,
        ];
        match self.dice.within(0..6) {
            0 => json!(u64::MAX),
            1 => {
                json!(self.dice.pick(&[0.0, -0.0, 0.5, 1.0, -1.5, 1e18, 1e19, -1e19, 1e300, 1e-300, 5e-324]))
            }
            2 => json!(self.dice.bits().cast_signed()),
            3 => json!(f64::from_bits(self.dice.bits())),
            _ => json!(self.dice.pick(&whole)),
        }
    }

    /// A text that may be read as something else.
    fn phrase(&mut self) -> String {
        let known = [
            "true",
            "False",
            "yes",
            "0",
            "1",
            "-1",
            " 2 ",
            "1_000",
            "+3",
            "1.0",
            "1e3",
            "0x10",
            "１２",
            "٣",
            "nan",
            "inf",
            "99999999999999999999",
            "{}",
            "[]",
            "null",
            "{\"a\": 1}",
            "[1",
            "\"x\"",
            "CHANGE_IN_PERCENTAGE",
            "EXACT_CAPACITY",
            "CLUSTER_SCALE_OUT",
            "CLUSTER_CREATE",
            "REBOOT",
            "webhook",
            "CANCELLED",
            "os.nova.server-1.0",
            "$99999999R",
            "$8I",
            "$R$r$I",
            "${jndi:x}",
            "<script>alert(1)</script>",
            "'; DROP TABLE coppice; --",
            "%s%n",
            "../../etc",
            "\r\nX-Injected: 1",
        ];
        match self.dice.within(0..12) {
            0 => "x".repeat(self.dice.within(0..3000)),
            1 => "💥".repeat(self.dice.within(1..300)),
            _ => self.dice.pick(&known).to_owned(),
        }
    }

    /// A map of data, such as metadata.
    pub(crate) fn data(&mut self) -> Value {
        match self.dice.within(0..6) {
            0 => json!({}),
            1 => Value::Object(self.junk_map(2)),
            2 => json!({ "k": self.word(), "simulated.fail": "true" }),
            _ => json!({ "k": self.word(), "n": self.dice.within(0..3) }),
        }
    }
}
