//! What clients do with receivers: make webhooks and schedules, call them, more often than they take, by requests and
//! by events that are delivered more than once, change and delete them.

use crate::records;
use crate::story::Client;
use coppice_domain::action::ActionKind;
use coppice_domain::ids::{ActionId, ReceiverId};
use coppice_domain::receiver::protection::Rate;
use coppice_domain::receiver::{Protection, Receiver, ReceiverType, Schedule, occurred};
use coppice_engine::receivers::{Called, admit, start};
use coppice_receivers::queue;
use coppice_store::ReceiverWrite;
use futures::future::join_all;
use rand::RngExt;
use serde_json::{Value, json};
use std::time::Duration;

/// What receivers do here, with what they are told.
const ACTIONS: [ActionKind; 6] = [
    ActionKind::ClusterScaleOut,
    ActionKind::ClusterScaleIn,
    ActionKind::ClusterResize,
    ActionKind::ClusterCheck,
    ActionKind::ClusterRecover,
    ActionKind::ClusterOperation,
];

impl Client {
    pub(crate) async fn with_receivers(&mut self) -> Option<ActionId> {
        match self.rng.random_range(0..18) {
            0..=1 => self.create_receiver(ReceiverType::Webhook).await,
            2..=4 => self.create_receiver(ReceiverType::Schedule).await,
            5..=7 => self.call().await,
            8..=9 => self.occur().await,
            10 => self.update_receiver().await,
            11..=16 => self.with_letters().await,
            _ => self.delete_receiver().await,
        }
    }

    async fn create_receiver(&mut self, kind: ReceiverType) -> Option<ActionId> {
        let cluster = self.any_cluster()?;
        let id = ReceiverId::new(self.env.ids.uuid());
        let name = format!("receiver-{}", self.rng.random_range(0..3));
        let action = ACTIONS[self.rng.random_range(0..ACTIONS.len())];
        let mut receiver = records::receiver(&self.env, &self.project, (id, name), (cluster, action));
        receiver.kind = kind;
        receiver.params = self.params(action).as_object().cloned();
        if kind == ReceiverType::Schedule {
            let schedule = self.schedule();
            receiver.next_run = schedule.next(self.env.now());
            receiver.schedule = Some(schedule);
        } else if self.rng.random_bool(0.8) {
            let rate = Rate { calls: self.rng.random_range(1..=2), seconds: 3600 };
            receiver.protection = Some(Protection { signing: None, rate: Some(rate) });
        }
        if let Ok(ReceiverWrite::Done) = self.env.store.receiver_create(&receiver).await {
            let mut book = self.book();
            book.receivers.push((self.project.clone(), id));
            book.runs.extend(receiver.next_run.map(|run| (id, run)));
        }
        None
    }

    pub(crate) fn params(&mut self, action: ActionKind) -> Value {
        match action {
            ActionKind::ClusterResize => json!({
                "adjustment_type": "CHANGE_IN_CAPACITY", "number": self.rng.random_range(-2..=2),
            }),
            ActionKind::ClusterOperation => json!({ "operation": "reboot", "params": {} }),
            ActionKind::ClusterCheck | ActionKind::ClusterRecover => json!({}),
            _ => json!({ "count": self.rng.random_range(1..=2) }),
        }
    }

    /// Once, soon; or again and again until the world comes to rest.
    fn schedule(&mut self) -> Schedule {
        let soon = self.env.now().plus(Duration::from_secs(self.rng.random_range(60..1500)));
        let missed = ["run_once", "skip"][self.rng.random_range(0..2_usize)];
        let given = if self.rng.random_bool(0.7) {
            json!({ "at": soon.iso_z(), "missed": missed })
        } else {
            json!({ "cron": "*/20 * * * *", "missed": missed })
        };
        let given = given.as_object().cloned().unwrap_or_default();
        Schedule::parse(&given, self.env.now()).expect("a schedule with a run to come")
    }

    pub(crate) async fn any_receiver(&mut self, kind: ReceiverType) -> Option<Receiver> {
        let id = self.any_of(|book| &book.receivers)?;
        let receiver: Receiver = self.env.store.get(id).await.ok().flatten()?;
        (receiver.kind == kind).then_some(receiver)
    }

    /// Calls a webhook several times at once, as alarms do; one that was just made, if there was none.
    async fn call(&mut self) -> Option<ActionId> {
        if self.any_receiver(ReceiverType::Webhook).await.is_none() {
            self.create_receiver(ReceiverType::Webhook).await;
        }
        let receiver = self.any_receiver(ReceiverType::Webhook).await?;
        let mut last = None;
        let calls = (0..self.rng.random_range(1..=4)).map(|_| admit(&self.env, &receiver));
        let admitted = join_all(calls).await.into_iter().filter(Result::is_ok);
        for _ in 0..admitted.count() {
            let now = self.env.now();
            self.book().admitted.push((receiver.id, now));
            let called = Called { action: None, by: "webhook", inputs: receiver.inputs(Default::default()) };
            let outcome = start(&self.env, &receiver, called).await;
            last = self.accepted(outcome).or(last);
        }
        last
    }

    /// An event calls a webhook, and is delivered more than once, perhaps by others at the same time.
    async fn occur(&mut self) -> Option<ActionId> {
        let receiver = self.any_receiver(ReceiverType::Webhook).await?;
        let own = occurred(receiver.id, &format!("event-{}", self.rng.random_range(0..2)));
        let mut last = None;
        for _ in 0..self.rng.random_range(1..=3) {
            let inputs = receiver.inputs(Default::default());
            let called = Called { action: Some(own), by: "event", inputs };
            let outcome = start(&self.env, &receiver, called).await;
            let accepted = self.accepted(outcome);
            if accepted.is_some_and(|action| action != own) {
                let text = format!("an event of receiver {} made {accepted:?}, not {own}", receiver.id);
                self.book().violations.push(text);
            }
            last = accepted.or(last);
        }
        last
    }

    async fn update_receiver(&mut self) -> Option<ActionId> {
        let id = self.any_of(|book| &book.receivers)?;
        let before: Receiver = self.env.store.get(id).await.ok().flatten()?;
        let name = format!("receiver-{}", self.rng.random_range(0..3));
        let after = Receiver { name, updated_at: Some(self.env.now()), ..before.clone() };
        let _ = self.env.store.receiver_update(&before, &after).await;
        None
    }

    async fn delete_receiver(&mut self) -> Option<ActionId> {
        let id = self.any_of(|book| &book.receivers)?;
        let receiver: Receiver = self.env.store.get(id).await.ok().flatten()?;
        if receiver.kind == ReceiverType::Message {
            queue::delete(&self.env, id).await.ok()?;
        }
        if let Ok(ReceiverWrite::Done) = self.env.store.receiver_delete(&receiver).await {
            self.book().deleted_receivers.push(id);
        }
        None
    }
}
