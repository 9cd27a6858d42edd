//! `rtx` names the payload type that it repeats by `apt` (RFC 4588 §8.1).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP207",
        name: "rtx-apt-dangling",
        severity: Severity::Error,
        summary: "an `rtx` does not say which payload type it repeats, or names one that is not there",
        explain: include_str!("rtx_apt_dangling.md"),
        refs: &["RFC 4588 §8.1", "RFC 9429 §5.2.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let mut partners = None;
    for media in super::streams(description) {
        for codec in media.codecs().iter().filter(|codec| codec.is("rtx")) {
            let number = codec.payload_type;
            let Some(apt) = codec.parameter("apt") else {
                let place = codec.rtpmap.map_or(number.span, |rtpmap| rtpmap.name.span);
                findings
                    .push(place, format!("`rtx` {number} does not say which payload type it repeats"))
                    .help(format!("add `a=fmtp:{number} apt=<payload type of the codec that it repeats>`"));
                continue;
            };
            let help = format!(
                "name a payload type that the m-line lists, or take {number} out, here and in the m-line"
            );
            let Some(original) = codec.associated() else {
                findings.push(apt.span, format!("`{apt}` is not a payload type")).help(help);
                continue;
            };
            match media.codec(original.value) {
                Some(original) if original.is("rtx") => {
                    findings
                        .push(
                            apt.span,
                            format!("`rtx` {number} repeats {apt}, which is no codec but `rtx` itself"),
                        )
                        .help(help);
                }
                Some(_) => {}
                None => {
                    let partners = partners.get_or_insert_with(|| of_partners(description));
                    let others = media.mid().and_then(|mid| partners.get(mid.value));
                    if others.is_some_and(|others| others[usize::from(original.value & 127)]) {
                        continue;
                    }
                    findings
                        .push(
                            apt.span,
                            format!(
                                "`rtx` {number} repeats payload type {apt}, which the m-line does not list"
                            ),
                        )
                        .also(super::formats(media), "the m-line lists these")
                        .help(help);
                }
            }
        }
    }
}

/// The payload types of each m-line and of those that a group `FID` joins with it: RFC 4588 lets what is repeated have
/// an m-line to itself.
fn of_partners<'d>(description: &Description<'d>) -> HashMap<&'d str, [bool; 128]> {
    let mut partners: HashMap<&str, [bool; 128]> = HashMap::new();
    let session = description.session();
    for group in session.head().groups().filter(|group| group.semantics.value == "FID") {
        let mut together = [false; 128];
        for media in group.mids.iter().filter_map(|mid| session.media_by_mid(mid)) {
            for codec in media.codecs() {
                together[usize::from(codec.payload_type.value & 127)] = true;
            }
        }
        for mid in &group.mids {
            let all = partners.entry(mid.value).or_insert([false; 128]);
            all.iter_mut().zip(together).for_each(|(one, other)| *one |= other);
        }
    }
    partners
}
