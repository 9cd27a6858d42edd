//! Media clocks that run too fast or too slow.

use super::seen::{name, rounded};
use super::{Check, Seen};
use crate::analyze::facts::StreamFacts;
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CLOCK_DRIFT",
    name: "drifting-clock",
    severity: Severity::Warning,
    summary: "the clock of a sender runs faster or slower than time does",
    explain: include_str!("drifting_clock.md"),
    refs: &["RFC 3550 §5.1", "RFC 3550 §8"],
    since: "0.1.0",
};

/// What the limits are about; `None` where it may be no clock.
pub(super) fn figure(stream: &StreamFacts) -> Option<f64> {
    stream.drift_ppm.filter(|_| stream.drift_steady == Some(true)).map(f64::abs)
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for media in seen.media() {
        let Some((stream, ppm)) = media.worst(figure) else { continue };
        let Some(severity) = seen.limit("drift").severity(ppm) else { continue };
        let way = if stream.drift_ppm.is_some_and(|ppm| ppm > 0.0) { "fast" } else { "slow" };
        let message = format!(
            "the clock of {} runs {ppm:.0} ppm too {way}: {:.0} ms in a minute",
            name(stream),
            ppm * 60e-3
        );
        found.push(
            seen.of_whole_stream(&RULE, stream)
                .severity(severity)
                .message(message)
                .evidence("drift_ppm", stream.drift_ppm.map(rounded))
                .help(
                    "receivers must stretch or drop sound, and lips go out of step: look at the sound card's clock, at \
                     virtual machines, and at software that counts samples it did not get; or the capture's clock is wrong",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::{Scene, audio};
    use crate::finding::Severity;

    #[test]
    fn a_steady_drift_is_told_and_any_other_slope_is_not() {
        let mut stream = audio("s1", 1);
        (stream.drift_ppm, stream.drift_steady) = (Some(-620.0), Some(true));
        let mut scene = Scene::with(vec![stream]);
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
        insta::assert_snapshot!(scene.says(&CHECK), @"the clock of audio 0x00000001 (opus) runs 620 ppm too slow: 37 ms in a minute");
        for steady in [Some(false), None] {
            scene.streams[0].drift_steady = steady;
            assert_eq!(scene.severities(&CHECK), []);
        }
        (scene.streams[0].drift_ppm, scene.streams[0].drift_steady) = (Some(90.0), Some(true));
        assert_eq!(scene.severities(&CHECK), []);
    }
}
