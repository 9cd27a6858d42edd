//! Keys are sent at the clock rate of the codec that they go with (RFC 4733 §2.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP221",
        name: "telephone-event-clock",
        severity: Severity::Info,
        summary: "no `telephone-event` has the clock rate of the preferred codec",
        explain: include_str!("telephone_event_clock.md"),
        refs: &["RFC 4733 §2.1", "RFC 9429 §5.10"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

// Once a description is enough: whoever leaves it out does so everywhere.
fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description).filter(|media| media.line().kind.eq_ignore_ascii_case("audio")) {
        let mut events = media.codecs().iter().filter(|codec| codec.is("telephone-event"));
        let Some(event) = events.next() else { continue };
        let Some(preferred) = media.codecs().iter().find(|codec| !codec.is_auxiliary()) else { continue };
        let (Some(name), Some(rate)) = (preferred.name(), preferred.clock_rate()) else { continue };
        let mut rates: Vec<u32> =
            std::iter::once(event).chain(events).filter_map(|event| event.clock_rate()).collect();
        if rates.contains(&rate) || rates.is_empty() {
            continue;
        }
        rates.sort_unstable();
        rates.dedup();
        let place = event.rtpmap.map_or(event.payload_type.span, |rtpmap| rtpmap.encoding());
        let other = preferred.rtpmap.map_or(preferred.payload_type.span, |rtpmap| rtpmap.encoding());
        findings
            .push(
                place,
                format!(
                    "keys (DTMF) can be sent at {} Hz alone, and the preferred codec {name} runs at {rate} Hz",
                    super::listed(&rates)
                ),
            )
            .also(other, "the preferred codec")
            .evidence("codec_clock_rate_hz", rate)
            .evidence("event_clock_rates_hz", rates)
            .help(format!(
                "if keys are needed, add a payload type to the m-line and `a=rtpmap:<it> telephone-event/{rate}`"
            ));
        return;
    }
}
