//! Speech that would be rated poor.

use super::seen::name;
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "MOS_LOW",
    name: "poor-speech",
    severity: Severity::Warning,
    summary: "speech would be rated poor",
    explain: include_str!("poor_speech.md"),
    refs: &["ITU-T G.107"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        // The worst is the lowest.
        let Some((stream, negated)) = media.worst(|stream| stream.mos.value.map(|mos| -mos)) else {
            continue;
        };
        let mos = -negated;
        let Some(severity) = seen.limit("mos").severity(mos) else { continue };
        let message = format!("{} would be rated {mos:.2} of 4.5 by those who hear it", name(stream));
        found.push(
            seen.of_whole_stream(&RULE, stream)
                .severity(severity)
                .message(message)
                .evidence("mos", mos)
                .evidence("r", stream.mos.r)
                .evidence("model", stream.mos.model)
                .evidence("assumptions", stream.mos.assumptions.as_str())
                .help("it follows from the loss and the jitter of this stream: see LOSS and JITTER"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::finding::Severity;

    #[test]
    fn a_low_rating_is_told_and_none_is_no_fault() {
        let mut stream = audio("s1", 1);
        stream.mos.value = Some(3.5);
        let mut unknown = audio("s2", 2);
        unknown.mos.value = None;
        let mut scene = Scene::with(vec![stream, unknown]);
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        scene.streams[0].mos.value = Some(3.0);
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        scene.streams[0].mos.value = Some(3.6);
        assert_eq!(scene.severities(&CHECK), []);
    }
}
