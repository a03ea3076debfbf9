//! Schedules: tables of expressions, zones and days on which clocks change, and what holds for all of them.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn moment(text: &str) -> Timestamp {
    Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

fn schedule(cron: &str, zone: &str) -> Schedule {
    Schedule {
        when: When::Cron(Cron::parse(cron).unwrap()),
        timezone: Zone::parse(zone).unwrap(),
        missed: Missed::RunOnce,
    }
}

/// The runs after `after`, as many as there are texts.
fn runs(schedule: &Schedule, after: &str, expected: &[&str]) {
    let mut at = moment(after);
    for text in expected {
        at = schedule.next(at).unwrap();
        assert_eq!(at.iso_z(), *text, "{schedule:?} after {after}");
    }
}

#[test]
fn a_cron_expression_runs_when_its_fields_hold() {
    for (cron, after, expected) in [
        ("* * * * *", "2026-01-01T00:00:00Z", &["2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"][..]),
        ("* * * * *", "2026-01-01T00:00:59.999999Z", &["2026-01-01T00:01:00Z"]),
        ("0 20 * * *", "2026-01-01T20:00:00Z", &["2026-01-02T20:00:00Z"]),
        ("0 20 * * *", "2026-01-01T19:59:59Z", &["2026-01-01T20:00:00Z"]),
        (
            "*/20 8-9 * * *",
            "2026-01-01T08:30:00Z",
            &[
                "2026-01-01T08:40:00Z",
                "2026-01-01T09:00:00Z",
                "2026-01-01T09:20:00Z",
                "2026-01-01T09:40:00Z",
                "2026-01-02T08:00:00Z",
            ],
        ),
        ("5/25 0 * * *", "2026-01-01T00:00:00Z", &["2026-01-01T00:05:00Z", "2026-01-01T00:30:00Z"]),
        // 1 January 2026 is a Thursday.
        ("0 6 * * mon-fri", "2026-01-02T06:00:00Z", &["2026-01-05T06:00:00Z"]),
        ("0 6 * * 7", "2026-01-01T00:00:00Z", &["2026-01-04T06:00:00Z", "2026-01-11T06:00:00Z"]),
        ("0 6 * * SUN", "2026-01-01T00:00:00Z", &["2026-01-04T06:00:00Z"]),
        ("0 0 1 jan,Jul *", "2026-01-01T00:00:00Z", &["2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"]),
        // Date or weekday where both are restricted; both where one is a star.
        ("0 0 13 * 5", "2026-02-01T00:00:00Z", &["2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z"]),
        ("0 0 */10 * *", "2026-01-31T00:00:00Z", &["2026-02-01T00:00:00Z", "2026-02-11T00:00:00Z"]),
        ("0 0 31 * *", "2026-03-31T00:00:00Z", &["2026-05-31T00:00:00Z"]),
        ("0 0 29 2 *", "2096-02-29T00:00:00Z", &["2104-02-29T00:00:00Z"]),
    ] {
        runs(&schedule(cron, "UTC"), after, expected);
    }
}

