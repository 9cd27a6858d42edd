//! A server that does as it should up to some step, and then something else: over UDP and TCP, before each command
//! that talks to a relay.

use std::collections::HashMap;
use std::io::Write;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use rtcscope::stun::{Class, Message, Method, attribute};

use super::ALICE;
use super::fake::{Fake, Stopped, bound, challenge, is_signed, read_message, reply};
use crate::bounded::{Ended, run};

/// What is still done right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    Nothing,
    Binding,
    Challenge,
    Allocate,
    Permission,
    Channel,
}

const STEPS: [Right; 6] =
    [Right::Nothing, Right::Binding, Right::Challenge, Right::Allocate, Right::Permission, Right::Channel];

/// What comes then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Nothing more.
    Stalls,
    /// The first half of the answer.
    Half,
    /// The answer, a byte every 50 ms.
    Trickles,
    /// The end, with what the client has sent unread.
    Resets,
    /// Answers to nobody, for ever.
    Floods,
    /// Data of a peer that was never let in, for ever.
    FloodsData,
    /// All answers so far, again and again.
    Replays,
    /// The answer, from another address.
    Elsewhere,
    /// The answer, signed with another key.
    Forges,
    /// 64 KiB of attributes in front of the answer.
    Bloats,
}

/// One connection's, or one client's, part in it.
#[derive(Default)]
struct Script {
    said: Vec<Vec<u8>>,
    /// The relay that it was given.
    relayed: u16,
}

/// Ports of relays where there are none.
static RELAYED: AtomicU16 = AtomicU16::new(1);

impl Script {
    /// What a server that is in order answers.
    fn answer(&mut self, request: &Message, from: SocketAddr, key: &[u8]) -> Vec<u8> {
        self.padded(request, from, key, 0)
    }

    fn padded(&mut self, request: &Message, from: SocketAddr, key: &[u8], padding: usize) -> Vec<u8> {
        if request.method == Method::Binding {
            return bound(request, from);
        }
        if !is_signed(request) {
            return challenge(request, 401, b"nonce");
        }
        if self.relayed == 0 {
            self.relayed = RELAYED.fetch_add(1, Ordering::Relaxed) % 900 + 1;
        }
        let mut granted = reply(request, Class::Success);
        for at in 0..padding {
            granted = granted.attribute(0xc000 + u16::try_from(at & 0xff).unwrap(), &[7; 60]);
        }
        let granted = match request.method {
            Method::Allocate => granted
                .xor_address(attribute::XOR_RELAYED_ADDRESS, ([127, 0, 0, 1], self.relayed).into())
                .number(attribute::LIFETIME, 600),
            Method::Refresh => granted.number(attribute::LIFETIME, 600),
            _ => granted,
        };
        granted.integrity(key).finish()
    }
}

/// Whether the answer to `request` is one of the steps that are still done right.
fn is_right(request: &Message, right: Right) -> bool {
    let step = match request.method {
        Method::Binding => Right::Binding,
        Method::Allocate if !is_signed(request) => Right::Challenge,
        Method::Allocate => Right::Allocate,
        Method::CreatePermission => Right::Permission,
        _ => Right::Channel,
    };
    step <= right
}

/// An answer that nobody waits for.
fn astray(request: &Message, from: SocketAddr) -> Vec<u8> {
    let mut other = request.clone();
    other.transaction = rtcscope::stun::TransactionId([7; 12]);
    bound(&other, from)
}

/// A Data indication, as a relay hands on what a peer sent.
fn data(size: usize) -> Vec<u8> {
    rtcscope::stun::MessageBuilder::new(
        Class::Indication,
        Method::Data,
        rtcscope::stun::TransactionId([9; 12]),
    )
    .xor_address(attribute::XOR_PEER_ADDRESS, ([127, 0, 0, 9], 9).into())
    .attribute(attribute::DATA, &vec![0x16; size])
    .finish()
}

