//! What effects are called: what happens, and to what, such as `put:instance`. A call that only reads has
//! no name. What an action goes through has names of its own, such as `claim:action`.

use crate::services::SIMULATED_TABLE;
use coppice_emulators::http_client::Call;
use serde_json::Value;

/// The name of a call's effect; none for a call without one.
pub(super) fn name(call: &Call) -> Option<String> {
    match call.operation.as_str() {
        "SendMessage" => return Some("send:message".to_owned()),
        "DeleteMessage" => return Some("delete:message".to_owned()),
        "ChangeMessageVisibility" => return Some("hide:message".to_owned()),
        "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems" | "BatchWriteItem" => {}
        _ => return None,
    }
    let request: Value = serde_json::from_str(&call.body).unwrap_or_default();
    Some(match call.operation.as_str() {
        "TransactWriteItems" => transaction(&request),
        "BatchWriteItem" => "write:batch".to_owned(),
        "PutItem" => write("put", &request["Item"], &request),
        "UpdateItem" => write("update", &request["Key"], &request),
        _ => write("delete", &request["Key"], &request),
    })
}

fn write(verb: &str, key: &Value, request: &Value) -> String {
    match item(key, request) {
        "action" if verb == "update" => format!("{}:action", change_of_action(request)),
        item => format!("{verb}:{item}"),
    }
}

/// A transaction is called after what it does to an action: there is one in each that the engine makes.
fn transaction(request: &Value) -> String {
    let writes = || request["TransactItems"].as_array().into_iter().flatten();
    let updated =
        writes().map(|write| &write["Update"]).find(|update| item(&update["Key"], update) == "action");
    if let Some(update) = updated {
        return match change_of_action(update) {
            "end" => "finish:action".to_owned(),
            _ => "step:action".to_owned(),
        };
    }
    let mut put = writes().map(|write| &write["Put"]).map(|put| item(&put["Item"], put));
    if put.any(|item| item == "action") { "accept:action".to_owned() } else { "transact:other".to_owned() }
}

/// What an update means for an action, by what it sets.
fn change_of_action(update: &Value) -> &'static str {
    let expression = update["UpdateExpression"].as_str().unwrap_or_default();
    let sets = |attribute: &str| expression.contains(&format!("#{attribute} = "));
    if sets("owner") {
        "claim"
    } else if sets("end_time") {
        "end"
    } else if sets("wake_at") {
        "park"
    } else if sets("due_at") {
        "rearm"
    } else {
        "renew"
    }
}

/// What kind of item a key belongs to (see the table in the store's `keys` module).
fn item(key: &Value, request: &Value) -> &'static str {
    let text = |attribute: &str| key[attribute]["S"].as_str().unwrap_or_default();
    if request["TableName"] == SIMULATED_TABLE {
        return if text("pk").starts_with("usage#") { "usage" } else { "instance" };
    }
    let (kind, _) = text("pk").split_once('#').unwrap_or((text("pk"), ""));
    let place = text("sk");
    match (kind, place.split_once('#').map_or(place, |(first, _)| first)) {
        ("C", "M") => "member",
        ("C", "B") => "cluster-body",
        ("C", _) => "cluster",
        ("N", _) => "node",
        ("P", "R") => "profile-reference",
        ("P", _) => "profile",
        ("X", "I") => "action-part",
        ("X", _) => "action",
        ("E", _) => "event",
        ("NAME", _) => "name",
        ("PROJ" | "PROJECTS", _) => "project",
        ("SYSTEM", _) => "watermark",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::TABLE;
    use serde_json::json;

    fn named(operation: &str, body: &Value) -> Option<String> {
        name(&Call { operation: operation.to_owned(), body: body.to_string(), path: "/".to_owned() })
    }

    fn key(pk: &str, sk: &str) -> Value {
        json!({ "pk": { "S": pk }, "sk": { "S": sk } })
    }

    #[test]
    fn writes_are_named_after_what_they_do_to_what() {
        for (operation, field, pk, sk, expected) in [
            ("UpdateItem", "Key", "C#1", "M#2", "update:member"),
            ("UpdateItem", "Key", "N#2", "A", "update:node"),
            ("DeleteItem", "Key", "N#2", "A", "delete:node"),
            ("PutItem", "Item", "X#3", "I#00000", "put:action-part"),
            ("UpdateItem", "Key", "SYSTEM", "leaks", "update:watermark"),
        ] {
            let body = json!({ "TableName": TABLE, field: key(pk, sk) });
            assert_eq!(named(operation, &body).as_deref(), Some(expected));
        }
        let instance = json!({ "TableName": SIMULATED_TABLE, "Item": { "pk": { "S": "i" } } });
        assert_eq!(named("PutItem", &instance).as_deref(), Some("put:instance"));
        assert_eq!(named("SendMessage", &json!({})).as_deref(), Some("send:message"));
    }

    #[test]
    fn an_actions_updates_are_named_after_what_they_set() {
        for (expression, expected) in [
            ("SET #owner = :v0, #lease_until = :v1 ADD #fence :v2", "claim:action"),
            ("SET #seq = :v0, #wake_at = :v1, #due_at = :v2 REMOVE #owner", "park:action"),
            ("SET #due_at = :v0, #seq = :v1", "rearm:action"),
            ("SET #work = :v0, #lease_until = :v1 REMOVE #attempts", "renew:action"),
            ("SET #status = :v0, #end_time = :v1 REMOVE #owner, #due_at", "end:action"),
        ] {
            let body = json!({ "TableName": TABLE, "Key": key("X#3", "A"), "UpdateExpression": expression });
            assert_eq!(named("UpdateItem", &body).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_transaction_is_named_after_what_it_does_to_an_action() {
        let update = |pk: &str, expression: &str| json!({ "Update": { "TableName": TABLE, "Key": key(pk, "A"), "UpdateExpression": expression } });
        let put = |pk: &str| json!({ "Put": { "TableName": TABLE, "Item": key(pk, "A") } });
        for (writes, expected) in [
            (json!([update("C#1", "SET #active_action = :v0"), put("X#3")]), "accept:action"),
            (json!([update("X#3", "SET #work = :v0"), put("N#2"), put("X#4")]), "step:action"),
            (
                json!([update("X#3", "SET #end_time = :v0"), update("C#1", "SET #status = :v0")]),
                "finish:action",
            ),
        ] {
            assert_eq!(
                named("TransactWriteItems", &json!({ "TransactItems": writes })).as_deref(),
                Some(expected)
            );
        }
    }

    #[test]
    fn reads_have_no_name() {
        for operation in ["GetItem", "Query", "BatchGetItem", "ReceiveMessage", "DescribeTable"] {
            assert_eq!(named(operation, &json!({ "TableName": TABLE })), None);
        }
    }
}
