//! What clients do with message receivers: send them letters that ask for actions, for some twice, and letters that
//! nobody can read; have them read several times at once; delete them with what is unread.

use crate::gate::{Class, Gate};
use crate::post::Post;
use crate::records;
use crate::story::Client;
use crate::time::{SimClock, seconds};
use coppice_domain::action::ActionKind;
use coppice_domain::ids::{ActionId, ClusterId, ReceiverId};
use coppice_domain::receiver::{Receiver, ReceiverType};
use coppice_domain::time::Clock;
use coppice_engine::Env;
use coppice_receivers::{messages, queue};
use futures::future::join_all;
use rand::RngExt;
use serde_json::json;

/// What letters ask for.
const ACTIONS: [ActionKind; 4] = [
    ActionKind::ClusterScaleOut,
    ActionKind::ClusterScaleIn,
    ActionKind::ClusterCheck,
    ActionKind::ClusterOperation,
];

/// Letters that ask for nothing that there is.
const UNREADABLE: [&str; 4] =
    ["hello", "{}", r#"{"cluster": "c"}"#, r#"{"cluster": "c", "action": "CLUSTER_FLY"}"#];

/// How often mailboxes are read at the end, at most.
const ROUNDS: usize = 60;

impl Client {
    /// Sends letters to a message receiver and has it read them; makes one first, if there is none.
    pub(crate) async fn with_letters(&mut self) -> Option<ActionId> {
        let receiver = match self.any_receiver(ReceiverType::Message).await {
            Some(receiver) => receiver,
            None => self.create_message_receiver().await?,
        };
        let mailbox = Receiver::queue_name(receiver.id);
        let most = if self.rng.random_bool(0.1) { 14 } else { 4 };
        for _ in 0..self.rng.random_range(1..=most) {
            let letter = self.letter().await?;
            // Two letters of the same text are two requests.
            let times = if self.rng.random_bool(0.3) { 2 } else { 1 };
            for _ in 0..times {
                let _ = self.post.post(&mailbox, &letter).await;
            }
        }
        // Whoever sent them tells the receiver, and so do others.
        let readers = (0..self.rng.random_range(0..=3)).map(|_| messages::collect(&self.env, &receiver));
        join_all(readers).await;
        None
    }

    async fn create_message_receiver(&mut self) -> Option<Receiver> {
        let id = ReceiverId::new(self.env.ids.uuid());
        let name = format!("receiver-{}", self.rng.random_range(0..3));
        let of_whom = (ClusterId::new(id.uuid()), ActionKind::ClusterCheck);
        let webhook = records::receiver(&self.env, &self.project, (id, name), of_whom);
        let new = Receiver { kind: ReceiverType::Message, cluster_id: None, action: None, ..webhook };
        let receiver = queue::create(&self.env, new).await.ok()?;
        self.book().receivers.push((self.project.clone(), id));
        Some(receiver)
    }

    /// The text of a letter: for a cluster by its id, or by a name that several may have, or none.
    async fn letter(&mut self) -> Option<String> {
        if self.rng.random_bool(0.2) {
            return Some(UNREADABLE[self.rng.random_range(0..UNREADABLE.len())].to_owned());
        }
        let cluster = self.any_cluster()?;
        let cluster = if self.rng.random_bool(0.2) { "cluster-1".to_owned() } else { cluster.to_string() };
        let action = ACTIONS[self.rng.random_range(0..ACTIONS.len())];
        let params = self.params(action);
        Some(json!({ "cluster": cluster, "action": action.name(), "params": params }).to_string())
    }
}

/// Has message receivers read what is in their mailboxes, until nothing is left there or they have had every chance.
pub(crate) async fn read_all(
    (env, post): (Env, std::sync::Arc<Post>),
    (gate, clock): (Gate, SimClock),
    receivers: Vec<ReceiverId>,
) {
    for _ in 0..ROUNDS {
        let mut left = 0;
        for id in &receivers {
            let Ok(Some(receiver)) = env.store.get::<Receiver>(*id).await else { continue };
            let read = messages::collect(&env, &receiver).await.is_ok();
            left += if read { post.count(&Receiver::queue_name(*id)) } else { 1 };
        }
        if left == 0 {
            return;
        }
        // What was received and not removed is hidden for a while.
        let until = clock.now().plus(seconds(31));
        gate.arrive(Class::Pause(until), "what is hidden comes again".to_owned()).await;
    }
}
