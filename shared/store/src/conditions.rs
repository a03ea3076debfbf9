//! On what conditions a write is made: each is met, or nothing is written.

use crate::transaction::Write;
use aws_sdk_dynamodb::types::AttributeValue;

impl Write {
    pub(crate) fn if_exists(mut self) -> Self {
        let pk = self.name("pk");
        self.require(format!("attribute_exists({pk})"));
        self
    }

    pub(crate) fn if_equals(mut self, name: &str, value: AttributeValue) -> Self {
        let clause = format!("{} = {}", self.name(name), self.value(value));
        self.require(clause);
        self
    }

    /// The attribute equals `value`, or is absent for `None`.
    pub(crate) fn if_is(self, name: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.if_equals(name, value),
            None => self.if_lacks(name),
        }
    }

    /// The attribute equals `value`, or `other` is there.
    pub(crate) fn if_equals_or_has(mut self, name: &str, value: AttributeValue, other: &str) -> Self {
        let other = self.name(other);
        let clause = format!("({} = {} OR attribute_exists({other}))", self.name(name), self.value(value));
        self.require(clause);
        self
    }

    /// The attribute is there, and less than `value`.
    pub(crate) fn if_less(mut self, name: &str, value: AttributeValue) -> Self {
        let clause = format!("{} < {}", self.name(name), self.value(value));
        self.require(clause);
        self
    }

    pub(crate) fn if_lacks(mut self, name: &str) -> Self {
        let placeholder = self.name(name);
        self.require(format!("attribute_not_exists({placeholder})"));
        self
    }

    /// The attribute is absent, or anything but `value`.
    pub(crate) fn if_differs(mut self, name: &str, value: AttributeValue) -> Self {
        let clause = format!("{} <> {}", self.name(name), self.value(value));
        self.require(clause);
        self
    }

    /// The set has this element, or the text this part.
    pub(crate) fn if_contains(mut self, name: &str, element: AttributeValue) -> Self {
        let clause = format!("contains({}, {})", self.name(name), self.value(element));
        self.require(clause);
        self
    }

    /// The set is absent, or has fewer than `most` elements.
    pub(crate) fn if_fewer(mut self, name: &str, most: usize) -> Self {
        let placeholder = self.name(name);
        let most = crate::item::n(i64::try_from(most).unwrap_or(i64::MAX));
        let clause =
            format!("(attribute_not_exists({placeholder}) OR size({placeholder}) < {})", self.value(most));
        self.require(clause);
        self
    }

    pub(crate) fn if_lacks_or_at_most(mut self, name: &str, value: AttributeValue) -> Self {
        let placeholder = self.name(name);
        let clause =
            format!("(attribute_not_exists({placeholder}) OR {placeholder} <= {})", self.value(value));
        self.require(clause);
        self
    }

    pub(crate) fn if_lacks_or_less(mut self, name: &str, value: AttributeValue) -> Self {
        let placeholder = self.name(name);
        let clause =
            format!("(attribute_not_exists({placeholder}) OR {placeholder} < {})", self.value(value));
        self.require(clause);
        self
    }

    pub(crate) fn if_one_of(mut self, name: &str, values: impl IntoIterator<Item = AttributeValue>) -> Self {
        let placeholder = self.name(name);
        let list: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        self.require(format!("{placeholder} IN ({})", list.join(", ")));
        self
    }
}
