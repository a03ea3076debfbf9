//! Ranges of addresses.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The addresses that begin with the same bits: `10.0.0.0/8`, `fe80::/10`, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    first: IpAddr,
    bits: u8,
}

/// A text that names no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither an IP address nor a range of them such as 10.0.0.0/8")]
pub struct BadRange(String);

impl Range {
    /// A range that is known when this is compiled.
    pub(super) const fn new(first: IpAddr, bits: u8) -> Self {
        Self { first, bits }
    }

    /// Whether an address is in it. Addresses of version 4 are in no range of version 6, however they are
    /// written.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                same(u128::from(first.to_bits()) << 96, u128::from(address.to_bits()) << 96, self.bits)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => same(first.to_bits(), address.to_bits(), self.bits),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// Whether two numbers begin with the same bits.
const fn same(one: u128, other: u128, bits: u8) -> bool {
    (one ^ other).leading_zeros() >= bits as u32
}

impl FromStr for Range {
    type Err = BadRange;

    fn from_str(text: &str) -> Result<Self, BadRange> {
        let bad = || BadRange(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(first, bits)| (first, Some(bits)));
        let first: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| bad())?;
        if bits <= most { Ok(Self { first, bits }) } else { Err(bad()) }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_begins_like_it() {
        for (range, address, held) in [
            ("10.0.0.0/8", "10.255.255.255", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "9.255.255.255", false),
            ("10.9.8.7/8", "10.0.0.1", true),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::", false),
            ("::/0", "0.0.0.0", false),
            ("::/0", "ffff::1", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.0", false),
            ("fe80::/10", "febf:ffff::1", true),
            ("fe80::/10", "fec0::1", false),
            ("::1", "::1", true),
            ("::1", "::2", false),
        ] {
            let range: Range = range.parse().unwrap();
            assert_eq!(range.holds(address.parse().unwrap()), held, "{address} in {range}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in
            ["", "10", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "example.com", "10.0.0.0/8/8"]
        {
            assert_eq!(text.parse::<Range>(), Err(BadRange(text.to_owned())));
        }
    }
}
