//! How unkind the world of one seed is. Each kind of fault is off in some seeds and frequent in others:
//! a fault that always comes with all others hides what it does alone.

use crate::gate::{Class, Fate};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Probabilities, from 0 to 1, per occasion.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// A request to the table has no effect.
    pub(crate) table_unsent: f64,
    /// A write takes effect and its answer is lost.
    pub(crate) table_lost: f64,
    /// A write is sent twice.
    pub(crate) table_twice: f64,
    /// A write takes effect after its caller has given up.
    pub(crate) table_late: f64,
    /// A request is throttled.
    pub(crate) table_throttled: f64,
    /// A write meets a transaction.
    pub(crate) table_conflict: f64,
    /// A read that may lag does.
    pub(crate) lag: f64,
    /// By how many writes at most.
    pub(crate) lag_depth: usize,
    /// A call of the backend has no effect.
    pub(crate) cloud_unsent: f64,
    /// A call of the backend takes effect and its answer is lost.
    pub(crate) cloud_lost: f64,
    /// A call of the backend that changes something is made twice.
    pub(crate) cloud_twice: f64,
    /// A creation takes effect after its caller has given up.
    pub(crate) cloud_late: f64,
    /// A call of the backend is throttled.
    pub(crate) cloud_throttled: f64,
    /// A ring fails, before or after the message was taken.
    pub(crate) ring_fails: f64,
    /// Another call of the queue service has no effect.
    pub(crate) queue_unsent: f64,
    /// It takes effect and its answer is lost.
    pub(crate) queue_lost: f64,
    /// It is made twice.
    pub(crate) queue_twice: f64,
    /// A message is lost.
    pub(crate) message_lost: f64,
    /// A message is doubled.
    pub(crate) message_doubled: f64,
    /// A message comes late.
    pub(crate) message_delayed: f64,
    /// A process dies, per step.
    pub(crate) death: f64,
    /// A process dies with an effect on its way.
    pub(crate) last_words: f64,
    /// A process is held up, per effect.
    pub(crate) stall: f64,
    /// All time passes at once, per step.
    pub(crate) leap: f64,
    /// An instance vanishes, per step.
    pub(crate) vanish: f64,
}

impl Faults {
    /// The faults of a seed.
    pub(crate) fn draw(rng: &mut ChaCha8Rng) -> Self {
        let mut rate = |choices: &[f64]| choices[rng.random_range(0..choices.len())];
        let table = rate(&[0.0, 0.3, 1.0]);
        let cloud = rate(&[0.0, 0.3, 1.0]);
        let message = rate(&[0.0, 0.5, 1.0]);
        let process = rate(&[0.0, 0.5, 1.0]);
        Self {
            table_unsent: table * rate(&[0.0, 0.01, 0.05]),
            table_lost: table * rate(&[0.0, 0.02, 0.1]),
            table_twice: table * rate(&[0.0, 0.02, 0.1]),
            table_late: table * rate(&[0.0, 0.01, 0.05]),
            table_throttled: table * rate(&[0.0, 0.01, 0.05]),
            table_conflict: table * rate(&[0.0, 0.02, 0.1]),
            lag: rate(&[0.0, 0.3, 0.9]),
            lag_depth: 40,
            cloud_unsent: cloud * rate(&[0.0, 0.05, 0.2]),
            cloud_lost: cloud * rate(&[0.0, 0.05, 0.3]),
            cloud_twice: cloud * rate(&[0.0, 0.05, 0.2]),
            cloud_late: cloud * rate(&[0.0, 0.05, 0.2]),
            cloud_throttled: cloud * rate(&[0.0, 0.05, 0.2]),
            ring_fails: message * rate(&[0.0, 0.1, 0.5]),
            queue_unsent: message * rate(&[0.0, 0.1, 0.3]),
            queue_lost: message * rate(&[0.0, 0.1, 0.3]),
            queue_twice: message * rate(&[0.0, 0.1, 0.3]),
            message_lost: message * rate(&[0.0, 0.1, 0.5, 1.0]),
            message_doubled: message * rate(&[0.0, 0.1, 0.5]),
            message_delayed: message * rate(&[0.0, 0.1, 0.3]),
            death: process * rate(&[0.0, 0.005, 0.03]),
            last_words: process * rate(&[0.0, 0.003, 0.02]),
            stall: process * rate(&[0.0, 0.01, 0.06]),
            leap: process * rate(&[0.0, 0.0, 0.005]),
            vanish: cloud * rate(&[0.0, 0.005, 0.01]),
        }
    }

    /// What becomes of one effect.
    pub(crate) fn fate(&self, class: Class, mortal: bool, rng: &mut ChaCha8Rng) -> Fate {
        let lagging = class == Class::LaggingRead && rng.random_bool(self.lag);
        let depth = rng.random_range(1..=self.lag_depth.max(1));
        let write = matches!(class, Class::Write | Class::Transaction);
        let only = |when: bool, rate: f64| if when { rate } else { 0.0 };
        let chances: &[(f64, Fate)] = &match class {
            Class::Read | Class::LaggingRead | Class::Write | Class::Transaction => [
                (self.table_unsent, Fate::Unsent),
                (self.table_throttled, Fate::Throttled),
                (only(write, self.table_lost), Fate::AnswerLost),
                (only(write, self.table_twice), Fate::Twice),
                (only(write, self.table_late), Fate::Late),
                (only(write, self.table_conflict), Fate::Conflict),
                (only(mortal && write, self.last_words), Fate::LastWords),
            ],
            Class::CloudRead | Class::CloudWrite => [
                (self.cloud_unsent, Fate::Unsent),
                (self.cloud_throttled, Fate::Throttled),
                (only(class == Class::CloudWrite, self.cloud_lost), Fate::AnswerLost),
                (only(class == Class::CloudWrite, self.cloud_twice), Fate::Twice),
                (only(class == Class::CloudWrite, self.cloud_late), Fate::Late),
                (0.0, Fate::Conflict),
                (only(mortal && class == Class::CloudWrite, self.last_words), Fate::LastWords),
            ],
            Class::Ring => [
                (self.ring_fails / 2.0, Fate::Unsent),
                (self.ring_fails / 2.0, Fate::AnswerLost),
                (0.0, Fate::Throttled),
                (0.0, Fate::Twice),
                (0.0, Fate::Late),
                (0.0, Fate::Conflict),
                (only(mortal, self.last_words), Fate::LastWords),
            ],
            Class::Queue => [
                (self.queue_unsent, Fate::Unsent),
                (self.queue_lost, Fate::AnswerLost),
                (self.queue_twice, Fate::Twice),
                (0.0, Fate::Throttled),
                (0.0, Fate::Late),
                (0.0, Fate::Conflict),
                (only(mortal, self.last_words), Fate::LastWords),
            ],
            Class::Pause(_) | Class::Await(..) => return Fate::Done,
        };
        for (chance, fate) in chances {
            if rng.random_bool(*chance) {
                return *fate;
            }
        }
        if lagging { Fate::Lagging(depth) } else { Fate::Done }
    }
}
