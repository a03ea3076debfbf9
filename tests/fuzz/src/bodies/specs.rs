//! Specs of profiles and policies, from the schemas of their types (spec schemas §3, §4): what a type cannot do
//! without, and some of what it takes.

use crate::author::Author;
use coppice_domain::cluster::JsonMap;
use coppice_domain::policy_types;
use coppice_domain::profile_types;
use coppice_domain::schema::{Kind, Property, Schema};
use serde_json::{Value, json};

impl Author<'_> {
    /// The spec of a profile, mostly of a server.
    pub(crate) fn profile_spec(&mut self) -> Value {
        let place = self.dice.pick(&[0, 1, 2, 2, 2, 2, 2, 2]);
        let kind = &profile_types::ALL[place];
        let base = match kind.name {
            "os.nova.server" => {
                json!({ "flavor": "1", "image": "cirros", "networks": [{ "network": "private" }] })
            }
            "os.heat.stack" => json!({ "template_url": "http://template" }),
            _ => json!({ "image": "i", "host_cluster": self.reference('C') }),
        };
        self.spec(kind.name, kind.version, base, kind.schema)
    }

    /// The spec of a policy.
    pub(crate) fn policy_spec(&mut self) -> Value {
        let kind = self.dice.one(&policy_types::ALL);
        let version = self.dice.one(kind.versions).version;
        let base = match kind.name {
            "senlin.policy.health" => json!({
                "detection": { "detection_modes": [{ "type": "NODE_STATUS_POLLING" }] },
                "recovery": { "actions": [{ "name": "RECREATE" }] },
            }),
            "senlin.policy.loadbalance" => json!({ "pool": { "subnet": "s" }, "vip": { "subnet": "s" } }),
            "senlin.policy.region_placement" => json!({ "regions": [{ "name": "r" }] }),
            "senlin.policy.scaling" => json!({
                "event": "CLUSTER_SCALE_IN", "adjustment": { "number": 1, "cooldown": self.dice.within(0..=60) },
            }),
            "senlin.policy.zone_placement" => json!({ "zones": [{ "name": "z" }] }),
            _ => json!({}),
        };
        self.spec(kind.name, version, base, kind.schema)
    }

    fn spec(&mut self, name: &str, version: &str, mut properties: Value, schema: Schema) -> Value {
        if self.dice.chance(50)
            && let Some(properties) = properties.as_object_mut()
        {
            let more = self.properties(schema, 2);
            // What the type cannot do without stays mostly as it is.
            let replaces = self.dice.chance(30);
            for (name, value) in more {
                if replaces || !properties.contains_key(&name) {
                    properties.insert(name, value);
                }
            }
        }
        let version = match self.dice.within(0..20) {
            0 => json!(1.0),
            1 => json!("9.9"),
            _ => json!(version),
        };
        let mut spec = json!({ "type": name, "version": version, "properties": properties });
        if self.dice.rarely(12) {
            spec["description"] = json!(self.word());
        }
        spec
    }

    /// Some of what a schema takes.
    fn properties(&mut self, schema: Schema, depth: u32) -> JsonMap {
        let mut given = JsonMap::new();
        for property in schema.0 {
            if property.required || self.dice.chance(15) {
                given.insert(property.name.to_owned(), self.property(property, depth));
            }
        }
        given
    }

    fn property(&mut self, property: &Property, depth: u32) -> Value {
        match property.kind {
            _ if self.dice.rarely(25) => self.junk(2),
            Kind::String => match self.dice.any(property.allowed) {
                Some(allowed) => json!(allowed),
                None => json!(self.word()),
            },
            Kind::Integer => self.dice.one(&[json!(0), json!(1), json!(60), json!("3"), json!(-1)]).clone(),
            Kind::Number => self.dice.one(&[json!(1), json!(0.5), json!("2"), json!(50.0)]).clone(),
            Kind::Boolean => self.dice.one(&[json!(true), json!(false), json!("on")]).clone(),
            Kind::Map(Some(schema)) if depth > 0 => Value::Object(self.properties(schema, depth - 1)),
            Kind::Map(_) => self.data(),
            Kind::List(item) => (0..self.dice.within(0..3)).map(|_| self.property(item, depth)).collect(),
        }
    }
}
