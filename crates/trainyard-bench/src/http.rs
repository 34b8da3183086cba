//! A small HTTP/1.1 client over one kept connection: cheap enough to outrun the server it measures.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::linux::net::TcpStreamExt;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

/// How long a page waits before it asks for the next stream of events.
const RETRY: Duration = Duration::from_secs(2);

/// A connection that stays open between requests.
pub struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    answer: Vec<u8>,
    quick_ack: bool,
}

impl Connection {
    /// Connects, with small writes sent at once.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = BufReader::new(connect(address)?);
        Ok(Self { address, stream, request: Vec::new(), answer: Vec::new(), quick_ack: true })
    }

    /// As ordinary clients connect: a server under Nagle's algorithm makes them wait.
    pub fn ordinary(address: SocketAddr) -> Result<Self> {
        Ok(Self { quick_ack: false, ..Self::open(address)? })
    }

    /// Sends one request and reads the whole answer; the body is valid until the next request.
    pub fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Result<&[u8]> {
        self.send_as("application/json", method, path, body)
    }

    /// As [`Connection::send`], with a body of another type.
    pub fn send_as(&mut self, content_type: &str, method: &str, path: &str, body: &[u8]) -> Result<&[u8]> {
        self.request.clear();
        write!(
            self.request,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        )?;
        self.request.extend_from_slice(body);
        self.stream.get_mut().write_all(&self.request)?;
        // A server under Nagle's algorithm sends the body only when its head has been acknowledged.
        if self.quick_ack {
            self.stream.get_ref().set_quickack(true)?;
        }

        let head = self.read_head()?;
        match head.length {
            Some(length) => {
                self.answer.resize(length, 0);
                self.stream.read_exact(&mut self.answer)?;
            }
            None if head.chunked => self.read_chunks()?,
            None => bail!("{method} {path}: an answer without a length"),
        }
        if head.close {
            self.stream = BufReader::new(connect(self.address)?);
        }
        if head.status != 200 {
            bail!("{method} {path}: status {}: {}", head.status, String::from_utf8_lossy(&self.answer));
        }
        Ok(&self.answer)
    }

    /// A POST to the MLflow API whose answer is JSON.
    pub fn post(&mut self, route: &str, message: &Value) -> Result<Value> {
        Ok(serde_json::from_slice(self.post_unread(route, message)?)?)
    }

    /// As [`Connection::post`], for those who time the answer and not the reading of it.
    pub fn post_unread(&mut self, route: &str, message: &Value) -> Result<&[u8]> {
        let body = serde_json::to_vec(message)?;
        self.send("POST", &format!("/api/2.0/mlflow/{route}"), &body)
    }

    /// A GET of the MLflow API; the query is sent as given.
    pub fn get(&mut self, route_and_query: &str) -> Result<&[u8]> {
        self.send("GET", &format!("/api/2.0/mlflow/{route_and_query}"), b"")
    }

    fn read_head(&mut self) -> Result<Head> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split_whitespace().nth(1).and_then(|text| text.parse().ok());
        let status = status.ok_or_else(|| anyhow!("not an HTTP answer: {line:?}"))?;
        let mut head = Head { status, length: None, chunked: false, close: false };
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Some(value.parse()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.chunked = value.eq_ignore_ascii_case("chunked");
            } else if name.eq_ignore_ascii_case("connection") {
                head.close = value.eq_ignore_ascii_case("close");
            }
        }
        Ok(head)
    }

    fn read_chunks(&mut self) -> Result<()> {
        self.answer.clear();
        let mut line = String::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).with_context(|| format!("chunk size {line:?}"))?;
            let start = self.answer.len();
            self.answer.resize(start + size, 0);
            self.stream.read_exact(&mut self.answer[start..])?;
            line.clear();
            self.stream.read_line(&mut line)?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

/// Holds a stream of events about an experiment, as an open page does, until the server ends; how many bytes were heard.
pub fn listen(server: SocketAddr, experiment: &str) -> Result<JoinHandle<u64>> {
    let request = format!(
        "GET /api/trainyard/v1/events?experiment_id={experiment} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n"
    );
    let mut stream = connect(server)?;
    Ok(thread::spawn(move || {
        let mut heard = 0;
        loop {
            // A stream ends after some time, and a page asks for the next one.
            if stream.write_all(request.as_bytes()).is_ok() {
                let mut part = [0; 4096];
                while let Ok(length @ 1..) = stream.read(&mut part) {
                    heard += length as u64;
                }
            }
            thread::sleep(RETRY);
            match connect(server) {
                Ok(next) => stream = next,
                Err(_) => return heard,
            }
        }
    }))
}

struct Head {
    status: u16,
    length: Option<usize>,
    chunked: bool,
    close: bool,
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(stream)
}
