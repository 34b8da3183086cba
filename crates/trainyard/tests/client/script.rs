//! A server that answers a fixed list of bytes, one connection each, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub line: String,
    pub headers: Vec<String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|header| {
            let (key, value) = header.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub struct Script {
    pub uri: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    thread: JoinHandle<()>,
}

impl Script {
    /// Answers the first request with the first text and so on, closing the connection after each.
    pub fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let thread = thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read(&stream);
                log.lock().unwrap().push(request);
                stream.write_all(&answer).unwrap();
            }
        });
        Self { uri, asked, thread }
    }

    /// Answers every request with what the function makes of it, for as long as the test runs.
    pub fn answering(mut answer: impl FnMut(&Asked) -> Vec<u8> + Send + 'static) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&stream);
                stream.write_all(&answer(&request)).unwrap();
            }
        });
        uri
    }

    /// Hands every request on to the server at this address, except those that the function answers itself; remembers the first
    /// line of each.
    pub fn before(server: &str, answer: impl Fn(&Asked) -> Option<Vec<u8>> + Send + 'static) -> (String, Lines) {
        let address = server.trim_start_matches("http://").to_owned();
        let lines = Lines::default();
        let log = lines.clone();
        let uri = Self::answering(move |asked| {
            log.lock().unwrap().push(asked.line.clone());
            answer(asked).unwrap_or_else(|| forward(&address, asked))
        });
        (uri, lines)
    }

    /// Waits until all answers are given.
    pub fn requests(self) -> Vec<Asked> {
        self.thread.join().unwrap();
        self.asked.lock().unwrap().clone()
    }
}

/// First lines of requests.
pub type Lines = Arc<Mutex<Vec<String>>>;

fn forward(address: &str, asked: &Asked) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    let kept = asked.headers.iter().filter(|header| !header.to_ascii_lowercase().starts_with("connection:"));
    let headers: String = kept.map(|header| format!("{header}\r\n")).collect();
    stream.write_all(format!("{}\r\n{headers}Connection: close\r\n\r\n", asked.line).as_bytes()).unwrap();
    stream.write_all(&asked.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// Reads one request.
fn read(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut request = Asked { line: lines.remove(0), headers: lines, body: Vec::new() };
    let length = request.header("Content-Length").map_or(0, |length| length.parse().unwrap());
    reader.take(length).read_to_end(&mut request.body).unwrap();
    request
}

/// An answer with a body.
pub fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}").into_bytes()
}
