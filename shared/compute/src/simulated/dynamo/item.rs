//! Records as items.

use super::super::record::Record;
use super::super::store::StoreFailure;
use aws_sdk_dynamodb::types::AttributeValue;
use coppice_domain::time::Timestamp;
use std::collections::HashMap;

pub(super) type Item = HashMap<String, AttributeValue>;

/// The one partition of the index of departing instances.
pub(super) const DEPARTING: &str = "departing";

pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn n(number: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

/// A moment as a sort key: as many digits as the latest one has, so that text order is time order.
pub(super) fn moment(at: Timestamp) -> AttributeValue {
    s(format!("{:019}", at.micros().max(0)))
}

pub(super) fn key(pk: &str) -> Item {
    HashMap::from([("pk".to_owned(), s(pk))])
}

/// The key of the item that counts a scope.
pub(super) fn usage(scope: &str) -> Item {
    key(&format!("usage#{scope}"))
}

pub(super) fn encode(record: &Record) -> Result<Item, StoreFailure> {
    let facts = serde_json::to_string(record).map_err(|cause| StoreFailure::Corrupt(cause.to_string()))?;
    let mut item = key(&record.id);
    let mut put = |name: &str, value| item.insert(name.to_owned(), value);
    put("version", n(record.version));
    put("record", s(facts));
    if !record.settled {
        put("node", s(record.tags.node.to_string()));
        put("action", s(record.tags.action.to_string()));
        put("deployment", s(&record.tags.deployment));
        put("created", moment(record.created_at));
        if let Some(departure) = record.departure {
            put("departing", s(DEPARTING));
            put("gone", moment(departure.gone_at));
        }
    }
    if let Some(expiry) = record.expires_at() {
        put("expires_at", n(expiry.seconds()));
    }
    Ok(item)
}

pub(super) fn decode(item: &Item) -> Result<Record, StoreFailure> {
    let text = |name| item.get(name).and_then(|value: &AttributeValue| value.as_s().ok());
    let pk = text("pk").map_or("?", String::as_str);
    let facts = text("record").ok_or_else(|| StoreFailure::Corrupt(format!("item {pk} is no instance")))?;
    serde_json::from_str(facts).map_err(|cause| StoreFailure::Corrupt(format!("item {pk}: {cause}")))
}

/// The place where a page of an index ends, as text. All keys are texts.
pub(super) fn mark(last: &Item) -> Result<String, StoreFailure> {
    let keys: HashMap<&String, &String> =
        last.iter().filter_map(|(name, value)| Some((name, value.as_s().ok()?))).collect();
    serde_json::to_string(&keys).map_err(|cause| StoreFailure::Corrupt(cause.to_string()))
}

/// The place a mark stands for.
pub(super) fn unmark(text: &str) -> Result<Item, StoreFailure> {
    let keys: HashMap<String, String> =
        serde_json::from_str(text).map_err(|_| StoreFailure::Mark(text.to_owned()))?;
    Ok(keys.into_iter().map(|(name, value)| (name, s(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::request;
    use std::time::Duration;

    fn record() -> Record {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let second = Duration::from_secs(1);
        Record::accepted("id".to_owned(), 7, &request(1, 1), now, second, second)
    }

    #[test]
    fn a_record_survives_the_table() {
        let record = Record { holds: vec!["capacity".to_owned()], error: Some("e".to_owned()), ..record() };
        assert_eq!(decode(&encode(&record).unwrap()).unwrap(), record);
    }

    #[test]
    fn a_settled_record_is_in_no_index_and_expires() {
        let settled = record().departing(record().ready_at).settling();
        let item = encode(&settled).unwrap();
        let mut names: Vec<_> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["expires_at", "pk", "record", "version"]);
    }

    #[test]
    fn every_index_key_is_defined_by_the_table() {
        let table: serde_json::Value = serde_json::from_str(super::super::TABLE).unwrap();
        let item = encode(&record().departing(record().ready_at)).unwrap();
        for defined in table["AttributeDefinitions"].as_array().unwrap() {
            let name = defined["AttributeName"].as_str().unwrap();
            assert!(item.get(name).is_some_and(|value| value.is_s()), "{name}");
        }
    }

    #[test]
    fn sort_keys_order_as_time_does() {
        let text = |micros| moment(Timestamp::from_micros(micros)).as_s().unwrap().clone();
        assert!(text(9) < text(10) && text(10) < text(i64::MAX));
    }

    #[test]
    fn a_mark_leads_back_to_its_place() {
        let place = Item::from([("pk".to_owned(), s("id")), ("node".to_owned(), s("x"))]);
        assert_eq!(unmark(&mark(&place).unwrap()).unwrap(), place);
        assert_eq!(unmark("elsewhere"), Err(StoreFailure::Mark("elsewhere".to_owned())));
    }
}
