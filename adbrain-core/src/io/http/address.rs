//! Which addresses a client may connect to.
//!
//! Addresses come from users (landing pages, webhooks, servers), so a name is resolved once, its addresses are checked, and
//! the connection goes to a checked one. Ranges: IANA's special-purpose address registries (RFC 6890 and updates).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::error::{Error, ErrorKind, Result};

/// How far a client may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Reach {
    /// Public addresses over TLS.
    #[default]
    Public,
    /// Also this machine, with or without TLS.
    Loopback,
    /// Also this machine and private networks, with or without TLS.
    Private,
}

/// What an address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The internet.
    Public,
    /// This machine.
    Loopback,
    /// A private network.
    Private,
    /// Link-local, multicast, reserved, or a tunnel: never connected to.
    Forbidden,
}

impl Reach {
    fn allows(self, zone: Zone) -> bool {
        match zone {
            Zone::Public => true,
            Zone::Loopback => self >= Self::Loopback,
            Zone::Private => self >= Self::Private,
            Zone::Forbidden => false,
        }
    }

    /// Checks the scheme, and the address where the host is one; names are checked when they are resolved.
    pub(super) fn check(self, url: &Url) -> Result<()> {
        let zone = literal(url).map(zone);
        if let Some(zone) = zone.filter(|zone| !self.allows(*zone)) {
            return Err(refused(&format!("the address belongs to a {zone:?} zone")));
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.allows_plain(zone) => Ok(()),
            other => Err(refused(&format!("the scheme {other:?} is not allowed")).next("use https")),
        }
    }

    /// Plain HTTP is for this machine and private networks; a name that leads elsewhere is refused when it is resolved.
    fn allows_plain(self, zone: Option<Zone>) -> bool {
        self > Self::Public && zone != Some(Zone::Public)
    }
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Refused, format!("the request was not sent: {why}"))
        .next("use a public https address, or let the client reach this machine or private networks")
}

fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// The zone of an address; an IPv6 address that carries an IPv4 one has the zone of that.
pub fn zone(address: IpAddr) -> Zone {
    match address {
        IpAddr::V4(address) => zone_v4(address),
        IpAddr::V6(address) => zone_v6(address),
    }
}

fn zone_v4(address: Ipv4Addr) -> Zone {
    match address.octets() {
        [127, ..] => Zone::Loopback,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] => Zone::Private,
        [0 | 224..=255, ..] | [169, 254, ..] | [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => {
            Zone::Forbidden
        }
        [198, 51, 100, _] | [203, 0, 113, _] => Zone::Forbidden,
        _ => Zone::Public,
    }
}

fn zone_v6(address: Ipv6Addr) -> Zone {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Zone::Loopback,
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => zone_v4(carried(high, low)),
        [0xfc00..=0xfdff, ..] => Zone::Private,
        [0x2001, 0xdb8, ..] => Zone::Forbidden,
        [0x2001, 0x200..=0xffff, ..] | [0x2003..=0x3ffe, ..] => Zone::Public,
        _ => Zone::Forbidden,
    }
}

fn carried(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// Resolves names and leaves out the addresses that may not be reached.
pub(super) enum CheckedResolver {
    /// For connections over TLS.
    Secure(Reach),
    /// For connections without: public addresses are left out.
    Plain(Reach),
}

impl CheckedResolver {
    fn allows(&self, zone: Zone) -> bool {
        match self {
            Self::Secure(reach) => reach.allows(zone),
            Self::Plain(reach) => reach.allows(zone) && zone != Zone::Public,
        }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let zones = [Zone::Public, Zone::Loopback, Zone::Private].into_iter().filter(|zone| self.allows(*zone));
        let zones: Vec<_> = zones.collect();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<_> = found.into_iter().filter(|address| zones.contains(&zone(address.ip()))).collect();
            if allowed.is_empty() { Err(RefusedName.into()) } else { Ok(Box::new(allowed.into_iter()) as Addrs) }
        })
    }
}

/// The addresses of a mail server that may be reached; without TLS public ones may not.
#[cfg(feature = "email")]
pub(super) async fn resolve_mail(
    (host, port): (&str, u16),
    (reach, is_secure): (Reach, bool),
) -> Result<Vec<SocketAddr>> {
    let resolver = if is_secure { CheckedResolver::Secure(reach) } else { CheckedResolver::Plain(reach) };
    let found = tokio::net::lookup_host((host, port)).await.map_err(|error| {
        Error::new(ErrorKind::Unavailable, format!("the name {host} cannot be resolved: {error}"))
            .next("check the name and the network, then try again")
    })?;
    let found: Vec<_> = found.collect();
    let allowed: Vec<_> = found.into_iter().filter(|address| resolver.allows(zone(address.ip()))).collect();
    if allowed.is_empty() { Err(RefusedName::into_error()) } else { Ok(allowed) }
}

/// Every address of a name lies in a zone that may not be reached.
#[derive(Debug)]
pub(super) struct RefusedName;

impl RefusedName {
    /// Whether this is the cause of an error, however deep.
    pub(super) fn caused(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source()).any(<dyn std::error::Error>::is::<Self>)
    }

    pub(super) fn into_error() -> Error {
        refused("the name leads to an address that may not be reached")
    }
}

impl fmt::Display for RefusedName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name leads to an address that may not be reached")
    }
}

impl std::error::Error for RefusedName {}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(reach: Reach, url: &str) -> bool {
        reach.check(&url.parse().unwrap()).is_ok()
    }

    #[test]
    fn each_reach_goes_as_far_as_it_says() {
        let cases = [
            ("https://graph.facebook.com/", true, true, true),
            ("http://sqld.internal:8080/", false, true, true),
            ("https://93.184.216.34/", true, true, true),
            ("http://93.184.216.34/", false, false, false),
            ("http://localhost:8080/", false, true, true),
            ("http://127.0.0.1:8080/", false, true, true),
            ("http://[::1]:8080/", false, true, true),
            ("https://10.0.0.5/", false, false, true),
            ("ftp://127.0.0.1/", false, false, false),
        ];
        for (url, public, loopback, private) in cases {
            let found = [Reach::Public, Reach::Loopback, Reach::Private].map(|reach| allows(reach, url));
            assert_eq!(found, [public, loopback, private], "{url}");
        }
    }

    #[test]
    fn other_ways_to_write_a_forbidden_address_are_refused_too() {
        let tricks = [
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "[::ffff:127.0.0.1]",
            "[::ffff:10.0.0.1]",
            "0.0.0.0",
            "169.254.169.254",
            "[fe80::1]",
            "[fd00::1]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:7f00:1::]",
            "[2001:0:1::]",
            "[::]",
            "[ff02::1]",
            "100.64.0.1",
            "255.255.255.255",
            "192.0.0.1",
            "198.18.0.1",
            "[::7f00:1]",
            "[2001:db8::1]",
            "224.0.0.1",
        ];
        for host in tricks {
            assert!(!allows(Reach::Public, &format!("https://{host}/")), "{host}");
        }
    }

    #[test]
    fn link_local_addresses_are_refused_at_every_reach() {
        for url in ["http://169.254.169.254/", "https://[fe80::1]/", "https://[::ffff:169.254.169.254]/"] {
            assert!(!allows(Reach::Private, url), "{url}");
        }
        assert_eq!(zone("2606:4700::1".parse().unwrap()), Zone::Public);
    }
}
