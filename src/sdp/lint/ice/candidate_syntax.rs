//! Every candidate can be read and used (RFC 8839 §5.1, RFC 6544 §4.5).

use super::is_ice_char;
use crate::finding::{Rule, Severity};
use crate::ice::kind::{Kind, Protocol};
use crate::sdp::attribute::Candidate;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::source::Kind as SdpKind;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP408",
        name: "candidate-syntax",
        severity: Severity::Warning,
        summary: "a candidate cannot be read, or nobody can use it",
        explain: include_str!("candidate_syntax.md"),
        refs: &["RFC 8839 §5.1", "RFC 6544 §4.5", "RFC 9429 §5.8"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

const FORM: &str =
    "write `a=candidate:<foundation> 1 udp <priority> <address> <port> typ host`, or leave the line out";
/// RFC 8839 §5.1 ends at 2^31 - 1, although the field has 32 bits.
const MOST: u32 = (1 << 31) - 1;

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    // Those that trickle go to addIceCandidate, which throws.
    let severity = match description.kind() {
        SdpKind::Sdpfrag => Severity::Error,
        _ => description.unreadable_is(),
    };
    for (_, _, problem) in description.unreadable("candidate") {
        findings
            .push(problem.span, format!("the candidate cannot be read: {problem}"))
            .severity(severity)
            .help(FORM);
    }
    for candidate in description.sections().flat_map(|section| section.candidates()) {
        rank(candidate, findings);
        address(candidate, findings);
        kind(candidate, findings);
    }
}

/// Foundation, component, transport, priority.
fn rank(candidate: &Candidate<'_>, findings: &mut Findings<'_>) {
    let foundation = candidate.foundation;
    let is_ssltcp = candidate.transport.eq_ignore_ascii_case("ssltcp");
    if !is_ssltcp && (foundation.len() > 32 || !foundation.chars().all(is_ice_char)) {
        findings
            .push(foundation.span, format!("`{foundation}` is no foundation"))
            .help("write 1 to 32 letters and digits, the same ones for candidates of one type and interface");
    }
    if !(1..=256).contains(&candidate.component.value) {
        findings
            .push(candidate.component.span, format!("`{}` is no component (1 to 256)", candidate.component))
            .help("write 1, or 2 for RTCP on a port of its own");
    }
    if !(1..=MOST).contains(&candidate.priority.value) {
        findings
            .push(candidate.priority.span, format!("a priority is 1 to {MOST}, and this is {}", candidate.priority))
            .help("compute it as RFC 8445 section 5.1.2 does; some parsers take a larger one for a negative one");
    }
    if candidate.protocol().is_none() {
        let transport = candidate.transport;
        let (severity, message) = match is_ssltcp {
            true => (
                Severity::Info,
                "`ssltcp` is of old versions of Chrome; others ignore the candidate".to_owned(),
            ),
            false => {
                (Severity::Warning, format!("`{transport}` is no transport of ICE; the candidate is ignored"))
            }
        };
        findings.push(transport.span, message).severity(severity).help("write `udp` or `tcp`");
    }
}

fn address(candidate: &Candidate<'_>, findings: &mut Findings<'_>) {
    let address = candidate.address;
    match candidate.ip() {
        Some(ip) if ip.is_unspecified() => {
            findings
                .push(address.span, format!("nobody can send to `{address}`"))
                .help("write the address at which packets arrive: a server must be told its public one");
        }
        Some(_) => {}
        // What tools write that hide addresses is nobody's fault.
        None if candidate.is_mdns() || is_hidden(address.value) => {}
        None if is_name(address.value) => {
            findings
                .push(address.span, format!("`{address}` is a name, and candidates are addresses"))
                .help("write the address; many peers ignore a name");
        }
        None => {
            findings.push(address.span, format!("`{address}` is no address")).help(FORM);
        }
    }
    let is_udp = candidate.protocol() == Some(Protocol::Udp);
    if is_udp && candidate.port.value == 0 {
        findings
            .push(candidate.port.span, "nobody can send to port 0")
            .help("write the port at which packets arrive, or leave the line out");
    }
}

/// The type, and what belongs to it.
fn kind(candidate: &Candidate<'_>, findings: &mut Findings<'_>) {
    let kind = candidate.kind;
    match candidate.known_kind() {
        None => {
            findings
                .push(kind.span, format!("`{kind}` is no type of candidate"))
                .help("write `host`, `srflx`, `prflx` or `relay`");
        }
        Some(Kind::Host) => {}
        Some(_) if candidate.related_address.is_none() || candidate.related_port.is_none() => {
            findings
                .push(kind.span, format!("after `typ {kind}` there is no `raddr` and `rport`"))
                .severity(Severity::Info)
                .help("add `raddr 0.0.0.0 rport 9` where the address behind it is to stay unknown");
        }
        Some(_) => {}
    }
    if candidate.protocol() == Some(Protocol::Tcp) {
        match candidate.tcp_type() {
            Some(tcp_type) if matches!(tcp_type.value, "active" | "passive" | "so") => {}
            Some(tcp_type) => {
                findings.push(tcp_type.span, format!("`{tcp_type}` is no type of TCP candidate")).help(
                    "write `tcptype passive` where a peer can connect to it, and else `tcptype active`",
                );
            }
            None => {
                findings
                    .push(end(candidate), "a TCP candidate has no `tcptype`")
                    .help("add `tcptype passive` where a peer can connect to it, and else `tcptype active`");
            }
        }
    }
}

/// Where `tcptype` would stand.
fn end(candidate: &Candidate<'_>) -> Span {
    let port = candidate.related_port.map(|port| port.span);
    let address = candidate.related_address.map(|address| address.span);
    port.or(address).unwrap_or(candidate.kind.span).after()
}

fn is_name(address: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let last = address.rsplit('.').next().unwrap_or_default();
    address.contains('.')
        && address.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// `192.0.2.x`, `x.x.x.x`, `[redacted]`, as dumps have it.
fn is_hidden(address: &str) -> bool {
    let is_part = |part: &str| part == "x" || part == "xxx" || part.bytes().all(|byte| byte.is_ascii_digit());
    let is_blanked = address.contains('x') && address.split(['.', ':']).all(is_part);
    is_blanked || address.eq_ignore_ascii_case("[redacted]") || address.contains('*')
}