#[test]
fn clocks_that_are_put_forward_let_what_they_skip_run_at_the_change() {
    // Zurich, 29 March 2026: from 02:00 to 03:00, which is 01:00 UTC.
    for (cron, expected) in [
        ("30 2 * * *", &["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"][..]),
        ("0 3 * * *", &["2026-03-28T02:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"]),
        // However many they skip, that is one run.
        (
            "*/20 2 28-29 3 *",
            &[
                "2026-03-28T01:00:00Z",
                "2026-03-28T01:20:00Z",
                "2026-03-28T01:40:00Z",
                "2026-03-29T01:00:00Z",
                "2027-03-28T01:00:00Z",
            ],
        ),
        (
            "30 * 29 3 *",
            &["2026-03-28T23:30:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"],
        ),
    ] {
        runs(&schedule(cron, "Europe/Zurich"), "2026-03-27T12:00:00Z", expected);
    }
    // Samoa skipped the whole of 30 December 2011.
    let samoa = schedule("0 12 30 12 *", "Pacific/Apia");
    runs(&samoa, "2011-12-01T00:00:00Z", &["2011-12-30T10:00:00Z", "2012-12-29T22:00:00Z"]);
    // By half an hour, at Lord Howe Island.
    let half = schedule("15 2 * * *", "Australia/Lord_Howe");
    runs(&half, "2026-10-03T00:00:00Z", &["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]);
}

#[test]
fn clocks_that_are_put_back_let_what_they_repeat_run_once() {
    // Zurich, 25 October 2026: from 03:00 to 02:00, which is 01:00 UTC.
    for (cron, expected) in [
        ("30 2 * * *", &["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"][..]),
        ("0 3 * * *", &["2026-10-24T01:00:00Z", "2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z"]),
        ("45 1-3 25 10 *", &["2026-10-24T23:45:00Z", "2026-10-25T00:45:00Z", "2026-10-25T02:45:00Z"]),
    ] {
        runs(&schedule(cron, "Europe/Zurich"), "2026-10-23T12:00:00Z", expected);
    }
    // From within the repeated hour.
    runs(&schedule("30 2 * * *", "Europe/Zurich"), "2026-10-25T01:10:00Z", &["2026-10-26T01:30:00Z"]);
}

#[test]
fn a_single_time_runs_once() {
    let now = moment("2026-03-01T00:00:00Z");
    for (given, expected) in [
        (json!({"at": "2026-12-24T18:00:00", "timezone": "Europe/Zurich"}), "2026-12-24T17:00:00Z"),
        (json!({"at": "2026-12-24T18:00:00"}), "2026-12-24T18:00:00Z"),
        (json!({"at": "2026-12-24T18:00:00+05:00", "timezone": "Europe/Zurich"}), "2026-12-24T13:00:00Z"),
        (json!({"at": "2026-03-29T02:30:00", "timezone": "Europe/Zurich"}), "2026-03-29T01:00:00Z"),
        (json!({"at": "2026-10-25T02:30:00", "timezone": "Europe/Zurich"}), "2026-10-25T00:30:00Z"),
    ] {
        let schedule = Schedule::parse(given.as_object().unwrap(), now).unwrap();
        let run = schedule.next(now).unwrap();
        assert_eq!(run.iso_z(), expected, "{given}");
        assert_eq!(schedule.next(run), None, "{given}");
    }
}

#[test]
fn what_is_no_schedule_is_told_apart() {
    let now = moment("2026-01-01T00:00:00Z");
    for (given, text) in [
        (json!({}), "A schedule has either 'cron' or 'at'"),
        (json!({"cron": "* * * * *", "at": "2027-01-01T00:00:00"}), "A schedule has either 'cron' or 'at'"),
        (json!({"cron": "* * * * *", "every": 3}), "A schedule has no 'every'"),
        (json!({"cron": 5}), "The schedule's 'cron' is not a string"),
        (json!({"at": "1".repeat(256)}), "The schedule's 'at' is longer than 255 bytes"),
        (
            json!({"cron": "* * * *"}),
            "A cron expression has 5 fields (minute, hour, day of the month, month, day of the week), not 4",
        ),
        (json!({"cron": "60 * * * *"}), "'60' in the cron expression's minute is not from 0 to 59"),
        (json!({"cron": "* 1,x * * *"}), "'x' in the cron expression's hour is not from 0 to 23"),
        (json!({"cron": "* * 0 * *"}), "'0' in the cron expression's day of the month is not from 1 to 31"),
        (json!({"cron": "* * * foo *"}), "'foo' in the cron expression's month is not from 1 to 12"),
        (json!({"cron": "* * * * 8"}), "'8' in the cron expression's day of the week is not from 0 to 7"),
        (json!({"cron": "* * * * +1"}), "'+1' in the cron expression's day of the week is not from 0 to 7"),
        (
            json!({"cron": "5-3 * * * *"}),
            "'5-3' in the cron expression's minute is not a range that runs forwards",
        ),
        (
            json!({"cron": "*/0 * * * *"}),
            "'*/0' in the cron expression's minute is not followed by a step of at least 1",
        ),
        (json!({"cron": ",1 * * * *"}), "'' in the cron expression's minute is not from 0 to 59"),
        (
            json!({"cron": "* * * * *", "timezone": "Mars/Base"}),
            "'Mars/Base' is not a time zone of the IANA database",
        ),
        (
            json!({"at": "tomorrow"}),
            "'tomorrow' is not a time such as 2026-12-24T18:00:00, or 2026-12-24T18:00:00+01:00",
        ),
        (
            json!({"cron": "* * * * *", "missed": "never"}),
            "'never' is not acceptable for the schedule's 'missed': 'run_once' and 'skip' are",
        ),
        (json!({"cron": "0 0 30 2 *"}), "The schedule never runs: there is no such time to come"),
        (json!({"at": "2025-12-31T00:00:00"}), "The schedule never runs: there is no such time to come"),
    ] {
        let error = Schedule::parse(given.as_object().unwrap(), now).unwrap_err();
        assert_eq!(error.to_string(), text, "{given}");
    }
}

#[test]
fn a_schedule_is_kept_as_it_is_shown() {
    let now = moment("2026-01-01T00:00:00Z");
    for (given, kept) in [
        (
            json!({"cron": " 0  6 * * mon "}),
            json!({"cron": "0 6 * * mon", "timezone": "UTC", "missed": "run_once"}),
        ),
        (
            json!({"at": "2027-01-01T00:00:00", "timezone": "europe/zurich", "missed": "skip"}),
            json!({"at": "2027-01-01T00:00:00", "timezone": "Europe/Zurich", "missed": "skip"}),
        ),
    ] {
        let schedule = Schedule::parse(given.as_object().unwrap(), now).unwrap();
        assert_eq!(serde_json::to_value(&schedule).unwrap(), kept);
        assert_eq!(serde_json::from_value::<Schedule>(kept).unwrap(), schedule);
    }
}

#[test]
fn late_runs_are_made_up_for_and_missed_ones_as_the_schedule_says() {
    let hourly = schedule("0 * * * *", "UTC");
    let skipping = Schedule { missed: Missed::Skip, ..hourly.clone() };
    let run = moment("2026-01-01T10:00:00Z");
    for (now, acts, skips, next) in [
        ("2026-01-01T10:00:00Z", true, true, "2026-01-01T11:00:00Z"),
        ("2026-01-01T10:05:00Z", true, true, "2026-01-01T11:00:00Z"),
        ("2026-01-01T10:05:01Z", true, false, "2026-01-01T11:00:00Z"),
        ("2026-01-01T14:30:00Z", true, false, "2026-01-01T15:00:00Z"),
    ] {
        let next = Some(moment(next));
        assert_eq!(hourly.turn(run, moment(now)), Turn { acts, next }, "{now}");
        assert_eq!(skipping.turn(run, moment(now)), Turn { acts: skips, next }, "{now}");
    }
}

#[test]
fn a_run_makes_one_action_and_another_another() {
    let (one, two) = (ReceiverId::new(uuid::Uuid::from_u128(1)), ReceiverId::new(uuid::Uuid::from_u128(2)));
    let (at, later) = (Timestamp::from_micros(1), Timestamp::from_micros(2));
    assert_eq!(scheduled(one, at), scheduled(one, at));
    assert_ne!(scheduled(one, at), scheduled(one, later));
    assert_ne!(scheduled(one, at), scheduled(two, at));
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Zurich",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "America/Sao_Paulo",
    ])
}

