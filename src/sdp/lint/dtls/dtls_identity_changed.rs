//! A new DTLS association needs new candidates, and so a restart of ICE (RFC 8842 §3.1, §6).

use std::collections::{BTreeSet, HashMap, HashSet};

use super::does_dtls;
use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Setup;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::session::{Media, Section};
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP309",
        name: "dtls-identity-changed",
        severity: Severity::Warning,
        summary: "a later offer begins a new DTLS association without a restart of ICE",
        explain: include_str!("dtls_identity_changed.md"),
        refs: &["RFC 8842 §3.1", "RFC 8842 §5.5", "RFC 8842 §6"],
        since: "0.1.0",
    },
    checks: &[Check::Update(check)],
};

/// What begins a new association.
struct Change {
    what: &'static str,
    was: Span,
    now: Span,
}

/// Fingerprints without what does not count: their order, and the case of letters.
type Prints = BTreeSet<(String, String)>;

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let older = pair.first().session();
    let credentials: HashSet<(&str, &str)> = older
        .media()
        .filter_map(|media| Some((media.ice_ufrag()?.0.value, media.ice_pwd()?.0.expose())))
        .collect();
    let mut read = [HashMap::new(), HashMap::new()];
    // An m-line that joins a BUNDLE group takes over the certificate of another.
    let known: HashSet<Prints> = older.sections().map(prints).filter(|prints| !prints.is_empty()).collect();
    // What is the same for all of a BUNDLE group is told once.
    let mut told: HashSet<[&str; 3]> = HashSet::new();
    for (older, newer) in pair.continued().filter(|(older, newer)| does_dtls(*older) && does_dtls(*newer)) {
        let new =
            newer.ice_ufrag().zip(newer.ice_pwd()).map(|((ufrag, _), (pwd, _))| (ufrag.value, pwd.expose()));
        // Without ICE it is the address that has to change.
        if !new.is_some_and(|new| credentials.contains(&new)) {
            continue;
        }
        let [before, after] = &mut read;
        let prints = fingerprint(older, newer, before, after, &known);
        for change in [prints, tls_id(older, newer), setup(older, newer)].into_iter().flatten() {
            let words = [pair.first().text().slice(change.was), pair.second().text().slice(change.now)];
            if told.insert([change.what, words[0], words[1]]) {
                findings
                    .push(change.now, format!("{}, and ICE does not restart", change.what))
                    .also_in(Side::First, change.was, "what it was")
                    .help(
                        "change `ice-ufrag` and `ice-pwd` too, or keep certificate, `tls-id` and role as they were \
                         in the offer before",
                    );
            }
        }
    }
}

fn prints(section: &Section<'_>) -> Prints {
    let each = section.fingerprints();
    each.map(|print| (print.hash.to_ascii_lowercase(), print.value.to_ascii_uppercase())).collect()
}

/// What was read of each section, since many m-lines may inherit from one.
type Read = HashMap<Option<usize>, Prints>;

fn fingerprint(
    older: Media<'_, '_>,
    newer: Media<'_, '_>,
    before: &mut Read,
    after: &mut Read,
    known: &HashSet<Prints>,
) -> Option<Change> {
    let ((was, _), (now, _)) = older.fingerprints().zip(newer.fingerprints())?;
    let old = before.entry(was.index).or_insert_with(|| prints(was));
    let new = after.entry(now.index).or_insert_with(|| prints(now));
    if old == new || known.contains(new) {
        return None;
    }
    // Of several, the first that is another.
    let is_in = |set: &Prints, hash: &str, value: &str| {
        set.contains(&(hash.to_ascii_lowercase(), value.to_ascii_uppercase()))
    };
    let added = now.fingerprints().find(|print| !is_in(old, print.hash.value, print.value.value));
    let gone = was.fingerprints().find(|print| !is_in(new, print.hash.value, print.value.value));
    let what = match (added, gone) {
        (Some(_), None) => "a fingerprint is added",
        (None, _) => "a fingerprint is gone",
        _ => "the fingerprint is another one",
    };
    let now = added.or_else(|| now.fingerprints().next())?;
    let was = gone.or_else(|| was.fingerprints().next())?;
    Some(Change { what, was: was.value.span, now: now.value.span })
}

fn tls_id(older: Media<'_, '_>, newer: Media<'_, '_>) -> Option<Change> {
    let ((was, _), (now, _)) = older.inherited(Section::tls_id).zip(newer.inherited(Section::tls_id))?;
    let is_new = was.value != now.value;
    is_new.then_some(Change { what: "`tls-id` is another one", was: was.span, now: now.span })
}

/// With `actpass` on either side the roles may stay as they are.
fn setup(older: Media<'_, '_>, newer: Media<'_, '_>) -> Option<Change> {
    let ((was, _), (now, _)) = older.setup().zip(newer.setup())?;
    let swapped = [(Setup::Active, Setup::Passive), (Setup::Passive, Setup::Active)];
    let is_new = swapped.contains(&(was.value, now.value));
    is_new.then_some(Change { what: "the roles in DTLS change", was: was.span, now: now.span })
}
