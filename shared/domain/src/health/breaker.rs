//! Whether sick nodes may be recovered, or whether so many are sick that recovering them would do more harm:
//! then the fault lies elsewhere, in a network or in the policy itself. The reference has no such limit.

/// How much recovery a cluster may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest share of the members, in percent, that may be sick at a time; none for any. A single sick
    /// member is never too large a share, unless the limit is 0: then nothing is recovered.
    pub share: Option<u8>,
    /// Most recoveries within the window; none for any number.
    pub recoveries: Option<u64>,
}

/// What a cluster has been through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Toll {
    /// Its members.
    pub members: u64,
    /// Those found sick now.
    pub sick: u64,
    /// Recoveries that began within the window.
    pub recent: u64,
}

/// Whether members may be recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permit {
    /// This many of the sick, at most.
    Allow {
        /// How many.
        most: u64,
        /// Why not all of them, if so.
        reason: Option<String>,
    },
    /// None.
    Stop {
        /// Why not.
        reason: String,
    },
}

/// Decides how many sick members may be recovered.
#[must_use]
pub fn permit(limits: &Limits, toll: &Toll) -> Permit {
    let Toll { members, sick, recent } = *toll;
    if let Some(share) = limits.share
        && sick > most_sick(share, members)
    {
        return Permit::Stop {
            reason: format!(
                "{sick} of {members} members are sick, which is more than the {share} % up to which members \
                 are recovered."
            ),
        };
    }
    let Some(limit) = limits.recoveries else { return Permit::Allow { most: sick, reason: None } };
    let left = limit.saturating_sub(recent);
    if sick > 0 && left == 0 {
        return Permit::Stop {
            reason: format!("{recent} members were recovered lately, and {limit} is the most that may be."),
        };
    }
    let reason = (sick > left).then(|| {
        format!("{sick} members are sick, and only {left} more may be recovered now: {limit} is the most.")
    });
    Permit::Allow { most: sick.min(left), reason }
}

/// How many members a share comes to.
fn most_sick(share: u8, members: u64) -> u64 {
    let most = u128::from(members) * u128::from(share) / 100;
    let least = u64::from(share > 0);
    u64::try_from(most).unwrap_or(u64::MAX).max(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decide(share: Option<u8>, recoveries: Option<u64>, members: u64, sick: u64, recent: u64) -> Permit {
        permit(&Limits { share, recoveries }, &Toll { members, sick, recent })
    }

    fn all(most: u64) -> Permit {
        Permit::Allow { most, reason: None }
    }

    #[test]
    fn a_share_is_of_the_members_and_one_is_never_too_many() {
        let too_many = |sick, members, share| Permit::Stop {
            reason: format!(
                "{sick} of {members} members are sick, which is more than the {share} % up to which members \
                 are recovered."
            ),
        };
        for (share, members, sick, expected) in [
            (40, 10, 0, all(0)),
            (40, 10, 4, all(4)),
            (40, 10, 5, too_many(5, 10, 40)),
            (40, 1, 1, all(1)),
            (40, 2, 1, all(1)),
            (40, 2, 2, too_many(2, 2, 40)),
            (40, 0, 0, all(0)),
            (1, 1000, 10, all(10)),
            (1, 1000, 11, too_many(11, 1000, 1)),
            (100, 3, 3, all(3)),
            (0, 3, 0, all(0)),
            (0, 3, 1, too_many(1, 3, 0)),
        ] {
            assert_eq!(
                decide(Some(share), None, members, sick, 0),
                expected,
                "{sick} of {members}, {share} %"
            );
        }
    }

    #[test]
    fn recoveries_are_counted_over_the_window() {
        let some = |sick, left, limit| Permit::Allow {
            most: left,
            reason: Some(format!(
                "{sick} members are sick, and only {left} more may be recovered now: {limit} is the most."
            )),
        };
        let none = |recent, limit| Permit::Stop {
            reason: format!("{recent} members were recovered lately, and {limit} is the most that may be."),
        };
        for (limit, recent, sick, expected) in [
            (5, 0, 0, all(0)),
            (5, 0, 5, all(5)),
            (5, 0, 6, some(6, 5, 5)),
            (5, 4, 3, some(3, 1, 5)),
            (5, 5, 0, all(0)),
            (5, 5, 1, none(5, 5)),
            (5, 9, 1, none(9, 5)),
            (0, 0, 1, none(0, 0)),
        ] {
            assert_eq!(decide(None, Some(limit), 100, sick, recent), expected, "{recent} of {limit}, {sick}");
        }
    }

    #[test]
    fn without_limits_all_are_recovered() {
        assert_eq!(decide(None, None, 3, 3, u64::MAX), all(3));
    }

    #[test]
    fn the_share_is_asked_first() {
        let said = decide(Some(10), Some(0), 10, 5, 0);
        assert!(matches!(&said, Permit::Stop { reason } if reason.contains("10 %")), "{said:?}");
    }

    proptest! {
        #[test]
        fn no_limit_is_ever_exceeded(
            share in proptest::option::of(0..=100_u8), recoveries in proptest::option::of(0..200_u64),
            members in 0..200_u64, sick in 0..200_u64, recent in 0..200_u64,
        ) {
            let sick = sick.min(members);
            match decide(share, recoveries, members, sick, recent) {
                Permit::Allow { most, reason } => {
                    prop_assert!(most <= sick);
                    prop_assert_eq!(reason.is_some(), most < sick);
                    prop_assert!(recoveries.is_none_or(|limit| most == 0 || recent + most <= limit));
                    prop_assert!(share.is_none_or(|share| sick <= 1 || sick * 100 <= members * u64::from(share)));
                }
                Permit::Stop { reason } => {
                    prop_assert!(sick > 0);
                    prop_assert!(!reason.is_empty());
                }
            }
        }

        #[test]
        fn more_sick_members_never_open_what_fewer_had_closed(
            share in 0..=100_u8, members in 1..200_u64, sick in 0..200_u64,
        ) {
            let stopped = |sick| matches!(decide(Some(share), None, members, sick, 0), Permit::Stop { .. });
            prop_assert!(!stopped(sick) || stopped(sick + 1));
        }
    }
}
