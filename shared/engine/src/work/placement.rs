//! Where the nodes that an action makes are placed, as policies decided (spec engine-policies §4, §5).

use coppice_domain::cluster::JsonMap;
use coppice_domain::policies::{Creation, Data, Spread};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A place for each node, by its number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Placement {
    /// How many go to each region.
    #[serde(default, skip_serializing_if = "Spread::is_empty")]
    regions: Spread,
    /// How many go to each availability zone.
    #[serde(default, skip_serializing_if = "Spread::is_empty")]
    zones: Spread,
    /// The server group that all of them belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server_group: Option<String>,
    /// The zone of those that no plan gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
}

impl Placement {
    /// What policies decided about nodes to be made; none if nothing.
    pub(crate) fn decided(data: &Data) -> Option<Self> {
        let Creation { regions, zones, .. } = data.creation.clone().unwrap_or_default();
        let group = data.placement.as_ref();
        let placement = Self {
            regions: regions.unwrap_or_default(),
            zones: zones.unwrap_or_default(),
            server_group: group.map(|group| group.server_group.clone()),
            zone: group.and_then(|group| group.zone.clone()),
        };
        (placement != Self::default()).then_some(placement)
    }

    /// Where the node of this number goes, as the node's `data.placement` says it.
    pub(crate) fn of(&self, number: u64) -> JsonMap {
        let mut place = JsonMap::new();
        if let Some(region) = nth(&self.regions, number) {
            place.insert("region_name".to_owned(), json!(region));
        }
        if let Some(zone) = nth(&self.zones, number).or(self.zone.as_deref()) {
            place.insert("zone".to_owned(), json!(zone));
        }
        if let Some(group) = &self.server_group {
            place.insert("servergroup".to_owned(), json!(group));
        }
        place
    }
}

/// The place of this number when the places are filled in order.
fn nth(places: &Spread, number: u64) -> Option<&str> {
    let mut before = 0;
    places
        .iter()
        .find(|(_, count)| {
            before += u64::try_from(**count).unwrap_or(0);
            number < before
        })
        .map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_gets_as_many_as_planned() {
        let zones = Spread::from([("a".to_owned(), 2), ("b".to_owned(), 0), ("c".to_owned(), 1)]);
        let placement = Placement { zones, ..Placement::default() };
        let zones: Vec<_> = (0..4).map(|number| placement.of(number).get("zone").cloned()).collect();
        assert_eq!(zones, [Some(json!("a")), Some(json!("a")), Some(json!("c")), None]);
    }

    #[test]
    fn a_server_group_and_its_zone_are_everybodys() {
        let placement = Placement {
            server_group: Some("g".to_owned()),
            zone: Some("az1".to_owned()),
            ..Placement::default()
        };
        let place = json!({ "servergroup": "g", "zone": "az1" });
        assert_eq!(serde_json::Value::Object(placement.of(0)), place);
        assert_eq!(placement.of(0), placement.of(9));
    }
}
