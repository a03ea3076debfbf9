//! Remembers good answers, up to a number of entries.

use super::super::{Caller, TokenHash};
use coppice_domain::time::Timestamp;
use std::collections::HashMap;

struct Entry {
    caller: Caller,
    until: Timestamp,
}

/// Callers by the digest of their token, each until its own end.
pub(super) struct Cache {
    entries: HashMap<TokenHash, Entry>,
    capacity: usize,
}

impl Cache {
    /// A cache of at most `capacity` entries; none if that is 0.
    pub(super) fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), capacity }
    }

    /// The caller remembered for `hash`, unless its time is over.
    pub(super) fn get(&self, hash: TokenHash, now: Timestamp) -> Option<Caller> {
        self.entries.get(&hash).filter(|entry| now < entry.until).map(|entry| entry.caller.clone())
    }

    /// Remembers `caller` until `until`. In a full cache what is over goes first, then what would be
    /// over soonest: a scan, which at this size is nothing beside the exchange that led here.
    pub(super) fn put(&mut self, hash: TokenHash, caller: Caller, until: Timestamp, now: Timestamp) {
        if until <= now || self.capacity == 0 {
            return;
        }
        if self.entries.len() >= self.capacity && !self.entries.contains_key(&hash) {
            self.entries.retain(|_, entry| now < entry.until);
            if self.entries.len() >= self.capacity {
                let soonest = self.entries.iter().min_by_key(|(_, entry)| entry.until).map(|(key, _)| *key);
                soonest.and_then(|key| self.entries.remove(&key));
            }
        }
        self.entries.insert(hash, Entry { caller, until });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(name: &str) -> Caller {
        Caller {
            user_id: name.into(),
            user_name: name.into(),
            project_id: "p".into(),
            project_name: "p".into(),
            domain_id: None,
            roles: vec![],
            expires_at: None,
        }
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn known(cache: &Cache, now: i64) -> String {
        let known = |name: &&str| cache.get(TokenHash::of(name), at(now)).is_some();
        ["a", "b", "c", "d"].into_iter().filter(known).collect()
    }

    #[test]
    fn an_entry_is_forgotten_at_its_end() {
        let mut cache = Cache::new(4);
        cache.put(TokenHash::of("a"), caller("a"), at(10), at(0));
        cache.put(TokenHash::of("b"), caller("b"), at(5), at(5));
        assert_eq!(known(&cache, 9), "a");
        assert_eq!(known(&cache, 10), "");
    }

    #[test]
    fn a_full_cache_drops_what_is_over_and_then_what_ends_soonest() {
        let mut cache = Cache::new(2);
        cache.put(TokenHash::of("a"), caller("a"), at(10), at(0));
        cache.put(TokenHash::of("b"), caller("b"), at(30), at(0));
        cache.put(TokenHash::of("c"), caller("c"), at(20), at(15));
        assert_eq!(known(&cache, 15), "bc");
        cache.put(TokenHash::of("d"), caller("d"), at(40), at(15));
        assert_eq!(known(&cache, 15), "bd");
        cache.put(TokenHash::of("d"), caller("d"), at(50), at(15));
        assert_eq!(known(&cache, 15), "bd", "renewing an entry drops no other");
        assert_eq!(cache.entries.len(), 2);
    }

    #[test]
    fn a_cache_without_room_remembers_nothing() {
        let mut cache = Cache::new(0);
        cache.put(TokenHash::of("a"), caller("a"), at(10), at(0));
        assert_eq!(known(&cache, 0), "");
    }
}
