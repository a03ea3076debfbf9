//! The queries that endpoints take.

use crate::fields::query::{Listing, Values};
use crate::microversion::Feature;

/// A query.
#[derive(Clone, Copy, Debug)]
pub enum Query {
    /// No parameter means anything.
    Nothing,
    /// The parameters of a list; others are refused.
    List(&'static Listing),
    /// These; others are ignored.
    Of(&'static [Parameter]),
}

/// A parameter, of which the last occurrence counts.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Which values it takes.
    pub values: Values,
    /// Whether it must be given, and not be empty.
    pub required: bool,
    /// What brought it: below that microversion it is checked, then discarded.
    pub since: Option<Feature>,
}

impl Parameter {
    /// `true` or `false`.
    #[must_use]
    pub const fn flag(name: &'static str) -> Self {
        Self { name, values: Values::Flag, required: false, since: None }
    }

    /// Any text but none.
    #[must_use]
    pub const fn required(name: &'static str) -> Self {
        Self { name, values: Values::Any, required: true, since: None }
    }

    /// The same, known from the microversion of `feature` on.
    #[must_use]
    pub const fn since(self, feature: Feature) -> Self {
        Self { since: Some(feature), ..self }
    }
}
