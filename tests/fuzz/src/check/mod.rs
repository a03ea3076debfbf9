//! What must hold: of every answer, of what a request writes, and of the table as a whole.

pub(crate) mod answer;
pub(crate) mod effects;
pub(crate) mod reads;
mod shape;
pub(crate) mod table;

/// What is wrong, in words.
pub(crate) type Complaints = Vec<String>;

/// Complains unless `holds`.
fn ensure(complaints: &mut Complaints, holds: bool, text: impl FnOnce() -> String) {
    if !holds {
        complaints.push(text());
    }
}
