//! Every line is `type=value` (RFC 8866 §5), and its value can be read.

use crate::finding::{Rule, Severity};
use crate::sdp::libwebrtc::{self, Fault};
use crate::sdp::lint::{Check, Description, Findings, LintRule, TOLD_ELSEWHERE};
use crate::sdp::text::{Ending, Line, Oddity, Span, Text};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP102",
        name: "line-syntax",
        severity: Severity::Error,
        summary: "a line does not have the form that it must have",
        explain: include_str!("line_syntax.md"),
        refs: &["RFC 8866 §5", "RFC 8866 §9", "RFC 9429 §5.8"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let text = description.text();
    let unreadable = description.unreadable_is();
    let has_nul = text.as_str().as_bytes().contains(&0);
    let filled = text.lines().iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
    for line in &text.lines()[..filled] {
        form(text, line, unreadable, findings);
        ending(line, unreadable, findings);
        if has_nul && let Some(at) = text.slice(line.span).find('\0') {
            let at = line.span.start + at;
            findings
                .push(Span::new(at, at + 1), "the line has a NUL character in it")
                .help("take it out; a length in the program that printed this is one too many");
        }
    }
    if let Some(last) = text.lines()[..filled].last().filter(|line| line.ending == Ending::None) {
        let finding = findings.push(last.span.after(), "the last line has no line end");
        if description.is_string() {
            finding.severity(Severity::Warning).help(
                "end the string with `\\r\\n`: browsers made from libwebrtc refuse the last line otherwise; what \
                 takes the line end off is often a `.trim()`",
            );
        } else {
            finding.severity(Severity::Info).help(
                "end it with CRLF, as every line; browsers made from libwebrtc refuse the line otherwise",
            );
        }
    }
    values(description, findings);
}

/// The type, the `=`, and white space where none may be.
fn form(text: &Text<'_>, line: &Line, unreadable: Severity, findings: &mut Findings<'_>) {
    use Severity::{Error, Warning};
    let Some(oddity) = line.oddity else { return };
    // The value of these is any text, and may begin or end with a blank.
    let is_text = matches!(line.kind, Some('s' | 'i'));
    let equals = Span::new(line.indent.end + 1, line.value.start);
    let (span, severity, message, help) = match oddity {
        Oddity::SpaceAroundEquals if is_text && text.slice(equals).starts_with('=') => return,
        Oddity::SpaceAtEnd if is_text => return,
        Oddity::Blank => (
            line.span,
            unreadable,
            "a blank line stands between the others",
            "take it out; parsers stop there, or refuse the description",
        ),
        Oddity::NoType => (
            line.span,
            Error,
            "the line is no `type=value`",
            "a line begins with one letter and `=`; if this is the end of the line before, join the two",
        ),
        Oddity::ByteOrderMark => (
            line.indent,
            Error,
            "a byte order mark stands before the type",
            "save the file as UTF-8 without a byte order mark",
        ),
        Oddity::Indented => (
            line.indent,
            Error,
            "the line does not begin with its type",
            "take out what stands before the type",
        ),
        Oddity::SpaceAroundEquals => {
            (equals, Error, "white space stands beside `=`", "write `type=value` without it")
        }
        Oddity::SpaceAtEnd => (
            Span::new(line.value.end, line.span.end),
            if has_exact_end(text, line) { unreadable } else { Warning },
            "the line ends in white space",
            "take it out; some parsers read it as part of the value",
        ),
    };
    findings.push(span, message).severity(severity).help(help);
}

/// Whether the end of the value is a number or a name, so that a blank after it makes another one of it. Elsewhere
/// parsers pass over it.
fn has_exact_end(text: &Text<'_>, line: &Line) -> bool {
    const ATTRIBUTES: [&str; 8] =
        ["fingerprint", "group", "ice-pwd", "ice-ufrag", "max-message-size", "mid", "sctp-port", "setup"];
    match line.kind {
        Some('o' | 'm' | 'b') => true,
        Some('a') => {
            let (name, _) = text.slice(line.value).split_once(':').unwrap_or_default();
            ATTRIBUTES.contains(&name)
        }
        _ => false,
    }
}

