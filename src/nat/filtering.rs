//! Filtering behaviour (RFC 4787 §5, RFC 5780 §4.4): from whom a packet comes in that nobody asked for.
//!
//! The two requests go out from sockets that never write to anybody else. Silence counts only where the other
//! addresses are known to answer, and where a control did not show that the server ignores CHANGE-REQUEST.

use std::net::SocketAddr;

use super::ask::Reply;
use super::{Behavior, Conclusion};

/// What one server's tests came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tests {
    /// OTHER-ADDRESS.
    pub(super) other: SocketAddr,
    /// The server's first IP address with the second port.
    pub(super) other_port: SocketAddr,
    /// Test II: from a fresh socket, to be answered from the other address and port.
    pub(super) change_both: Reply,
    /// Test III: from a fresh socket, to be answered from the other port.
    pub(super) change_port: Reply,
    /// Asked directly: does the other address answer at all?
    pub(super) other_direct: Reply,
    /// Asked directly: does the other port answer at all?
    pub(super) port_direct: Reply,
    /// As test II, from a socket that has written to the other address and port: no filter keeps that answer out
    /// unless the mapping depends on the destination.
    pub(super) control_both: Reply,
    /// As test III, from a socket that has written to the other port.
    pub(super) control_port: Reply,
}

/// Concludes from one server's tests, given the mapping behaviour.
pub(super) fn conclude(tests: &Tests, mapping: Behavior) -> Conclusion {
    let controlled = mapping == Behavior::EndpointIndependent;
    match tests.change_both {
        Reply::Answered(_) => return Conclusion::certain(Behavior::EndpointIndependent),
        Reply::Silent => {}
        other => return not_carried_out(other, tests.other),
    }
    if tests.other_direct == Reply::Unsent {
        return Conclusion::inconclusive(format!(
            "this machine lets nothing out to {}, the server's OTHER-ADDRESS",
            tests.other
        ));
    }
    if tests.other_direct.answer().is_none() {
        return Conclusion::inconclusive(format!(
            "{}, the server's OTHER-ADDRESS, does not answer, so that its silence tells nothing",
            tests.other
        ));
    }
    if let Some(doubt) = doubt(tests.control_both, tests.other, controlled) {
        return doubt;
    }
    match tests.change_port {
        Reply::Answered(_) => {
            let reason =
                format!("an answer from {} was let in, and none from {}", tests.other_port, tests.other);
            return Conclusion::likely(Behavior::AddressDependent, reason);
        }
        Reply::Silent => {}
        other => return not_carried_out(other, tests.other_port),
    }
    if tests.port_direct.answer().is_none() {
        return Conclusion::inconclusive(format!(
            "answers from another address are kept out; {}, the server's second port, does not answer, so that \
             nothing tells whether the port counts too",
            tests.other_port
        ));
    }
    if let Some(doubt) = doubt(tests.control_port, tests.other_port, controlled) {
        return doubt;
    }
    let reason = match controlled {
        true => {
            "no answer in 1.5 s to three requests each, while the same were answered where we had written to \
                 the address before"
        }
        false => {
            "no answer in 1.5 s to three requests each; that the server carries them out could not be checked \
                  through a NAT that gives each destination another port"
        }
    };
    Conclusion::likely(Behavior::AddressAndPortDependent, reason)
}

/// Why silence may be the server's, if its control says so.
fn doubt(control: Reply, expected: SocketAddr, controlled: bool) -> Option<Conclusion> {
    match control {
        Reply::Answered(_) => None,
        Reply::Silent | Reply::Pending if !controlled => None,
        Reply::Silent => Some(Conclusion::inconclusive(format!(
            "the server does not answer from {expected} when asked to (CHANGE-REQUEST), even where nothing keeps that \
             answer out"
        ))),
        other => Some(not_carried_out(other, expected)),
    }
}

/// What an answer means that shows a server not to do as CHANGE-REQUEST says.
fn not_carried_out(reply: Reply, expected: SocketAddr) -> Conclusion {
    Conclusion::inconclusive(match reply {
        Reply::Misplaced { from } => format!(
            "the server was asked to answer from {expected} (CHANGE-REQUEST) and answered from {from}: it does not \
             do what RFC 5780 needs"
        ),
        Reply::Contradicted { from, origin } => format!(
            "an answer came from {from} that says it was sent from {origin} (RESPONSE-ORIGIN): something translates \
             addresses in front of the server"
        ),
        Reply::Refused { code } => {
            format!("the server refuses CHANGE-REQUEST with error {code}: it does not do what RFC 5780 needs")
        }
        Reply::Unsent => "this machine does not let the request out".to_owned(),
        Reply::Pending | Reply::Silent | Reply::Answered(_) => "the test was not finished".to_owned(),
    })
}
