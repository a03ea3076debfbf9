//! Batches: refused as a whole when malformed, else answered entry by entry.

use super::check;
use super::command::{Batch, Entry, SendMessage};
use super::fault::{Code, Fault};
use super::settings::GREATEST_SIZE;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The greatest number of entries.
const MOST_ENTRIES: usize = 10;

/// Answers each entry by `each`, and names the answers after the entries.
pub(super) fn run<T>(
    batch: &Batch<T>,
    mut each: impl FnMut(&T) -> Result<Value, Fault>,
) -> Result<Value, Fault> {
    check_entries(&batch.entries)?;
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in &batch.entries {
        match each(&entry.request) {
            Ok(mut answer) => {
                answer["Id"] = entry.id.as_str().into();
                successful.push(answer);
            }
            Err(fault) => failed.push(json!({
                "Id": entry.id,
                "SenderFault": true,
                "Code": fault.code.query(),
                "Message": fault.message,
            })),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

/// Refuses messages that are too long together, before one of them is sent.
pub(super) fn check_size(batch: &Batch<SendMessage>) -> Result<(), Fault> {
    let size: usize = batch.entries.iter().map(|entry| size_of(&entry.request)).sum();
    if size as u64 <= GREATEST_SIZE {
        return Ok(());
    }
    let message = format!(
        "Batch requests cannot be longer than {GREATEST_SIZE} bytes. You have sent {size} bytes. \
         Send fewer messages at once."
    );
    Err(Fault::new(Code::BatchRequestTooLong, message))
}

fn size_of(message: &SendMessage) -> usize {
    let attributes = message.message_attributes.iter().map(|(name, attribute)| {
        let text = attribute.string_value.as_deref().unwrap_or_default().len();
        // Base64 takes four characters for three bytes.
        let bytes = attribute.binary_value.as_deref().unwrap_or_default().len() / 4 * 3;
        name.len() + attribute.data_type.len() + text + bytes
    });
    message.message_body.len() + attributes.sum::<usize>()
}

fn check_entries<T>(entries: &[Entry<T>]) -> Result<(), Fault> {
    if entries.is_empty() {
        let message = "There should be at least one entry in the request.";
        return Err(Fault::new(Code::EmptyBatchRequest, message));
    }
    if entries.len() > MOST_ENTRIES {
        let message = format!(
            "Maximum number of entries per request are {MOST_ENTRIES}. You have sent {}.",
            entries.len()
        );
        return Err(Fault::new(Code::TooManyEntriesInBatchRequest, message));
    }
    let mut seen = BTreeSet::new();
    for Entry { id, .. } in entries {
        if !check::is_word(id) {
            let message = format!(
                "The batch entry id {id:?} is invalid: it can only include letters, digits, hyphens and \
                 underscores, 1 to 80 in length."
            );
            return Err(Fault::new(Code::InvalidBatchEntryId, message));
        }
        if !seen.insert(id) {
            return Err(Fault::new(Code::BatchEntryIdsNotDistinct, format!("Id {id} repeated.")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(ids: &[&str]) -> Batch<i32> {
        Batch { entries: ids.iter().map(|id| Entry { id: (*id).to_owned(), request: 0 }).collect() }
    }

    #[test]
    fn a_malformed_batch_is_refused_before_anything_is_done() {
        let long = "x".repeat(81);
        for (ids, code) in [
            (vec![], Code::EmptyBatchRequest),
            (vec!["a"; 11], Code::TooManyEntriesInBatchRequest),
            (vec!["a", "a"], Code::BatchEntryIdsNotDistinct),
            (vec!["a", "b c"], Code::InvalidBatchEntryId),
            (vec!["a", ""], Code::InvalidBatchEntryId),
            (vec!["a", &long], Code::InvalidBatchEntryId),
        ] {
            let mut done = 0;
            let refused = run(&batch(&ids), |_| {
                done += 1;
                Ok(json!({}))
            });
            assert_eq!((refused.unwrap_err().code, done), (code, 0), "{ids:?}");
        }
    }

    #[test]
    fn each_entry_is_answered_under_its_own_name() {
        let mut turn = 0;
        let answer = run(&batch(&["a", "b", "c"]), |_| {
            turn += 1;
            if turn == 2 { Err(Fault::missing("MessageBody")) } else { Ok(json!({ "turn": turn })) }
        });
        let answer = answer.unwrap();
        assert_eq!(answer["Successful"], json!([{ "turn": 1, "Id": "a" }, { "turn": 3, "Id": "c" }]));
        assert_eq!(answer["Failed"][0]["Id"], "b");
        assert_eq!(answer["Failed"][0]["Code"], "MissingParameter");
    }
}
