//! The lifecycle hook of a member that is deleted by itself: whoever looks after it is told before anything
//! happens to it, and may take its time (spec engine-actions §11; POL-4).

use crate::lifecycle::notice;
use crate::machine::{Worker, Yield};
use crate::work::{Hook, Work};
use coppice_domain::action::ActionStatus;
use coppice_domain::node::Node;
use coppice_domain::receiver::hook_mailbox;
use coppice_store::{Parking, StoreError, Task};

impl Worker {
    /// Holds the action up until its hook was completed or is late; none when it may go on. Telling is at
    /// least once. Where the queue service does not take it the hook's time runs all the same.
    pub(super) async fn hear(
        &self,
        task: &Task,
        node: &Node,
        asked: Hook,
        work: &mut Work,
    ) -> Result<Option<Yield>, StoreError> {
        if task.heard {
            return Ok(None);
        }
        let mut hook = work.hook.take().unwrap_or(asked);
        hook.told_at.get_or_insert(self.env.now());
        if hook.told == 0 {
            // Who is told may answer at once: before that, the action says that it waits for it.
            work.hook = Some(hook.clone());
            if !self.env.store.task_hooked(task, &work.saved()?).await? {
                return Ok(Some(Yield::Lost));
            }
            hook.told = usize::from(self.tell(task, node, &hook).await);
        }
        let now = self.env.now();
        let Some(until) = hook.until().filter(|until| *until > now) else { return Ok(None) };
        let told = hook.told > 0;
        work.hook = Some(hook);
        work.polls = if told { 0 } else { work.polls.saturating_add(1) };
        let wake_at = if told { until } else { until.min(now.plus(self.env.settings.pace.wait(work.polls))) };
        Ok(Some(Yield::Parked(Parking {
            wake_at,
            due_at: wake_at.plus(self.env.settings.poll_horizon),
            status: ActionStatus::WaitingLifecycleCompletion,
            status_reason: String::new(),
            work: Some(work.saved()?),
            progress: true,
        })))
    }

    /// Tells the node's owner; `false` when the queue service did not take it.
    async fn tell(&self, task: &Task, node: &Node, hook: &Hook) -> bool {
        let mailbox = hook_mailbox(&task.action.project, &hook.queue);
        let told = self.env.mailboxes.send(&mailbox, &notice(task.action.id, node)).await;
        if let Err(error) = &told {
            tracing::warn!(
                action.id = %task.action.id, node.id = %node.id, error = %error,
                "lifecycle hook not told; it will be tried again"
            );
        }
        told.is_ok()
    }
}
