//! Calls of SIP that were answered, and had no media.

use super::seen::{at_most, time_of};
use super::{Check, Seen};
use crate::analyze::calls::CallFacts;
use crate::finding::{Confidence, Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CALL_WITHOUT_MEDIA",
    name: "call-without-media",
    severity: Severity::Warning,
    summary: "a call of SIP was answered, and no media of it is in the capture",
    explain: include_str!("call_without_media.md"),
    refs: &["RFC 3261 §13", "RFC 3264 §6"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for call in seen.calls {
        let Some((from, ms)) = seen.talked(call) else { continue };
        if seen.has_media(&call.caller_media) || seen.has_media(&call.callee_media) {
            continue;
        }
        let Some(severity) = seen.limit("silence").severity(ms) else { continue };
        found.push(
            seen.of_call(&RULE, call)
                .severity(at_most(severity, Severity::Warning))
                .confidence(Confidence::Low)
                .message(format!(
                    "the call of {} was answered at {from:.1} s, and no media went to or from the addresses that its \
                     descriptions name in {}",
                    call.caller,
                    time_of(ms)
                ))
                .evidence("caller_media", addresses(&call.caller_media))
                .evidence("callee_media", addresses(&call.callee_media))
                .help(
                    "where only signalling passes, such as at a proxy, that is as it should be; elsewhere look whether the \
                     addresses of the descriptions can be reached from the other side",
                ),
        );
    }
}

/// As evidence.
pub(super) fn addresses(all: &[std::net::SocketAddr]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

impl Seen<'_> {
    /// From when on, and for how many milliseconds, both sides of a call were to send.
    pub(super) fn talked(&self, call: &CallFacts) -> Option<(f64, f64)> {
        let from = call.answered_at_s.filter(|_| !call.one_way)?;
        let both = !call.caller_media.is_empty() && !call.callee_media.is_empty();
        let to = call.ended_at_s.unwrap_or(self.duration_s).min(self.duration_s);
        both.then_some((from, ((to - from) * 1e3).max(0.0)))
    }

    /// Whether a stream goes to one of these addresses, or comes from there.
    pub(super) fn has_media(&self, addresses: &[std::net::SocketAddr]) -> bool {
        let is_of = |address| addresses.contains(&address);
        self.streams.iter().any(|stream| is_of(stream.path.src) || is_of(stream.path.dst))
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, sip};
    use crate::finding::Severity;

    #[test]
    fn an_answered_call_without_media_is_told_after_a_while() {
        let mut scene = Scene::new();
        scene.calls = vec![sip()];
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        scene.calls[0].one_way = true;
        assert_eq!(scene.severities(&CHECK), []);
        scene.calls[0] = crate::analyze::calls::CallFacts { answered_at_s: None, ..sip() };
        assert_eq!(scene.severities(&CHECK), []);
    }
}
