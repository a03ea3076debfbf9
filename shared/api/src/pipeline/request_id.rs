//! Request ids (spec api-common §6): every response carries a fresh one; a valid inbound one only
//! accompanies it in the log, so that a request can be followed across services.

use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use uuid::Uuid;

/// The header that carries request ids in both directions.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-openstack-request-id");

/// `req-` and a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RequestId(Uuid);

impl RequestId {
    pub(super) const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id as the response's header.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::try_from(self.to_string()).unwrap_or_else(|_| HeaderValue::from_static("req-"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "req-{}", self.0)
    }
}

/// The id the client sent, if it is spelled as one.
pub(super) fn inbound(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    let id = Uuid::try_parse(text.strip_prefix("req-")?).ok()?;
    (RequestId(id).to_string() == text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_inbound_id_is_kept() {
        let good = "req-3f5bfd08-654a-4038-80af-6862939ed95e";
        for (sent, kept) in [
            (good, Some(good)),
            ("req-x", None),
            ("3f5bfd08-654a-4038-80af-6862939ed95e", None),
            ("req-3F5BFD08-654a-4038-80af-6862939ed95e", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_static(sent));
            assert_eq!(inbound(&headers), kept);
        }
    }

    #[test]
    fn an_id_is_shown_as_req_and_a_uuid() {
        let id = RequestId::new(Uuid::from_u128(1));
        assert_eq!(id.header(), "req-00000000-0000-0000-0000-000000000001");
    }
}
