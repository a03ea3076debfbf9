//! A document laid out as a row of nodes, so that nothing has to recurse over it.

use serde_json::Value;
use std::borrow::Cow;
use std::iter;

/// The values of a document, each ahead of those inside it.
pub(super) struct Document<'a> {
    nodes: Vec<Node<'a>>,
}

struct Node<'a> {
    value: Cow<'a, Value>,
    /// Its key, if it is a field.
    key: Option<&'a str>,
    /// What it is in; none for the root.
    parent: Option<usize>,
    /// Behind the last node inside it.
    end: usize,
    /// Whether it is a character of a string, to which only an index leads.
    character: bool,
}

impl<'a> Document<'a> {
    /// The whole document.
    pub(super) const ROOT: usize = 0;

    /// Lays out `root`; with the characters of its strings, if those are needed.
    pub(super) fn new(root: &'a Value, with_characters: bool) -> Self {
        let mut nodes: Vec<Node<'a>> = Vec::new();
        let mut waiting = vec![(None, None, root)];
        while let Some((parent, key, value)) = waiting.pop() {
            let at = nodes.len();
            nodes.push(Node { value: Cow::Borrowed(value), key, parent, end: at + 1, character: false });
            match value {
                Value::Array(items) => waiting.extend(items.iter().rev().map(|item| (Some(at), None, item))),
                Value::Object(map) => {
                    waiting.extend(map.iter().rev().map(|(key, item)| (Some(at), Some(key.as_str()), item)));
                }
                Value::String(text) if with_characters => {
                    nodes.extend(text.chars().zip(at + 2..).map(|(c, end)| Node {
                        value: Cow::Owned(Value::String(c.to_string())),
                        key: None,
                        parent: Some(at),
                        end,
                        character: true,
                    }));
                }
                _ => {}
            }
        }
        let mut document = Self { nodes };
        document.enclose();
        document
    }

    /// Stretches every node over those inside it, from the last one up.
    fn enclose(&mut self) {
        for at in (0..self.nodes.len()).rev() {
            let Some((parent, end)) = self.nodes.get(at).and_then(|node| Some((node.parent?, node.end)))
            else {
                continue;
            };
            if let Some(parent) = self.nodes.get_mut(parent) {
                parent.end = parent.end.max(end);
            }
        }
    }

    /// Every node, the last one first: what is inside another comes before it.
    pub(super) fn upwards(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).rev()
    }

    /// The value of a node.
    pub(super) fn value(&self, at: usize) -> Option<&Value> {
        self.nodes.get(at).map(|node| node.value.as_ref())
    }

    /// What a node is in.
    pub(super) fn parent(&self, at: usize) -> Option<usize> {
        self.nodes.get(at)?.parent
    }

    /// Whether a node is a character of a string.
    pub(super) fn is_character(&self, at: usize) -> bool {
        self.nodes.get(at).is_some_and(|node| node.character)
    }

    /// A node and all inside it, in order, without the characters of strings inside.
    pub(super) fn inside(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(at).map_or(at, |node| node.end);
        (at..end).filter(move |inner| *inner == at || !self.is_character(*inner))
    }

    /// The nodes directly inside a node, in order: fields, items or characters.
    pub(super) fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(at).map_or(at, |node| node.end);
        let next = move |child: usize| Some(child).filter(|child| *child < end);
        iter::successors(next(at + 1), move |child| next(self.nodes.get(*child)?.end))
    }

    /// The field of an object with this key.
    pub(super) fn field(&self, at: usize, key: &str) -> Option<usize> {
        let is_it = |child: &usize| self.nodes.get(*child).is_some_and(|node| node.key == Some(key));
        self.children(at).find(is_it)
    }
}

/// Some of the nodes of a document.
pub(super) struct Set(Vec<bool>);

impl Set {
    /// All of them.
    pub(super) fn all(document: &Document<'_>) -> Self {
        Self(vec![true; document.nodes.len()])
    }

    /// Those for which `belongs` holds.
    pub(super) fn of(document: &Document<'_>, belongs: impl Fn(usize) -> bool) -> Self {
        Self((0..document.nodes.len()).map(belongs).collect())
    }

    pub(super) fn has(&self, at: usize) -> bool {
        self.0.get(at).copied().unwrap_or(false)
    }

    pub(super) fn add(&mut self, at: usize) {
        if let Some(member) = self.0.get_mut(at) {
            *member = true;
        }
    }

    /// Those that are in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| *one && *other).collect())
    }

    /// Those that are in either.
    pub(super) fn or(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| *one || *other).collect())
    }
}
