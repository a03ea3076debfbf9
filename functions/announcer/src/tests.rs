//! Batches of the stream, and what of them comes again.

use super::*;
use async_trait::async_trait;
use coppice_engine::BusError;
use std::sync::Mutex;

const BATCH: &str = include_str!("../tests/batch.json");

/// A bus that remembers what it was told, and fails at the announcements of these numbers.
#[derive(Default)]
struct Board {
    told: Mutex<Vec<Announcement>>,
    fails: Vec<usize>,
    refuses: Vec<usize>,
    unreachable: bool,
}

#[async_trait]
impl Bus for Board {
    async fn announce(&self, parcel: &[Announcement]) -> Result<Vec<Fate>, BusError> {
        if self.unreachable {
            return Err(BusError("no answer".to_owned()));
        }
        let mut told = self.told.lock().unwrap();
        let fates = parcel.iter().map(|announcement| {
            told.push(announcement.clone());
            let number = told.len() - 1;
            if self.fails.contains(&number) {
                Fate::Failed("ThrottlingException: slow down".to_owned())
            } else if self.refuses.contains(&number) {
                Fate::Refused("MalformedDetail: what?".to_owned())
            } else {
                Fate::Taken
            }
        });
        Ok(fates.collect())
    }
}

/// A batch of so many records like the one that AWS documents, at places that count from 0.
fn batch(count: usize) -> Value {
    let one: Value = serde_json::from_str(BATCH).unwrap();
    let records = (0..count).map(|place| {
        let mut record = one["Records"][0].clone();
        record["dynamodb"]["SequenceNumber"] = place.to_string().into();
        record
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

async fn again(board: Board, batch: Value) -> (Vec<String>, Vec<Announcement>) {
    let board = Arc::new(board);
    let answer = answer(board.clone(), "coppice".to_owned(), batch).await;
    let failures = answer["batchItemFailures"].as_array().unwrap();
    let places = failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned());
    (places.collect(), board.told.lock().unwrap().clone())
}

#[tokio::test]
async fn a_new_event_is_announced_as_the_api_shows_it() {
    let (places, told) = again(Board::default(), batch(1)).await;
    assert_eq!((places.len(), told.len()), (0, 1));
    assert_eq!(told[0].detail_type, "cluster.scale_out.end");
    let detail: Value = serde_json::from_str(&told[0].detail).unwrap();
    let event = json!({
        "id": "8f1c6a5e-0b5c-4c55-9d3b-2f6f8a6f1d11",
        "timestamp": "2023-11-14T22:13:20+00:00",
        "oid": "5d7f8a52-7b5b-4f8e-8a51-0c3d6a1d0c22",
        "oname": "web",
        "otype": "CLUSTER",
        "cluster_id": "5d7f8a52-7b5b-4f8e-8a51-0c3d6a1d0c22",
        "level": "INFO",
        "user": "u",
        "project": "p",
        "action": "CLUSTER_SCALE_OUT",
        "status": "end",
        "status_reason": "Cluster scaling succeeded.",
        "meta_data": {},
    });
    assert_eq!(detail, json!({ "deployment": "coppice", "event": event }));
}

#[tokio::test]
async fn what_was_not_announced_comes_again_from_there_on() {
    let first = |places: Vec<String>| places.first().cloned();
    let board = Board { unreachable: true, ..Board::default() };
    assert_eq!(first(again(board, batch(3)).await.0).as_deref(), Some("0"));
    let (places, told) = again(Board { fails: vec![12, 14], ..Board::default() }, batch(30)).await;
    // Ten go at once, and the third ten are not even told.
    assert_eq!((first(places).as_deref(), told.len()), (Some("12"), 20));
    let (places, told) = again(Board::default(), batch(30)).await;
    assert_eq!((places.len(), told.len()), (0, 30));
}

#[tokio::test]
async fn what_never_can_be_announced_keeps_nothing_waiting() {
    let mut batch = batch(3);
    batch["Records"][0]["dynamodb"]["NewImage"]["level"]["S"] = "LOUD".into();
    let (places, told) = again(Board { refuses: vec![0], ..Board::default() }, batch).await;
    assert_eq!((places.len(), told.len()), (0, 2));
    for nonsense in [json!(null), json!({}), json!({ "Records": [{}] })] {
        assert_eq!(again(Board::default(), nonsense).await, (vec![], vec![]));
    }
}
