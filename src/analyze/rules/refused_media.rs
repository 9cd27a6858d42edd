//! Media that its receiver, or a firewall, sent back word of.

use super::seen::count;
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

/// Some come at the beginning of a call, before one side listens, and at its end, when one has closed its port and the
/// other goes on for a moment.
const FEWEST: u64 = 10;
const A_MOMENT_S: f64 = 2.0;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "MEDIA_REFUSED",
    name: "refused-media",
    severity: Severity::Warning,
    summary: "media was refused with ICMP: nobody listens there, or a firewall stops it",
    explain: include_str!("refused_media.md"),
    refs: &["RFC 792", "RFC 4443 §3.1"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for refusal in seen.captures.iter().flat_map(|capture| &capture.unreachable) {
        let mut over = seen.streams.iter();
        let stream = over.find(|stream| (stream.path.src, stream.path.dst) == (refusal.src, refusal.dst));
        let Some(stream) = stream.filter(|_| refusal.packets >= FEWEST) else { continue };
        let is_short = refusal.last_s - refusal.first_s < A_MOMENT_S;
        if is_short || stream.last_seen_s - refusal.first_s < A_MOMENT_S {
            continue;
        }
        let why = match refusal.reason {
            "port" => "nobody listens at the port",
            "prohibited" => "a firewall forbids it",
            _ => "the address cannot be reached",
        };
        found.push(
            seen.of_stream(&RULE, stream, refusal.first_s, (refusal.first_frame, refusal.last_frame))
                .message(format!(
                    "{} sent word {} that media for {} is refused, from {:.1} s on: {why}",
                    refusal.by,
                    count(refusal.packets, "time", "times"),
                    refusal.dst,
                    refusal.first_s
                ))
                .evidence("refusals", refusal.packets)
                .evidence("reason", refusal.reason)
                .help(match refusal.reason {
                    "port" => {
                        "the receiver has closed the port or never opened it: compare it with its description, and look \
                         whether its program still runs"
                    }
                    "prohibited" => "look for the firewall with this address",
                    _ => "look at routes, and at the address in the description",
                }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::analyze::summary::UnreachableFacts;
    use crate::finding::Severity;

    #[test]
    fn refusals_in_the_middle_of_a_stream_are_told_and_those_at_its_end_are_not() {
        let mut scene = Scene::call();
        let stream = scene.streams[0].clone();
        let refusal = |first_s: f64, last_s: f64, packets: u64| UnreachableFacts {
            by: stream.path.dst.ip(),
            src: stream.path.src,
            dst: stream.path.dst,
            reason: "port",
            packets,
            first_s,
            last_s,
            first_frame: 9,
            last_frame: 99,
            times: Default::default(),
        };
        let mut severities = |refusal| {
            scene.captures[0].unreachable = vec![refusal];
            scene.severities(&CHECK)
        };
        let (first, last) = (stream.first_seen_s, stream.last_seen_s);
        assert_eq!(severities(refusal(first, last, 40)), [Severity::Warning]);
        assert_eq!(severities(refusal(last - 1.0, last + 5.0, 40)), []);
        assert_eq!(severities(refusal(first, first + 1.0, 40)), []);
        assert_eq!(severities(refusal(first, last, 3)), []);
    }
}
