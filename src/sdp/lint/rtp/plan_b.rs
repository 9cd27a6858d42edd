//! One m-line carries one track (RFC 8830 §2, RFC 9429 §5.2.1), not several as in plan B.

use std::collections::HashSet;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Word;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP612",
        name: "plan-b",
        severity: Severity::Warning,
        summary: "one m-line carries several tracks, as in plan B, which browsers no longer read",
        explain: include_str!("plan_b.md"),
        refs: &["RFC 8830 §2", "RFC 9429 §5.2.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media() {
        let section = media.section();
        let of_sources = section.ssrcs().filter(|ssrc| ssrc.attribute.value == "msid");
        // Sources may call a track otherwise than the m-line does, so the two are not mixed.
        let by_source = Tracks::of(of_sources.filter_map(|ssrc| ssrc.value?.words().nth(1)));
        let by_media = Tracks::of(section.msids().filter_map(|msid| msid.track));
        let Some(tracks) = by_source.or(by_media) else { continue };
        findings
            .push(tracks.second.span, format!("{} tracks in one m-line, as in plan B", tracks.count))
            .evidence("tracks", tracks.count)
            .also(tracks.first.span, "another track")
            .help("give each track an m-line of its own, with one `a=msid`: what `sdpSemantics: \"unified-plan\"` writes");
    }
}

/// Several tracks.
struct Tracks<'t> {
    first: Word<'t>,
    second: Word<'t>,
    count: usize,
}

impl<'t> Tracks<'t> {
    /// `None` if there are fewer than two.
    fn of(names: impl Iterator<Item = Word<'t>>) -> Option<Self> {
        let mut seen = HashSet::new();
        let mut distinct = names.filter(|name| seen.insert(name.value));
        let (first, second) = (distinct.next()?, distinct.next()?);
        Some(Self { first, second, count: 2 + distinct.count() })
    }
}
