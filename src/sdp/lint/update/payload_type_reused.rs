//! A payload type keeps its codec (RFC 3264 §8.3.2).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::{Codec, assigned};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP711",
        name: "payload-type-reused",
        severity: Severity::Error,
        summary: "a later offer gives a payload type of an m-line to another codec",
        explain: include_str!("payload_type_reused.md"),
        refs: &["RFC 3264 §8.3.2"],
        since: "0.1.0",
    },
    checks: &[Check::Update(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for (older, newer) in pair.continued() {
        let mut before = [None; 128];
        for codec in older.codecs() {
            before[usize::from(codec.payload_type.value & 127)] = Some(codec);
        }
        for now in newer.codecs() {
            let number = now.payload_type.value;
            let Some(was) = before[usize::from(number & 127)].filter(|_| assigned(number).is_none()) else {
                continue;
            };
            let Some((old, new)) = was.rtpmap.zip(now.rtpmap).filter(|_| !is_same(was, now)) else {
                continue;
            };
            findings
                .push(
                    new.name.span,
                    format!("payload type {number} is {} now, and was {}", now.encoding(), was.encoding()),
                )
                .also_in(Side::First, old.name.span, "what it was")
                .evidence("payload_type", number)
                .help(format!(
                    "give {} a number that this m-line has not had in the session, such as {}",
                    now.encoding(),
                    free(older.codecs(), newer.codecs())
                ));
        }
    }
}

fn is_same(was: &Codec<'_>, now: &Codec<'_>) -> bool {
    let facts = |codec: &Codec<'_>| {
        (codec.name().map(str::to_ascii_lowercase), codec.clock_rate(), codec.channels().unwrap_or(1))
    };
    facts(was) == facts(now)
}

/// A dynamic number that neither has.
fn free(was: &[Codec<'_>], now: &[Codec<'_>]) -> u8 {
    let is_taken = |number: &u8| was.iter().chain(now).any(|codec| codec.payload_type.value == *number);
    (96..128).chain(35..64).find(|number| !is_taken(number)).unwrap_or(96)
}
