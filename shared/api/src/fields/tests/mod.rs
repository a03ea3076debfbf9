//! The tables of texts, and the functions they share.

use coppice_domain::cluster::JsonMap;
use coppice_domain::fault::{Fault, FaultKind};
use proptest::prelude::*;
use serde_json::Value;

mod bodies;
mod identities;
mod queries;
mod wrapper_and_flags;

fn map(value: Value) -> JsonMap {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn message<T>(result: Result<T, Fault>) -> Option<String> {
    result.err().map(|fault| {
        assert_eq!(fault.kind, FaultKind::HttpBadRequest);
        fault.message
    })
}

/// Any JSON value, a few levels deep.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e18..1e18).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[-+ ]?[0-9_]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 30, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(".{0,6}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
