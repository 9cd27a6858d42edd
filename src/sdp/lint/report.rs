//! What `sdp lint` hands to the report layer.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Damage, Description, Found, LintRule, Mark, Selection, Side, damage, fold, rules};
use crate::finding::{Exit, FailOn, Finding, Location, Severity};
use crate::report::{Block, Cell, Document, Picture, Report, Snippet, SnippetLine, Tone, Unread};
use crate::sdp::explain::{AnnotatedLine, annotated};
use crate::sdp::source::{self, Kind, Wrapping};
use crate::sdp::{Session, Text, strict};

/// So many findings fit a screen.
const MOST_SHORT: usize = 4;

/// A description, and what its input says of it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'i> {
    /// The file, or `standard input`.
    pub source: &'i str,
    /// What was found there.
    pub document: &'i source::Document,
    /// As which side's it was given, where the user says so.
    pub kind: Option<Kind>,
}

/// One description, and what the rules say of it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Linted {
    /// The file, or `standard input`.
    pub source: String,
    /// Where in it: `body of INVITE …`; absent where the file is the description.
    #[serde(rename = "in", skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// `offer`, `answer`, …, `unknown`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How many findings of each severity.
    pub errors: usize,
    /// See `errors`.
    pub warnings: usize,
    /// See `errors`.
    pub infos: usize,
    /// Findings of which there were so many that only their number is known.
    pub omitted: usize,
    /// Where a strict parser stops; absent if it takes the description.
    pub strict: Option<StrictFacts>,
    /// What copying did to it; absent if that explains nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<Damage>,
    /// In the order of the lines.
    #[serde(skip)]
    pub found: Vec<Found>,
    /// Its lines, for a picture; empty where none is drawn.
    #[serde(skip)]
    pub drawn: Vec<AnnotatedLine>,
}

/// Where a strict parser stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StrictFacts {
    /// Counted from 1.
    pub line: u32,
    /// Why, to be read after "a strict parser stops at line 3: ".
    pub reason: &'static str,
}

/// Every description of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct LintReport {
    /// In the order of the input.
    pub sessions: Vec<Linted>,
    /// All findings, one description after the other.
    pub findings: Vec<Finding>,
    /// What should be known besides: what an input is, where it has no SDP.
    pub notes: Vec<String>,
    /// Inputs that could not be read, or have nothing to look at; absent if there are none.
    #[serde(rename = "errors", skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// Which findings fail.
    #[serde(skip)]
    pub fail_on: FailOn,
    /// Whether the text shows remarks, and does not only count them.
    #[serde(skip)]
    pub with_remarks: bool,
}

