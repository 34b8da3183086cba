//! A receiver of webhooks on a port of its own, which answers as a test says and hands over what it got.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Channel, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longer than any machine needs; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| header == name).map_or("", |(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The bytes of an answer; nothing for a connection that hangs until the receiver is gone.
pub type Answers = Box<dyn FnMut(&Received) -> Option<String> + Send>;

pub struct Receiver {
    pub url: String,
    requests: Channel<Received>,
}

/// An answer with this status and body.
pub fn status(status: u16, body: &str) -> Option<String> {
    Some(format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()))
}

impl Receiver {
    pub fn start(answers: impl FnMut(&Received) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(Box::new(answers)));
        // The thread ends with the test's process; a connection made after that is refused or unread, like any other.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, answers) = (sender.clone(), Arc::clone(&answers));
                std::thread::spawn(move || serve(stream, &sender, &answers));
            }
        });
        Self { url, requests }
    }

    /// Always answers with this status.
    pub fn answering(code: u16) -> Self {
        Self::start(move |_| status(code, "so be it"))
    }

    /// The next request.
    pub fn next(&self) -> Received {
        self.requests.recv_timeout(PATIENCE).expect("a request")
    }

    /// Requests that are here already.
    pub fn so_far(&self) -> Vec<Received> {
        self.requests.try_iter().collect()
    }
}

fn serve(stream: TcpStream, requests: &Sender<Received>, answers: &Mutex<Answers>) {
    let mut reader = BufReader::new(stream);
    let Some(received) = read(&mut reader) else { return };
    let answer = (answers.lock().unwrap())(&received);
    let _ = requests.send(received);
    match answer {
        Some(answer) => drop(reader.get_mut().write_all(answer.as_bytes())),
        // Until the other side has had enough.
        None => drop(reader.read(&mut [0])),
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received { path, headers, body: String::from_utf8(body).ok()? })
}
