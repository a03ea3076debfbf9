//! Checking requests as the reference does (spec api-common §7, §11–§13).
//!
//! A request is declared as an ordered list of [`Field`]s, and [`coerce`] turns a body into typed values
//! or into the one error the reference would report. Query strings of lists have their own declaration,
//! [`query::Listing`]. Afterwards nothing needs checking again, beyond what only the state of the world can
//! tell.

use crate::microversion::Feature;

mod coerce;
mod coerced;
pub mod flag;
mod identities;
mod kind;
pub mod lists;
mod name;
pub mod query;
mod sort;
#[cfg(test)]
pub(crate) mod tests;
mod urlencoded;
pub mod wrapper;

pub use coerce::{Rules, Unknown, coerce, coerce_with};
pub use coerced::{Coerced, Given};
pub use urlencoded::{parse_query, write_query};

/// One field of a request body.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it may be null, which differs from leaving it out.
    pub nullable: bool,
    /// Whether it must be given.
    pub required: bool,
    /// What brought it: below that microversion it is checked, then discarded.
    pub since: Option<Feature>,
}

/// What a field takes (spec api-common §12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any string.
    String,
    /// A name: 1 to 255 characters out of those allowed in names.
    Name,
    /// A cluster size: a whole number, or digits, from `min` to the limit on nodes per cluster.
    Capacity {
        /// The smallest that is allowed.
        min: i64,
    },
    /// A whole number from zero, or a string that converts to one.
    NonNegativeInt,
    /// Any number.
    Number,
    /// A boolean.
    Boolean,
    /// An object with any content.
    JsonMap,
    /// Anything: its value is not looked at.
    Any,
    /// One of these strings. Null passes as far as the schema, which then refuses it.
    Enum(&'static [&'static str]),
    /// An array of at least one identity, all different.
    IdentityList,
    /// An object from identity to identity, not empty, no two values alike.
    ReplaceMap,
}

impl Field {
    /// An optional field that may not be null, known to every microversion.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, nullable: false, required: false, since: None }
    }

    /// The same, which may be null.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// The same, which must be given.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same, known from the microversion of `feature` on.
    #[must_use]
    pub const fn since(self, feature: Feature) -> Self {
        Self { since: Some(feature), ..self }
    }
}
