//! What goes wrong between two effects: messages, processes, claims and instances.

use super::*;

impl World {
    /// What the queue does to a new message.
    pub(super) fn mishandle(&mut self, message: u64) {
        let now = self.clock.now();
        if self.rng.random_bool(self.faults.message_doubled) {
            for _ in 0..self.rng.random_range(1..=4) {
                let delay = Duration::from_millis(self.rng.random_range(0..=900_000));
                self.queue.double(message, delay);
            }
            self.log.line(now, || format!("message {message} doubled"));
        }
        if self.rng.random_bool(self.faults.message_delayed) {
            let delay = Duration::from_millis(self.rng.random_range(0..=900_000));
            self.queue.delay(message, delay);
            self.log.line(now, || format!("message {message} delayed by {delay:?}"));
        }
        if self.rng.random_bool(self.faults.message_lost) {
            self.queue.lose(message);
            self.log.line(now, || format!("message {message} lost"));
        }
    }

    pub(super) fn kill(&mut self, id: TaskId, how: &str) {
        // Dropping the future takes its effects off the gate.
        if self.tasks.remove(&id).is_some() {
            self.log.line(self.clock.now(), || format!("task {id} died {how}"));
        }
    }

    /// Holds a process up before its next effect, often until others have taken over from it.
    pub(super) fn hold_up(&mut self, id: TaskId) {
        let now = self.clock.now();
        let span = Duration::from_millis(self.rng.random_range(1_000..280_000));
        if let Some(task) = self.tasks.get_mut(&id) {
            task.stalled_until = now.plus(span);
            self.log.line(now, || format!("task {id} is held up for {span:?}"));
        }
    }

    /// Deaths and leaps of time.
    pub(super) fn misfortune(&mut self) {
        let now = self.clock.now();
        let mortals: Vec<TaskId> =
            self.tasks.iter().filter(|(_, task)| task.role != Role::Client).map(|(id, _)| *id).collect();
        for id in &mortals {
            if self.tasks.get(id).is_some_and(|task| now.since(task.born) > LONGEST_RUN) {
                self.kill(*id, "of old age");
            }
        }
        if !mortals.is_empty() && self.rng.random_bool(self.faults.death) {
            let victim = mortals[self.rng.random_range(0..mortals.len())];
            self.kill(victim, "suddenly");
        }
        if self.rng.random_bool(self.faults.vanish) {
            self.vanish();
        }
        if self.rng.random_bool(self.faults.leap) {
            let span = Duration::from_millis(self.rng.random_range(1_000..150_000));
            self.clock.advance(span);
            self.log.line(now, || format!("time leaps by {span:?}"));
        }
    }

    /// Makes an instance that runs vanish, as those of clouds do.
    pub(super) fn vanish(&mut self) {
        let now = self.clock.now();
        let records = check::records(self);
        let running: Vec<Record> = records
            .into_iter()
            .filter(|record| {
                record.departure.is_none() && record.state_at(now) == Some(InstanceState::Active)
            })
            .collect();
        let Some(was) = running.get(self.rng.random_range(0..running.len().max(1))) else { return };
        let departure = Some(Departure { accepted_at: now, gone_at: now });
        let gone = Record { version: was.version + 1, departure, ..was.clone() };
        if self.instances.replace(was, &gone).now_or_never().is_some_and(|replaced| replaced == Ok(true)) {
            self.log.line(now, || format!("instance {} vanishes", was.id));
            self.vanished.insert(was.id.clone());
        }
    }
}
