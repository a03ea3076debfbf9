//! What an endpoint answers when it does what it was asked.

use serde_json::Value;

/// A representation: its name in the API's description, and the JSON schema of what it looks like.
#[derive(Clone, Copy, Debug)]
pub struct Representation {
    /// Its name.
    pub name: &'static str,
    /// Its schema.
    pub schema: fn() -> Value,
}

/// The body of an answer.
#[derive(Clone, Copy, Debug)]
pub enum Shown {
    /// `{key: representation}`.
    One(&'static str, Representation),
    /// `{key: [representation, …]}`.
    Many(&'static str, Representation),
    /// The representation itself.
    Whole(Representation),
    /// The JSON literal `null`.
    Null,
    /// What the status says, in the form that `Accept` prefers: [`crate::raw`].
    Status,
    /// No body.
    Nothing,
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub shown: Shown,
    /// Whether it names an action in `Location`.
    pub location: bool,
    /// Whether it says which microversion was used.
    pub versioned: bool,
}

impl Answer {
    /// An answer that says which microversion was used.
    #[must_use]
    pub const fn new(status: u16, shown: Shown) -> Self {
        Self { status, shown, location: false, versioned: true }
    }

    /// The same with an action in `Location`.
    #[must_use]
    pub const fn with_location(self) -> Self {
        Self { location: true, ..self }
    }

    /// The same without the headers about microversions.
    #[must_use]
    pub const fn unversioned(self) -> Self {
        Self { versioned: false, ..self }
    }
}