fn over_tcp(right: Right, then: Then) -> Fake {
    let key = super::authentication::key();
    Fake::tcp(move |mut stream, stopped| {
        let from = stream.peer_addr().unwrap();
        // Whoever is flooded may have ended long ago.
        let _ = stream.set_write_timeout(Some(Duration::from_millis(200)));
        let mut script = Script::default();
        while let Some(bytes) = read_message(&mut stream, &stopped) {
            let Ok(request) = Message::from_bytes(&bytes) else { continue };
            let answer = script.answer(&request, from, &key);
            if is_right(&request, right) {
                script.said.push(answer.clone());
                if stream.write_all(&answer).is_err() {
                    return;
                }
                continue;
            }
            let again = |stream: &mut TcpStream, bytes: &[u8], stopped: &Stopped| {
                let chunk = bytes.repeat((60_000 / bytes.len()).max(1));
                while !stopped.load(Ordering::Relaxed) && stream.write_all(&chunk).is_ok() {}
            };
            match then {
                Then::Stalls | Then::Elsewhere => continue,
                Then::Half => {
                    let _ = stream.write_all(&answer[..answer.len() / 2]);
                    while read_message(&mut stream, &stopped).is_some() {}
                }
                Then::Trickles => {
                    for byte in answer {
                        if stopped.load(Ordering::Relaxed) || stream.write_all(&[byte]).is_err() {
                            return;
                        }
                        std::thread::sleep(Duration::from_millis(50));
                    }
                    continue;
                }
                // What has come meanwhile is unread.
                Then::Resets => std::thread::sleep(Duration::from_millis(30)),
                Then::Floods => again(&mut stream, &astray(&request, from), &stopped),
                Then::FloodsData => again(&mut stream, &data(1200), &stopped),
                Then::Replays => match script.said.concat() {
                    said if said.is_empty() => again(&mut stream, &astray(&request, from), &stopped),
                    said => again(&mut stream, &said, &stopped),
                },
                Then::Forges => {
                    let forged = script.answer(&request, from, b"another key");
                    let _ = stream.write_all(&forged);
                    continue;
                }
                Then::Bloats => {
                    let bloated = script.padded(&request, from, b"another key", 1000);
                    let _ = stream.write_all(&bloated);
                    continue;
                }
            }
            return;
        }
    })
}

fn over_udp(right: Right, then: Then) -> Fake {
    let key = super::authentication::key();
    let elsewhere = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut clients: HashMap<SocketAddr, Script> = HashMap::new();
    Fake::udp(move |socket, bytes, from| {
        let Ok(request) = Message::from_bytes(bytes) else { return };
        let script = clients.entry(from).or_default();
        let answer = script.answer(&request, from, &key);
        let say = |bytes: &[u8]| drop(socket.send_to(bytes, from));
        if is_right(&request, right) {
            script.said.push(answer.clone());
            return say(&answer);
        }
        match then {
            // The nearest to a reset that there is without a connection.
            Then::Stalls | Then::Resets => {}
            Then::Half => say(&answer[..answer.len() / 2]),
            Then::Trickles => answer.iter().for_each(|byte| say(&[*byte])),
            Then::Floods => (0..20_000).for_each(|_| say(&astray(&request, from))),
            Then::FloodsData => {
                let data = data(1200);
                (0..20_000).for_each(|_| say(&data));
            }
            Then::Replays => (0..2000).for_each(|_| script.said.iter().for_each(|said| say(said))),
            Then::Elsewhere => drop(elsewhere.send_to(&answer, from)),
            Then::Forges => say(&script.answer(&request, from, b"another key")),
            Then::Bloats => say(&script.padded(&request, from, b"another key", 1000)),
        }
    })
}

/// What no run may exceed besides what the machine adds to it.
pub(super) const DEADLINE: Duration = Duration::from_secs(4);
/// A build without optimisation takes a quarter of this when all is well.
pub(super) const MOST_KIB: u64 = 160 * 1024;

fn probe(uri: &str) -> Ended {
    let flags =
        ["--timeout", "700ms", "--deadline", "4s", "--count", "5", "--no-capabilities", "--format", "json"];
    run(&[&["probe", uri][..], &ALICE, &flags].concat())
}

fn call(uri: &str) -> Ended {
    let flags = ["--timeout", "700ms", "--deadline", "4s", "--duration", "300ms", "--format", "json"];
    run(&[&["call", "--relay", uri][..], &ALICE, &flags].concat())
}

/// What a probe found, worst first, and why a call failed.
pub(super) fn told(probe: &Ended, call: &Ended) -> (Vec<String>, String) {
    let json = probe.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let errors = json["findings"].as_array().unwrap().iter().filter(|it| it["severity"] == "error");
    let failure = &call.json()["failure"];
    let why = format!("{}: {}", text(&failure["phase"]), text(&failure["reason"]));
    (errors.map(|it| text(&it["code"])).collect(), why)
}

