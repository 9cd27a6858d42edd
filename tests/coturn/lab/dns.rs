//! A resolver in the server namespace that answers as a test says: with an address, with nothing,
//! with an error, or not at all.
//!
//! It is this very test binary, started again inside the namespace: a thread cannot enter one
//! without unsafe code, and so no other program is needed.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::process::{Child, Stdio};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use super::{Lab, SERVER, Side, process};

/// A running resolver; dropping it ends it.
#[derive(Debug)]
#[must_use = "dropping it ends the resolver"]
pub(crate) struct Resolver(Child);

impl Lab {
    /// Starts the resolver of the client namespace. A record is `NAME TYPE VALUE`: type `A` or
    /// `AAAA` with an address, `SRV` with `PRIORITY WEIGHT PORT TARGET`, `NAPTR` with `ORDER PREFERENCE
    /// FLAGS SERVICE REPLACEMENT` (`-` for no flags); or `SERVFAIL` or `SILENCE`. A listed name has no
    /// data of any other type, and a name that is not listed does not exist.
    pub(crate) fn dns(&self, records: &[&str]) -> Resolver {
        let binary = std::env::current_exe().expect("the test binary has a path");
        let args = ["--exact", "lab::dns::answers_from_its_records", "--nocapture"];
        let mut command = self.command(Side::Server, &binary.to_string_lossy(), &args);
        command.env(LISTEN, format!("{SERVER}:53")).env(RECORDS, records.join("\n"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let resolver = Resolver(child.expect("the test binary starts"));
        let start = Instant::now();
        while !resolver.listens() {
            assert!(start.elapsed() < Duration::from_secs(5), "the resolver does not listen");
            thread::sleep(Duration::from_millis(2));
        }
        resolver
    }
}

impl Resolver {
    /// Whether its namespace has a UDP socket on port 53 of the server's address.
    fn listens(&self) -> bool {
        let address: Ipv4Addr = SERVER.parse().expect("a literal address");
        // The kernel prints the address as the machine's own integer.
        let wanted = format!("{:08X}:0035", u32::from_ne_bytes(address.octets()));
        let sockets = std::fs::read_to_string(format!("/proc/{}/net/udp", self.0.id()));
        sockets.is_ok_and(|sockets| sockets.contains(&wanted))
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        process::end(&mut self.0);
    }
}

const LISTEN: &str = "RTCSCOPE_LAB_DNS_LISTEN";
const RECORDS: &str = "RTCSCOPE_LAB_DNS_RECORDS";

const A: u16 = 1;
const AAAA: u16 = 28;
const SRV: u16 = 33;
const NAPTR: u16 = 35;
const SERVFAIL: u8 = 2;
const NXDOMAIN: u8 = 3;

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Data(Vec<u8>),
    ServFail,
    Silence,
}

#[derive(Debug, Clone)]
struct Record {
    name: String,
    kind: u16,
    value: Value,
}

impl FromStr for Record {
    type Err = String;

    fn from_str(line: &str) -> Result<Record, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, kind, value @ ..] = &words[..] else {
            return Err(format!("{line:?} is not `NAME TYPE VALUE`"));
        };
        let kind = *kind;
        let kind = match kind {
            "A" => A,
            "AAAA" => AAAA,
            "SRV" => SRV,
            "NAPTR" => NAPTR,
            _ => return Err(format!("{line:?}: type {kind:?}")),
        };
        let value = match value {
            ["SERVFAIL"] => Value::ServFail,
            ["SILENCE"] => Value::Silence,
            value => Value::Data(data(kind, value).ok_or_else(|| format!("{line:?}: the value"))?),
        };
        Ok(Record { name: name.to_ascii_lowercase(), kind, value })
    }
}

/// A record's data as DNS carries it.
fn data(kind: u16, words: &[&str]) -> Option<Vec<u8>> {
    let number = |word: &str| word.parse::<u16>().ok().map(u16::to_be_bytes);
    match (kind, words) {
        (A | AAAA, [address]) => Some(match address.parse().ok()? {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        }),
        (SRV, [priority, weight, port, target]) => {
            Some([&number(priority)?[..], &number(weight)?, &number(port)?, &encoded(target)].concat())
        }
        (NAPTR, [order, preference, flags, service, replacement]) => {
            let flags = flags.trim_matches('-');
            let text = |text: &str| [&[u8::try_from(text.len()).unwrap_or(0)], text.as_bytes()].concat();
            let texts = [text(flags), text(service), text(""), encoded(replacement)].concat();
            Some([&number(order)?[..], &number(preference)?, &texts].concat())
        }
        _ => None,
    }
}

