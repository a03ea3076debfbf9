//! After the story: whether everything has come to rest, and what has not.

use super::*;

impl World {
    pub(super) fn quiet(&self) -> bool {
        let actions_ended = {
            let table = self.table.state();
            table.history.of_kind("X#").all(|(key, item)| key.1 != "A" || is_terminal(item))
        };
        actions_ended
            && self.tasks.is_empty()
            && self.queue.is_empty()
            && self.late_writes.is_empty()
            && self.late_creations.is_empty()
    }

    pub(super) fn broken(&self) -> bool {
        !self.table.state().watch.violations().is_empty()
    }

    /// Deletes what would go on for ever: a world with it does not come to rest.
    pub(super) fn end_schedules(&mut self) {
        let endless: Vec<ReceiverId> = check::by_id(&self.table.state().history, "R")
            .into_iter()
            .filter(|(_, item)| {
                crate::history::text(item, "schedule").is_some_and(|text| text.contains("cron"))
            })
            .filter_map(|(id, _)| id.parse().ok())
            .collect();
        let store = self.workers[0].env.store.clone();
        self.client(async move {
            for id in endless {
                // What was sent before the faults ended may still change its name.
                while let Ok(Some(receiver)) = store.get::<Receiver>(id).await {
                    if store.receiver_delete(&receiver).await.is_ok() {
                        break;
                    }
                }
            }
        });
    }

    /// Has every message receiver told that there are letters.
    pub(super) fn read_letters(&mut self) {
        let receivers = check::by_id(&self.table.state().history, "R");
        let receivers =
            receivers.iter().filter(|(_, item)| crate::history::text(item, "type") == Some("message"));
        let receivers: Vec<ReceiverId> = receivers.filter_map(|(id, _)| id.parse().ok()).collect();
        if receivers.is_empty() {
            return;
        }
        let with = (self.workers[0].env.clone(), self.post.clone());
        self.client(read_all(with, (self.gate.clone(), self.clock.clone()), receivers));
    }

    pub(super) fn unsettled(&self) -> String {
        let table = self.table.state();
        let open = table.history.of_kind("X#").filter(|(key, item)| key.1 == "A" && !is_terminal(item));
        let open: Vec<String> = open
            .map(|(key, item)| {
                let text = |name| crate::history::text(item, name).unwrap_or("-");
                format!("{} {} {} ({})", key.0, text("kind"), text("status"), text("status_reason"))
            })
            .collect();
        format!(
            "{} after {} steps; tasks {}, queue empty: {}",
            open.join("; "),
            self.steps,
            self.tasks.len(),
            self.queue.is_empty()
        )
    }
}
