//! Calls of SIP in which one side alone was heard.

use super::call_without_media::addresses;
use super::seen::{at_most, time_of};
use super::{Check, Seen};
use crate::finding::{Confidence, Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CALL_ONE_WAY",
    name: "one-way-call",
    severity: Severity::Error,
    summary: "in a call of SIP that both sides were to speak in, media went to one side only",
    explain: include_str!("one_way_call.md"),
    refs: &["RFC 3264 §6.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for call in seen.calls {
        let Some((from, ms)) = seen.talked(call) else { continue };
        let sides = [
            (&call.caller_media, &call.callee_media, call.caller, call.callee),
            (&call.callee_media, &call.caller_media, call.callee, call.caller),
        ];
        for (deaf, heard, of, other) in sides {
            // What one side got; the other neither got anything nor is heard from another port.
            let got = |all: &[std::net::SocketAddr]| {
                seen.streams.iter().any(|stream| all.contains(&stream.path.dst))
            };
            let spoke = seen.streams.iter().any(|stream| {
                heard.contains(&stream.path.dst) && deaf.iter().any(|own| own.ip() == stream.path.src.ip())
            });
            if got(deaf) || !got(heard) || !spoke {
                continue;
            }
            let Some(severity) = seen.limit("silence").severity(ms) else { continue };
            found.push(
                seen.of_call(&RULE, call)
                    .severity(at_most(severity, Severity::Error))
                    .confidence(Confidence::Medium)
                    .message(format!(
                        "media of the call answered at {from:.1} s went to {} and none to {}, for {}",
                        addresses(heard).join(", "),
                        addresses(deaf).join(", "),
                        time_of(ms)
                    ))
                    .evidence("heard", addresses(heard))
                    .evidence("not_reached", addresses(deaf))
                    .evidence("signalling", format!("{of} and {other}"))
                    .help(
                        "the side that is not reached may have put a private address into its description, or a firewall \
                         stops what comes to it: compare the address with that which its packets come from",
                    ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, sip};
    use crate::finding::Severity;

    #[test]
    fn media_to_one_side_only_is_an_error_and_both_ways_are_none() {
        let mut scene = Scene::call();
        scene.calls = vec![sip()];
        let stream = scene.streams[0].clone();
        let call = scene.calls[0].clone();
        scene.streams.clear();
        let mut there = stream.clone();
        (there.path.src, there.path.dst) = (call.caller_media[0], call.callee_media[0]);
        scene.streams.push(there.clone());
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        let mut back = there;
        std::mem::swap(&mut back.path.src, &mut back.path.dst);
        scene.streams.push(back);
        assert_eq!(scene.severities(&CHECK), []);
    }
}