/// A name in labels.
fn encoded(name: &str) -> Vec<u8> {
    let labels = name.split('.').filter(|label| !label.is_empty());
    let bytes = labels.flat_map(|label| {
        [u8::try_from(label.len()).expect("a short label")].into_iter().chain(label.bytes())
    });
    bytes.chain([0]).collect()
}

/// Serves until the process that started it is gone.
fn serve(listen: &str, records: &[Record]) {
    let parent = std::os::unix::process::parent_id();
    let socket = UdpSocket::bind(listen).expect("the resolver binds its port");
    socket.set_read_timeout(Some(Duration::from_millis(500))).expect("a socket takes a timeout");
    let mut buffer = [0; 1500];
    while std::os::unix::process::parent_id() == parent {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        if let Some(reply) = answer(&buffer[..length], records) {
            let _ = socket.send_to(&reply, from);
        }
    }
}

/// The reply to one query (RFC 1035 §4.1), or `None` for silence.
fn answer(query: &[u8], records: &[Record]) -> Option<Vec<u8>> {
    let (name, end) = question(query)?;
    let kind = u16::from_be_bytes([*query.get(end)?, *query.get(end + 1)?]);
    let known: Vec<&Record> = records.iter().filter(|record| record.name == name).collect();
    let asked = known.iter().filter(|record| record.kind == kind).map(|record| &record.value);
    let mut addresses = Vec::new();
    let mut code = if known.is_empty() { NXDOMAIN } else { 0 };
    for value in asked {
        match value {
            Value::Silence => return None,
            Value::ServFail => code = SERVFAIL,
            Value::Data(data) => addresses.push(data.clone()),
        }
    }
    let mut reply = query[..2].to_vec();
    // A response, recursion desired and available; one question, no authority, nothing additional.
    reply.extend([0x81, 0x80 | code, 0, 1, 0, u8::try_from(addresses.len()).ok()?, 0, 0, 0, 0]);
    reply.extend(query.get(12..end + 4)?);
    for address in addresses {
        // A pointer to the question's name, the type asked for, class IN, 60 s.
        reply.extend([
            0xc0,
            12,
            query[end],
            query[end + 1],
            0,
            1,
            0,
            0,
            0,
            60,
            0,
            u8::try_from(address.len()).ok()?,
        ]);
        reply.extend(address);
    }
    Some(reply)
}

/// The name asked for, in lower case without the last dot, and where it ends.
fn question(query: &[u8]) -> Option<(String, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).to_ascii_lowercase());
        at += length;
    }
}

/// Also where the started copy of this binary serves: see [`Lab::dns`].
#[test]
fn answers_from_its_records() {
    let parse = |text: &str| -> Vec<Record> {
        text.lines().map(|line| line.parse().unwrap_or_else(|error| panic!("{error}"))).collect()
    };
    if let (Ok(listen), Ok(records)) = (std::env::var(LISTEN), std::env::var(RECORDS)) {
        return serve(&listen, &parse(&records));
    }
    let records = parse("a.test A 198.51.100.1\na.test AAAA SERVFAIL\nb.test A SILENCE");
    let query =
        |name: &[u8], kind: u8| [b"\xab\xcd\x01\x00\0\x01\0\0\0\0\0\0", name, &[0, kind, 0, 1]].concat();
    let code =
        |name: &[u8], kind| answer(&query(name, kind), &records).map(|reply| (reply[3] & 15, reply[7]));
    assert_eq!(code(b"\x01A\x04test\0", 1), Some((0, 1)), "an address");
    assert_eq!(code(b"\x01a\x04test\0", 28), Some((SERVFAIL, 0)), "an error");
    assert_eq!(code(b"\x01a\x04test\0", 15), Some((0, 0)), "no data");
    assert_eq!(code(b"\x01c\x04test\0", 1), Some((NXDOMAIN, 0)), "no such name");
    assert_eq!(code(b"\x01b\x04test\0", 1), None, "silence");
    let reply = answer(&query(b"\x01a\x04test\0", 1), &records).expect("an answer");
    assert!(reply.starts_with(b"\xab\xcd\x81\x80") && reply.ends_with(&[0, 4, 198, 51, 100, 1]));
}