/// Every step over one transport: what each came to, checked for what holds of every run.
fn each_step(then: Then, transport: &str) -> Vec<(Right, Vec<String>, String)> {
    let over = if transport == "tcp" { over_tcp } else { over_udp };
    std::thread::scope(|scope| {
        let runs = STEPS.map(|right| {
            scope.spawn(move || {
                let (server, other) = (over(right, then), over(right, then));
                let uri = |server: &Fake| format!("turn:{}?transport={transport}", server.addr);
                let (probe, call) = (probe(&uri(&server)), call(&uri(&other)));
                for ended in [&probe, &call] {
                    ended.is_sound(DEADLINE, MOST_KIB);
                    assert!([1, 3].contains(&ended.code), "{right:?} {then:?}: {ended:#?}");
                }
                let (findings, why) = told(&probe, &call);
                eprintln!(
                    "{transport} {then:?} after {right:?}: {} {findings:?} {:?} {} KiB | {} {why} {:?} {} KiB",
                    probe.code, probe.took, probe.peak_kib, call.code, call.took, call.peak_kib
                );
                (right, findings, why)
            })
        });
        runs.into_iter().map(|run| run.join().unwrap_or_else(|why| std::panic::resume_unwind(why))).collect()
    })
}

type Words = &'static [&'static str];

/// What silence behind each step is told as: the probe's errors, and the phase that a call fails in. It asks for
/// permission and channel at once, and names the one that is waited for.
const SILENCE: [(Right, [Words; 2], Words); 6] = {
    const BLOCKED: &[&str] = &["RELAY_INBOUND_BLOCKED", "RELAY_OUTBOUND_BLOCKED"];
    [
        // Over TCP and over UDP. A server that takes a connection and says nothing is there.
        (Right::Nothing, [&["NOT_A_STUN_SERVER"], &["UDP_TIMEOUT"]], &["turn-connect"]),
        (Right::Binding, [&["STUN_ONLY"], &["STUN_ONLY"]], &["turn-connect"]),
        (Right::Challenge, [&["SERVER_ERROR"], &["SERVER_ERROR"]], &["turn-allocate"]),
        (Right::Allocate, [&["SERVER_ERROR"], &["SERVER_ERROR"]], &["turn-permission", "turn-channel"]),
        (Right::Permission, [&["SERVER_ERROR"], &["SERVER_ERROR"]], &["turn-channel", "turn-permission"]),
        // Over TCP alone, nobody knows whether this machine has any UDP.
        (Right::Channel, [&[], BLOCKED], &["ice"]),
    ]
};

/// Whatever it does there, it comes to the same as silence. A busy machine may not get through all steps before the deadline;
/// what is wrong is wrong every time.
fn is_silence(then: Then, transport: &str) {
    let faults: Vec<String> = (0..3).map_while(|_| unlike_silence(then, transport)).collect();
    assert!(faults.len() < 3, "{faults:#?}");
}

/// The first step that is told as something else.
fn unlike_silence(then: Then, transport: &str) -> Option<String> {
    each_step(then, transport).iter().zip(SILENCE).find_map(
        |((right, findings, why), (step, known, phases))| {
            assert_eq!(*right, step);
            let known = known[usize::from(transport == "udp")];
            let all_there = known.iter().all(|code| findings.iter().any(|found| found == code));
            let is_told = all_there && known.is_empty() == findings.is_empty();
            let is_named = phases.iter().any(|phase| why.starts_with(phase));
            (!is_told || !is_named).then(|| format!("{then:?} after {right:?}: {findings:?}, {why}"))
        },
    )
}

/// All findings and reasons for which something came that is no answer, up to the allocation.
fn until_allocated(then: Then, transport: &str) -> Vec<(Vec<String>, String)> {
    let all = each_step(then, transport).into_iter().filter(|(right, ..)| *right < Right::Allocate);
    all.map(|(_, findings, why)| (findings, why)).collect()
}

#[test]
fn silence_at_any_step_is_told_by_the_step() {
    is_silence(Then::Stalls, "tcp");
    is_silence(Then::Stalls, "udp");
}