/// Expressions that run every day.
fn daily() -> impl Strategy<Value = String> {
    let minutes = prop_oneof![
        Just("*/7".to_owned()),
        (0..60u32).prop_map(|minute| minute.to_string()),
        (0..60u32, 0..60u32).prop_map(|(one, two)| format!("{one},{two}")),
    ];
    let hours = prop_oneof![
        Just("*".to_owned()),
        (0..4u32).prop_map(|hour| hour.to_string()),
        (0..12u32, 12..24u32).prop_map(|(from, to)| format!("{from}-{to}/3")),
    ];
    (minutes, hours).prop_map(|(minutes, hours)| format!("{minutes} {hours} * * *"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Against every minute there is: the run is after `after`, at a time that its expression has or at the end of
    /// a gap that swallowed one; and no minute before it was such a time for the first time.
    #[test]
    fn the_next_run_is_the_first_that_there_is(
        zone in zones(),
        cron in daily(),
        // 2000 to 2033, or within two days of a change in Zurich or New York.
        after in prop_oneof![
            946_684_800..2_000_000_000i64,
            1_774_500_000..1_774_850_000i64,
            1_792_750_000..1_793_700_000i64,
        ],
    ) {
        let schedule = schedule(&cron, zone);
        let When::Cron(cron) = &schedule.when else { unreachable!() };
        let after = Timestamp::from_micros(after * 1_000_000);
        let run = schedule.next(after).unwrap();
        prop_assert!(run > after);
        prop_assert!(run.since(after) <= Duration::from_secs(50 * 3600), "{run:?}");
        let zone = &schedule.timezone;
        let mut minute = Timestamp::from_micros(after.micros().div_euclid(60_000_000) * 60_000_000 + 60_000_000);
        while minute < run {
            let local = zone.local(minute).unwrap();
            prop_assert!(!cron.holds(local) || zone.moment(local) != Some(minute), "{local} was left out");
            minute = minute.plus(Duration::from_secs(60));
        }
        let local = zone.local(run).unwrap();
        let before = zone.local(run.minus(Duration::from_secs(60))).unwrap();
        let skipped = cron.after(before).next().is_some_and(|time| time < local);
        prop_assert!(cron.holds(local) || skipped, "{local} is no such time");
    }
}
