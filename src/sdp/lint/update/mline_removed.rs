//! M-lines stay, in their order (RFC 3264 §8).

use crate::finding::{Confidence, Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::session::{Media, Session};
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP710",
        name: "mline-removed",
        severity: Severity::Error,
        summary: "a later offer lacks an m-line of the one before, or has another in its place",
        explain: include_str!("mline_removed.md"),
        refs: &["RFC 3264 §8", "RFC 3264 §8.2", "RFC 9429 §5.2.2"],
        since: "0.1.0",
    },
    checks: &[Check::Update(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let (older, newer) = (pair.first().session(), pair.second().session());
    if newer.media().len() < older.media().len() {
        fewer(older, newer, findings);
        return;
    }
    let is_webrtc = pair.first().is_webrtc() && pair.second().is_webrtc();
    // A stopped one leaves its place to others.
    let kept = older.media().zip(newer.media()).filter(|(was, _)| !was.is_rejected());
    for (was, now) in kept {
        let (old_kind, new_kind) = (was.line().kind, now.line().kind);
        let renamed = was.mid().zip(now.mid()).filter(|(old, new)| old.value != new.value);
        let pushed = match renamed {
            Some((old, _)) if newer.media_by_mid(old.value).is_some() => {
                let moved = newer.media_by_mid(old.value).map_or(0, Media::index);
                let message = format!("the m-line of mid `{old}` stood here, and is m-line {moved} now");
                let help = "keep the order of the offer before; add new m-lines at the end";
                findings.push(place(now), message).help(help)
            }
            Some((old, new)) if is_webrtc => {
                let message = format!("mid `{new}` stands where mid `{old}` was, which is gone");
                let help = format!(
                    "keep the m-line of mid `{old}` with port 0, and add the new one at the end; its place is free \
                     only if the answer rejected it"
                );
                let pushed = findings.push(place(now), message).help(help);
                pushed.severity(Severity::Warning).confidence(Confidence::Medium)
            }
            None if old_kind.value != new_kind.value && is_webrtc => {
                let message = format!("this m-line is {new_kind} now, and was {old_kind}");
                let help = "stop it with port 0, and add the other kind as a new m-line at the end";
                findings.push(place(now), message).help(help)
            }
            _ => continue,
        };
        pushed.also_in(Side::First, place(was), "what it was");
    }
}

fn fewer(older: &Session<'_>, newer: &Session<'_>, findings: &mut Findings<'_>) {
    let (had, has) = (older.media().len(), newer.media().len());
    let is_gone = |media: &Media<'_, '_>| {
        let mid = media.mid();
        mid.is_some_and(|mid| newer.media_by_mid(mid.value).is_none())
    };
    let Some(gone) = older.media().find(is_gone).or_else(|| older.media_at(has)) else { return };
    let name = match gone.mid() {
        Some(mid) => format!("the m-line of mid `{mid}` ({}) is gone", gone.line().kind),
        None => format!("an m-line ({}) is gone", gone.line().kind),
    };
    // Where it would stand, or else at the end.
    let after = newer.media_at(gone.index()).or_else(|| newer.media_at(has.checked_sub(1)?));
    let end = newer.text().bytes().len();
    findings
        .push(
            after.map_or(Span::new(end, end), place),
            format!("{name}: the offer before had {had} m-lines, and this has {has}"),
        )
        .also_in(Side::First, place(gone), "what is gone")
        .evidence("m_lines", has)
        .evidence("m_lines_before", had)
        .help(format!(
            "keep each one until the session ends; `m={} 0 …` at its old place stops it",
            gone.line().kind
        ));
}

/// The m-line without its formats.
fn place(media: Media<'_, '_>) -> Span {
    let line = media.line();
    line.protocol.map_or(line.value.span, |protocol| line.kind.span.to(protocol.span))
}
