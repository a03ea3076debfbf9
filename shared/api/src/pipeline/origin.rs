//! The address a client used, to make links and `Location` absolute (spec api-common §6).

use http::header::HOST;
use http::{HeaderMap, Uri};

/// Scheme and host of a request: from its URI where that is absolute, as behind API Gateway, else plain
/// HTTP to the host it names.
pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> String {
    let scheme = uri.scheme_str().unwrap_or("http");
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| !host.is_empty());
    let authority = host.or_else(|| uri.authority().map(http::uri::Authority::as_str)).unwrap_or("localhost");
    format!("{scheme}://{authority}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_origin_is_what_the_client_addressed() {
        for (uri, host, expected) in [
            ("/v1/clusters", Some("127.0.0.1:8778"), "http://127.0.0.1:8778"),
            ("https://abc.example/v1/clusters", Some("abc.example"), "https://abc.example"),
            ("https://abc.example/v1/clusters", None, "https://abc.example"),
            ("/v1/clusters", None, "http://localhost"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(host) = host {
                headers.insert(HOST, HeaderValue::from_static(host));
            }
            assert_eq!(of(&uri.parse().unwrap(), &headers), expected);
        }
    }
}
