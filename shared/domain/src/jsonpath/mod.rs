//! Paths into documents, as `GET /clusters/{id}/attrs/{path}` takes them (spec api-resources J2): the
//! dialect of Python's jsonpath-rw, whose messages clients see.
//!
//! | written | leads to |
//! |---|---|
//! | `$`, `` `this` ``, `` `parent` `` | the whole document, where one is, what that is in |
//! | `name`, `'any name'`, `a,b`, `*` | fields of an object, in the order written; all of them |
//! | `[0]`, `[-1]`, `[1:3]`, `[*]` | items of a list; to a slice a lone value is a list of one, to an index a string is one of characters |
//! | `a.b`, `a[0]` | from what `a` leads to, on to what `b` does |
//! | `a..b` | the same from everything inside, itself first |
//! | `a \| b` | what either leads to |
//! | `a where b` | what `a` leads to and `b` leads on from |
//!
//! `where` binds tightest, then `|`, `.` and `..`; a bracket applies to all before it.
//!
//! Paths come from users. A path has a limited number of tokens, and looking for its first match takes
//! time proportional to the document's size however the path is made: `find` says how.
//!
//! Three things differ. `&`, which jsonpath-rw reads but cannot follow, is refused; the whole document has
//! no `` `parent` ``, not even null; and a lone value that a slice takes for a list has no list around it, so
//! that its `` `parent` `` is what it is really in.

mod document;
mod find;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;

use crate::pyrepr::number;
use document::{Document, Set};
use parser::Expression;
use serde_json::Value;

/// A path that can be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    expression: Expression,
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", detail.as_deref().unwrap_or("incomplete"))]
pub struct PathError {
    /// What follows the first colon of the reference's message, which is all that clients see of it; none
    /// where that has no colon and the reference fails.
    pub detail: Option<String>,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// [`PathError`] if it is none.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Ok(Self { expression: parser::parse(text)? })
    }

    /// The first of the values the path leads to, in the order in which jsonpath-rw finds them. Where that
    /// would fail on the document, there is no match.
    #[must_use]
    pub fn first(&self, document: &Value) -> Option<Value> {
        let document = Document::new(document, self.expression.has_index());
        let found = self.expression.first(&document, Document::ROOT, &Set::all(&document))?;
        document.value(found).cloned()
    }
}

impl PathError {
    /// The error that the reference words so.
    fn worded(message: &str) -> Self {
        let detail = message.split_once(':').map(|(_, detail)| detail);
        Self { detail: detail.map(|text| text.trim_matches(number::is_space).to_owned()) }
    }

    /// An error the reference has not.
    fn own(detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()) }
    }
}