impl Linted {
    /// Has the rules look at one description.
    pub fn of(input: Input<'_>, selection: &Selection) -> Self {
        let text = Text::from_bytes(&input.document.text);
        let (found, omitted) = input.found(&text, selection);
        let kind = input.kind();
        let count = |severity| found.iter().filter(|found| found.finding.severity == severity).count();
        let damage = damage::of(&text, input.document, kind, &found, selection);
        let refusal = if kind == Kind::Sdpfrag { None } else { strict::refusal(&text) };
        Self {
            source: input.source.to_owned(),
            label: input.document.label.clone(),
            kind: kind.name(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            omitted,
            strict: refusal.map(|refusal| StrictFacts {
                line: text.lines().get(refusal.line).map_or(1, |line| line.number),
                reason: refusal.reason.phrase(),
            }),
            damage,
            found,
            drawn: Vec::new(),
        }
    }

    /// With its lines, so that a picture can be drawn.
    #[must_use]
    pub fn drawn(self, input: Input<'_>) -> Self {
        let text = Text::from_bytes(&input.document.text);
        Self { drawn: annotated(&Session::from_text(&text)), ..self }
    }
}

impl Found {
    /// Says which input it is about, and where in that, if that is another line than in the text. `inputs` are those
    /// of the descriptions examined, in their order.
    pub fn locate(&mut self, inputs: &[Input<'_>]) {
        let of_side = |side| match side {
            Side::First => inputs.first(),
            Side::Second => inputs.last(),
        };
        let Some(input) = of_side(self.side) else { return };
        let finding = &mut self.finding;
        input.source.clone_into(&mut finding.subject);
        if !input.document.label.is_empty() {
            finding.evidence.insert("in".to_owned(), input.document.label.as_str().into());
        }
        for mark in self.marks.iter_mut().filter(|mark| mark.side != self.side) {
            mark.other = of_side(mark.side).map(|other| other.name()).unwrap_or_default();
        }
        for mark in &mut self.marks {
            let place = of_side(mark.side)
                .filter(|input| !input.document.wrappings.is_empty() && input.document.stands_in_lines());
            if let Some(place) = place.and_then(|input| input.document.place(mark.start)) {
                mark.line = place.line;
            }
        }
        let Some(Location::Text { line, .. }) = finding.location else { return };
        let place = input.document.place(self.start);
        if place.is_none_or(|place| place.line != line || !input.document.wrappings.is_empty()) {
            let (line, column) = (place.map(|place| place.line), place.map(|place| place.column));
            finding.evidence.insert("input_line".to_owned(), json!(line));
            finding.evidence.insert("input_column".to_owned(), json!(column));
        }
    }
}

impl Input<'_> {
    /// What the rules say of it, and how many findings more there are.
    pub fn findings(&self, selection: &Selection) -> (Vec<Finding>, usize) {
        let (found, omitted) = self.found(&Text::from_bytes(&self.document.text), selection);
        (found.into_iter().map(|found| found.finding).collect(), omitted)
    }

    fn found(&self, text: &Text<'_>, selection: &Selection) -> (Vec<Found>, usize) {
        let session = Session::from_text(text);
        let is_string = self.document.wrappings.last() == Some(&Wrapping::String);
        let description = Description::of(&session, self.kind()).in_string(is_string);
        let findings = super::one(&description, selection);
        let omitted = findings.omitted();
        let mut found = findings.into_found();
        for one in &mut found {
            one.locate(&[*self]);
        }
        (found, omitted)
    }

    fn kind(&self) -> Kind {
        self.kind.unwrap_or(self.document.kind)
    }

    /// The file, and where in it.
    pub fn name(&self) -> String {
        name(self.source, &self.document.label)
    }
}

impl LintReport {
    /// Takes the findings of one more description.
    pub fn add(&mut self, linted: Linted) {
        self.findings.extend(linted.found.iter().map(|found| found.finding.clone()));
        self.sessions.push(linted);
    }
}

impl Report for LintReport {
    const SCHEMA: &'static str = "sdp-lint/1";

    /// The verdict first; at the end once more, where it has left the screen.
    fn document(&self) -> Document {
        let shown = fold::shown(&self.sessions, self.with_remarks);
        let verdict = (!self.sessions.is_empty()).then(|| Block::Verdict(self.verdict()));
        let mut blocks: Vec<Block> = verdict.iter().cloned().collect();
        blocks.extend(self.damages());
        let is_long = shown.len() > MOST_SHORT;
        blocks.extend(shown.into_iter().map(Block::Snippet));
        blocks.extend(self.more());
        blocks.extend(self.notes.iter().map(|note| Block::Paragraph(Cell::new(note.clone(), Tone::Warn))));
        blocks.extend(self.strict_notes());
        blocks.extend(self.remarks());
        if let (true, Some(Block::Verdict(verdict))) = (is_long, verdict) {
            blocks.push(Block::Paragraph(verdict));
        }
        Document { blocks }
    }

