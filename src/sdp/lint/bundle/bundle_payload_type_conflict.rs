//! In a BUNDLE group a payload type means one codec (RFC 9143 §9.1.1).

use std::collections::BTreeMap;

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Media;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP506",
        name: "bundle-payload-type-conflict",
        severity: Severity::Error,
        summary: "a payload type means two things in one BUNDLE group",
        explain: include_str!("bundle_payload_type_conflict.md"),
        refs: &["RFC 9143 §9.1.1", "RFC 8859"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

type Used<'s, 't> = (Media<'s, 't>, &'s Codec<'t>);

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for group in description.head().groups().filter(|group| group.is_bundle()) {
        // Payload types have seven bits.
        let mut used: [Option<Used<'_, '_>>; 128] = [None; 128];
        let live = description.members(group).filter(|media| !media.is_rejected());
        let all = live.flat_map(|media| media.codecs().iter().map(move |codec| (media, codec)));
        let mut conflicts = Vec::new();
        for (media, codec) in all.filter(|(_, codec)| codec.name().is_some()) {
            let Some(place) = used.get_mut(usize::from(codec.payload_type.value)) else { continue };
            let first = *place.get_or_insert((media, codec));
            if first.0.index() != media.index() {
                conflicts
                    .extend(conflict(first, (media, codec)).map(|conflict| (first, media, codec, conflict)));
            }
        }
        let free = (96..=127).chain(35..=63).find(|&number: &usize| used[number].is_none());
        for (first, media, codec, conflict) in conflicts {
            tell((first, (media, codec)), &conflict, free, findings);
        }
    }
}

/// In what a payload type differs.
enum Conflict {
    /// In kind, name, clock rate or channels.
    Codec,
    /// In these parameters.
    Parameters(Vec<String>),
}

fn conflict(first: Used<'_, '_>, second: Used<'_, '_>) -> Option<Conflict> {
    let format = |(media, codec): Used<'_, '_>| {
        let name = codec.name().unwrap_or_default().to_ascii_lowercase();
        let kind = media.line().kind.to_ascii_lowercase();
        (kind, name, codec.clock_rate(), codec.channels().unwrap_or(1))
    };
    if format(first) != format(second) {
        return Some(Conflict::Codec);
    }
    let (first, second) = (parameters(first.1), parameters(second.1));
    if first == second {
        return None;
    }
    let names = first.keys().chain(second.keys());
    let mut differing: Vec<_> = names.filter(|name| first.get(*name) != second.get(*name)).cloned().collect();
    differing.sort();
    differing.dedup();
    Some(Conflict::Parameters(differing))
}

/// What `fmtp` says, however it is ordered and spaced.
fn parameters(codec: &Codec<'_>) -> BTreeMap<String, String> {
    let all = codec.fmtps.iter().flat_map(|fmtp| fmtp.parameters());
    let pairs = all.map(|parameter| {
        let value = parameter.value.map_or("", |value| value.value);
        (parameter.name.to_ascii_lowercase(), value.to_ascii_lowercase())
    });
    pairs.collect()
}

fn tell(
    (first, second): (Used<'_, '_>, Used<'_, '_>),
    conflict: &Conflict,
    free: Option<usize>,
    findings: &mut Findings<'_>,
) {
    let number = second.1.payload_type.value;
    let called = |(media, codec): Used<'_, '_>| format!("{} {}", media.line().kind, codec.encoding());
    match conflict {
        Conflict::Codec => {
            let message = format!(
                "payload type {number} is {} here, and {} elsewhere in the same BUNDLE group",
                called(second),
                called(first)
            );
            let help = match free {
                Some(free) => format!(
                    "give this one a payload type that the group does not use, such as {free}: in the `m=` line, and \
                     in all of its `rtpmap`, `fmtp` and `rtcp-fb` lines"
                ),
                None => "take one of the m-lines out of the group: it has no payload type left".to_owned(),
            };
            findings.push(mapping(second.1), message).also(mapping(first.1), "used here first").help(help);
        }
        Conflict::Parameters(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let message = format!(
                "payload type {number} has other parameters here than elsewhere in the same BUNDLE group: {}",
                names.join(", ")
            );
            findings.push(said(second.1), message).also(said(first.1), "used here first").help(format!(
                "write the same `a=fmtp:{number}` in both m-lines, or take a payload type for each"
            ));
        }
    }
}

/// `96 VP8/90000`, or the number in the m-line.
fn mapping(codec: &Codec<'_>) -> Span {
    codec.rtpmap.map_or(codec.payload_type.span, |rtpmap| {
        let last = rtpmap.channels.map_or(rtpmap.clock_rate.span, |channels| channels.span);
        rtpmap.payload_type.span.to(last)
    })
}

/// The parameters, or where they would belong.
fn said(codec: &Codec<'_>) -> Span {
    codec.fmtps.first().map_or_else(|| mapping(codec), |fmtp| fmtp.parameters.span)
}
