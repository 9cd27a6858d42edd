//! In a BUNDLE group a payload type means one codec (RFC 9143 §9.1.1).

use std::cell::OnceCell;
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
        refs: &["RFC 9143 §9.1.1", "RFC 8859 §4.7"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// What a payload type stands for in one m-line.
struct Use<'s, 't> {
    media: Media<'s, 't>,
    codec: &'s Codec<'t>,
    /// Read where they are written in another way than elsewhere.
    parameters: OnceCell<BTreeMap<String, String>>,
}

/// In what two of them differ.
enum Conflict {
    /// In kind, name, clock rate or channels.
    Codec,
    /// In these parameters.
    Parameters(Vec<String>),
}

/// More parameters than these are not named.
const MOST: usize = 5;

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for group in description.head().groups().filter(|group| group.is_bundle()) {
        // Payload types have seven bits.
        let mut uses: Vec<Vec<Use<'_, '_>>> = (0..128).map(|_| Vec::new()).collect();
        for media in description.members(group).filter(|media| !media.is_rejected()) {
            for codec in media.codecs().iter().filter(|codec| codec.name().is_some()) {
                if let Some(uses) = uses.get_mut(usize::from(codec.payload_type.value)) {
                    uses.push(Use { media, codec, parameters: OnceCell::new() });
                }
            }
        }
        let free = (96..=127).chain(35..=63).find(|&number: &usize| uses[number].is_empty());
        for uses in &uses {
            let Some((first, others)) = uses.split_first() else { continue };
            for other in others {
                match first.conflict(other) {
                    Some(Conflict::Codec) => tell_codec(first, other, free, findings),
                    Some(Conflict::Parameters(names)) => tell_parameters(first, other, &names, findings),
                    None => {}
                }
            }
        }
    }
}

impl Use<'_, '_> {
    fn parameters(&self) -> &BTreeMap<String, String> {
        self.parameters.get_or_init(|| {
            let all = self.codec.fmtps.iter().flat_map(|fmtp| fmtp.parameters());
            let pairs = all.map(|parameter| {
                let value = parameter.value.map_or("", |value| value.value);
                (parameter.name.to_ascii_lowercase(), value.to_ascii_lowercase())
            });
            pairs.collect()
        })
    }

    fn is_same_codec(&self, other: &Self) -> bool {
        let figures = |one: &Self| (one.codec.clock_rate(), one.codec.channels().unwrap_or(1));
        let name = |one: &Self| one.codec.name().unwrap_or_default();
        figures(self) == figures(other)
            && name(self).eq_ignore_ascii_case(name(other))
            && self.media.line().kind.eq_ignore_ascii_case(&other.media.line().kind)
    }

    fn conflict(&self, other: &Self) -> Option<Conflict> {
        if !self.is_same_codec(other) {
            return Some(Conflict::Codec);
        }
        let written = |one: &Self| one.codec.fmtps.iter().map(|fmtp| fmtp.parameters.value);
        if written(self).eq(written(other)) {
            return None;
        }
        let (own, others) = (self.parameters(), other.parameters());
        if own.len() == others.len() && own == others {
            return None;
        }
        let lacking = own.keys().filter(|name| !others.contains_key(*name));
        let differing = others.iter().filter(|(name, value)| own.get(*name) != Some(*value));
        let names = differing.map(|(name, _)| name).chain(lacking);
        Some(Conflict::Parameters(names.take(MOST).map(|name| format!("`{name}`")).collect()))
    }

    fn called(&self) -> String {
        format!("{} {}", self.media.line().kind, self.codec.encoding())
    }

    /// `96 VP8/90000`, or the number in the m-line.
    fn mapping(&self) -> Span {
        self.codec.rtpmap.map_or(self.codec.payload_type.span, |rtpmap| {
            let last = rtpmap.channels.map_or(rtpmap.clock_rate.span, |channels| channels.span);
            rtpmap.payload_type.span.to(last)
        })
    }

    /// The parameters, or where they would belong.
    fn said(&self) -> Span {
        self.codec.fmtps.first().map_or_else(|| self.mapping(), |fmtp| fmtp.parameters.span)
    }
}

fn tell_codec(first: &Use<'_, '_>, other: &Use<'_, '_>, free: Option<usize>, findings: &mut Findings<'_>) {
    let number = other.codec.payload_type.value;
    let message = format!(
        "payload type {number} is {} here, and {} elsewhere in the same BUNDLE group",
        other.called(),
        first.called()
    );
    let help = match free {
        Some(free) => format!(
            "give this one a payload type that the group does not use, such as {free}: in the `m=` line, and in all \
             of its `rtpmap`, `fmtp` and `rtcp-fb` lines"
        ),
        None => "take one of the m-lines out of the group: it has no payload type left".to_owned(),
    };
    findings.push(other.mapping(), message).also(first.mapping(), "used here first").help(help);
}

fn tell_parameters(first: &Use<'_, '_>, other: &Use<'_, '_>, names: &[String], findings: &mut Findings<'_>) {
    let number = other.codec.payload_type.value;
    let message = format!(
        "payload type {number} has other parameters here than elsewhere in the same BUNDLE group: {}",
        names.join(", ")
    );
    let help = format!("write the same `a=fmtp:{number}` in both m-lines, or take a payload type for each");
    findings.push(other.said(), message).also(first.said(), "used here first").help(help);
}