    /// A line a finding, and one of all the rest.
    fn lines(&self, whole: &Value) -> Vec<Value> {
        let mut rest = whole.clone();
        let findings = rest.as_object_mut().and_then(|fields| fields.shift_remove("findings"));
        let findings = findings.and_then(|findings| findings.as_array().cloned()).unwrap_or_default();
        let record = |kind: &str, mut value: Value| {
            if let Some(fields) = value.as_object_mut() {
                fields.shift_insert(0, "record".to_owned(), kind.into());
            }
            value
        };
        let findings = findings.into_iter().map(|finding| record("finding", finding));
        findings.chain([record("summary", rest.clone())]).collect()
    }

    fn pictures(&self) -> Vec<Picture> {
        let drawn = self.sessions.iter().filter(|session| !session.drawn.is_empty());
        let drawn = drawn.map(|session| {
            let findings = session.found.iter().map(|found| &found.finding);
            AnnotatedLine::picture(name(&session.source, &session.label), &session.drawn, findings)
        });
        drawn.map(Picture::Annotated).collect()
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        self.sessions.iter().map(|session| session.source.clone()).collect()
    }

    fn unread(&self) -> Vec<Unread> {
        self.unread.clone()
    }

    fn exit(&self) -> Exit {
        let told = self.fail_on.exit(&self.findings);
        if !self.unread.is_empty() || self.sessions.is_empty() { told.and(Exit::CouldNotTell) } else { told }
    }
}

impl LintReport {
    /// Where to read on.
    fn more(&self) -> Option<Block> {
        let mut codes: Vec<&str> = Vec::new();
        for finding in self.findings.iter().filter(|finding| finding.severity > Severity::Info) {
            if !codes.contains(&finding.code) {
                codes.push(finding.code);
            }
        }
        codes.sort_unstable();
        let text = format!("more: rtcscope explain {}", codes.join(" "));
        (!codes.is_empty()).then(|| Block::Paragraph(Cell::new(text, Tone::Dim)))
    }

    /// What copying did, and how much of the rest is nothing else.
    fn damages(&self) -> impl Iterator<Item = Block> {
        self.sessions.iter().filter_map(|session| {
            let damage = session.damage.as_ref()?;
            let follows = match damage.findings {
                1 => "One finding follows from that".to_owned(),
                count => format!("{count} findings follow from that"),
            };
            let shown = if self.with_remarks { "." } else { ", and `-v` shows what." };
            let name = name(&session.source, &session.label);
            // Of one description the verdict says it.
            let text = match self.sessions.len() {
                1 => format!("{follows}{shown}"),
                _ => format!("{name}: {}. {follows}{shown}", damage.sentence),
            };
            Some(Block::Paragraph(Cell::new(text, Tone::Warn)))
        })
    }

    /// How many are not shown.
    fn remarks(&self) -> Option<Block> {
        let is_hidden = |session: &Linted, at: usize| {
            let told = session.damage.as_ref().is_some_and(|damage| damage.follows[at]);
            session.found[at].finding.severity == Severity::Info && !told
        };
        let hidden = self
            .sessions
            .iter()
            .flat_map(|session| (0..session.found.len()).map(move |at| is_hidden(session, at)));
        let count = hidden.filter(|hidden| *hidden).count();
        let text = match count {
            0 => return None,
            _ if self.with_remarks => return None,
            1 => "1 remark: `-v` shows it.".to_owned(),
            count => format!("{count} remarks: `-v` shows them."),
        };
        Some(Block::Paragraph(Cell::new(text, Tone::Dim)))
    }

    fn strict_notes(&self) -> impl Iterator<Item = Block> {
        self.sessions.iter().filter_map(|session| {
            let strict = session.strict?;
            let name = name(&session.source, &session.label);
            let text = format!("A strict parser stops at line {} of {name}: {}.", strict.line, strict.reason);
            Some(Block::Paragraph(Cell::new(text, Tone::Dim)))
        })
    }

