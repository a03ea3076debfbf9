//! Standing still at a chosen effect, so that a test can kill the process exactly there.
//!
//! An effect is a call of an embedded service that may change something. Effects are counted by
//! [name](effect::name) from the start of the process. At the chosen one the process says so in one line on
//! standard output, and from then on answers no call of an embedded service any more: whatever comes next
//! never happens, as if the process had died there. It then ends only by being killed.

mod effect;

use coppice_emulators::http_client::{Answer, Call, Service};
use futures::future::{BoxFuture, pending};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

/// Which side of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The effect does not happen.
    Before,
    /// It happens, and whoever asked for it never hears.
    After,
}

/// A point in a process's life: one side of the `occurrence`th effect of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HaltAt {
    /// The effect's name, such as `put:instance`.
    pub effect: String,
    /// Which of them, from 1.
    pub occurrence: u32,
    /// Before or after it.
    pub side: Side,
}

impl fmt::Display for HaltAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Before => "before",
            Side::After => "after",
        };
        write!(f, "{}:{}:{side}", self.effect, self.occurrence)
    }
}

impl FromStr for HaltAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || format!("'{text}' is not of the form <effect>:<n>:<before|after>");
        let mut parts = text.rsplitn(3, ':');
        let side = match parts.next() {
            Some("before") => Side::Before,
            Some("after") => Side::After,
            _ => return Err(malformed()),
        };
        let occurrence = parts.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
        let effect = parts.next().filter(|effect| !effect.is_empty()).map(str::to_owned);
        Ok(Self {
            effect: effect.ok_or_else(malformed)?,
            occurrence: occurrence.ok_or_else(malformed)?,
            side,
        })
    }
}

/// Where to stand still, shared by every service of a process.
#[derive(Clone, Debug)]
pub struct Halt {
    at: Arc<HaltAt>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    counts: BTreeMap<String, u32>,
    halted: bool,
}

/// What a call is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Happen.
    On,
    /// Happen, and then stand still.
    Last,
    /// Stand still.
    Still,
}

impl Halt {
    /// Stands still at `at`.
    #[must_use]
    pub fn new(at: HaltAt) -> Self {
        Self { at: Arc::new(at), state: Arc::default() }
    }

    /// The same service, until the process stands still.
    pub fn around<S>(&self, service: S) -> Halting<S> {
        Halting { service, halt: self.clone() }
    }

    /// Counts a call, and says what it is to do.
    fn course(&self, call: &Call) -> Course {
        let name = effect::name(call);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.halted {
            return Course::Still;
        }
        let Some(name) = name else { return Course::On };
        let reached = name == self.at.effect;
        let count = state.counts.entry(name).or_default();
        *count += 1;
        match (reached && *count == self.at.occurrence, self.at.side) {
            (false, _) => Course::On,
            (true, Side::After) => Course::Last,
            (true, Side::Before) => {
                self.stand_still(&mut state);
                Course::Still
            }
        }
    }

    fn stand_still(&self, state: &mut State) {
        state.halted = true;
        let counts = serde_json::json!(state.counts);
        let mut out = std::io::stdout();
        // Whoever waits for this line gives up by itself if it cannot be written.
        writeln!(out, "halted at {} {counts}", self.at).and_then(|()| out.flush()).ok();
    }
}

/// A service that stands still when its process does.
#[derive(Clone, Debug)]
pub struct Halting<S> {
    service: S,
    halt: Halt,
}

impl<S: Service> Service for Halting<S> {
    fn answer(&self, call: Call) -> BoxFuture<'static, Answer> {
        let halt = self.halt.clone();
        let course = halt.course(&call);
        if course == Course::Still {
            return Box::pin(pending());
        }
        let answer = self.service.answer(call);
        Box::pin(async move {
            let answer = answer.await;
            if course == Course::Last {
                halt.stand_still(&mut halt.state.lock().unwrap_or_else(PoisonError::into_inner));
                return pending().await;
            }
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_spelt_effect_occurrence_side() {
        for text in ["put:instance:3:before", "finish:action:1:after"] {
            assert_eq!(text.parse::<HaltAt>().unwrap().to_string(), text);
        }
        for text in ["", "put:instance", "put:instance:0:before", "put:instance:3:during", ":3:before"] {
            assert!(text.parse::<HaltAt>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_chosen_effect_and_all_that_follow_do_not_happen() {
        let send = || Call { operation: "SendMessage".to_owned(), body: String::new(), path: "/".to_owned() };
        let read = || Call { operation: "Query".to_owned(), body: String::new(), path: "/".to_owned() };
        let halt = Halt::new("send:message:2:before".parse().unwrap());
        assert_eq!(halt.course(&send()), Course::On);
        assert_eq!(halt.course(&read()), Course::On);
        assert_eq!(halt.course(&send()), Course::Still);
        assert_eq!(halt.course(&read()), Course::Still);
    }

    #[test]
    fn after_an_effect_means_that_it_happens() {
        let send = Call { operation: "SendMessage".to_owned(), body: String::new(), path: "/".to_owned() };
        let halt = Halt::new("send:message:1:after".parse().unwrap());
        assert_eq!(halt.course(&send), Course::Last);
    }
}
