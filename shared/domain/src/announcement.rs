//! Events as an event bus is told of them (spec engine-receivers-health-events §3: what the reference's dispatcher
//! `message` does). On AWS the bus is EventBridge.

use crate::event::Event;
use crate::time::Timestamp;
use serde_json::{Value, json};
use std::ops::Range;

/// What every announcement says it comes from.
pub const SOURCE: &str = "coppice";

/// How many announcements the bus takes at once.
const MOST_AT_ONCE: usize = 10;
/// How many bytes it takes at once, and of one announcement.
const MOST_BYTES: usize = 262_144;
/// How the bus counts the time of an announcement, in bytes.
const TIME_BYTES: usize = 14;
/// How many characters the type of an announcement has at most.
const LONGEST_TYPE: usize = 128;
/// How many characters of an event's text are told, if all of them are too many.
const SHORTENED: usize = 10_000;

/// An event as the bus is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// What happened, as the reference calls it: `cluster.resize.end`.
    pub detail_type: String,
    /// When.
    pub time: Timestamp,
    /// In JSON, the deployment and the event as the API shows it.
    pub detail: String,
}

/// What became of an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The bus has it.
    Taken,
    /// It will never take it, for this reason.
    Refused(String),
    /// It did not take it this time, for this reason.
    Failed(String),
}

impl Announcement {
    /// Of an event, which the API shows like this.
    #[must_use]
    pub fn of(event: &Event, shown: Value, deployment: &str) -> Self {
        let detail = |shown: &Value| json!({ "deployment": deployment, "event": shown }).to_string();
        let mut announcement =
            Self { detail_type: detail_type(event), time: event.timestamp, detail: detail(&shown) };
        if announcement.bytes() > MOST_BYTES {
            let mut shown = shown;
            shown["status_reason"] = event.status_reason.chars().take(SHORTENED).collect::<String>().into();
            announcement.detail = detail(&shown);
        }
        announcement
    }

    /// Its size as the bus counts it.
    fn bytes(&self) -> usize {
        TIME_BYTES + SOURCE.len() + self.detail_type.len() + self.detail.len()
    }
}

/// `cluster.resize.end`: what the event is about, what was done to it, and how far that is.
fn detail_type(event: &Event) -> String {
    let about = event.otype.to_lowercase();
    let action = event.action.to_lowercase();
    let done = action.strip_prefix(&format!("{about}_")).unwrap_or(&action);
    format!("{about}.{done}.{}", event.status.name()).chars().take(LONGEST_TYPE).collect()
}

/// Which announcements go together, in order: as many as the bus takes at once.
#[must_use]
pub fn parcels(announcements: &[Announcement]) -> Vec<Range<usize>> {
    let mut parcels: Vec<Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (index, announcement) in announcements.iter().enumerate() {
        let own = announcement.bytes();
        match parcels.last_mut() {
            Some(parcel) if parcel.len() < MOST_AT_ONCE && bytes + own <= MOST_BYTES => {
                parcel.end = index + 1;
                bytes += own;
            }
            _ => {
                parcels.push(index..index + 1);
                bytes = own;
            }
        }
    }
    parcels
}

impl Fate {
    /// By the error that the bus gave for an announcement. What is wrong with the announcement itself stays wrong;
    /// all else someone or something may mend: the bus, its permissions, or an operator.
    #[must_use]
    pub fn of(code: Option<&str>, message: Option<&str>) -> Self {
        let Some(code) = code else { return Self::Taken };
        let reason = format!("{code}: {}", message.unwrap_or_default());
        match code {
            "MalformedDetail" | "InvalidArgument" | "RedactionFailure" => Self::Refused(reason),
            _ => Self::Failed(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Level, Phase};
    use crate::ids::EventId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn event(otype: &str, action: &str, status: Phase) -> Event {
        Event {
            id: EventId::new(Uuid::from_u128(1)),
            timestamp: Timestamp::from_micros(0),
            oid: Uuid::from_u128(2),
            oname: "web".to_owned(),
            otype: otype.to_owned(),
            cluster_id: None,
            level: Level::Info,
            user: "u".to_owned(),
            project: "p".to_owned(),
            action: action.to_owned(),
            status,
            status_reason: "done".to_owned(),
            meta_data: Default::default(),
        }
    }

    #[test]
    fn a_type_is_what_the_reference_calls_it() {
        for (otype, action, status, expected) in [
            ("CLUSTER", "CLUSTER_SCALE_OUT", Phase::Start, "cluster.scale_out.start"),
            ("NODE", "NODE_RECOVER", Phase::End, "node.recover.end"),
            // An operation has its own name.
            ("NODE", "reboot", Phase::Error, "node.reboot.error"),
            ("RECEIVER", "CLUSTER_RESIZE", Phase::Error, "receiver.cluster_resize.error"),
        ] {
            assert_eq!(detail_type(&event(otype, action, status)), expected);
        }
        assert_eq!(detail_type(&event("NODE", &"é".repeat(500), Phase::End)).chars().count(), 128);
    }

    #[test]
    fn an_announcement_says_whose_event_it_is() {
        let said = Announcement::of(&event("NODE", "NODE_CHECK", Phase::End), json!({ "id": 1 }), "east");
        assert_eq!(said.detail, r#"{"deployment":"east","event":{"id":1}}"#);
    }

    #[test]
    fn a_text_that_is_too_long_is_shortened() {
        for (reason, kept) in [("x".repeat(200_000), 200_000), ("\u{1}".repeat(200_000), SHORTENED)] {
            let long = Event { status_reason: reason, ..event("NODE", "NODE_CHECK", Phase::End) };
            let shown = json!({ "status_reason": long.status_reason });
            let said = Announcement::of(&long, shown, "east");
            assert!(said.bytes() <= MOST_BYTES);
            let detail: Value = serde_json::from_str(&said.detail).unwrap();
            assert_eq!(detail["event"]["status_reason"].as_str().unwrap().len(), kept);
        }
    }

    #[test]
    fn only_what_is_wrong_with_an_announcement_itself_is_final() {
        assert_eq!(Fate::of(None, None), Fate::Taken);
        for code in ["MalformedDetail", "InvalidArgument", "RedactionFailure"] {
            assert_eq!(Fate::of(Some(code), Some("no")), Fate::Refused(format!("{code}: no")));
        }
        for code in ["ThrottlingException", "InternalFailure", "AccessDeniedException", "SomethingNew"] {
            assert_eq!(Fate::of(Some(code), None), Fate::Failed(format!("{code}: ")));
        }
    }

    proptest! {
        #[test]
        fn parcels_are_all_in_order_and_within_bounds(sizes in prop::collection::vec(0usize..200_000, 0..40)) {
            let announcements: Vec<Announcement> = sizes
                .iter()
                .map(|size| Announcement {
                    detail_type: "node.check.end".to_owned(),
                    time: Timestamp::from_micros(0),
                    detail: "x".repeat(*size),
                })
                .collect();
            let parcels = parcels(&announcements);
            let all: Vec<usize> = parcels.iter().cloned().flatten().collect();
            prop_assert_eq!(all, (0..sizes.len()).collect::<Vec<_>>());
            for parcel in parcels {
                let bytes: usize = announcements[parcel.clone()].iter().map(Announcement::bytes).sum();
                prop_assert!((1..=MOST_AT_ONCE).contains(&parcel.len()) && bytes <= MOST_BYTES);
            }
        }
    }
}
