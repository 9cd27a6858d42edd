//! Files that break off.

use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CAPTURE_TRUNCATED",
    name: "capture-breaks-off",
    severity: Severity::Warning,
    summary: "a capture file breaks off",
    explain: include_str!("capture_breaks_off.md"),
    refs: &["draft-ietf-opsawg-pcap", "draft-ietf-opsawg-pcapng"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for capture in seen.captures.iter().filter(|capture| capture.truncated) {
        let how = capture.ending.as_deref().unwrap_or("it has no end");
        found.push(
            seen.of_capture(&RULE, &capture.file)
                .message(format!("{} breaks off: {how}", capture.file))
                .evidence("packets", capture.packets)
                .evidence("bytes", capture.bytes)
                .help("what came before counts; end a capture with Ctrl-C, and copy it when it is whole"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::finding::Severity;

    #[test]
    fn a_file_that_breaks_off_is_told_by_its_name() {
        let mut scene = Scene::new();
        assert_eq!(scene.severities(&CHECK), []);
        scene.captures[0].truncated = true;
        scene.captures[0].ending = Some("it ends in the middle of a packet".to_owned());
        assert_eq!(scene.says(&CHECK), "call.pcap breaks off: it ends in the middle of a packet");
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }
}
