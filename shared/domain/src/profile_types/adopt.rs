//! The profile of an instance that is adopted (spec api-resources L7, engine-nodes §5.9).

use super::ProfileType;
use crate::cluster::JsonMap;
use crate::schema::spec::PROPERTIES;
use serde_json::Value;

impl ProfileType {
    /// The spec of a profile of this type for an instance that the backend describes so. Of the description
    /// counts what the type reads off instances; what the request says in `overrides` replaces it, a whole
    /// property at a time. Whether the result is a valid spec is not looked at.
    #[must_use]
    pub fn adopted_spec(&self, described: JsonMap, overrides: Option<&JsonMap>) -> JsonMap {
        let mut properties: JsonMap =
            described.into_iter().filter(|(name, _)| self.adopted.contains(&name.as_str())).collect();
        properties.extend(overrides.cloned().unwrap_or_default());
        JsonMap::from_iter([
            ("type".to_owned(), self.name.into()),
            ("version".to_owned(), self.version.into()),
            (PROPERTIES.to_owned(), Value::Object(properties)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use crate::profile_types::{ALL, docker, heat_stack, nova_server, validate_profile_spec};
    use serde_json::{Value, json};

    fn described() -> Value {
        json!({ "flavor": "1", "image": "cirros", "networks": [{ "network": "private" }], "user_data": "x" })
    }

    #[test]
    fn what_the_type_reads_off_is_kept_and_overrides_replace_it() {
        let overrides = json!({ "networks": [], "flavor": "2", "user_data": "y" });
        let spec = nova_server::TYPE
            .adopted_spec(described().as_object().unwrap().clone(), Some(overrides.as_object().unwrap()));
        let expected = json!({
            "type": "os.nova.server", "version": "1.0",
            "properties": { "flavor": "2", "image": "cirros", "networks": [], "user_data": "y" },
        });
        assert_eq!(Value::Object(spec.clone()), expected);
        assert!(validate_profile_spec(None, &spec).is_ok());
    }

    #[test]
    fn a_type_takes_over_nothing_that_is_anothers() {
        for kind in [docker::TYPE, heat_stack::TYPE] {
            let spec = kind.adopted_spec(described().as_object().unwrap().clone(), None);
            assert_eq!(spec["properties"], json!({}), "{}", kind.name);
        }
    }

    #[test]
    fn every_type_reads_off_properties_of_its_own() {
        for kind in &ALL {
            let unknown = kind.adopted.iter().find(|name| kind.schema.property(name).is_none());
            assert_eq!(unknown, None, "{}", kind.name);
        }
    }
}
