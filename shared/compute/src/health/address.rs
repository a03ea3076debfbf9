//! What kind of place an address is (the special-purpose registries of RFC 6890, and what clouds add).

use super::range::Range;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of place an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// Somewhere on the Internet.
    Public,
    /// In a network of somebody's own.
    Private,
    /// The machine itself.
    Loopback,
    /// The same wire.
    LinkLocal,
    /// A cloud's service that gives credentials to whoever can reach it.
    Metadata,
    /// Many machines.
    Multicast,
    /// No address at all, which systems take for the machine itself.
    Unspecified,
    /// Set aside: examples, benchmarks, tunnels, what was never given out.
    Reserved,
}

impl AddressKind {
    /// What an address of this kind is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Loopback => "a loopback address",
            Self::LinkLocal => "link-local",
            Self::Metadata => "a metadata service",
            Self::Multicast => "a multicast address",
            Self::Unspecified => "unspecified",
            Self::Reserved => "reserved",
        }
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Range {
    Range::new(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits)
}

const fn v6(first: [u16; 8], bits: u8) -> Range {
    let [a, b, c, d, e, f, g, h] = first;
    Range::new(IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), bits)
}

/// The first range that holds an address tells its kind; in none, it is public.
const KINDS: [(Range, AddressKind); 37] = [
    // EC2 and most others; ECS; Alibaba; Azure; Oracle.
    (v4(169, 254, 169, 254, 32), AddressKind::Metadata),
    (v4(169, 254, 170, 2, 32), AddressKind::Metadata),
    (v4(169, 254, 170, 23, 32), AddressKind::Metadata),
    (v4(100, 100, 100, 200, 32), AddressKind::Metadata),
    (v4(168, 63, 129, 16, 32), AddressKind::Metadata),
    (v4(192, 0, 0, 192, 32), AddressKind::Metadata),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23], 128), AddressKind::Metadata),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), AddressKind::Metadata),
    (v4(0, 0, 0, 0, 8), AddressKind::Unspecified),
    (v4(10, 0, 0, 0, 8), AddressKind::Private),
    (v4(100, 64, 0, 0, 10), AddressKind::Private),
    (v4(127, 0, 0, 0, 8), AddressKind::Loopback),
    (v4(169, 254, 0, 0, 16), AddressKind::LinkLocal),
    (v4(172, 16, 0, 0, 12), AddressKind::Private),
    (v4(192, 0, 0, 0, 24), AddressKind::Reserved),
    (v4(192, 0, 2, 0, 24), AddressKind::Reserved),
    (v4(192, 88, 99, 0, 24), AddressKind::Reserved),
    (v4(192, 168, 0, 0, 16), AddressKind::Private),
    (v4(198, 18, 0, 0, 15), AddressKind::Reserved),
    (v4(198, 51, 100, 0, 24), AddressKind::Reserved),
    (v4(203, 0, 113, 0, 24), AddressKind::Reserved),
    (v4(224, 0, 0, 0, 4), AddressKind::Multicast),
    (v4(240, 0, 0, 0, 4), AddressKind::Reserved),
    (v6([0; 8], 128), AddressKind::Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), AddressKind::Loopback),
    // The rest of what once wrapped addresses of version 4, and translators of somebody's own.
    (v6([0; 8], 96), AddressKind::Reserved),
    (v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), AddressKind::Private),
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), AddressKind::Reserved),
    // Tunnels, identifiers, benchmarks; examples.
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), AddressKind::Reserved),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), AddressKind::Reserved),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), AddressKind::Reserved),
    (v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16), AddressKind::Reserved),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), AddressKind::Private),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), AddressKind::LinkLocal),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), AddressKind::Private),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), AddressKind::Multicast),
    // Of version 6, only these were ever given out: see `kind_of`.
    (v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3), AddressKind::Public),
];

/// What kind of place an address leads to. An address of version 6 that only wraps one of version 4 leads
/// where that one does.
#[must_use]
pub fn kind_of(address: IpAddr) -> AddressKind {
    let address = unwrapped(address);
    let known = KINDS.iter().find(|(range, _)| range.holds(address));
    let otherwise = if address.is_ipv4() { AddressKind::Public } else { AddressKind::Reserved };
    known.map_or(otherwise, |(_, kind)| *kind)
}

