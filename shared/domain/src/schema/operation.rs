//! Operations a profile type offers on its nodes, and their parameters (spec schemas §2, §5).

use super::{Kind, Property};
use crate::cluster::JsonMap;
use crate::fault::Fault;
use serde_json::{Map, Value, json};

/// An operation.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its name, as requests spell it.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub description: &'static str,
    /// What it takes.
    pub parameters: Parameters,
}

/// What an operation takes.
#[derive(Clone, Copy, Debug)]
pub enum Parameters {
    /// These, and none if the list is empty.
    Declared(&'static [Property]),
    /// Any map; shown as a property instead of as an operation, as the reference does.
    Free,
}

impl Operation {
    /// An operation without parameters.
    #[must_use]
    pub const fn plain(name: &'static str, description: &'static str) -> Self {
        Self { name, description, parameters: Parameters::Declared(&[]) }
    }

    /// An operation with these parameters.
    #[must_use]
    pub const fn with(
        name: &'static str,
        description: &'static str,
        parameters: &'static [Property],
    ) -> Self {
        Self { name, description, parameters: Parameters::Declared(parameters) }
    }

    /// Checks the parameters of a request. An empty map is never looked at; unknown keys are reported
    /// before unusable values.
    ///
    /// # Errors
    /// `BadRequest` with the reason; the generic 400 if there are parameters and the operation takes none.
    pub fn check(&self, given: &JsonMap) -> Result<(), Fault> {
        let declared = match self.parameters {
            Parameters::Free => return Ok(()),
            Parameters::Declared(_) if given.is_empty() => return Ok(()),
            Parameters::Declared([]) => return Err(Fault::malformed()),
            Parameters::Declared(declared) => declared,
        };
        if let Some(key) = given.keys().find(|key| declared.iter().all(|each| each.name != **key)) {
            return Err(Fault::bad_request(format!("Unrecognizable parameter '{key}'")));
        }
        for parameter in declared {
            match given.get(parameter.name) {
                Some(value) => check_value(parameter, value)?,
                None if parameter.required => {
                    let text = format!("Required parameter '{}' not provided", parameter.name);
                    return Err(Fault::bad_request(text));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn node(&self) -> Value {
        match self.parameters {
            Parameters::Declared(declared) => {
                let parameters: Map<String, Value> = declared
                    .iter()
                    .map(|each| (each.name.to_owned(), Value::Object(each.parameter())))
                    .collect();
                json!({ "description": self.description, "parameters": parameters })
            }
            Parameters::Free => json!({
                "type": Kind::Map(None).name(),
                "description": self.description,
                "required": false,
                "updatable": false,
            }),
        }
    }
}

/// `{operation: {description, parameters}, …}`.
#[must_use]
pub fn render(operations: &[Operation]) -> Value {
    Value::Object(operations.iter().map(|each| (each.name.to_owned(), each.node())).collect())
}

/// Strings must be strings here, unlike in specs; other kinds convert as they do there.
fn check_value(parameter: &Property, value: &Value) -> Result<(), Fault> {
    if matches!(parameter.kind, Kind::String) && !value.is_string() {
        return Err(Fault::bad_request("value is not a string"));
    }
    parameter.convert(value).map(|_| ()).map_err(Fault::bad_request)
}