    fn verdict(&self) -> Cell {
        let sum = |of: fn(&Linted) -> usize| self.sessions.iter().map(of).sum::<usize>();
        let counted = [
            (sum(|session| session.errors), "error", "errors"),
            (sum(|session| session.warnings), "warning", "warnings"),
            (sum(|session| session.infos), "remark", "remarks"),
        ];
        let words = counted.iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| {
            if *count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
        });
        let words: Vec<String> = words.collect();
        let what = match words.is_empty() {
            true => "nothing is wrong".to_owned(),
            false => words.join(", "),
        };
        let place = match &self.sessions[..] {
            [one] => match &one.damage {
                Some(damage) => format!("{}: {}", name(&one.source, &one.label), damage.sentence),
                None => name(&one.source, &one.label),
            },
            all => format!("{} descriptions", all.len()),
        };
        let more = match sum(|session| session.omitted) {
            0 => String::new(),
            more => format!("; {more} more of the same are not shown"),
        };
        let tone = match (counted[0].0, counted[1].0) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Warn,
            _ => Tone::Bad,
        };
        Cell::new(format!("{what} in {place}{more}"), tone)
    }
}

fn name(source: &str, label: &str) -> String {
    if label.is_empty() { source.to_owned() } else { format!("{source}, {label}") }
}

/// The findings as they are shown to people: the gravest first, what is the same told once.
pub fn snippets(found: &[Found]) -> Vec<Snippet> {
    let mut snippets: Vec<Snippet> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for found in found {
        let finding = &found.finding;
        let alone = found.marks.len() > 1;
        let key = (finding.code, finding.severity as u8, finding.message.as_str(), finding.help.as_str());
        let known = if alone { None } else { places.get(&key).copied() };
        let lines = found.marks.iter().map(line);
        match known {
            Some(place) => {
                let snippet: &mut Snippet = &mut snippets[place];
                snippet.lines.extend(lines);
            }
            None => {
                if !alone {
                    places.insert(key, snippets.len());
                }
                snippets.push(Snippet {
                    severity: finding.severity,
                    confidence: finding.confidence,
                    code: finding.code,
                    name: finding.name,
                    message: finding.message.clone(),
                    place: self::place_of(found),
                    lines: lines.collect(),
                    help: finding.help.clone(),
                    also: Vec::new(),
                });
            }
        }
    }
    snippets.sort_by_key(|snippet| std::cmp::Reverse(snippet.severity));
    snippets
}

fn line(mark: &Mark) -> SnippetLine {
    SnippetLine {
        text: mark.other.clone(),
        line: mark.line,
        excerpt: mark.excerpt.clone(),
        label: mark.label.clone(),
    }
}

/// `offer.sdp:5:9`, as editors and terminals follow it.
fn place_of(found: &Found) -> String {
    let finding = &found.finding;
    let number = |key: &str| finding.evidence.get(key).and_then(Value::as_u64);
    let label = finding.evidence.get("in").and_then(Value::as_str).unwrap_or_default();
    let Some(Location::Text { line, column, .. }) = finding.location else { return finding.subject.clone() };
    // Where the line shown below is not the one named here.
    let is_other = finding.evidence.contains_key("input_line")
        && found.marks.first().map(|mark| mark.line as u64) != number("input_line");
    let inside = match label {
        "" if is_other => format!(" (line {line} of the SDP)"),
        "" => String::new(),
        label => format!(" ({label}, line {line})"),
    };
    match (finding.evidence.contains_key("input_line"), number("input_line"), number("input_column")) {
        (true, Some(line), Some(column)) => format!("{}:{line}:{column}{inside}", finding.subject),
        (true, ..) => format!("{}{inside}", finding.subject),
        (false, ..) => format!("{}:{line}:{column}{inside}", finding.subject),
    }
}

/// The rule of this code or name.
pub fn rule(word: &str) -> Option<&'static LintRule> {
    rules()
        .find(|rule| rule.rule.code.eq_ignore_ascii_case(word) || rule.rule.name.eq_ignore_ascii_case(word))
}
