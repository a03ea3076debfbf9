//! The bodies that endpoints take.

use crate::fields::{Field, Unknown};
use crate::microversion::{Feature, MIN, Microversion};

/// A body.
#[derive(Clone, Copy, Debug)]
pub enum Payload {
    /// There is none.
    Nothing,
    /// `{key: object}`. Other keys beside it are ignored.
    Wrapped(&'static str, Object),
    /// The object itself.
    Plain(Object),
    /// `{key: object}` with exactly one of these keys.
    OneOf(&'static [Choice]),
    /// `{name: object}` with exactly one key, which names something of the resource's own.
    Named(Object),
    /// An object that a microversion brought, and the one that goes until then.
    Revised {
        /// What changed.
        feature: Feature,
        /// The object since then.
        now: Object,
        /// The object before.
        before: Object,
    },
}

/// An object in a body.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// Its declared keys.
    pub fields: &'static [Field],
    /// Those that only who asks for this service's additions knows, some in place of others.
    pub added: &'static [Field],
    /// What happens to others.
    pub unknown: Unknown,
    /// Whether null is as good as an object without keys.
    pub nullable: bool,
}

/// One of the keys that a body may have.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The key.
    pub key: &'static str,
    /// What stands under it.
    pub object: Object,
    /// The microversion it exists since.
    pub since: Microversion,
}

impl Object {
    /// An object with any keys.
    pub const ANY: Self = Self::lenient(&[]);

    /// An object with these keys and no others.
    #[must_use]
    pub const fn strict(fields: &'static [Field]) -> Self {
        Self { fields, added: &[], unknown: Unknown::Refused, nullable: false }
    }

    /// An object with these keys, in which others do no harm.
    #[must_use]
    pub const fn lenient(fields: &'static [Field]) -> Self {
        Self { fields, added: &[], unknown: Unknown::Ignored, nullable: false }
    }

    /// The same, or null.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// The same with these keys for those who ask for additions.
    #[must_use]
    pub const fn adding(self, added: &'static [Field]) -> Self {
        Self { added, ..self }
    }

    /// Its keys as a request knows them which does, or does not, ask for additions.
    #[must_use]
    pub fn known(&self, additions: bool) -> Vec<Field> {
        let added = if additions { self.added } else { &[] };
        let replaced = |field: &Field| *added.iter().find(|each| each.name == field.name).unwrap_or(field);
        let new = added.iter().filter(|each| self.fields.iter().all(|field| field.name != each.name));
        self.fields.iter().map(replaced).chain(new.copied()).collect()
    }
}

impl Choice {
    /// A key that every microversion knows.
    #[must_use]
    pub const fn new(key: &'static str, object: Object) -> Self {
        Self { key, object, since: MIN }
    }

    /// The same, known from `since` on.
    #[must_use]
    pub const fn since(self, since: Microversion) -> Self {
        Self { since, ..self }
    }
}
