//! As much HTTP/1.1 as monitoring needs: GET and HEAD, one request a connection, bounded in size, time and number.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Connections at the same time; more wait to be accepted.
const MOST: usize = 256;
/// Bytes of a request's head.
const LONGEST: usize = 16 * 1024;
/// For a request to come, and for all of a response to go: a slow reader is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where the system has no file left for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Without the query.
    pub path: String,
    /// The query, decoded; of a name that is there twice, the first.
    pub query: HashMap<String, String>,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
}

impl Request {
    /// Reads the head of a request; says also whether its response has a body.
    ///
    /// # Errors
    /// It is none, or none that is answered: what to answer instead.
    pub fn from_head(head: &[u8]) -> Result<(Self, bool), Response> {
        let wrong = || Response::line(400, "this is no HTTP request");
        let text = std::str::from_utf8(head).map_err(|_| wrong())?;
        let mut lines = text.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(wrong());
        };
        if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
            return Err(wrong());
        }
        let has_body = match method {
            "GET" => true,
            "HEAD" => false,
            _ => return Err(Response::line(405, "GET is all there is")),
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self { path: decoded(path).ok_or_else(wrong)?, ..Self::default() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = |text: &str| decoded(&text.replace('+', " ")).ok_or_else(wrong);
            request.query.entry(plain(name)?).or_insert(plain(value)?);
        }
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            request.headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
        Ok((request, has_body))
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 200 and its kin.
    pub status: u16,
    /// With its charset.
    pub content_type: &'static str,
    /// All of it.
    pub body: Vec<u8>,
}

impl Response {
    /// A line of plain text.
    pub fn line(status: u16, text: impl AsRef<str>) -> Self {
        let body = format!("{}\n", text.as_ref()).into_bytes();
        Self { status, content_type: "text/plain; charset=utf-8", body }
    }
}

/// Answers requests.
pub type Handler = Arc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync>;

/// Listens here.
///
/// # Errors
/// The address is not ours, or taken.
pub fn listen(addr: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(addr)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves for ever; drop it to stop.
///
/// # Errors
/// The listener is of no use.
pub async fn serve(listener: std::net::TcpListener, handler: Handler) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let room = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return Ok(()) };
        match listener.accept().await {
            Ok((stream, _)) => {
                let handler = handler.clone();
                tokio::spawn(async move {
                    // Whoever goes away early needs no answer.
                    let _ = answer(stream, handler).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

async fn answer(mut stream: TcpStream, handler: Handler) -> io::Result<()> {
    let head = match timeout(PATIENCE, head(&mut stream)).await {
        Ok(Ok(Some(head))) => head,
        Ok(Ok(None)) => {
            return write(&mut stream, &Response::line(431, "the request is too long"), true).await;
        }
        Ok(Err(error)) => return Err(error),
        Err(_) => return write(&mut stream, &Response::line(408, "no request came"), true).await,
    };
    let (response, has_body) = match Request::from_head(&head) {
        Ok((request, has_body)) => {
            // Who hangs up is not probed for any longer.
            let mut rest = [0; 1];
            tokio::select! {
                response = handler(request) => (response, has_body),
                Ok(0) | Err(_) = stream.read(&mut rest) => return Ok(()),
            }
        }
        Err(response) => (response, true),
    };
    write(&mut stream, &response, has_body).await
}

/// The head of a request; `None` where it does not end.
async fn head(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    let mut part = [0; 2048];
    loop {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&part[..read]);
        if head.windows(4).any(|end| end == b"\r\n\r\n") || head.windows(2).any(|end| end == b"\n\n") {
            return Ok(Some(head));
        }
        if head.len() > LONGEST {
            return Ok(None);
        }
    }
}

/// Without percent-encoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
                bytes.push(u8::try_from(value).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

async fn write(stream: &mut TcpStream, response: &Response, has_body: bool) -> io::Result<()> {
    let reason = match response.status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Error",
    };
    let mut bytes = format!(
        "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; \
         img-src data:\r\nConnection: close\r\n\r\n",
        response.status,
        response.content_type,
        response.body.len(),
    )
    .into_bytes();
    if has_body {
        bytes.extend_from_slice(&response.body);
    }
    let all = async {
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    };
    timeout(PATIENCE, all).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_with_its_query_decoded() {
        let head =
            b"GET /probe?target=turn%3Aa%3Fx&module=my+probe&flag HTTP/1.1\r\nHost: x\r\nX-Y: 1\r\n\r\n";
        let (request, has_body) = Request::from_head(head).unwrap();
        assert!(has_body);
        assert_eq!(request.path, "/probe");
        assert_eq!(request.query["target"], "turn:a?x");
        assert_eq!(request.query["module"], "my probe");
        assert_eq!((request.query["flag"].as_str(), request.headers["x-y"].as_str()), ("", "1"));
        assert!(!Request::from_head(b"HEAD / HTTP/1.0\r\n\r\n").unwrap().1);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for (head, status) in [
            (&b"POST /metrics HTTP/1.1\r\n\r\n"[..], 405),
            (b"GET /%zz HTTP/1.1\r\n\r\n", 400),
            (b"GET /% HTTP/1.1\r\n\r\n", 400),
            (b"GET metrics HTTP/1.1\r\n\r\n", 400),
            (b"GET /metrics\r\n\r\n", 400),
            (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
            (b"", 400),
            (b"GET /a?b=%ff HTTP/1.1\r\n\r\n", 400),
        ] {
            assert_eq!(
                Request::from_head(head).unwrap_err().status,
                status,
                "{}",
                String::from_utf8_lossy(head)
            );
        }
    }
}
