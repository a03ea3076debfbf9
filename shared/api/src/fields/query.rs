//! The parameters of lists (spec api-common §13).

use super::{flag, kind, name, sort};
use crate::microversion::{Feature, Microversion};
use coppice_domain::fault::Fault;
use coppice_domain::pyrepr;
use serde_json::Value;
use uuid::Uuid;

/// What a list takes.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// Whether it takes `limit`, `marker` and `global_project`.
    pub paged: bool,
    /// Its filters, in the order in which they are checked.
    pub filters: &'static [Filter],
    /// What it can be sorted by.
    pub sort_keys: &'static [&'static str],
    /// Whether the refusal of an unknown parameter quotes its name.
    pub quotes_unknown: bool,
}

/// A filter of a list.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Its parameter.
    pub name: &'static str,
    /// Which values it takes.
    pub values: Values,
    /// Whether only the last occurrence counts, and not if it is empty; else all do, as alternatives.
    pub single: bool,
    /// What brought it: below that microversion it is checked, then discarded.
    pub since: Option<Feature>,
}

/// Which values a filter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Any.
    Any,
    /// One of these, exactly.
    OneOf(&'static [&'static str]),
    /// What may be a name.
    Name,
    /// `true` or `false`; kept in lower case.
    Flag,
}

/// A list as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// How many items at most; none for all.
    pub limit: Option<usize>,
    /// The item before the first one wanted. An id in another spelling than the stored one matches
    /// nothing, and a marker that matches nothing is ignored, so there is none then.
    pub marker: Option<Uuid>,
    /// What to sort by: `(key, descending)`.
    pub sort: Vec<(String, bool)>,
    /// Whether the items of every project are asked for.
    pub global_project: bool,
    /// Alternatives by filter, in the order of the declaration.
    pub filters: Vec<(String, Vec<String>)>,
}

const LIMIT: &str = "limit";
const MARKER: &str = "marker";
const SORT: &str = "sort";
const GLOBAL_PROJECT: &str = "global_project";
/// An id in any of the spellings that a marker may have.
pub(crate) const UUID_PATTERN: &str =
    "[a-fA-F0-9]{8}-?[a-fA-F0-9]{4}-?[a-fA-F0-9]{4}-?[a-fA-F0-9]{4}-?[a-fA-F0-9]{12}";

impl Filter {
    /// A filter by alternatives, with any values.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, values: Values::Any, single: false, since: None }
    }

    /// The same for these values only.
    #[must_use]
    pub const fn of(self, values: Values) -> Self {
        Self { values, ..self }
    }

    /// The same for one value.
    #[must_use]
    pub const fn single(self) -> Self {
        Self { single: true, ..self }
    }

    /// The same, known from the microversion of `feature` on.
    #[must_use]
    pub const fn since(self, feature: Feature) -> Self {
        Self { since: Some(feature), ..self }
    }
}

impl Listing {
    /// Reads decoded query pairs (see [`super::parse_query`]). Unknown parameters are reported first, in
    /// query order; then `global_project` and other flags, the filters, `limit`, `marker`, `sort`.
    ///
    /// # Errors
    /// `HTTPBadRequest` with the reason. Whether the caller may ask for every project is not decided here.
    pub fn parse(&self, pairs: &[(String, String)], microversion: Microversion) -> Result<ListQuery, Fault> {
        if let Some((key, _)) = pairs.iter().find(|(key, _)| !self.knows(key)) {
            let shown = if self.quotes_unknown { format!("'{key}'") } else { key.clone() };
            return Err(Fault::http(format!("Invalid parameter {shown}")));
        }
        let global = last(pairs, GLOBAL_PROJECT).map(|text| flag::parse(GLOBAL_PROJECT, text));
        let mut query =
            ListQuery { global_project: global.transpose()?.unwrap_or(false), ..ListQuery::default() };
        for filter in self.flags_first() {
            let known = filter.since.is_none_or(|feature| microversion.has(feature));
            match filter.read(pairs)? {
                Some(values) if known => query.filters.push((filter.name.to_owned(), values)),
                _ => {}
            }
        }
        if let Some(text) = last(pairs, LIMIT) {
            let limit = kind::non_negative(LIMIT, &Value::from(text))?;
            query.limit = Some(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        let marker = last(pairs, MARKER);
        if let Some(text) = marker {
            convert_uuid(MARKER, text)?;
        }
        if let Some(text) = last(pairs, SORT) {
            query.sort = sort::parse(text, self.sort_keys)?;
        }
        query.marker = marker.map_or(Ok(None), canonical)?;
        Ok(query)
    }

    fn knows(&self, key: &str) -> bool {
        key == SORT
            || (self.paged && matches!(key, LIMIT | MARKER | GLOBAL_PROJECT))
            || self.filters.iter().any(|filter| filter.name == key)
    }

    /// Flags are read by the endpoint itself, before the request as a whole is checked.
    fn flags_first(&self) -> impl Iterator<Item = &'static Filter> {
        let is_flag = |filter: &&Filter| filter.values == Values::Flag;
        self.filters.iter().filter(is_flag).chain(self.filters.iter().filter(move |each| !is_flag(each)))
    }
}

impl Filter {
    fn read(&self, pairs: &[(String, String)]) -> Result<Option<Vec<String>>, Fault> {
        let given: Vec<&str> = if self.single {
            last(pairs, self.name).into_iter().collect()
        } else {
            pairs.iter().filter(|(key, _)| key == self.name).map(|(_, value)| value.as_str()).collect()
        };
        let values = given.into_iter().map(|text| self.convert(text)).collect::<Result<Vec<_>, _>>()?;
        Ok(if values.is_empty() { None } else { Some(values) })
    }

    fn convert(&self, text: &str) -> Result<String, Fault> {
        match self.values {
            Values::OneOf(values) if !values.contains(&text) => {
                Err(Fault::http(format!("Field value {text} is invalid")))
            }
            Values::Name => name::convert(self.name, &Value::from(text)).map(|()| text.to_owned()),
            Values::Flag => flag::parse(self.name, text).map(|flag| flag.to_string()),
            Values::Any | Values::OneOf(_) => Ok(text.to_owned()),
        }
    }
}

/// The last value of a parameter, if it is not empty.
fn last<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let (_, value) = pairs.iter().rev().find(|(key, _)| key == name)?;
    if value.is_empty() { None } else { Some(value) }
}

/// Whether Python's `UUID()` takes the text: 32 hexadecimal digits, with dashes anywhere, in braces, or
/// as a URN.
fn convert_uuid(name: &str, text: &str) -> Result<(), Fault> {
    let bare = text.replace("urn:", "").replace("uuid:", "");
    let digits = bare.trim_matches(['{', '}']).replace('-', "");
    if digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Fault::http(format!("The value for {name} is not a valid UUID: '{text}'.")))
}

/// The id, if it is spelled as ids are stored.
///
/// # Errors
/// `HTTPBadRequest` if it is not 32 hexadecimal digits with dashes, if any, in their places.
fn canonical(text: &str) -> Result<Option<Uuid>, Fault> {
    if !matches_pattern(text) {
        return Err(Fault::http(format!("{} does not match '^{UUID_PATTERN}$'", pyrepr::repr_str(text))));
    }
    Ok(Uuid::try_parse(text).ok().filter(|id| id.to_string() == text))
}

fn matches_pattern(text: &str) -> bool {
    let mut rest = text;
    for (index, digits) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        match rest.split_at_checked(digits) {
            Some((group, tail)) if group.bytes().all(|byte| byte.is_ascii_hexdigit()) => rest = tail,
            _ => return false,
        }
    }
    rest.is_empty()
}
