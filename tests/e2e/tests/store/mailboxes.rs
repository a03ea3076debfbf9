//! Mailboxes keep their promises: the double in memory, and those on the embedded SQS.

use async_trait::async_trait;
use coppice_engine::testing::MemoryMailboxes;
use coppice_engine::{Letter, Mailboxes};
use coppice_local::services::Services;
use coppice_runtime::{Aws, SqsMailboxes};

/// What a sender does, and time.
#[async_trait]
trait World: Send + Sync {
    fn mailboxes(&self) -> &dyn Mailboxes;
    async fn send(&self, name: &str, body: &str);
    /// The time passes after which what was received comes again.
    async fn reappear(&self, received: &[Letter]);
}

struct InMemory(MemoryMailboxes);

#[async_trait]
impl World for InMemory {
    fn mailboxes(&self) -> &dyn Mailboxes {
        &self.0
    }
    async fn send(&self, name: &str, body: &str) {
        self.0.post(name, body).unwrap();
    }
    async fn reappear(&self, _: &[Letter]) {
        self.0.reappear();
    }
}

struct OnSqs(Aws, SqsMailboxes);

impl OnSqs {
    async fn url(&self, name: &str) -> String {
        self.0.sqs.get_queue_url().queue_name(name).send().await.unwrap().queue_url.unwrap()
    }
}

#[async_trait]
impl World for OnSqs {
    fn mailboxes(&self) -> &dyn Mailboxes {
        &self.1
    }
    async fn send(&self, name: &str, body: &str) {
        let sending = self.0.sqs.send_message().queue_url(self.url(name).await).message_body(body);
        sending.send().await.unwrap();
    }
    async fn reappear(&self, received: &[Letter]) {
        for letter in received {
            let hiding = self.0.sqs.change_message_visibility().queue_url(&letter.mailbox);
            hiding.receipt_handle(&letter.receipt).visibility_timeout(0).send().await.unwrap();
        }
    }
}

async fn worlds() -> Vec<Box<dyn World>> {
    let services = Services::open(None, "http://127.0.0.1:8778".to_owned()).await.unwrap();
    let aws = services.aws;
    let on_sqs = OnSqs(aws.clone(), SqsMailboxes::new(aws.sqs));
    vec![Box::new(InMemory(MemoryMailboxes::default())), Box::new(on_sqs)]
}

#[tokio::test]
async fn every_call_may_be_repeated() {
    for world in worlds().await {
        let mailboxes = world.mailboxes();
        mailboxes.delete("m").await.unwrap();
        mailboxes.create("m").await.unwrap();
        world.send("m", "hello").await;
        mailboxes.create("m").await.unwrap();
        let received = mailboxes.receive("m").await.unwrap();
        assert_eq!(received.iter().map(|letter| letter.body.as_str()).collect::<Vec<_>>(), ["hello"]);
        mailboxes.remove(&received[0]).await.unwrap();
        mailboxes.remove(&received[0]).await.unwrap();
        mailboxes.delete("m").await.unwrap();
        mailboxes.delete("m").await.unwrap();
        mailboxes.remove(&received[0]).await.unwrap();
    }
}

#[tokio::test]
async fn a_letter_comes_again_until_its_latest_receiver_removes_it() {
    for world in worlds().await {
        let mailboxes = world.mailboxes();
        mailboxes.create("m").await.unwrap();
        world.send("m", "hello").await;
        let first = mailboxes.receive("m").await.unwrap();
        world.reappear(&first).await;
        let second = mailboxes.receive("m").await.unwrap();
        assert_eq!((&second[0].id, &second[0].body), (&first[0].id, &first[0].body));
        mailboxes.remove(&first[0]).await.unwrap();
        world.reappear(&second).await;
        let third = mailboxes.receive("m").await.unwrap();
        assert_eq!(third.len(), 1, "it was not the first receiver's any more");
        mailboxes.remove(&third[0]).await.unwrap();
        assert_eq!(mailboxes.receive("m").await.unwrap(), []);
    }
}

#[tokio::test]
async fn ten_letters_come_at_once() {
    for world in worlds().await {
        let mailboxes = world.mailboxes();
        mailboxes.create("m").await.unwrap();
        for number in 0..12 {
            world.send("m", &number.to_string()).await;
        }
        assert_eq!(mailboxes.receive("m").await.unwrap().len(), 10);
        assert_eq!(mailboxes.receive("m").await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_mailbox_that_was_lost_is_there_again_once_it_is_looked_into() {
    for world in worlds().await {
        let mailboxes = world.mailboxes();
        assert_eq!(mailboxes.receive("m").await.unwrap(), []);
        world.send("m", "hello").await;
        assert_eq!(mailboxes.receive("m").await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_letter_is_sent_to_a_mailbox_that_is_made_for_it() {
    for world in worlds().await {
        let mailboxes = world.mailboxes();
        mailboxes.send("m", "one").await.unwrap();
        mailboxes.send("m", "two").await.unwrap();
        let mut received = mailboxes.receive("m").await.unwrap();
        received.sort_by(|one, other| one.body.cmp(&other.body));
        assert_eq!(received.iter().map(|letter| letter.body.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    }
}
