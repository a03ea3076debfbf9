//! Writing records: every write on a condition, and a count only in the transaction that justifies it.

use super::super::record::Record;
use super::super::store::{Insertion, Limit, StoreFailure};
use super::item::{Item, decode, encode, n, usage};
use super::{DynamoStore, classify, malformed};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

/// A record with this id is not there yet.
const ABSENT: &str = "attribute_not_exists(pk)";
/// The record is still as it was read.
const UNCHANGED: &str = "version = :version";
/// How often a transaction is sent again at once when another was at the same count.
const TRIES: usize = 16;

/// What became of a transaction.
enum Transacted {
    Done,
    /// One of its conditions was not met; why, for each write in order.
    Refused(Vec<CancellationReason>),
}

impl DynamoStore {
    pub(super) async fn insert_uncounted(&self, record: &Record) -> Result<Insertion, StoreFailure> {
        Ok(match self.put_absent(encode(record)?).await? {
            None => Insertion::Done,
            Some(existing) => Insertion::Exists(Box::new(decode(&existing)?)),
        })
    }

    /// Puts an item where there is none yet, else answers with the one that is there.
    pub(super) async fn put_absent(&self, item: Item) -> Result<Option<Item>, StoreFailure> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(ABSENT)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
                    refusal.item().cloned().map(Some).ok_or_else(unshown)
                }
                _ => Err(classify(&error)),
            },
        }
    }

    pub(super) async fn insert_counted(
        &self,
        record: &Record,
        limits: &[Limit],
    ) -> Result<Insertion, StoreFailure> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(encode(record)?))
            .condition_expression(ABSENT)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|cause| malformed(&cause))?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        for limit in limits {
            // An absent count is zero, which is below every limit but zero.
            let room =
                if limit.max == 0 { "used < :max" } else { "attribute_not_exists(used) OR used < :max" };
            let count = Update::builder()
                .table_name(&self.table)
                .set_key(Some(usage(&limit.scope)))
                .update_expression("ADD used :one")
                .condition_expression(room)
                .expression_attribute_values(":one", n(1))
                .expression_attribute_values(":max", n(limit.max))
                .build()
                .map_err(|cause| malformed(&cause))?;
            writes.push(TransactWriteItem::builder().update(count).build());
        }
        let Transacted::Refused(reasons) = self.transact(writes).await? else { return Ok(Insertion::Done) };
        let mut refusals = reasons.iter().map(is_refusal);
        if refusals.next() == Some(true) {
            let existing = reasons.first().and_then(CancellationReason::item).ok_or_else(unshown)?;
            return Ok(Insertion::Exists(Box::new(decode(existing)?)));
        }
        let full = limits.iter().zip(refusals).find(|(_, refused)| *refused);
        let (limit, _) = full.ok_or_else(unshown)?;
        Ok(Insertion::Full { scope: limit.scope.clone() })
    }

    pub(super) async fn replace_uncounted(&self, was: &Record, now: &Record) -> Result<bool, StoreFailure> {
        self.put_unchanged(encode(now)?, was.version).await
    }

    /// Puts an item in place of one of this version; false if that is not there.
    pub(super) async fn put_unchanged(&self, item: Item, version: u64) -> Result<bool, StoreFailure> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(UNCHANGED)
            .expression_attribute_values(":version", n(version));
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(classify(&error)),
            },
        }
    }

    pub(super) async fn replace_counted(
        &self,
        was: &Record,
        now: &Record,
        released: &[&String],
    ) -> Result<bool, StoreFailure> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(encode(now)?))
            .condition_expression(UNCHANGED)
            .expression_attribute_values(":version", n(was.version))
            .build()
            .map_err(|cause| malformed(&cause))?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        for scope in released {
            let count = Update::builder()
                .table_name(&self.table)
                .set_key(Some(usage(scope)))
                .update_expression("ADD used :less")
                .expression_attribute_values(":less", n(-1))
                .build()
                .map_err(|cause| malformed(&cause))?;
            writes.push(TransactWriteItem::builder().update(count).build());
        }
        Ok(matches!(self.transact(writes).await?, Transacted::Done))
    }

    async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<Transacted, StoreFailure> {
        for _ in 0..TRIES {
            let request = self.client.transact_write_items().set_transact_items(Some(writes.clone()));
            let Err(error) = request.send().await else { return Ok(Transacted::Done) };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
                error.as_service_error()
            else {
                return Err(classify(&error));
            };
            let reasons = cancelled.cancellation_reasons();
            if reasons.iter().any(is_refusal) {
                return Ok(Transacted::Refused(reasons.to_vec()));
            }
            let codes: Vec<&str> = reasons.iter().filter_map(CancellationReason::code).collect();
            if codes.iter().any(|code| matches!(*code, "ThrottlingError" | "ProvisionedThroughputExceeded")) {
                return Err(StoreFailure::Busy(format!("transaction cancelled: {codes:?}")));
            }
            if !codes.contains(&"TransactionConflict") {
                return Err(StoreFailure::Corrupt(format!("transaction cancelled: {codes:?}")));
            }
        }
        Err(StoreFailure::Busy("other transactions hold the count".to_owned()))
    }
}

fn is_refusal(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}

/// The table refused without saying what stood in the way: impossible, as requests are made here.
fn unshown() -> StoreFailure {
    StoreFailure::Corrupt("the table does not show the item that refused a write".to_owned())
}