fn ending(line: &Line, unreadable: Severity, findings: &mut Findings<'_>) {
    let message = match line.ending {
        Ending::Cr => "the line ends with CR alone, which parsers do not take for a line end",
        Ending::CrCrLf => "the line ends with CR CR LF",
        Ending::CrLf | Ending::Lf | Ending::None => return,
    };
    findings
        .push(line.span.after(), message)
        .severity(unreadable)
        .help("end lines with CRLF; write the file in binary mode, so that nothing is added to it");
}

/// What has the form of a line, but a value that cannot be read.
fn values(description: &Description<'_>, findings: &mut Findings<'_>) {
    let text = description.text();
    for problem in description.problems() {
        let Some(line) = text.line_at(problem.span.start).map(|index| &text.lines()[index]) else { continue };
        let value = text.slice(line.value);
        let name = value.split(':').next().unwrap_or_default();
        // Browsers pass over what they make no use of.
        let severity = if refusal(description, line).is_some() { Severity::Error } else { Severity::Warning };
        let (severity, what) = match line.kind {
            // Rules of their own.
            Some('m' | 'o') => continue,
            Some('a') if TOLD_ELSEWHERE.contains(&name) => continue,
            Some('a') if name.is_empty() => (Severity::Error, "an attribute without a name".to_owned()),
            Some('a') => (severity, format!("`a={name}` cannot be read: {problem}")),
            Some('c') => (Severity::Error, format!("`c=` cannot be read: {problem}")),
            Some(kind) => (severity, format!("`{kind}=` cannot be read: {problem}")),
            None => continue,
        };
        findings.push(problem.span, what).severity(severity).help(help(line.kind));
    }
    letters(description, findings);
}

/// Where WebRTC is spoken, why browsers refuse the whole description for this line.
fn refusal(description: &Description<'_>, line: &Line) -> Option<Fault> {
    let session = description.session();
    let section = match session.media_index_at(line.value.start) {
        Some(index) => session.media_at(index)?.section(),
        None => session.head(),
    };
    description.is_webrtc().then(|| libwebrtc::of_line(session.text(), section, line)).flatten()
}

/// What is read here all the same, and not by those who take each letter as it stands: a blank after the colon, `IPV4`.
fn letters(description: &Description<'_>, findings: &mut Findings<'_>) {
    const ATTRIBUTES: [&str; 9] =
        ["extmap", "fmtp", "max-message-size", "mid", "rtcp-fb", "rtpmap", "sctp-port", "setup", "ssrc"];
    let (text, problems) = (description.text(), description.problems());
    let is_webrtc = description.is_webrtc();
    for (section, line) in description.lines() {
        let value = text.slice(line.value);
        let (name, rest) = value.split_once(':').unwrap_or((value, ""));
        let is_asked = match line.kind {
            Some('c') => !value.contains('/'),
            Some('a') => ATTRIBUTES.contains(&name) && (is_webrtc || rest.starts_with(' ')),
            _ => false,
        };
        let at = problems.partition_point(|problem| problem.span.start < line.span.start);
        let is_told = problems.get(at).is_some_and(|problem| problem.span.start <= line.span.end);
        if !is_asked || is_told || line.oddity.is_some() {
            continue;
        }
        let Some(fault) = libwebrtc::of_line(text, section, line) else { continue };
        // A number that no codec has, and the old form of data channels, have rules of their own.
        let is_elsewhere = match name {
            "fmtp" => text.slice(fault.span).parse::<u32>().is_ok(),
            "sctp-port" => !rest.starts_with(' '),
            _ => false,
        };
        if is_elsewhere {
            continue;
        }
        let severity = match name {
            // RFC 5576 §4.1 has facts without a value.
            "ssrc" if !rest.starts_with(' ') => Severity::Warning,
            _ => description.unreadable_is(),
        };
        let what = match line.kind {
            Some('a') => format!("`a={name}` cannot be read: {}", fault.what),
            _ => format!("`c=` cannot be read: {}", fault.what),
        };
        findings.push(fault.span, what).severity(severity).help(help(line.kind));
    }
}

fn help(kind: Option<char>) -> &'static str {
    match kind {
        Some('c') => "write `c=IN IP4 <address>` or `c=IN IP6 <address>`",
        Some('t') => "write `t=0 0`, unless the session has a beginning and an end",
        Some('b') => "write `b=<kind>:<number>`, such as `b=AS:500`",
        _ => "correct the line, or take it out; some parsers refuse the whole description for it",
    }
}
