//! How a receiver is reached, and the URL by which a webhook is called (spec engine-receivers-health-events §1).

use coppice_api::fields::write_query;
use coppice_domain::cluster::JsonMap;
use coppice_domain::ids::ReceiverId;
use coppice_domain::pyrepr;
use serde_json::Value;

/// The version that the API's paths begin with.
const VERSION: &str = "/v1";

/// What is shown of how to reach a receiver.
pub(crate) fn channel(name: &str, value: String) -> JsonMap {
    JsonMap::from_iter([(name.to_owned(), Value::from(value))])
}

/// The URL of a webhook. Callers reach the API at `configured`, or else where the receiver was asked for. The
/// inputs in the query are for people to read: a call's inputs are the receiver's own.
pub(crate) fn alarm_url(configured: Option<&str>, origin: &str, id: ReceiverId, params: &JsonMap) -> String {
    let base = configured.unwrap_or(origin).trim_end_matches('/');
    let base = base.strip_suffix(VERSION).unwrap_or(base);
    let mut pairs: Vec<(&str, String)> =
        params.iter().map(|(key, value)| (key.as_str(), pyrepr::str(value))).collect();
    pairs.sort_unstable();
    let query = write_query([("V", "2".to_owned())].into_iter().chain(pairs));
    format!("{base}{VERSION}/webhooks/{id}/trigger?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    fn url(configured: Option<&str>, params: &serde_json::Value) -> String {
        let id = ReceiverId::new(Uuid::nil());
        alarm_url(configured, "http://127.0.0.1:8778", id, params.as_object().unwrap())
    }

    #[test]
    fn a_webhook_is_called_where_that_is_configured_or_else_where_it_was_made() {
        let path = "/v1/webhooks/00000000-0000-0000-0000-000000000000/trigger?V=2";
        assert_eq!(url(None, &json!({})), format!("http://127.0.0.1:8778{path}"));
        for configured in [
            "https://cluster.example",
            "https://cluster.example/",
            "https://cluster.example/v1",
            "https://cluster.example/v1/",
        ] {
            assert_eq!(url(Some(configured), &json!({})), format!("https://cluster.example{path}"));
        }
        let below = url(Some("https://v1.example/clustering"), &json!({}));
        assert_eq!(below, format!("https://v1.example/clustering{path}"));
    }

    #[test]
    fn engine_receivers_health_events_1_the_executed_example_of_the_reference_holds() {
        let url = url(Some("http://hh:8777"), &json!({"count": 1, "b": "x y"}));
        let id = Uuid::nil();
        assert_eq!(url, format!("http://hh:8777/v1/webhooks/{id}/trigger?V=2&b=x+y&count=1"));
    }

    #[test]
    fn inputs_follow_sorted_and_as_the_reference_writes_them() {
        let url = url(None, &json!({"count": 1, "b": "x y", "a": [true, null], "é": 1.5}));
        let (_, query) = url.split_once('?').unwrap();
        assert_eq!(query, "V=2&a=%5BTrue%2C+None%5D&b=x+y&count=1&%C3%A9=1.5");
    }
}