/// The address of version 4 inside one of version 6: mapped (`::ffff:0:0/96`), translated (`64:ff9b::/96`,
/// RFC 6052), or by way of a relay (`2002::/16`, RFC 3056).
pub(super) const fn unwrapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(outer) = address else { return address };
    match outer.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => IpAddr::V4(Ipv4Addr::from_bits((high as u32) << 16 | low as u32)),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> AddressKind {
        kind_of(text.parse().unwrap())
    }

    #[test]
    fn every_range_begins_and_ends_where_it_should() {
        use AddressKind::{LinkLocal, Loopback, Metadata, Multicast, Private, Public, Reserved, Unspecified};
        for (first, last, expected) in [
            ("0.0.0.0", "0.255.255.255", Unspecified),
            ("1.0.0.0", "9.255.255.255", Public),
            ("10.0.0.0", "10.255.255.255", Private),
            ("11.0.0.0", "100.63.255.255", Public),
            ("100.64.0.0", "100.100.100.199", Private),
            ("100.100.100.200", "100.100.100.200", Metadata),
            ("100.100.100.201", "100.127.255.255", Private),
            ("100.128.0.0", "126.255.255.255", Public),
            ("127.0.0.0", "127.255.255.255", Loopback),
            ("128.0.0.0", "168.63.129.15", Public),
            ("168.63.129.16", "168.63.129.16", Metadata),
            ("168.63.129.17", "169.253.255.255", Public),
            ("169.254.0.0", "169.254.169.253", LinkLocal),
            ("169.254.169.254", "169.254.169.254", Metadata),
            ("169.254.169.255", "169.254.170.1", LinkLocal),
            ("169.254.170.2", "169.254.170.2", Metadata),
            ("169.254.170.3", "169.254.170.22", LinkLocal),
            ("169.254.170.23", "169.254.170.23", Metadata),
            ("169.254.170.24", "169.254.255.255", LinkLocal),
            ("169.255.0.0", "172.15.255.255", Public),
            ("172.16.0.0", "172.31.255.255", Private),
            ("172.32.0.0", "191.255.255.255", Public),
            ("192.0.0.0", "192.0.0.191", Reserved),
            ("192.0.0.192", "192.0.0.192", Metadata),
            ("192.0.0.193", "192.0.0.255", Reserved),
            ("192.0.1.0", "192.0.1.255", Public),
            ("192.0.2.0", "192.0.2.255", Reserved),
            ("192.0.3.0", "192.88.98.255", Public),
            ("192.88.99.0", "192.88.99.255", Reserved),
            ("192.88.100.0", "192.167.255.255", Public),
            ("192.168.0.0", "192.168.255.255", Private),
            ("192.169.0.0", "198.17.255.255", Public),
            ("198.18.0.0", "198.19.255.255", Reserved),
            ("198.20.0.0", "198.51.99.255", Public),
            ("198.51.100.0", "198.51.100.255", Reserved),
            ("198.51.101.0", "203.0.112.255", Public),
            ("203.0.113.0", "203.0.113.255", Reserved),
            ("203.0.114.0", "223.255.255.255", Public),
            ("224.0.0.0", "239.255.255.255", Multicast),
            ("240.0.0.0", "255.255.255.255", Reserved),
            ("::", "::", Unspecified),
            ("::1", "::1", Loopback),
            ("::2", "::ffff:ffff", Reserved),
            ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", Private),
            ("100::", "100::ffff:ffff:ffff:ffff", Reserved),
            ("101::", "1fff:ffff::", Reserved),
            ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", Reserved),
            ("2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", Public),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Reserved),
            ("2001:db9::", "2001:ffff::", Public),
            ("2003::", "3ffe:ffff::", Public),
            ("3fff::", "3fff:fff:ffff::", Reserved),
            ("3fff:1000::", "3fff:ffff::", Public),
            ("4000::", "fbff:ffff::", Reserved),
            ("fc00::", "fd00:ec2::22", Private),
            ("fd00:ec2::23", "fd00:ec2::23", Metadata),
            ("fd00:ec2::24", "fd00:ec2::253", Private),
            ("fd00:ec2::254", "fd00:ec2::254", Metadata),
            ("fd00:ec2::255", "fdff:ffff::", Private),
            ("fe00::", "fe7f:ffff::", Reserved),
            ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", LinkLocal),
            ("fec0::", "feff:ffff::", Private),
            ("ff00::", "ffff:ffff::", Multicast),
        ] {
            assert_eq!((kind(first), kind(last)), (expected, expected), "{first} to {last}");
        }
    }

    /// Every first two bytes there are, with the ends of what follows.
    #[test]
    fn an_address_of_version_4_is_of_one_kind_however_it_is_wrapped() {
        for high in 0..=u16::MAX {
            for low in [0, 1, 0x0200, 0x6363, 0xa9fe, 0xaa02, u16::MAX] {
                let inner = Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
                let expected = kind_of(IpAddr::V4(inner));
                for outer in [
                    Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low),
                    Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                    Ipv6Addr::new(0x2002, high, low, 9, 9, 9, 9, 9),
                ] {
                    assert_eq!(kind_of(IpAddr::V6(outer)), expected, "{inner} in {outer}");
                }
            }
        }
    }

    #[test]
    fn what_the_standard_library_knows_of_version_4_is_known_here() {
        for high in 0..=u16::MAX {
            for low in [0, 1, 0x0263, u16::MAX] {
                let address = Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
                let special = address.is_loopback()
                    || address.is_private()
                    || address.is_link_local()
                    || address.is_unspecified()
                    || address.is_multicast()
                    || address.is_broadcast()
                    || address.is_documentation();
                let public = kind_of(IpAddr::V4(address)) == AddressKind::Public;
                assert!(!(special && public), "{address}");
            }
        }
    }
}