#[test]
fn half_an_answer_or_one_that_trickles_is_none() {
    is_silence(Then::Half, "tcp");
    is_silence(Then::Trickles, "tcp");
    for then in [Then::Half, Then::Trickles] {
        for (findings, why) in until_allocated(then, "udp") {
            assert!(findings.contains(&"MALFORMED".to_owned()), "{then:?}: {findings:?}");
            assert!(why.contains("that are none") || why.contains("that is none"), "{why}");
        }
    }
}

#[test]
fn an_end_at_any_step_is_told_as_one() {
    for (right, findings, why) in each_step(Then::Resets, "tcp") {
        if right < Right::Channel {
            assert_eq!(findings, ["CONNECTION_CLOSED"], "{right:?}");
            assert!(why.contains("closed the connection") || why.contains("reset by peer"), "{why}");
        }
    }
}

#[test]
fn floods_of_answers_keep_no_deadline_from_coming_and_fill_no_memory() {
    each_step(Then::Floods, "tcp");
    each_step(Then::Floods, "udp");
}

#[test]
fn floods_of_data_keep_no_deadline_from_coming_and_fill_no_memory() {
    each_step(Then::FloodsData, "tcp");
    each_step(Then::FloodsData, "udp");
}

/// Each of them was an answer once, so that nothing is odd about it: neither events nor errors end the reading.
#[test]
fn answers_that_are_replayed_for_ever_are_none() {
    each_step(Then::Replays, "tcp");
    is_silence(Then::Replays, "udp");
}

#[test]
fn answers_from_another_address_are_none() {
    is_silence(Then::Elsewhere, "udp");
}

#[test]
fn forged_answers_are_named_at_any_step_and_so_are_those_of_64_kib() {
    for then in [Then::Forges, Then::Bloats] {
        for transport in ["tcp", "udp"] {
            // 64 KiB find no place in a datagram: there it is silence.
            if (then, transport) == (Then::Bloats, "udp") {
                each_step(then, transport);
                continue;
            }
            for (right, findings, why) in each_step(then, transport) {
                if right < Right::Channel {
                    assert!(
                        findings.contains(&"INTEGRITY_BAD".to_owned()),
                        "{then:?} {right:?}: {findings:?}"
                    );
                    assert!(
                        why.contains("that are none") || why.contains("that is none"),
                        "{right:?}: {why}"
                    );
                }
            }
        }
    }
}

/// Probes and calls side by side, each before a server that is broken in its own way.
#[test]
fn a_plan_before_broken_servers_ends_by_its_deadline() {
    let mut plan = String::new();
    let mut servers = Vec::new();
    for right in [Right::Nothing, Right::Allocate] {
        for then in [Then::Stalls, Then::Trickles, Then::Floods, Then::FloodsData, Then::Replays] {
            let (server, other) = (over_tcp(right, then), over_tcp(right, then));
            plan += &format!(
                "[[probe]]\nname = \"probe {right:?} {then:?}\"\ntargets = \"turn:{}?transport=tcp\"\nusername = \"alice\"\n\
                 password = {{ env = \"PASSWORD\" }}\ncount = 5\ntimeout = \"20s\"\n\n\
                 [[call]]\nname = \"call {right:?} {then:?}\"\nrelay = \"turn:{}?transport=tcp\"\nusername = \"alice\"\n\
                 password = {{ env = \"PASSWORD\" }}\ntimeout = \"20s\"\nduration = \"300ms\"\n\n",
                server.addr, other.addr
            );
            servers.extend([server, other]);
        }
    }
    let path = std::env::temp_dir().join(format!("rtcscope-hostile-plan-{}.toml", std::process::id()));
    std::fs::write(&path, plan).unwrap();
    let args = ["check", path.to_str().unwrap(), "--deadline", "5s", "--jobs", "20", "--format", "json"];
    let mut command = crate::bounded::command(&args);
    command.env("PASSWORD", super::USER.1);
    let ended = crate::bounded::end(command, "check");
    let _ = std::fs::remove_file(&path);
    // Twenty at once.
    ended.is_sound(Duration::from_secs(5), 4 * MOST_KIB);
    assert!([1, 3].contains(&ended.code), "{ended:#?}");
    let json = ended.json();
    let checks = json["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 20, "{json:#}");
    assert!(checks.iter().all(|check| check["verdict"] != "pass"), "{json:#}");
}
