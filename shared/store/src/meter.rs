//! What the store costs, as billed: capacity units and requests, counted where they are spent.

use aws_sdk_dynamodb::types::ConsumedCapacity;
use std::ops::Sub;
use std::sync::Mutex;

/// Units and requests spent so far. Units include indexes and the doubling of transactions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
    /// Requests sent.
    pub requests: u64,
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            read_units: self.read_units - earlier.read_units,
            write_units: self.write_units - earlier.write_units,
            requests: self.requests - earlier.requests,
        }
    }
}

/// Counts what one store spends.
#[derive(Debug, Default)]
pub struct Meter {
    usage: Mutex<Usage>,
}

impl Meter {
    /// What has been spent so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        *self.usage.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn request(&self) {
        self.add(|usage| usage.requests += 1);
    }

    pub(crate) fn read<'a>(&self, capacity: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let units: f64 = capacity.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        self.add(|usage| usage.read_units += units);
    }

    pub(crate) fn write<'a>(&self, capacity: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let units: f64 = capacity.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        self.add(|usage| usage.write_units += units);
    }

    fn add(&self, change: impl FnOnce(&mut Usage)) {
        change(&mut self.usage.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}
