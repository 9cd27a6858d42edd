//! `profile-level-id` of H.264 is six hexadecimal digits (RFC 6184 §8.1); WebRTC always gives it (RFC 7742 §6.2).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::{Codec, H264};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Word;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP213",
        name: "h264-profile-level-id",
        severity: Severity::Warning,
        summary: "the codec H.264 does not say its profile and level, or not in six hexadecimal digits",
        explain: include_str!("h264_profile_level_id.md"),
        refs: &["RFC 6184 §8.1", "RFC 7742 §6.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let is_webrtc = description.is_webrtc();
    for media in super::streams(description) {
        for codec in media.codecs().iter().filter(|codec| codec.is("H264")) {
            let number = codec.payload_type;
            let Some((name, value)) = profile_of(codec) else {
                // Elsewhere the parameter may be missing: cameras tell the same in `sprop-parameter-sets`.
                if is_webrtc {
                    let place = codec.fmtps.first().map(|fmtp| fmtp.parameters.span);
                    let place = place.or(codec.rtpmap.map(|rtpmap| rtpmap.name.span)).unwrap_or(number.span);
                    findings
                        .push(
                            place,
                            format!(
                                "H.264 {number} has no `profile-level-id`, which means Baseline at level 1: \
                                 pictures of 176x144"
                            ),
                        )
                        .help(format!("{HELP_START} `profile-level-id=42e01f` {HELP_END} `a=fmtp:{number}`"));
                }
                continue;
            };
            if value.is_some_and(|value| H264::from_hex(value.value).is_some()) {
                continue;
            }
            let (place, what) = match value {
                Some(value) if !value.is_empty() => {
                    (value.span, format!("`{value}` is no `profile-level-id`"))
                }
                _ => {
                    let place = value.map_or(name.span.after(), |value| value.span);
                    (place, "`profile-level-id` is empty".to_owned())
                }
            };
            findings.push(place, format!("{what}: that is six hexadecimal digits")).help(
                "write profile, constraints and level of the encoder as hexadecimal digits, such as `42e01f`",
            );
        }
    }
}

const HELP_START: &str = "add what the encoder has, such as";
const HELP_END: &str = "(Constrained Baseline, level 3.1), to";

/// The parameter, whether it has a value or not.
fn profile_of<'t>(codec: &Codec<'t>) -> Option<(Word<'t>, Option<Word<'t>>)> {
    let mut parameters = codec.fmtps.iter().flat_map(|fmtp| fmtp.parameters());
    let found = parameters.find(|parameter| parameter.name.eq_ignore_ascii_case("profile-level-id"))?;
    Some((found.name, found.value))
}
