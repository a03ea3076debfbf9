//! The document is what the code says, and hangs together.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use coppice_openapi::{COMMAND, file, operations, text};
use serde_json::Value;
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(&text()).unwrap()
}

/// The operations that the document describes.
fn described(document: &Value) -> Vec<&Value> {
    let paths = document["paths"].as_object().unwrap();
    paths.values().flat_map(|path| path.as_object().unwrap().values()).collect()
}

/// Every value under `key`, at any depth.
fn under<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get(key));
            map.values().for_each(|each| under(each, key, found));
        }
        Value::Array(items) => items.iter().for_each(|each| under(each, key, found)),
        _ => {}
    }
}

#[test]
fn the_file_that_is_served_is_what_the_code_says() {
    let served = std::fs::read_to_string(file()).unwrap();
    assert!(served == text(), "functions/meta/src/openapi.json is out of date; run: {COMMAND}");
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_referred_to() {
    let document = document();
    let mut references = Vec::new();
    under(&document, "$ref", &mut references);
    let used: BTreeSet<&str> = references.into_iter().filter_map(Value::as_str).collect();
    for reference in &used {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for kind in ["schemas", "responses", "headers", "parameters"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(used.contains(reference.as_str()), "nothing refers to {reference}");
        }
    }
}

#[test]
fn every_operation_has_an_id_and_a_place_of_its_own() {
    let operations = operations();
    let ids: BTreeSet<String> = operations.iter().map(|each| each.id()).collect();
    assert_eq!(ids.len(), operations.len());
    let places: BTreeSet<_> = operations.iter().map(|each| (each.method, each.path)).collect();
    assert_eq!(places.len(), operations.len());
    // Those, and the version documents that the pipeline answers with.
    assert_eq!(described(&document()).len(), operations.len() + 3);
}

#[test]
fn every_link_leads_to_an_operation() {
    let ids: BTreeSet<String> = operations().iter().map(|each| each.id()).collect();
    let document = document();
    let answers =
        described(&document).into_iter().flat_map(|each| each["responses"].as_object().unwrap().values());
    let links: Vec<&Value> =
        answers.filter_map(|answer| answer["links"].as_object()).flat_map(|links| links.values()).collect();
    assert!(links.len() > 10);
    for link in links {
        assert!(ids.contains(link["operationId"].as_str().unwrap()), "{link}");
    }
}
