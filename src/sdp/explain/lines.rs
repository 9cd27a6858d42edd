//! Every line with what it means, and which RFC says so.

use serde::Serialize;

use crate::finding::{Finding, Location};
use crate::report::picture::{self, Annotated, Note};
use crate::sdp::attribute::View;
use crate::sdp::attribute::known::known;
use crate::sdp::excerpt::{is_secret, shown_line};
use crate::sdp::session::{Attribute, Section, Session};
use crate::sdp::text::{Line, Oddity};

/// A line with what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct AnnotatedLine {
    /// Counted from 1.
    pub line: u32,
    /// As it stands there; what is secret is left out.
    pub text: String,
    /// What it means.
    pub meaning: String,
    /// Which RFC says so; empty where none does.
    pub reference: &'static str,
}

impl AnnotatedLine {
    /// The lines of a description, with what was found in them, as a picture.
    pub fn picture<'f>(
        title: String,
        lines: &[Self],
        findings: impl Iterator<Item = &'f Finding> + Clone,
    ) -> Annotated {
        let in_line = |finding: &&Finding, number: u32| matches!(finding.location, Some(Location::Text { line, .. }) if line as u64 == u64::from(number));
        let note = |finding: &Finding| Note {
            severity: finding.severity,
            code: finding.code,
            message: finding.message.clone(),
        };
        let lines = lines.iter().map(|line| picture::AnnotatedLine {
            number: line.line as usize,
            text: line.text.clone(),
            meaning: line.meaning.clone(),
            notes: findings.clone().filter(|finding| in_line(finding, line.line)).map(note).collect(),
        });
        Annotated { title, lines: lines.collect() }
    }
}

/// All lines but blank ones.
pub(in crate::sdp) fn annotated(session: &Session<'_>) -> Vec<AnnotatedLine> {
    let mut all = Vec::with_capacity(session.text().lines().len());
    for section in session.sections() {
        let mut attributes = section.attributes.iter().peekable();
        for index in section.lines.clone() {
            let line = &session.text().lines()[index];
            let attribute = attributes.next_if(|attribute| attribute.line == index);
            if !line.is_blank() {
                all.push(one(session, section, line, attribute));
            }
        }
    }
    all
}

fn one(
    session: &Session<'_>,
    section: &Section<'_>,
    line: &Line,
    said: Option<&Attribute<'_>>,
) -> AnnotatedLine {
    let text = session.text();
    let written = match said {
        Some(attribute) if is_secret(attribute.name.value) => {
            let length = attribute.value.map_or(0, |value| value.chars().count());
            format!("a={}:[{length} characters left out]", attribute.name)
        }
        _ if line.kind == Some('k') => "k=[left out]".to_owned(),
        _ => shown_line(text, line),
    };
    let (meaning, reference) = match said {
        Some(attribute) => of_attribute(section, attribute),
        None => of_type(line),
    };
    AnnotatedLine { line: line.number, text: written, meaning, reference }
}

/// RFC 8866 §5, and its subsections.
fn of_type(line: &Line) -> (String, &'static str) {
    let (meaning, reference) = match line.kind {
        Some('v') => ("the version of SDP", "RFC 8866 §5.1"),
        Some('o') => ("who made this: user, session id, version, address", "RFC 8866 §5.2"),
        Some('s') => ("the name of the session; - for none", "RFC 8866 §5.3"),
        Some('i') => ("words about it", "RFC 8866 §5.4"),
        Some('u') => ("a page about it", "RFC 8866 §5.5"),
        Some('e') => ("an email address", "RFC 8866 §5.6"),
        Some('p') => ("a phone number", "RFC 8866 §5.6"),
        Some('c') => ("where media goes, unless ICE says otherwise", "RFC 8866 §5.7"),
        Some('b') => ("how much may be sent", "RFC 8866 §5.8"),
        Some('t') => ("when the session is; 0 0 for always", "RFC 8866 §5.9"),
        Some('r') => ("when it is repeated", "RFC 8866 §5.10"),
        Some('z') => ("changes of the time zone", "RFC 8866 §5.11"),
        Some('k') => ("a key; obsolete", "RFC 8866 §5.12"),
        Some('m') => ("a kind of media: port, transport, formats in order of preference", "RFC 8866 §5.14"),
        Some(_) => ("a type of line that RFC 8866 does not have", ""),
        None => (Oddity::NoType.phrase(), ""),
    };
    (meaning.to_owned(), reference)
}

fn of_attribute(section: &Section<'_>, attribute: &Attribute<'_>) -> (String, &'static str) {
    let known = known(attribute.name.value);
    let reference = known.map_or("", |known| known.reference);
    let codec = |payload_type: &str| {
        section.codecs.iter().find(|codec| payload_type.parse() == Ok(codec.payload_type.value))
    };
    let special = match &attribute.view {
        View::Rtpmap(map) => Some(format!("payload type {} is {}", map.payload_type, map.name)),
        View::Fmtp(fmtp) => codec(fmtp.format.value).map(|codec| match codec.reading() {
            words if words.is_empty() => codec.encoding(),
            words => format!("{}: {words}", codec.name().unwrap_or("unknown")),
        }),
        View::RtcpFb(feedback) => Some(match codec(feedback.format.value).and_then(|codec| codec.name()) {
            Some(name) => format!("feedback about {name}"),
            None if feedback.is_for_all() => "feedback about every payload type".to_owned(),
            None => "feedback about a payload type that the m-line does not have".to_owned(),
        }),
        View::Extmap(extmap) => extmap.name().map(|name| format!("header extension {}: {name}", extmap.id)),
        View::Setup(setup) => Some(setup.phrase().to_owned()),
        View::Group(group) if group.is_bundle() => Some("these m-lines share one transport".to_owned()),
        View::Candidate(candidate) => Some(match candidate.is_mdns() {
            true => format!("{} candidate, its address hidden behind a name", candidate.kind),
            false => format!("{} candidate", candidate.kind),
        }),
        View::Fingerprint(fingerprint) => {
            Some(format!("the {} hash of the certificate in the DTLS handshake", fingerprint.hash))
        }
        View::Simulcast(simulcast) if simulcast.is_draft => {
            Some("several encodings at once, written as in a draft".to_owned())
        }
        _ => None,
    };
    let meaning = special.or_else(|| known.map(|known| known.meaning.to_owned()));
    (meaning.unwrap_or_else(|| "an attribute that is not known here".to_owned()), reference)
}
