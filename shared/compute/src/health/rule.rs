//! Where probes may go.

use super::address::{AddressKind, kind_of, unwrapped};
use super::range::{BadRange, Range};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where probes may go, as configured. The default is the Internet, and nothing nearer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProbeSettings {
    /// Whether to private networks, too: for deployments whose nodes have private addresses, and whose
    /// own network has nothing on such addresses that its users must not reach.
    pub allow_private: bool,
    /// Addresses, and ranges such as `10.8.0.0/16`, that probes may go to although they are private, reserved,
    /// link-local or loopback.
    pub allow: Vec<String>,
}

/// Where probes may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRule {
    allow_private: bool,
    allow: Vec<Range>,
}

impl AddressRule {
    /// The rule that settings describe.
    ///
    /// # Errors
    /// When an entry is no range.
    pub fn new(settings: &ProbeSettings) -> Result<Self, BadRange> {
        let allow = settings.allow.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        Ok(Self { allow_private: settings.allow_private, allow })
    }

    /// Whether a probe may go to an address; if not, what the address is. Metadata services, multicast and
    /// unspecified addresses are never gone to, whatever is allowed.
    ///
    /// # Errors
    /// The kind of address that stands in the way.
    pub fn admit(&self, address: IpAddr) -> Result<(), AddressKind> {
        let kind = kind_of(address);
        let listed = || {
            let inner = unwrapped(address);
            self.allow.iter().any(|range| range.holds(inner) || range.holds(address))
        };
        let admitted = match kind {
            AddressKind::Public => true,
            AddressKind::Private => self.allow_private || listed(),
            AddressKind::Loopback | AddressKind::LinkLocal | AddressKind::Reserved => listed(),
            AddressKind::Metadata | AddressKind::Multicast | AddressKind::Unspecified => false,
        };
        if admitted { Ok(()) } else { Err(kind) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(allow_private: bool, allow: &[&str]) -> AddressRule {
        let allow = allow.iter().map(|text| (*text).to_owned()).collect();
        AddressRule::new(&ProbeSettings { allow_private, allow }).unwrap()
    }

    /// One address of every kind, and some that wrap one.
    const EACH: [(&str, AddressKind); 12] = [
        ("8.8.8.8", AddressKind::Public),
        ("::ffff:8.8.8.8", AddressKind::Public),
        ("10.1.2.3", AddressKind::Private),
        ("::ffff:10.1.2.3", AddressKind::Private),
        ("fd12::1", AddressKind::Private),
        ("127.0.0.1", AddressKind::Loopback),
        ("2002:7f00:1::", AddressKind::Loopback),
        ("fe80::1", AddressKind::LinkLocal),
        ("64:ff9b::a9fe:a9fe", AddressKind::Metadata),
        ("224.0.0.1", AddressKind::Multicast),
        ("0.0.0.0", AddressKind::Unspecified),
        ("240.0.0.1", AddressKind::Reserved),
    ];

    #[test]
    fn what_is_allowed_widens_the_rule_step_by_step_and_never_to_the_end() {
        use AddressKind::{Metadata, Multicast, Private, Public, Unspecified};
        let everything = ["0.0.0.0/0", "::/0"];
        for (rule, admitted) in [
            (rule(false, &[]), &(|kind| kind == Public) as &dyn Fn(AddressKind) -> bool),
            (rule(true, &[]), &|kind| kind == Public || kind == Private),
            (rule(false, &everything), &|kind| ![Metadata, Multicast, Unspecified].contains(&kind)),
            (rule(true, &everything), &|kind| ![Metadata, Multicast, Unspecified].contains(&kind)),
        ] {
            for (address, kind) in EACH {
                let expected = if admitted(kind) { Ok(()) } else { Err(kind) };
                assert_eq!(rule.admit(address.parse().unwrap()), expected, "{address} by {rule:?}");
            }
        }
    }

    #[test]
    fn a_listed_range_opens_itself_only_and_however_it_is_written() {
        let rule = rule(false, &["10.8.0.0/16", "127.0.0.1"]);
        for (address, admitted) in [
            ("10.8.0.1", true),
            ("10.9.0.1", false),
            ("::ffff:10.8.255.255", true),
            ("64:ff9b::a08:1", true),
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("192.168.0.1", false),
        ] {
            assert_eq!(rule.admit(address.parse().unwrap()).is_ok(), admitted, "{address}");
        }
    }

    #[test]
    fn settings_are_read_from_json_and_what_is_no_range_is_named() {
        let text = r#"{"allow_private": true, "allow": ["10.8.0.0/16", "internal.example"]}"#;
        let settings: ProbeSettings = serde_json::from_str(text).unwrap();
        let refusal = AddressRule::new(&settings).unwrap_err().to_string();
        assert!(refusal.contains("'internal.example'"), "{refusal}");
        assert_eq!(serde_json::from_str::<ProbeSettings>("{}").unwrap(), ProbeSettings::default());
        assert!(serde_json::from_str::<ProbeSettings>(r#"{"allow_all": true}"#).is_err());
    }
}
