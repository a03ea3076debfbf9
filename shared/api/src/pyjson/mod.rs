//! JSON as the reference writes and reads it (spec api-common §7, §8).
//!
//! Bodies go out as Python's `json.dumps(…, sort_keys=True)` prints them, and the text of a syntax error
//! is the one Python's parser gives, because clients see it in the 400.

mod diagnose;
mod parse;
mod render;
#[cfg(test)]
mod tests;

pub use parse::parse;
pub use render::render;
