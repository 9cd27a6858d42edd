//! A number means one header extension: in an m-line (RFC 8285 §5), and in a BUNDLE group (RFC 9143 §12).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Extmap;
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP604",
        name: "extmap-duplicate-id",
        severity: Severity::Error,
        summary: "a number stands for two RTP header extensions",
        explain: include_str!("extmap_duplicate_id.md"),
        refs: &["RFC 8285 §5", "RFC 9143 §12"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// From here on numbers are placeholders of an offer, from which the answer chooses; alternatives share one.
const PLACEHOLDERS: u16 = 4096;

type Known<'s, 't> = HashMap<u16, &'s Extmap<'t>>;

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let nothing = Known::new();
    let session = within(description.head().extmaps(), &nothing, findings);
    for media in description.media() {
        within(media.section().extmaps(), &session, findings);
    }
    for group in description.head().groups().filter(|group| group.is_bundle()) {
        let mut known: HashMap<u16, (usize, &Extmap<'_>)> = HashMap::new();
        for media in description.members(group).filter(|media| !media.is_rejected()) {
            for extmap in numbered(media.section().extmaps()) {
                let (index, first) = *known.entry(extmap.id.value).or_insert((media.index(), extmap));
                if index != media.index() && !is_same(first, extmap) {
                    let id = extmap.id;
                    let message = format!(
                        "header extension {id} is {} here, and {} elsewhere in the same BUNDLE group",
                        called(extmap),
                        called(first)
                    );
                    findings
                        .push(extmap.id.span.to(extmap.uri.span), message)
                        .also(first.id.span.to(first.uri.span), "used here first")
                        .help("give each extension one number that all m-lines of the group use for it");
                }
            }
        }
    }
}

/// What one section says twice, or otherwise than the session level.
fn within<'s, 't: 's>(
    extmaps: impl Iterator<Item = &'s Extmap<'t>>,
    session: &Known<'_, '_>,
    findings: &mut Findings<'_>,
) -> Known<'s, 't> {
    let mut known = Known::new();
    for extmap in numbered(extmaps) {
        let id = extmap.id;
        let first = match known.entry(id.value) {
            Entry::Occupied(first) => *first.get(),
            Entry::Vacant(place) => {
                place.insert(extmap);
                match session.get(&id.value) {
                    Some(first) if !is_same(first, extmap) => first,
                    _ => continue,
                }
            }
        };
        let finding = match is_same(first, extmap) {
            true => findings
                .push(id.span, format!("header extension {id} is listed twice"))
                .severity(Severity::Info)
                .help("remove one of the two lines"),
            false => findings
                .push(id.span, format!("header extension {id} is {} already", called(first)))
                .help(format!("give {} a number that nothing else has", called(extmap))),
        };
        finding.also(first.id.span, "first used here");
    }
    known
}

fn numbered<'s, 't: 's>(
    extmaps: impl Iterator<Item = &'s Extmap<'t>>,
) -> impl Iterator<Item = &'s Extmap<'t>> {
    extmaps.filter(|extmap| extmap.id.value < PLACEHOLDERS)
}

fn is_same(first: &Extmap<'_>, second: &Extmap<'_>) -> bool {
    first.uri.value == second.uri.value && first.encrypted == second.encrypted
}

fn called(extmap: &Extmap<'_>) -> String {
    let name = extmap.name().map_or_else(|| format!("`{}`", extmap.uri), |name| format!("`{name}`"));
    if extmap.encrypted { format!("encrypted {name}") } else { name }
}
