//! Packets that a snap length cut.

use super::seen::count;
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "PACKETS_CUT",
    name: "cut-packets",
    severity: Severity::Warning,
    summary: "packets were cut when they were captured",
    explain: include_str!("cut_packets.md"),
    refs: &["draft-ietf-opsawg-pcap"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for capture in seen.captures.iter().filter(|capture| capture.cut > 0) {
        let message = format!(
            "payload truncated: {} cut by a snap length",
            count(capture.cut, "packet was", "packets were")
        );
        found.push(
            seen.of_capture(&RULE, &capture.file)
                .message(message)
                .evidence("cut", capture.cut)
                .evidence("packets", capture.packets)
                .help(
                    "streams are counted by their headers, which are there; handshakes, reports and decryption may lack parts: \
                     capture whole packets (`tcpdump -s 0`)",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::finding::Severity;

    #[test]
    fn cut_packets_are_told_and_counted() {
        let mut scene = Scene::new();
        assert_eq!(scene.severities(&CHECK), []);
        scene.captures[0].cut = 300;
        assert_eq!(scene.says(&CHECK), "payload truncated: 300 packets were cut by a snap length");
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }
}
