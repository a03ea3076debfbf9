//! Conditional writes, alone or several as one.
//!
//! A [`Write`] says what changes and on what condition. Alone it costs its size; in a transaction twice
//! that. Conditions that are not met are results: they carry the item that refused.

use crate::error::{StoreError, classify};
use crate::item::{Item, key};
use crate::keys::Key;
use crate::store::Store;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use std::collections::HashMap;
use uuid::Uuid;

/// One change of one item.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) key: Key,
    pub(crate) effect: Effect,
    conditions: Vec<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Put(Item),
    Update { set: Vec<String>, remove: Vec<String>, add: Vec<String>, exclude: Vec<String> },
    Delete,
    Check,
}

impl Write {
    fn new(key: Key, effect: Effect) -> Self {
        Self { key, effect, conditions: Vec::new(), names: HashMap::new(), values: HashMap::new() }
    }

    /// Replaces the whole item, which must hold its key.
    pub(crate) fn put(item: Item) -> Result<Self, StoreError> {
        Ok(Self::new(crate::item::key_of(&item)?, Effect::Put(item)))
    }

    /// Changes attributes of an item.
    pub(crate) fn update(key: Key) -> Self {
        Self::new(
            key,
            Effect::Update { set: Vec::new(), remove: Vec::new(), add: Vec::new(), exclude: Vec::new() },
        )
    }

    /// Removes an item.
    pub(crate) fn delete(key: Key) -> Self {
        Self::new(key, Effect::Delete)
    }

    /// Changes nothing: only its condition matters.
    pub(crate) fn check(key: Key) -> Self {
        Self::new(key, Effect::Check)
    }

    /// Adds a condition.
    pub(crate) fn require(&mut self, clause: String) {
        self.conditions.push(clause);
    }

    pub(crate) fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#{name}");
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(crate) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        let clause = format!("{} = {}", self.name(name), self.value(value));
        if let Effect::Update { set, .. } = &mut self.effect {
            set.push(clause);
        }
        self
    }

    /// Sets the attribute, or removes it for `None`.
    pub(crate) fn assign(self, name: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self.remove(name),
        }
    }

    /// Sets the attribute unless the item has it.
    pub(crate) fn set_if_absent(mut self, name: &str, value: AttributeValue) -> Self {
        let placeholder = self.name(name);
        let clause = format!("{placeholder} = if_not_exists({placeholder}, {})", self.value(value));
        if let Effect::Update { set, .. } = &mut self.effect {
            set.push(clause);
        }
        self
    }

    pub(crate) fn remove(mut self, name: &str) -> Self {
        let placeholder = self.name(name);
        if let Effect::Update { remove, .. } = &mut self.effect {
            remove.push(placeholder);
        }
        self
    }

    pub(crate) fn add(self, name: &str, by: i64) -> Self {
        self.add_value(name, crate::item::n(by))
    }

    fn add_value(mut self, name: &str, value: AttributeValue) -> Self {
        let clause = format!("{} {}", self.name(name), self.value(value));
        if let Effect::Update { add, .. } = &mut self.effect {
            add.push(clause);
        }
        self
    }

    /// Adds an element to a set of strings.
    pub(crate) fn include(self, name: &str, element: &str) -> Self {
        self.add_value(name, AttributeValue::Ss(vec![element.to_owned()]))
    }

    /// Takes an element out of a set of strings; the last one takes the attribute with it.
    pub(crate) fn exclude(mut self, name: &str, element: &str) -> Self {
        let element = AttributeValue::Ss(vec![element.to_owned()]);
        let clause = format!("{} {}", self.name(name), self.value(element));
        if let Effect::Update { exclude, .. } = &mut self.effect {
            exclude.push(clause);
        }
        self
    }

    pub(crate) fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(crate) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    pub(crate) fn update_expression(&self) -> String {
        let Effect::Update { set, remove, add, exclude } = &self.effect else { return String::new() };
        [("SET", set), ("REMOVE", remove), ("ADD", add), ("DELETE", exclude)]
            .into_iter()
            .filter(|(_, clauses)| !clauses.is_empty())
            .map(|(verb, clauses)| format!("{verb} {}", clauses.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn into_transact(self, table: &str) -> Result<TransactWriteItem, StoreError> {
        let malformed = |cause: aws_sdk_dynamodb::error::BuildError| StoreError::Corrupt(cause.to_string());
        let (condition, names, values) = (self.condition(), self.names(), self.values());
        let returned = ReturnValuesOnConditionCheckFailure::AllOld;
        let item = TransactWriteItem::builder();
        Ok(match &self.effect {
            Effect::Put(_) => {
                let Effect::Put(whole) = self.effect else { return Err(StoreError::Corrupt(String::new())) };
                item.put(
                    Put::builder()
                        .table_name(table)
                        .set_item(Some(whole))
                        .set_condition_expression(condition)
                        .set_expression_attribute_names(names)
                        .set_expression_attribute_values(values)
                        .return_values_on_condition_check_failure(returned)
                        .build()
                        .map_err(malformed)?,
                )
            }
            Effect::Update { .. } => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key(&self.key)))
                    .update_expression(self.update_expression())
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(returned)
                    .build()
                    .map_err(malformed)?,
            ),
            Effect::Delete => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key(&self.key)))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(returned)
                    .build()
                    .map_err(malformed)?,
            ),
            Effect::Check => item.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key(&self.key)))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(returned)
                    .build()
                    .map_err(malformed)?,
            ),
        }
        .build())
    }
}

/// What became of several writes made as one.
#[derive(Clone, Debug)]
pub(crate) enum Transacted {
    /// All took effect.
    Done,
    /// None did. For each write: nothing, or the item that did not meet its condition (empty if absent).
    Refused(Vec<Option<Item>>),
}

impl Store {
    /// Makes all writes or none. `token` makes a repeat within ten minutes return the first outcome.
    pub(crate) async fn transact(
        &self,
        writes: Vec<Write>,
        token: Option<Uuid>,
    ) -> Result<Transacted, StoreError> {
        let items = writes
            .into_iter()
            .map(|write| write.into_transact(&self.table))
            .collect::<Result<Vec<_>, _>>()?;
        self.meter.request();
        let sent = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .set_client_request_token(token.map(|token| token.to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let error = match sent {
            Ok(output) => {
                self.meter.write(output.consumed_capacity());
                return Ok(Transacted::Done);
            }
            Err(error) => error,
        };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        {
            let reasons = cancelled.cancellation_reasons();
            let code = |wanted: &str| reasons.iter().any(|reason| reason.code() == Some(wanted));
            if code("ConditionalCheckFailed") {
                let refusals = reasons.iter().map(|reason| {
                    (reason.code() == Some("ConditionalCheckFailed"))
                        .then(|| reason.item().cloned().unwrap_or_default())
                });
                return Ok(Transacted::Refused(refusals.collect()));
            }
            if code("TransactionConflict") {
                return Err(StoreError::Conflict("transaction conflict".to_owned()));
            }
            if code("ThrottlingError") || code("ProvisionedThroughputExceeded") {
                return Err(StoreError::Throttled("transaction throttled".to_owned()));
            }
            let codes: Vec<_> = reasons.iter().filter_map(|reason| reason.code()).collect();
            return Err(StoreError::Corrupt(format!("transaction cancelled: {codes:?} {error:?}")));
        }
        Err(classify(&error))
    }
}
