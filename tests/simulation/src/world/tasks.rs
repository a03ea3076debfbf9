//! Tasks: how they begin, are polled, and get on.

use super::*;

impl World {
    pub(super) fn spawn(&mut self, role: Role, future: Pin<Box<dyn Future<Output = Ended> + Send>>) {
        let id = self.next_task;
        self.next_task += 1;
        let born = self.clock.now();
        self.tasks.insert(id, Task { role, future, born, stalled_until: born });
        self.poll(id);
    }

    /// Runs a task up to its next effect.
    pub(super) fn poll(&mut self, id: TaskId) {
        self.gate.running(id);
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let waker = noop_waker();
        let Poll::Ready(ended) = task.future.as_mut().poll(&mut Context::from_waker(&waker)) else { return };
        let role = task.role;
        self.tasks.remove(&id);
        let now = self.clock.now();
        match (role, ended) {
            (Role::Delivery { worker }, Ended::Delivery(outcome)) => {
                self.log.line(now, || format!("task {id} (worker {worker}) ended: {outcome:?}"));
            }
            (_, Ended::Reconciler(report)) => self.log.line(now, || format!("task {id} ended: {report:?}")),
            (_, _) => self.log.line(now, || format!("task {id} ended")),
        }
    }

    pub(super) fn let_through(&mut self, waiting: &Waiting, fate: Fate) {
        let sent = self.queue.upcoming();
        self.gate.grant(waiting.number, fate);
        self.poll(waiting.task);
        if fate == Fate::LastWords {
            self.kill(waiting.task, "with its last words");
        }
        let now = self.clock.now();
        for request in std::mem::take(&mut self.table.state().late) {
            let delay = self.rng.random_range(1..=20_000);
            self.late_writes.push((now.plus(Duration::from_millis(delay)), request));
        }
        let instances = self.cloud.take_late().into_iter().map(Creation::Instance);
        let parts = self.service.take_late().into_iter().map(Creation::Part);
        for creation in instances.chain(parts) {
            let delay = self.rng.random_range(1..=60_000);
            self.late_creations.push((now.plus(Duration::from_millis(delay)), creation));
        }
        for message in sent..self.queue.upcoming() {
            self.mishandle(message);
        }
    }

    pub(super) fn deliver(&mut self, number: u64) {
        let again = self.rng.random_bool(self.faults.message_doubled / 4.0);
        let place = self.rng.random_range(0..self.workers.len());
        let Some(message) = self.queue.receive(number, again) else { return };
        let worker = self.workers[place].clone();
        let id = self.next_task;
        self.log.line(self.clock.now(), || {
            format!("task {id} is worker {place} with action {} seq {}", message.action.short(), message.seq)
        });
        let (role, queue) = (Role::Delivery { worker: place }, self.queue.clone());
        self.spawn(
            role,
            Box::pin(async move {
                let outcome = handle(&worker, message.action, message.seq).await;
                queue.answer(number, &message, &outcome).await;
                Ended::Delivery(outcome)
            }),
        );
    }

    pub(super) fn reconcile(&mut self) {
        self.next_reconciliation = self.clock.now().plus(seconds(60));
        let place = self.rng.random_range(0..self.workers.len());
        let worker = self.workers[place].clone();
        let id = self.next_task;
        self.log
            .line(self.clock.now(), || format!("task {id} is a reconciler by the clock of worker {place}"));
        let role = Role::Reconciler { worker: place };
        self.spawn(role, Box::pin(async move { Ended::Reconciler(reconciler::run(&worker).await) }));
    }
}
