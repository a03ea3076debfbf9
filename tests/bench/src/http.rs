//! As little of an HTTP/1.1 client as a load needs: one connection, one request at a time.

use crate::Outcome;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Nothing here takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is kept.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    token: String,
    line: String,
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// The token that was issued, if any.
    pub(crate) issued: String,
    /// The last segment of the location that was named, if any.
    pub(crate) location: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Outcome<Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// The answer, if it has this status.
    pub(crate) fn expect(self, status: u16) -> Outcome<Self> {
        if self.status == status {
            return Ok(self);
        }
        let body = String::from_utf8_lossy(&self.body);
        Err(format!("the server answered {} instead of {status}: {body}", self.status).into())
    }
}

impl Connection {
    /// Connects; requests will carry `token`.
    pub(crate) fn open(address: SocketAddr, token: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream), token: token.to_owned(), line: String::new() })
    }

    /// Reads a resource.
    pub(crate) fn get(&mut self, path: &str) -> Outcome<Reply> {
        self.send("GET", path, "")
    }

    /// Posts a body.
    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Outcome<Reply> {
        self.send("POST", path, &body.to_string())
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Outcome<Reply> {
        let (token, length) = (&self.token, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Auth-Token: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut reply = Reply { status: self.status()?, ..Reply::default() };
        let mut length = 0;
        loop {
            self.next_line()?;
            let Some((name, value)) = self.line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "x-subject-token" => value.clone_into(&mut reply.issued),
                "location" => value.rsplit('/').next().unwrap_or_default().clone_into(&mut reply.location),
                "transfer-encoding" => return Err("the server's answer has no length".into()),
                _ => {}
            }
        }
        reply.body.resize(length, 0);
        self.stream.read_exact(&mut reply.body)?;
        Ok(reply)
    }

    fn status(&mut self) -> Outcome<u16> {
        self.next_line()?;
        let status = self.line.split(' ').nth(1).ok_or("the server's answer has no status")?;
        Ok(status.parse()?)
    }

    fn next_line(&mut self) -> Outcome<()> {
        self.line.clear();
        if self.stream.read_line(&mut self.line)? == 0 {
            return Err("the server closed the connection".into());
        }
        Ok(())
    }
}
