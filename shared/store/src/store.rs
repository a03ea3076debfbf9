//! The store: one table, reached through the SDK, with every unit counted.

use crate::error::{StoreError, classify};
use crate::item::{Item, key, s};
use crate::keys::Key;
use crate::meter::Meter;
use crate::transaction::{Effect, Write};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure};
use std::sync::Arc;
use std::time::Duration;

/// How long finished actions and events are kept unless a deployment says otherwise.
pub const RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);

/// Whose resources a request may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those of one project.
    Project(&'a str),
    /// Everyone's: administrators.
    All,
}

impl Scope<'_> {
    /// Whether a resource of `project` is within the scope.
    #[must_use]
    pub fn admits(self, project: &str) -> bool {
        match self {
            Self::Project(own) => own == project,
            Self::All => true,
        }
    }
}

/// The resource table. Cheap to clone; clones share the meter.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) meter: Arc<Meter>,
    pub(crate) retention: Duration,
}

/// What became of one conditional write.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    /// It took effect; for an update, the item as it is now.
    Done(Item),
    /// Its condition was not met by this item (empty if absent).
    Refused(Item),
}

/// Which index, or the table itself, a query reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Table,
    /// Index, partition attribute, sort attribute.
    Index(&'static str, &'static str, &'static str),
}

pub(crate) const LIST: Source = Source::Index("by-age", "scope", "listed");
pub(crate) const BY_ID: Source = Source::Index("by-id", "scope", "id");
pub(crate) const BY_NAME: Source = Source::Index("by-name", "scope", "named");
pub(crate) const DUE: Source = Source::Index("due", "due_shard", "due");

/// Which part of a partition a query reads.
#[derive(Clone, Debug)]
pub(crate) enum Range {
    Whole,
    Prefix(String),
    UpTo(String),
    After(String),
}

/// One page of a query.
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    pub(crate) next: Option<Item>,
}

/// A query, page by page.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) source: Source,
    pub(crate) partition: String,
    pub(crate) range: Range,
    pub(crate) descending: bool,
    pub(crate) page_size: Option<i32>,
    /// Reads the table as it may have been a moment ago, at half the price.
    pub(crate) may_lag: bool,
}

impl Query {
    pub(crate) fn new(source: Source, partition: impl Into<String>, range: Range) -> Self {
        Self {
            source,
            partition: partition.into(),
            range,
            descending: false,
            page_size: None,
            may_lag: false,
        }
    }
}

impl Store {
    /// A store on `table`, reached through `client`.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into(), meter: Arc::default(), retention: RETENTION }
    }

    /// The same store, which keeps for this long what is history from the beginning: events.
    #[must_use]
    pub fn keeping(self, retention: Duration) -> Self {
        Self { retention, ..self }
    }

    /// What this store has spent.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Reads one item, strongly consistent.
    pub(crate) async fn item(&self, at: &Key) -> Result<Option<Item>, StoreError> {
        self.meter.request();
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(at)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| classify(&error))?;
        self.meter.read(output.consumed_capacity());
        Ok(output.item)
    }

    /// Makes one write on its own.
    pub(crate) async fn write(&self, write: Write) -> Result<Written, StoreError> {
        let (condition, names, values) = (write.condition(), write.names(), write.values());
        let expression = write.update_expression();
        let returned = ReturnValuesOnConditionCheckFailure::AllOld;
        self.meter.request();
        match write.effect {
            Effect::Put(item) => {
                let sent = self
                    .client
                    .put_item()
                    .table_name(&self.table)
                    .set_item(Some(item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(returned)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await;
                self.settle(sent.map(|output| (output.consumed_capacity, Item::new())))
            }
            Effect::Update { .. } => {
                let sent = self
                    .client
                    .update_item()
                    .table_name(&self.table)
                    .set_key(Some(key(&write.key)))
                    .update_expression(expression)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values(ReturnValue::AllNew)
                    .return_values_on_condition_check_failure(returned)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await;
                self.settle(
                    sent.map(|output| (output.consumed_capacity, output.attributes.unwrap_or_default())),
                )
            }
            Effect::Delete => {
                let sent = self
                    .client
                    .delete_item()
                    .table_name(&self.table)
                    .set_key(Some(key(&write.key)))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(returned)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await;
                self.settle(sent.map(|output| (output.consumed_capacity, Item::new())))
            }
            Effect::Check => Err(StoreError::Corrupt("a check stands only in a transaction".to_owned())),
        }
    }

    fn settle<E, R>(
        &self,
        sent: Result<(Option<aws_sdk_dynamodb::types::ConsumedCapacity>, Item), SdkError<E, R>>,
    ) -> Result<Written, StoreError>
    where
        E: RefusedItem + aws_sdk_dynamodb::error::ProvideErrorMetadata + std::fmt::Debug,
        R: std::fmt::Debug,
    {
        match sent {
            Ok((capacity, item)) => {
                self.meter.write(capacity.as_ref());
                Ok(Written::Done(item))
            }
            Err(error) => match error.as_service_error().and_then(RefusedItem::refused) {
                Some(item) => Ok(Written::Refused(item)),
                None => Err(classify(&error)),
            },
        }
    }

    /// Reads one page of a query. The table is read strongly consistent unless it says otherwise; indexes may
    /// lag.
    pub(crate) async fn page(&self, query: &Query, from: Option<Item>) -> Result<Page, StoreError> {
        let (index, partition, sort) = match query.source {
            Source::Table => (None, "pk", "sk"),
            Source::Index(index, partition, sort) => (Some(index.to_owned()), partition, sort),
        };
        let mut request = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(index.clone())
            .consistent_read(index.is_none() && !query.may_lag)
            .expression_attribute_names("#p", partition)
            .expression_attribute_values(":p", s(&query.partition))
            .scan_index_forward(!query.descending)
            .set_limit(query.page_size)
            .set_exclusive_start_key(from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let (clause, bound) = match &query.range {
            Range::Whole => ("#p = :p", None),
            Range::Prefix(text) => ("#p = :p AND begins_with(#s, :s)", Some(text)),
            Range::UpTo(text) => ("#p = :p AND #s <= :s", Some(text)),
            Range::After(text) => ("#p = :p AND #s > :s", Some(text)),
        };
        request = request.key_condition_expression(clause);
        if let Some(bound) = bound {
            request =
                request.expression_attribute_names("#s", sort).expression_attribute_values(":s", s(bound));
        }
        self.meter.request();
        let output = request.send().await.map_err(|error| classify(&error))?;
        self.meter.read(output.consumed_capacity());
        Ok(Page { items: output.items.unwrap_or_default(), next: output.last_evaluated_key })
    }

    /// Reads a query to its end.
    pub(crate) async fn all(&self, query: &Query) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let page = self.page(query, from).await?;
            items.extend(page.items);
            from = page.next;
            if from.is_none() {
                return Ok(items);
            }
        }
    }
}

/// Errors that carry the item which did not meet a condition.
trait RefusedItem {
    fn refused(&self) -> Option<Item>;
}

macro_rules! refused_items {
    ($($error:ty),+) => {$(
        impl RefusedItem for $error {
            fn refused(&self) -> Option<Item> {
                match self {
                    Self::ConditionalCheckFailedException(refusal) => {
                        Some(refusal.item().cloned().unwrap_or_default())
                    }
                    _ => None,
                }
            }
        }
    )+};
}

refused_items!(
    aws_sdk_dynamodb::operation::put_item::PutItemError,
    aws_sdk_dynamodb::operation::update_item::UpdateItemError,
    aws_sdk_dynamodb::operation::delete_item::DeleteItemError
);
