//! Schemas as the API shows them (spec schemas §2).

use super::{Kind, Property, Schema};
use serde_json::{Map, Value, json};

impl Schema {
    /// `{property: node, …}`, as `schema` of a type shows it.
    #[must_use]
    pub fn render(self) -> Value {
        self.nodes(true)
    }

    fn nodes(self, top: bool) -> Value {
        Value::Object(self.0.iter().map(|each| (each.name.to_owned(), each.node(top))).collect())
    }
}

impl Property {
    /// The node of this property. Only properties at the top show whether they are updatable; deeper
    /// ones change with the property around them, which the wire writes as false.
    fn node(&self, top: bool) -> Value {
        let mut node = self.parameter();
        node.insert("updatable".to_owned(), (top && self.updatable).into());
        let inner = match self.kind {
            Kind::Map(Some(schema)) => Some(schema.nodes(false)),
            Kind::List(item) => Some(json!({ "*": item.node(false) })),
            _ => None,
        };
        if let Some(inner) = inner {
            node.insert("schema".to_owned(), inner);
        }
        Value::Object(node)
    }

    /// The keys shared with parameters of operations, which have no `updatable` and no depth.
    pub(super) fn parameter(&self) -> Map<String, Value> {
        let mut node = Map::new();
        node.insert("type".to_owned(), self.kind.name().into());
        if !self.description.is_empty() {
            node.insert("description".to_owned(), self.description.into());
        }
        if let Some(default) = self.default.value() {
            node.insert("default".to_owned(), default);
        }
        node.insert("required".to_owned(), self.required.into());
        if !self.allowed.is_empty() {
            let constraint = json!([{ "type": "AllowedValues", "constraint": self.allowed }]);
            node.insert("constraints".to_owned(), constraint);
        }
        node
    }
}
