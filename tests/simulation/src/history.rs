//! Every version of every item, in the order of the writes: what lagging reads are answered from, and
//! what the invariants are judged by.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An item as DynamoDB's JSON has it.
pub(crate) type Item = Map<String, Value>;

/// A primary key: partition, place within it.
pub(crate) type Key = (String, String);

#[derive(Clone, Debug)]
struct Version {
    write: usize,
    item: Option<Arc<Item>>,
}

/// The table and its past.
#[derive(Default)]
pub(crate) struct History {
    versions: BTreeMap<Key, Vec<Version>>,
    writes: usize,
    /// The sort attribute of each index.
    sort_keys: BTreeMap<String, String>,
}

/// A change of one item.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) key: Key,
    pub(crate) before: Option<Arc<Item>>,
    pub(crate) after: Option<Arc<Item>>,
}

/// The text of an attribute, be it a string or a number.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    let value = item.get(name)?;
    value.get("S").or_else(|| value.get("N"))?.as_str()
}

/// The number in an attribute.
pub(crate) fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.get("N")?.as_str()?.parse().ok()
}

/// The key in an item, or in a request's `Key`.
pub(crate) fn key_of(item: &Value) -> Key {
    let part = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}

impl History {
    /// Notes the outcome of one write, and says what changed.
    pub(crate) fn record(&mut self, outcome: Vec<(Key, Option<Item>)>) -> Vec<Change> {
        self.writes += 1;
        let mut changes = Vec::new();
        for (key, item) in outcome {
            let versions = self.versions.entry(key.clone()).or_default();
            let before = versions.last().and_then(|version| version.item.clone());
            let after = item.map(Arc::new);
            if before != after {
                versions.push(Version { write: self.writes, item: after.clone() });
                changes.push(Change { key, before, after });
            }
        }
        changes
    }

    /// Learns the table's indexes from the request that creates it.
    pub(crate) fn define(&mut self, request: &Value) {
        for index in request["GlobalSecondaryIndexes"].as_array().into_iter().flatten() {
            let keys = index["KeySchema"].as_array().into_iter().flatten();
            let sort =
                keys.filter(|key| key["KeyType"] == "RANGE").find_map(|key| key["AttributeName"].as_str());
            if let (Some(name), Some(sort)) = (index["IndexName"].as_str(), sort) {
                self.sort_keys.insert(name.to_owned(), sort.to_owned());
            }
        }
    }

    /// An item as it is.
    pub(crate) fn get(&self, pk: &str, sk: &str) -> Option<Arc<Item>> {
        self.versions.get(&(pk.to_owned(), sk.to_owned()))?.last()?.item.clone()
    }

    /// How many writes there were so far.
    pub(crate) fn writes(&self) -> usize {
        self.writes
    }

    /// What an item was from one write to another, one after the other; nothing for while it was not there.
    pub(crate) fn between(
        &self,
        pk: &str,
        sk: &str,
        (from, until): (usize, usize),
    ) -> Vec<Option<Arc<Item>>> {
        let versions =
            self.versions.get(&(pk.to_owned(), sk.to_owned())).map(Vec::as_slice).unwrap_or_default();
        let first = versions.iter().rfind(|version| version.write <= from);
        let later = versions.iter().filter(|version| (from + 1..=until).contains(&version.write));
        let first = first.and_then(|version| version.item.clone());
        [first].into_iter().chain(later.map(|version| version.item.clone())).collect()
    }

    /// Whether a cluster ever had a policy.
    pub(crate) fn was_bound(&self, cluster: &str) -> bool {
        let from = (cluster.to_owned(), "P#".to_owned());
        let next = self.versions.range(from..).next();
        next.is_some_and(|((pk, sk), _)| pk == cluster && sk.starts_with("P#"))
    }

    /// Every item there is.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&Key, &Arc<Item>)> {
        self.versions.iter().filter_map(|(key, versions)| Some((key, versions.last()?.item.as_ref()?)))
    }

    /// Every item there is in the partitions that begin like this.
    pub(crate) fn of_kind<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a Key, &'a Arc<Item>)> {
        self.versions
            .range((prefix.to_owned(), String::new())..)
            .take_while(move |((pk, _), _)| pk.starts_with(prefix))
            .filter_map(|(key, versions)| Some((key, versions.last()?.item.as_ref()?)))
    }

    fn as_of(&self, write: usize) -> impl Iterator<Item = &Arc<Item>> {
        self.versions.values().filter_map(move |versions| {
            versions.iter().rev().find(|version| version.write <= write)?.item.as_ref()
        })
    }

    /// Answers a query as of some writes ago.
    pub(crate) fn query(&self, request: &Value, writes_ago: usize) -> Value {
        let index = request["IndexName"].as_str();
        let name = |placeholder: &str| request["ExpressionAttributeNames"][placeholder].as_str();
        let value = |placeholder: &str| request["ExpressionAttributeValues"][placeholder]["S"].as_str();
        let condition = request["KeyConditionExpression"].as_str().unwrap_or_default();
        let partition = name("#p").unwrap_or("pk");
        let sort = index.map_or("sk", |index| {
            self.sort_keys.get(index).unwrap_or_else(|| panic!("the table has no index '{index}'"))
        });
        let bound = value(":s").unwrap_or_default();
        let selects = |place: &str| {
            if condition.contains("begins_with") {
                place.starts_with(bound)
            } else if condition.contains("<=") {
                place <= bound
            } else if condition.contains('>') {
                place > bound
            } else {
                condition == "#p = :p"
            }
        };
        let place = |item: &Item| {
            let at = |name| text(item, name).unwrap_or_default().to_owned();
            (at(sort), at("pk"), at("sk"))
        };
        let mut found: Vec<&Arc<Item>> = self
            .as_of(self.writes.saturating_sub(writes_ago))
            .filter(|item| text(item, partition).is_some() && text(item, partition) == value(":p"))
            .filter(|item| text(item, sort).is_some_and(selects))
            .collect();
        found.sort_by_key(|item| place(item));
        let forward = request["ScanIndexForward"].as_bool().unwrap_or(true);
        if !forward {
            found.reverse();
        }
        if let Some(from) = request["ExclusiveStartKey"].as_object() {
            let from = place(from);
            found.retain(|item| if forward { place(item) > from } else { place(item) < from });
        }
        let limit = request["Limit"].as_u64().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(1));
        let more = found.len() > limit;
        found.truncate(limit);
        let keys = |item: &Item| -> Item {
            let kept = item.iter().filter(|(name, _)| ["pk", "sk", partition, sort].contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let items: Vec<Item> =
            found.iter().map(|item| if index.is_some() { keys(item) } else { Item::clone(item) }).collect();
        let mut answer = json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items });
        if more && let Some(last) = found.last() {
            answer["LastEvaluatedKey"] = Value::Object(keys(last));
        }
        answer
    }

    /// Answers a batch of reads as of some writes ago.
    pub(crate) fn batch_get(&self, request: &Value, writes_ago: usize) -> Value {
        let upto = self.writes.saturating_sub(writes_ago);
        let mut responses = Map::new();
        for (table, wanted) in request["RequestItems"].as_object().into_iter().flatten() {
            let keys = wanted["Keys"].as_array().into_iter().flatten().map(key_of);
            let items = keys.filter_map(|key| {
                let versions = self.versions.get(&key)?;
                versions.iter().rev().find(|version| version.write <= upto)?.item.as_deref().cloned()
            });
            responses.insert(table.clone(), Value::Array(items.map(Value::Object).collect()));
        }
        json!({ "Responses": responses, "UnprocessedKeys": {} })
    }
}
