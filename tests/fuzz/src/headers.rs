//! Headers: those that mean something, well and badly filled, and some that do not.

use crate::author::Author;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};

const VERSION: HeaderName = HeaderName::from_static("openstack-api-version");
const TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

impl Author<'_> {
    /// The headers of a request with a body of this length, and the versions they plainly ask for, as answers say
    /// them. Endpoints of microversion `since` are mostly asked at that or a later one.
    pub(crate) fn headers(&mut self, body: Option<usize>, since: u32) -> (HeaderMap, Option<String>) {
        let mut headers = HeaderMap::new();
        put(&mut headers, HOST, self.host());
        if let Some(token) = self.token.text() {
            put(&mut headers, TOKEN, token);
        }
        if let Some(accept) = self.accept() {
            put(&mut headers, ACCEPT, accept);
        }
        let (asked, version) = self.version(since);
        asked.iter().for_each(|each| put(&mut headers, VERSION, each));
        if let Some(length) = body {
            self.describe(&mut headers, length);
        }
        if self.dice.rarely(25) {
            self.extra(&mut headers);
        }
        (headers, version)
    }

    fn host(&mut self) -> &'static str {
        if self.dice.rarely(50) {
            let odd = ["", "localhost", "a b", "[::1]:80", "x:99999", "\u{e9}.example", "h/../x"];
            return self.dice.pick(&odd);
        }
        "127.0.0.1:8778"
    }

    fn accept(&mut self) -> Option<&'static str> {
        let odd = [
            "",
            "*/*",
            "text/html",
            "text/plain",
            "text/*;q=0.3",
            "application/json;q=0.1, text/html",
            "image/png",
            "application/vnd.openstack.clustering-v1",
            "application/vnd.openstack.clustering-v1+json",
            ",;q=x",
            "application/json;q=0",
            "*/*;q=0.5, application/json;q=1.0",
            "\u{e9}",
            "application/xml",
        ];
        match self.dice.within(0..20) {
            0 => None,
            1 | 2 => Some(self.dice.pick(&odd)),
            _ => Some("application/json"),
        }
    }

    /// The values of the version header, and what they ask for, where that is plain: the microversion, and this
    /// service's additions.
    fn version(&mut self, since: u32) -> (Vec<String>, Option<String>) {
        let (mut values, version) = self.microversion(since);
        match version {
            Some(version) if self.additions => {
                let added = self.dice.pick(&["coppice 1.0", "coppice 1.0", "Coppice latest"]);
                match values.first_mut() {
                    Some(first) if self.dice.chance(80) => *first = format!("{first}, {added}"),
                    _ => values.push(added.to_owned()),
                }
                (values, Some(format!("{version}, coppice 1.0")))
            }
            version => (values, version),
        }
    }

    /// The values of the version header about the microversion, and the one they ask for, where that is plain.
    fn microversion(&mut self, since: u32) -> (Vec<String>, Option<String>) {
        let plain = |version: String| (vec![format!("clustering {version}")], Some(version));
        match self.dice.within(0..40) {
            0..24 => {
                let minor = self.dice.within(since..=14);
                plain(format!("1.{minor}"))
            }
            24..30 => (vec!["clustering latest".to_owned()], Some("1.14".to_owned())),
            30..34 => {
                let minor = self.dice.within(0..=14);
                plain(format!("1.{minor}"))
            }
            34..37 => (Vec::new(), Some("1.0".to_owned())),
            _ => {
                let odd = [
                    "",
                    " ",
                    "clustering",
                    "clustering ",
                    "1.3",
                    "clustering 1.15",
                    "clustering 2.0",
                    "clustering 0.9",
                    "clustering 1.00",
                    "clustering abc",
                    "CLUSTERING LATEST",
                    "compute 2.1",
                    "compute 2.1, clustering 1.7",
                    "clustering 1.2,clustering 1.5",
                    "clustering -1.0",
                    "clustering 1.99999999999999999999",
                    "\u{e9}",
                    "clustering 1.4 1.5",
                    "clustering\t1.4",
                    "coppice",
                    "coppice 1.0",
                    "coppice 1.1",
                    "coppice one",
                    "clustering 1.7,coppice 1.0",
                    "coppice 1.0, clustering latest, coppice 9.9",
                ];
                let mut values = vec![self.dice.pick(&odd).to_owned()];
                if self.dice.chance(20) {
                    values.push(self.dice.pick(&odd).to_owned());
                }
                (values, None)
            }
        }
    }

    fn describe(&mut self, headers: &mut HeaderMap, length: usize) {
        let odd = [
            "text/plain",
            "JSON",
            "application/json; charset=utf-8",
            "application/json;charset=latin-1",
            "APPLICATION/JSON",
            "application/x-www-form-urlencoded",
            "application/xml",
            "multipart/form-data",
            "",
            "application/json, text/plain",
            "\u{e9}",
        ];
        match self.dice.within(0..24) {
            0 => {}
            1 | 2 => put(headers, CONTENT_TYPE, self.dice.one(&odd)),
            _ => put(headers, CONTENT_TYPE, "application/json"),
        }
        match self.dice.within(0..30) {
            0 => {}
            1 => put(headers, TRANSFER_ENCODING, "chunked"),
            _ => put(headers, CONTENT_LENGTH, length.to_string()),
        }
    }

    fn extra(&mut self, headers: &mut HeaderMap) {
        let (name, value) = self.dice.pick(&[
            ("x-openstack-request-id", "req-11111111-2222-4333-8444-555555555555"),
            ("x-openstack-request-id", "nonsense"),
            ("x-forwarded-proto", "gopher"),
            ("forwarded", "host=\"x"),
            ("openstack-clustering-api-version", "1.9"),
            ("x-user-id", "ad000000000000000000000000000013"),
            ("x-project-id", "ad000000000000000000000000000003"),
            ("x-roles", "admin"),
            ("x-http-method-override", "DELETE"),
            ("x-auth-token", "token-of-nobody"),
            ("cookie", "a=b"),
            ("range", "bytes=0-1"),
            ("if-none-match", "*"),
            ("expect", "100-continue"),
            ("content-encoding", "gzip"),
            ("connection", "upgrade"),
        ]);
        put(headers, HeaderName::from_static(name), value);
    }
}

/// Adds a header beside those of its name that there are. Values may hold bytes that are no ASCII.
fn put(headers: &mut HeaderMap, name: HeaderName, value: impl AsRef<[u8]>) {
    headers.append(name, HeaderValue::from_bytes(value.as_ref()).expect("a header's value"));
}
