//! The recordings, as files.

use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One exchange.
pub(super) struct Recording {
    pub(super) seq: u32,
    pub(super) label: String,
    pub(super) who: String,
    pub(super) method: String,
    pub(super) target: String,
    /// The request's headers, but for those of the connection and the token.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    pub(super) status: u16,
    /// The answer's headers, by lower-case name.
    pub(super) answer_headers: HashMap<String, String>,
    pub(super) answer: Value,
}

/// Every recording that is replayed, in order.
pub(super) fn recordings() -> Vec<Recording> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().map(|path| recording(path)).collect()
}

/// The numbers of the recordings that wait.
pub(super) fn pending() -> impl Iterator<Item = u32> {
    let text = fs::read_to_string(directory().join("pending.txt")).unwrap();
    let lines: Vec<String> = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    lines.into_iter().flat_map(|line| {
        let (numbers, reason) = line.split_once(' ').unwrap();
        assert!(!reason.trim().is_empty(), "{numbers} waits for no reason");
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        first.parse::<u32>().unwrap()..=last.parse().unwrap()
    })
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("exchanges")
}

fn recording(path: &Path) -> Recording {
    let whole: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let (request, response) = (&whole["request"], &whole["response"]);
    let connection = ["host", "accept-encoding", "content-length", "user-agent", "x-auth-token"];
    let body = match (&request["json"], &request["body"]) {
        (Value::Null, Value::Null) => None,
        (Value::Null, raw) => Some(text(raw)),
        (json, _) => Some(json.to_string()),
    };
    Recording {
        seq: u32::try_from(whole["seq"].as_u64().unwrap()).unwrap(),
        label: text(&whole["label"]),
        who: text(&whole["who"]),
        method: text(&request["method"]),
        target: text(&request["target"]),
        headers: headers(request).filter(|(name, _)| !connection.contains(&name.as_str())).collect(),
        body,
        status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
        answer_headers: headers(response).collect(),
        answer: response["json"].clone(),
    }
}

fn headers(message: &Value) -> impl Iterator<Item = (String, String)> + '_ {
    let pairs = message["headers"].as_array().unwrap().iter();
    pairs.map(|pair| (text(&pair[0]).to_ascii_lowercase(), text(&pair[1])))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
