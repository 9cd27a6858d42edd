//! `bundle-only` and port 0 stand together, in a BUNDLE group (RFC 9143 §6, §7.2).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::{Attribute, Media};
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP508",
        name: "bundle-only-port",
        severity: Severity::Warning,
        summary: "the port, `bundle-only` and the BUNDLE group of an m-line do not fit together",
        explain: include_str!("bundle_only_port.md"),
        refs: &["RFC 9143 §6", "RFC 9143 §7.2", "RFC 9143 §7.2.1", "RFC 9143 §7.5.3"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let bundles = description.head().groups().filter(|group| group.is_bundle());
    let named: HashMap<&str, Span> =
        bundles.flat_map(|group| &group.mids).map(|mid| (mid.value, mid.span)).collect();
    for media in description.media() {
        match media.section().first("bundle-only") {
            Some(attribute) => with(attribute, media, description, findings),
            None if media.is_rejected() => {
                let named = media.mid().and_then(|mid| named.get(mid.value).copied());
                without(media, named, description, findings);
            }
            None => {}
        }
    }
}

fn with(
    attribute: &Attribute<'_>,
    media: Media<'_, '_>,
    description: &Description<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(port) = media.line().port else { return };
    let Some(group) = media.bundle() else {
        findings
            .push(attribute.span(), "this m-line is `bundle-only`, and in no BUNDLE group")
            .help("list its mid in `a=group:BUNDLE`, or remove `a=bundle-only` and give the m-line a port");
        return;
    };
    if port.value != 0 {
        findings
            .push(port.span, format!("a `bundle-only` m-line takes port 0, not {port}"))
            .also(attribute.span(), "only defined with port 0")
            .help("write 0 for the port, or remove `a=bundle-only`");
    } else if !description.is_answer() && media.bundle_tag().is_some_and(|tag| tag.index() == media.index()) {
        let tag = group.mids.first().map_or(attribute.span(), |mid| mid.span);
        findings
            .push(tag, "the m-line that BUNDLE names first is `bundle-only`, and has no transport to share")
            .also(attribute.span(), "no address of its own")
            .help("name first an m-line that has a port and candidates");
    }
}

/// Port 0 and no `bundle-only`: the m-line is given up. `named` is where a BUNDLE group names it all the same.
fn without(
    media: Media<'_, '_>,
    named: Option<Span>,
    description: &Description<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(port) = media.line().port else { return };
    match named {
        // Whether an answer refuses it shows beside its offer: `bundle-contains-rejected`.
        Some(_) if description.is_answer() => {}
        Some(named) => {
            findings
                .push(port.span, "port 0 gives this m-line up, but the BUNDLE group still names it")
                .also(named, "named here")
                .help("add `a=bundle-only` if the m-line is wanted; if not, take its mid out of the group");
        }
        None if description.is_offer() && description.is_webrtc() => {
            findings
                .push(port.span, "port 0 without `a=bundle-only`: this m-line is stopped, or not wanted")
                .severity(Severity::Info);
        }
        None => {}
    }
}
