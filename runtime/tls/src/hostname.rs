//! Whether a certificate is for a host.

use crate::der::{Certificate, OtherName};
use std::net::IpAddr;

/// The address that a name is, if it is one.
pub fn address(name: &str) -> Option<IpAddr> {
    name.parse().ok()
}

/// Whether a certificate is for a host by that name or address (RFC 6125). A star stands for the whole of the first label.
pub fn matches(certificate: &Certificate, host: &str) -> bool {
    if let Some(address) = address(host) {
        let wanted = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        return certificate.names.iter().any(|name| matches!(name, OtherName::Address(own) if *own == wanted));
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    certificate.names.iter().any(|name| matches!(name, OtherName::Dns(pattern) if matches_name(pattern, host)))
}

fn matches_name(pattern: &str, host: &str) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let Some(rest) = pattern.strip_prefix("*.") else { return false };
    let Some((label, host_rest)) = host.split_once('.') else { return false };
    !label.is_empty() && rest.contains('.') && !rest.contains('*') && rest.eq_ignore_ascii_case(host_rest)
}
