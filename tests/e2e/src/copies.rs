//! Clusters in quantity: copies of one that was made properly, written past the service.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use coppice_domain::cluster::Cluster;
use coppice_local::services::TABLE;
use std::collections::HashMap;

/// Items that one request may write.
const BATCH: usize = 25;

type Item = HashMap<String, AttributeValue>;

/// The items of a cluster without members that a list is made from: its own, and its name.
#[derive(Debug)]
pub struct Model {
    items: Vec<Item>,
    marks: [String; 3],
}

impl Model {
    /// The items of `cluster`, the only one in the table so far.
    ///
    /// # Panics
    /// When the table cannot be read.
    pub async fn of(client: &Client, cluster: &Cluster) -> Self {
        let scan = client.scan().table_name(TABLE).consistent_read(true).send().await;
        let items = scan.expect("the table can be read").items.unwrap_or_default();
        let wanted = |item: &Item| ["C#", "NAME#C#"].iter().any(|kind| text(&item["pk"]).starts_with(kind));
        Self { items: items.into_iter().filter(wanted).collect(), marks: marks(cluster) }
    }

    /// Writes clusters that differ from the model in id, name and age alone.
    ///
    /// # Panics
    /// When the table cannot be written.
    pub async fn copy(&self, client: &Client, clusters: impl Iterator<Item = Cluster>) {
        let puts: Vec<WriteRequest> = clusters.flat_map(|cluster| self.puts(&marks(&cluster))).collect();
        for batch in puts.chunks(BATCH) {
            let write = client.batch_write_item().request_items(TABLE, batch.to_vec());
            let written = write.send().await.expect("the table can be written");
            assert!(written.unprocessed_items.is_none_or(|left| left.is_empty()));
        }
    }

    fn puts(&self, marks: &[String; 3]) -> Vec<WriteRequest> {
        let renamed = |value: &str| {
            self.marks.iter().zip(marks).fold(value.to_owned(), |value, (from, to)| value.replace(from, to))
        };
        let put = |item: &Item| {
            let values = item.iter().map(|(name, value)| {
                let value = match value {
                    AttributeValue::N(number) => AttributeValue::N(renamed(number)),
                    other => AttributeValue::S(renamed(text(other))),
                };
                (name.clone(), value)
            });
            let put = PutRequest::builder().set_item(Some(values.collect())).build();
            WriteRequest::builder().put_request(put.expect("an item")).build()
        };
        self.items.iter().map(put).collect()
    }
}

/// What differs between the items of two clusters.
fn marks(cluster: &Cluster) -> [String; 3] {
    [cluster.id.to_string(), cluster.name.clone(), cluster.init_at.micros().to_string()]
}

fn text(value: &AttributeValue) -> &str {
    value.as_s().expect("an attribute that is no number is a text")
}
