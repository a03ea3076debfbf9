//! Errors outside the envelope, and one success, in the form the reference's HTTP library gives them
//! (spec api-common §8, §9B): the body follows the request's `Accept` header.

use axum::response::Response;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};

/// A raw error: status and, where there is more to say, a detail for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawError {
    status: StatusCode,
    explanation: &'static str,
    detail: String,
}

/// 202 with a body that says so and no more: what the update of an action answers.
#[must_use]
pub fn accepted(request: &HeaderMap) -> Response {
    let accepted = RawError {
        status: StatusCode::ACCEPTED,
        explanation: "The request is accepted for processing.",
        detail: String::new(),
    };
    accepted.respond(request)
}

/// The forms a raw error can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Html,
    Json,
}

impl RawError {
    /// No such path, or not with this method: there is no 405 (spec api-common §1).
    #[must_use]
    pub fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            explanation: "The resource could not be found.",
            detail: String::new(),
        }
    }

    /// The request is wrong before any resource is involved.
    #[must_use]
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            explanation: coppice_domain::fault::MALFORMED,
            detail: detail.into(),
        }
    }

    /// A webhook's URL says by `V` how its body is meant.
    #[must_use]
    pub fn webhook_without_version() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            explanation: "V query parameter is required in webhook trigger URL",
            detail: String::new(),
        }
    }

    /// The identity service cannot be reached, so no token can be checked.
    #[must_use]
    pub fn service_unavailable() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            explanation: "The server is currently unavailable. Please try again at a later time.",
            detail: String::new(),
        }
    }

    /// The URL is longer than the server takes.
    #[must_use]
    pub fn uri_too_long() -> Self {
        Self {
            status: StatusCode::URI_TOO_LONG,
            explanation: "The request URI was too long for this server.",
            detail: String::new(),
        }
    }

    /// The response, in the form that the request's headers prefer.
    #[must_use]
    pub fn respond(&self, request: &HeaderMap) -> Response {
        let (content_type, body) = match preferred(request) {
            Form::Text => ("text/plain; charset=UTF-8", self.text()),
            Form::Html => ("text/html; charset=UTF-8", self.html()),
            Form::Json => ("application/json", self.json()),
        };
        let mut response = Response::new(body.into());
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    }

    fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    fn status_line(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.title())
    }

    fn text(&self) -> String {
        let Self { explanation, detail, .. } = self;
        format!("{}\n\n{explanation}\n\n {detail}  ", self.status_line())
    }

    fn html(&self) -> String {
        let status = self.status_line();
        let (explanation, detail) = (escape(self.explanation), escape(&self.detail));
        format!(
            "<html>\n <head>\n  <title>{status}</title>\n </head>\n <body>\n  <h1>{status}</h1>\n  \
             {explanation}<br /><br />\n{detail}\n\n\n </body>\n</html>"
        )
    }

    fn json(&self) -> String {
        let Self { explanation, detail, .. } = self;
        let message = serde_json::Value::from(format!("{explanation}<br /><br />\n{detail}\n\n"));
        let (code, title) = (self.status_line(), self.title());
        format!(r#"{{"message": {message}, "code": "{code}", "title": "{title}"}}"#)
    }
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, character| {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            other => out.push(other),
        }
        out
    })
}

/// HTML before JSON where both are equally welcome; plain text where neither is.
fn preferred(request: &HeaderMap) -> Form {
    let accept: Vec<&str> = request.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let accept = accept.join(",");
    let html = quality(&accept, "text", "html");
    let json = quality(&accept, "application", "json");
    if html == 0 && json == 0 {
        Form::Text
    } else if html >= json {
        Form::Html
    } else {
        Form::Json
    }
}

/// How welcome a media type is, in thousandths: the most specific range that covers it decides.
fn quality(accept: &str, kind: &str, subtype: &str) -> u16 {
    let mut best = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let specificity = match parts.next().and_then(|media| media.split_once('/')) {
            Some((k, s)) if k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(subtype) => 3,
            Some((k, "*")) if k.eq_ignore_ascii_case(kind) => 2,
            Some(("*", "*")) => 1,
            _ => continue,
        };
        let weight = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(1000, |(_, value)| thousandths(value.trim()));
        if specificity > best.0 {
            best = (specificity, weight);
        }
    }
    best.1
}

/// `0.5` as 500; what is no weight counts as 1.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    match whole {
        "0" => format!("{fraction:0<3}").get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(1000),
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(accept: Option<&'static str>) -> Form {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        preferred(&headers)
    }

    #[test]
    fn the_accept_header_chooses_the_form() {
        for (accept, expected) in [
            (None, Form::Text),
            (Some(""), Form::Text),
            (Some("image/png"), Form::Text),
            (Some("text/plain"), Form::Text),
            (Some("*/*"), Form::Html),
            (Some("text/html"), Form::Html),
            (Some("text/*"), Form::Html),
            (Some("text/html, application/json"), Form::Html),
            (Some("application/json"), Form::Json),
            (Some("image/png, application/json; charset=x"), Form::Json),
            (Some("text/html;q=0.5, application/json"), Form::Json),
            (Some("text/html;q=0, */*"), Form::Json),
            (Some("text/html;q=0, application/json;q=0"), Form::Text),
        ] {
            assert_eq!(form(accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn each_form_reads_as_the_recorded_one() {
        let lost = RawError::not_found();
        assert_eq!(lost.text(), "404 Not Found\n\nThe resource could not be found.\n\n   ");
        assert_eq!(
            lost.json(),
            r#"{"message": "The resource could not be found.<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"}"#
        );
        assert_eq!(lost.json().len(), 112);
        let wrong = RawError::bad_request(
            "API Version String '0.9' is of invalid format. It must be of format 'major.minor'.",
        );
        assert_eq!(wrong.json().len(), 263);
        assert_eq!(RawError::webhook_without_version().json().len(), 136);
    }

    #[test]
    fn a_success_reads_like_an_error() {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html"))]);
        let response = accepted(&headers);
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=UTF-8");
        assert_eq!(response.headers().len(), 1);
    }

    #[test]
    fn html_shows_what_the_client_sent_as_text() {
        let page = RawError::bad_request("<script>'\"&").html();
        assert!(page.contains("&lt;script&gt;&#x27;&quot;&amp;"), "{page}");
        assert!(page.starts_with("<html>\n <head>\n  <title>400 Bad Request</title>"), "{page}");
    }
}
