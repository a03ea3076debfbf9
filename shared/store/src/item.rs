//! Items: attribute maps with typed access.

use crate::error::StoreError;
use crate::keys::Key;
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::time::Timestamp;
use std::collections::HashMap;
use std::fmt::Display;

/// An item as the SDK carries it.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(number: impl Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn at(moment: Timestamp) -> AttributeValue {
    n(moment.micros())
}

pub(crate) fn key(key: &Key) -> Item {
    HashMap::from([("pk".to_owned(), s(&key.pk)), ("sk".to_owned(), s(&key.sk))])
}

pub(crate) fn with_key(key: &Key, mut item: Item) -> Item {
    item.insert("pk".to_owned(), s(&key.pk));
    item.insert("sk".to_owned(), s(&key.sk));
    item
}

/// The text of an attribute, if it is there.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// The text of an attribute that every such item has.
pub(crate) fn required<'a>(item: &'a Item, name: &str) -> Result<&'a str, StoreError> {
    text(item, name).ok_or_else(|| StoreError::Corrupt(format!("{} lacks {name}", describe(item))))
}

pub(crate) fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|digits| digits.parse().ok())
}

pub(crate) fn moment(item: &Item, name: &str) -> Option<Timestamp> {
    number(item, name).map(Timestamp::from_micros)
}

/// The elements of a set of strings; none if it is absent.
pub(crate) fn set(item: &Item, name: &str) -> Vec<String> {
    item.get(name).and_then(|value| value.as_ss().ok()).cloned().unwrap_or_default()
}

pub(crate) fn key_of(item: &Item) -> Result<Key, StoreError> {
    Ok(Key { pk: required(item, "pk")?.to_owned(), sk: required(item, "sk")?.to_owned() })
}

pub(crate) fn describe(item: &Item) -> String {
    format!("item {} / {}", text(item, "pk").unwrap_or("?"), text(item, "sk").unwrap_or("?"))
}
