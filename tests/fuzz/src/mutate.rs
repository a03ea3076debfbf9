//! Bodies that are almost right: something, somewhere, is changed.

use crate::author::Author;
use crate::values::KEYS;
use serde_json::{Value, json};

/// As deep as a body may nest, and a little deeper.
const DEEP: std::ops::Range<usize> = 20..135;

impl Author<'_> {
    /// Changes something, somewhere.
    pub(crate) fn mutate(&mut self, value: &mut Value) {
        match value {
            Value::Object(map) if !map.is_empty() && self.dice.chance(80) => {
                let keys: Vec<String> = map.keys().cloned().collect();
                let key = self.dice.one(&keys).clone();
                match self.dice.within(0..10) {
                    0 => drop(map.remove(&key)),
                    1 => drop(map.insert(self.dice.pick(&KEYS).to_owned(), self.junk(2))),
                    2 => {
                        // Under another name, or in the place of another.
                        let moved = map.remove(&key).unwrap_or_default();
                        let name = if self.dice.chance(50) { self.dice.pick(&KEYS) } else { "Cluster" };
                        map.insert(name.to_owned(), moved);
                    }
                    _ => {
                        if let Some(inner) = map.get_mut(&key) {
                            self.mutate(inner);
                        }
                    }
                }
            }
            Value::Array(items) if !items.is_empty() && self.dice.chance(80) => {
                let place = self.dice.within(0..items.len());
                match self.dice.within(0..6) {
                    0 => drop(items.remove(place)),
                    1 => items.push(items[place].clone()),
                    2 => items.push(self.junk(1)),
                    _ => self.mutate(&mut items[place]),
                }
            }
            other => *other = self.instead(other),
        }
    }

    /// Something else in the place of a value.
    fn instead(&mut self, value: &Value) -> Value {
        match self.dice.within(0..12) {
            0 => Value::Null,
            1 => self.extreme(),
            2 => json!(value.to_string()),
            3 => json!([value]),
            4 => json!({ "k": value }),
            5 if self.dice.rarely(4) => self.deep(),
            6 if self.dice.rarely(40) => json!("x".repeat(self.dice.within(100_000..300_000))),
            7 => json!(self.nonsense()),
            8 => value.as_str().map_or(json!(""), |text| json!(text.to_lowercase())),
            _ => self.junk(3),
        }
    }

    fn deep(&mut self) -> Value {
        let object = self.dice.chance(50);
        let depth = self.dice.within(DEEP);
        (0..depth).fold(json!(1), |inner, _| if object { json!({ "d": inner }) } else { json!([inner]) })
    }
}
