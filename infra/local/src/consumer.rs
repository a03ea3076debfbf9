//! Consumes the action queue, as Lambda's event source mapping does.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::Message;
use coppice_engine::Worker;
use coppice_engine::dispatch::Outcome;
use coppice_runtime::queue::hide;
use coppice_runtime::sqs::answer;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// A running consumer.
pub(crate) struct Consumer {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

struct Queue {
    client: Client,
    url: String,
}

impl Consumer {
    pub(crate) fn start(client: Client, url: String, worker: Worker, at_once: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(consume(Arc::new(Queue { client, url }), worker, at_once.max(1), stopped));
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        // The consumer may have ended by itself; there is nothing to tell it then.
        self.stop.send(true).ok();
        if let Err(cause) = self.task.await {
            tracing::error!(error = %cause, "the consumer of the action queue died");
        }
    }
}

async fn consume(queue: Arc<Queue>, worker: Worker, at_once: usize, mut stopped: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(at_once));
    let mut under_way = JoinSet::new();
    while !*stopped.borrow() {
        while under_way.try_join_next().is_some() {}
        let received = tokio::select! {
            _ = stopped.changed() => break,
            received = receive(&queue, &room) => received,
        };
        for message in received {
            let (queue, worker, room) = (Arc::clone(&queue), worker.clone(), Arc::clone(&room));
            under_way.spawn(async move {
                let Ok(_place) = room.acquire().await else { return };
                one(&queue, &worker, message).await;
            });
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Receives as many messages as there is room for, waiting for the first.
async fn receive(queue: &Queue, room: &Semaphore) -> Vec<Message> {
    let Ok(_first) = room.acquire().await else { return Vec::new() };
    let free = room.available_permits() + 1;
    let received = queue
        .client
        .receive_message()
        .queue_url(&queue.url)
        .max_number_of_messages(i32::try_from(free.min(10)).unwrap_or(1))
        .wait_time_seconds(20)
        .send()
        .await;
    match received {
        Ok(output) => output.messages.unwrap_or_default(),
        Err(error) => {
            tracing::error!(error = %DisplayErrorContext(error), "the action queue cannot be read");
            rest().await;
            Vec::new()
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "an adapter: a queue that fails is not asked in a tight loop")]
async fn rest() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

async fn one(queue: &Queue, worker: &Worker, message: Message) {
    let Some(receipt) = message.receipt_handle else { return };
    let settled = match answer(worker, message.body.as_deref().unwrap_or_default()).await {
        Outcome::Done => {
            let deleted =
                queue.client.delete_message().queue_url(&queue.url).receipt_handle(receipt).send().await;
            deleted.map(|_| ()).map_err(|error| DisplayErrorContext(error).to_string())
        }
        Outcome::Wait(span) => {
            hide(&queue.client, &queue.url, &receipt, span).await.map_err(|error| error.to_string())
        }
    };
    if let Err(error) = settled {
        tracing::warn!(error, "a message was worked on but not settled; it will come again");
    }
}
