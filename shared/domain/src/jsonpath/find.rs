//! Following a path to its first match.
//!
//! Going through all matches in order until there is one can take exponential time: `a|a`, joined to
//! itself again and again, leads to the same place in ever more ways. So each part of a path is first asked
//! from where it leads anywhere useful ([`Expression::sources`]), which takes one look at each node; then
//! the way from the start is walked without ever turning back ([`Expression::first`]). Both recurse over
//! the path only, whose length is limited.

use super::document::{Document, Set};
use super::parser::Expression;
use serde_json::Value;

impl Expression {
    /// Whether an index is in it.
    pub(super) fn has_index(&self) -> bool {
        match self {
            Self::Index(_) => true,
            Self::Child(one, other)
            | Self::Descendants(one, other)
            | Self::Union(one, other)
            | Self::Where(one, other) => one.has_index() || other.has_index(),
            _ => false,
        }
    }

    /// The first of the nodes this leads to from `start` that is among `targets`.
    pub(super) fn first(&self, document: &Document<'_>, start: usize, targets: &Set) -> Option<usize> {
        match self {
            Self::Child(one, other) => {
                let on = other.sources(document, targets);
                other.first(document, one.first(document, start, &on)?, targets)
            }
            Self::Descendants(one, other) => {
                let on = other.sources(document, targets);
                let top = one.first(document, start, &above(document, &on))?;
                let from = document.inside(top).find(|inner| on.has(*inner))?;
                other.first(document, from, targets)
            }
            Self::Union(one, other) => {
                one.first(document, start, targets).or_else(|| other.first(document, start, targets))
            }
            Self::Where(one, other) => {
                one.first(document, start, &targets.and(&other.sources(document, &Set::all(document))))
            }
            _ => self.steps(document, start).into_iter().find(|node| targets.has(*node)),
        }
    }

    /// The nodes from which this leads to any of `targets`.
    fn sources(&self, document: &Document<'_>, targets: &Set) -> Set {
        match self {
            Self::Child(one, other) => one.sources(document, &other.sources(document, targets)),
            Self::Descendants(one, other) => {
                one.sources(document, &above(document, &other.sources(document, targets)))
            }
            Self::Union(one, other) => one.sources(document, targets).or(&other.sources(document, targets)),
            Self::Where(one, other) => {
                one.sources(document, &targets.and(&other.sources(document, &Set::all(document))))
            }
            _ => Set::of(document, |at| self.steps(document, at).iter().any(|node| targets.has(*node))),
        }
    }

    /// The nodes a part that has no parts leads to, in order.
    pub(super) fn steps(&self, document: &Document<'_>, at: usize) -> Vec<usize> {
        match self {
            Self::Root => vec![Document::ROOT],
            Self::This => vec![at],
            Self::Parent => document.parent(at).into_iter().collect(),
            Self::Fields(names) => names.iter().filter_map(|name| document.field(at, name)).collect(),
            Self::AnyField => match document.value(at) {
                Some(Value::Object(_)) => document.children(at).collect(),
                _ => Vec::new(),
            },
            Self::Index(index) => item(document, at, *index).into_iter().collect(),
            Self::Slice(start, end) => slice(list(document, at), *start, *end),
            Self::Child(..) | Self::Descendants(..) | Self::Union(..) | Self::Where(..) => Vec::new(),
        }
    }
}

/// `below` and what they are inside of. Nothing goes down from a string to its characters.
fn above(document: &Document<'_>, below: &Set) -> Set {
    let mut above = Set::of(document, |at| below.has(at));
    for at in document.upwards() {
        if above.has(at) && !document.is_character(at) {
            document.parent(at).into_iter().for_each(|parent| above.add(parent));
        }
    }
    above
}

/// An item of a list, or a character of a string; counted from the end if negative.
fn item(document: &Document<'_>, at: usize, index: i64) -> Option<usize> {
    match document.value(at)? {
        // A character is a string of one.
        Value::String(_) if document.is_character(at) => matches!(index, 0 | -1).then_some(at),
        Value::Array(_) | Value::String(_) if index < 0 => {
            let back = usize::try_from(index.unsigned_abs()).ok()?;
            let length = document.children(at).count();
            document.children(at).nth(length.checked_sub(back)?)
        }
        Value::Array(_) | Value::String(_) => document.children(at).nth(usize::try_from(index).ok()?),
        _ => None,
    }
}

/// What a slice is taken of: the items of a list, or a lone value as if it were in one.
fn list(document: &Document<'_>, at: usize) -> Vec<usize> {
    match document.value(at) {
        Some(Value::Array(_)) => document.children(at).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(_) => vec![at],
    }
}

/// The items from `start` until before `end`, either counted from the end of the list if negative.
fn slice(items: Vec<usize>, start: Option<i64>, end: Option<i64>) -> Vec<usize> {
    let length = items.len();
    let bound = |given: i64| {
        let size = usize::try_from(given.unsigned_abs()).unwrap_or(usize::MAX);
        if given < 0 { length.saturating_sub(size) } else { size.min(length) }
    };
    let (start, end) = (start.map_or(0, bound), end.map_or(length, bound));
    items.into_iter().take(end).skip(start).collect()
}
