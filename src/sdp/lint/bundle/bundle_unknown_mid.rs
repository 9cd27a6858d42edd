//! Every `mid` in a BUNDLE group is that of an m-line (RFC 5888 §6).

use crate::finding::{Rule, Severity};
use crate::sdp::Session;
use crate::sdp::attribute::Group;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Media;
use crate::sdp::text::Word;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP501",
        name: "bundle-unknown-mid",
        severity: Severity::Error,
        summary: "a BUNDLE group names an m-line that does not exist",
        explain: include_str!("bundle_unknown_mid.md"),
        refs: &["RFC 5888 §6", "RFC 9143 §5", "RFC 9143 §7.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// One finding a group.
fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    if description.lost_m_line() {
        return;
    }
    let meant = meant(description.session());
    for group in description.head().groups().filter(|group| group.is_bundle()) {
        let unknown: Vec<_> = unknown(description.session(), group).collect();
        let [first, others @ ..] = &unknown[..] else { continue };
        if others.is_empty() {
            let finding =
                findings.push(first.span, format!("BUNDLE names mid `{first}`, which no m-line has"));
            match meant {
                Some(media) => finding
                    .also(media.line().value.span, "this m-line has no `a=mid`")
                    .help(format!("add `a=mid:{first}` below that m-line, or drop `{first}` from the group")),
                None => finding.help(format!(
                    "add `a=mid:{first}` below the m-line that is meant, or drop `{first}` from the group"
                )),
            };
            continue;
        }
        let names = super::listed(&unknown);
        findings
            .push(first.span, format!("BUNDLE names {} mids that no m-line has: {names}", unknown.len()))
            .help("add `a=mid:` below the m-lines that are meant, or drop these from the group");
    }
}

/// The names in `group` that no m-line has.
fn unknown<'g, 't>(session: &Session<'_>, group: &'g Group<'t>) -> impl Iterator<Item = &'g Word<'t>> {
    group.mids.iter().filter(|mid| session.media_by_mid(mid.value).is_none())
}

/// The only m-line without a name, where BUNDLE has only one name too many: both are one fault.
pub(super) fn meant<'s, 't>(session: &'s Session<'t>) -> Option<Media<'s, 't>> {
    let mut nameless = session.media().filter(|media| !media.section().has("mid"));
    let media = nameless.next().filter(|_| nameless.next().is_none())?;
    let bundles = session.head().groups().filter(|group| group.is_bundle());
    let is_only = bundles.flat_map(|group| unknown(session, group)).take(2).count() == 1;
    is_only.then_some(media)
}
