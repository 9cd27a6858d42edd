//! What is wrong with a description, or with two that belong together: rules, one file each.
//!
//! A rule is a [`LintRule`] in the folder of its group: the table entry that every domain's rules share, and what is
//! to be checked. Its `.md` beside it is what `rtcscope explain` prints. Rules see descriptions as [`Session`] reads
//! them, say where with a [`Span`](super::Span), and know neither files nor formats.
//!
//! [`Session`]: super::Session

mod answer;
mod bundle;
mod codec;
mod damage;
mod description;
mod dtls;
mod findings;
mod fold;
mod ice;
mod report;
mod rtp;
mod selection;
mod syntax;
mod update;

pub use damage::{Damage, DamageKind};
pub use description::{Description, Pair};
pub use findings::{Findings, Found, Mark, Pushed, Side};
pub use report::{Input, LintReport, Linted, StrictFacts, rule, snippets};
pub use selection::{Selection, UnknownRule};

use findings::run;

use super::source::Kind;
use crate::finding::{Rule, Severity};

/// A rule about descriptions.
#[derive(Debug)]
pub struct LintRule {
    /// What it shares with the rules of every other domain.
    pub rule: Rule,
    /// What it looks at, and how.
    pub checks: &'static [Check],
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// Any description, and any part of one, such as `trickle-ice-sdpfrag`: lines and candidates.
    Any(fn(&Description<'_>, &mut Findings<'_>)),
    /// One whole description.
    One(fn(&Description<'_>, &mut Findings<'_>)),
    /// An offer and its answer. Findings are about the answer, unless pushed with [`Findings::push_in`].
    Answer(fn(&Pair<'_>, &mut Findings<'_>)),
    /// An offer and a later one of the same session. Findings are about the later one.
    Update(fn(&Pair<'_>, &mut Findings<'_>)),
}

/// Names of attributes whose unreadable values a rule of their own tells; `line-syntax` tells all others.
const TOLD_ELSEWHERE: &[&str] = &["candidate", "ice-pwd", "ice-ufrag", "maxptime", "msid", "ptime"];

/// The groups, in the order of their codes: the name of each, and its rules.
static GROUPS: &[(&str, &[&LintRule])] = &[
    ("syntax", syntax::RULES),
    ("codec", codec::RULES),
    ("dtls", dtls::RULES),
    ("ice", ice::RULES),
    ("bundle", bundle::RULES),
    ("rtp", rtp::RULES),
    ("answer", answer::RULES),
    ("update", update::RULES),
];

/// Rules that find worse than their severity says, mostly where WebRTC is spoken.
const WORSE: &[(&str, Severity)] = &[
    ("SDP103", Severity::Error),
    ("SDP104", Severity::Error),
    ("SDP105", Severity::Error),
    ("SDP204", Severity::Error),
    ("SDP211", Severity::Warning),
    ("SDP303", Severity::Error),
    ("SDP305", Severity::Error),
    ("SDP408", Severity::Error),
    ("SDP605", Severity::Error),
    ("SDP613", Severity::Error),
    ("SDP616", Severity::Error),
    ("SDP619", Severity::Warning),
];

/// Every rule, sorted by code.
pub fn rules() -> impl Iterator<Item = &'static LintRule> {
    GROUPS.iter().flat_map(|(_, rules)| rules.iter().copied())
}

/// What rules can have to do with.
pub fn topics() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().map(|(name, _)| *name)
}

/// The rules whose group, name or summary has to do with `topic`, such as `dtls`; sorted by code.
pub fn about(topic: &str) -> Vec<&'static LintRule> {
    let topic = topic.to_ascii_lowercase();
    let group = GROUPS.iter().find(|(name, _)| *name == topic);
    let is_named = |rule: &&LintRule| {
        [rule.rule.name, rule.rule.summary].iter().any(|text| text.to_ascii_lowercase().contains(&topic))
    };
    let grouped = group.map_or(&[][..], |(_, rules)| rules);
    let is_in_group = |rule: &&LintRule| grouped.iter().any(|one| one.rule.code == rule.rule.code);
    match topic.as_str() {
        "" => Vec::new(),
        _ => rules().filter(|rule| is_in_group(rule) || is_named(rule)).collect(),
    }
}

impl LintRule {
    /// Whether it has something to say of one description alone.
    pub fn looks_at_one(&self) -> bool {
        self.checks.iter().any(|check| matches!(check, Check::Any(_) | Check::One(_)))
    }

    /// Whether it has something to say of a pair.
    pub fn looks_at_two(&self) -> bool {
        self.checks.iter().any(|check| matches!(check, Check::Answer(_) | Check::Update(_)))
    }

    /// How bad it can get: some rules warn of what is an error where WebRTC is spoken.
    pub fn worst(&self) -> Severity {
        let worse = WORSE.iter().find(|(code, _)| *code == self.rule.code);
        worse.map_or(self.rule.severity, |(_, severity)| *severity)
    }

    /// What it looks at, in two words.
    pub fn scope(&self) -> &'static str {
        match self.checks {
            [Check::Answer(_)] => "offer and answer",
            [Check::Update(_)] => "two offers",
            [Check::Any(_) | Check::One(_)] => "one description",
            _ => "one or both",
        }
    }
}

/// What the rules say of one description, in the order of its lines.
pub fn one(description: &Description<'_>, selection: &Selection) -> Findings<'static> {
    let alone = [*description];
    run(&alone, selection, |check, findings| match check {
        Check::Any(check) => check(description, findings),
        Check::One(check) if description.kind() != Kind::Sdpfrag => check(description, findings),
        _ => {}
    })
}

/// What the rules say of an answer in view of its offer; not what they say of each alone.
pub fn answer(pair: &Pair<'_>, selection: &Selection) -> Findings<'static> {
    let both = [*pair.first(), *pair.second()];
    run(&both, selection, |check, findings| {
        if let Check::Answer(check) = check {
            check(pair, findings);
        }
    })
}

/// What the rules say of an offer in view of the one before; not what they say of each alone.
pub fn update(pair: &Pair<'_>, selection: &Selection) -> Findings<'static> {
    let both = [*pair.first(), *pair.second()];
    run(&both, selection, |check, findings| {
        if let Check::Update(check) = check {
            check(pair, findings);
        }
    })
}
