//! A load: clients that each send one request after another for a while.

use crate::Outcome;
use crate::clock::{millis, now};
use crate::http::Connection;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

/// What is asked for, by how many, for how long.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// The path.
    pub(crate) path: String,
    /// The token.
    pub(crate) token: String,
    /// How many clients.
    pub(crate) clients: usize,
    /// How long; a fifth of it is waited for before counting.
    pub(crate) span: Duration,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured {
    /// Requests answered in a second.
    pub(crate) rate: f64,
    /// The time half of them took at most, in milliseconds.
    pub(crate) median: f64,
    /// The time 99 of 100 took at most, in milliseconds.
    pub(crate) p99: f64,
}

impl Load {
    /// Puts it on a server.
    pub(crate) fn run(&self, address: SocketAddr) -> Outcome<Measured> {
        let clients: Vec<_> = (0..self.clients)
            .map(|_| {
                let load = self.clone();
                thread::spawn(move || load.client(address))
            })
            .collect();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.join().map_err(|_| "a client died")??);
        }
        Ok(measured(times, self.span))
    }

    /// One client: the times its requests took.
    fn client(&self, address: SocketAddr) -> Outcome<Vec<Duration>> {
        let mut connection = Connection::open(address, &self.token)?;
        let mut times = Vec::new();
        let warm = self.span / 5;
        let began = now();
        loop {
            let sent = began.elapsed();
            if sent > warm + self.span {
                return Ok(times);
            }
            connection.get(&self.path)?.expect(200)?;
            if sent > warm {
                times.push(began.elapsed() - sent);
            }
        }
    }
}

fn measured(mut times: Vec<Duration>, span: Duration) -> Measured {
    times.sort_unstable();
    let at = |percent: usize| {
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default()
    };
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
    Measured { rate: f64::from(count) / span.as_secs_f64(), median: millis(at(50)), p99: millis(at(99)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_from_the_sorted_times() {
        let times = (1..=100).rev().map(Duration::from_millis).collect();
        let found = measured(times, Duration::from_secs(2));
        assert_eq!(found, Measured { rate: 50.0, median: 51.0, p99: 100.0 });
        assert_eq!(measured(Vec::new(), Duration::from_secs(1)).rate, 0.0);
    }
}
