//! Looking at one member: one mode after the other, until one settles it or a poll is to be repeated later.

use super::Run;
use super::look::Instances;
use coppice_compute::health::Probe;
use coppice_domain::health::{
    Exam, Finding, Mode, Next, Polled, UrlPoll, Verdict, in_grace, polled, proceed, verdict,
};
use coppice_domain::node::{Node, NodeStatus};
use std::time::Duration;

/// What was seen of a member.
pub(super) enum Seen {
    /// It is well.
    Well,
    /// It would count as sick, had it not changed a moment ago.
    Spared,
    /// It is sick, and why.
    Sick(String),
    /// It is to be polled again, from this place, no sooner than this from now.
    Waits(Exam, Duration),
}

impl Run<'_> {
    /// Goes on with looking at a member. What modes found before it was left did not settle anything, and is
    /// implied by where it stands.
    pub(super) async fn examine_one(&self, node: &Node, from: Exam, instances: &Instances) -> Seen {
        let changed = node.updated_at.unwrap_or(node.init_at);
        let spared = in_grace(changed, self.detection.grace, self.env.now());
        let (mut exam, mut findings) = (from, Vec::new());
        while let Some(mode) = self.detection.modes.get(exam.mode) {
            let found = match mode {
                Mode::NodeStatus | Mode::Hypervisor => {
                    Polled::Settled(self.by_instance(node, instances).await)
                }
                // Whatever it would answer, it is left alone.
                Mode::Url(_) if spared => well("The node changed a moment ago."),
                Mode::Url(poll) if node.status != NodeStatus::Active => {
                    polled(poll, node.status, exam.polls + 1, &Ok(String::new()))
                }
                Mode::Url(_) if self.env.now() >= self.until => return Seen::Waits(exam, Duration::ZERO),
                Mode::Url(poll) => self.poll(poll, node, exam).await,
                Mode::Events => well("Events tell of the node."),
            };
            if let Polled::Settled(finding) = &found {
                findings.push(finding.clone());
            }
            match proceed(&self.detection, exam, found) {
                Next::Mode(next) => exam = next,
                Next::Again(exam, after) => return Seen::Waits(exam, after),
                Next::Settled(_) => break,
            }
        }
        match verdict(self.detection.conditional, &findings, spared) {
            Verdict::Healthy => Seen::Well,
            Verdict::Spared { .. } => Seen::Spared,
            Verdict::Sick { reason } => Seen::Sick(reason),
        }
    }

    /// Polls a member's URL once.
    async fn poll(&self, poll: &UrlPoll, node: &Node, exam: Exam) -> Polled {
        let timeout = poll.timeout().min(self.env.settings.checks.longest_poll);
        let probe = Probe { url: poll.url_of(&node.name), timeout, verify: poll.verify };
        let answer = self.env.prober.fetch(&probe).await;
        polled(poll, node.status, exam.polls + 1, &answer)
    }
}

fn well(reason: &str) -> Polled {
    Polled::Settled(Finding::Healthy(reason.to_owned()))
}
