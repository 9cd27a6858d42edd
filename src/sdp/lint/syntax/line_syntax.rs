//! Every line is `type=value` (RFC 8866 §5), and its value can be read.

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule, TOLD_ELSEWHERE};
use crate::sdp::text::{Ending, Line, Oddity, Span, Text};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP102",
        name: "line-syntax",
        severity: Severity::Error,
        summary: "a line does not have the form that it must have",
        explain: include_str!("line_syntax.md"),
        refs: &["RFC 8866 §5", "RFC 8866 §9"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let text = description.text();
    let filled = text.lines().iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
    for line in &text.lines()[..filled] {
        form(text, line, findings);
        ending(line, findings);
        if let Some(at) = text.slice(line.span).find('\0') {
            let at = line.span.start + at;
            findings
                .push(Span::new(at, at + 1), "the line has a NUL character in it")
                .help("take it out; a length in the program that printed this is one too many");
        }
    }
    if let Some(last) = text.lines()[..filled].last().filter(|line| line.ending == Ending::None) {
        findings
            .push(last.span.after(), "the last line has no line end")
            .severity(Severity::Info)
            .help("end it with CRLF, as every line; browsers made from libwebrtc refuse the line otherwise");
    }
    values(description, findings);
}

/// The type, the `=`, and white space where none may be.
fn form(text: &Text<'_>, line: &Line, findings: &mut Findings<'_>) {
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
            Warning,
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
            Warning,
            "the line ends in white space",
            "take it out; some parsers read it as part of the value",
        ),
    };
    findings.push(span, message).severity(severity).help(help);
}

fn ending(line: &Line, findings: &mut Findings<'_>) {
    let message = match line.ending {
        Ending::Cr => "the line ends with CR alone, which parsers do not take for a line end",
        Ending::CrCrLf => "the line ends with CR CR LF",
        Ending::CrLf | Ending::Lf | Ending::None => return,
    };
    findings
        .push(line.span.after(), message)
        .severity(Severity::Warning)
        .help("end lines with CRLF; write the file in binary mode, so that nothing is added to it");
}

/// What has the form of a line, but a value that cannot be read.
fn values(description: &Description<'_>, findings: &mut Findings<'_>) {
    let text = description.text();
    for problem in description.problems() {
        let Some(line) = text.line_at(problem.span.start).map(|index| &text.lines()[index]) else { continue };
        let value = text.slice(line.value);
        let name = value.split(':').next().unwrap_or_default();
        let (severity, what) = match line.kind {
            // Rules of their own.
            Some('m' | 'o') => continue,
            Some('a') if TOLD_ELSEWHERE.contains(&name) => continue,
            Some('a') if name.is_empty() => (Severity::Error, "an attribute without a name".to_owned()),
            Some('a') => (Severity::Warning, format!("`a={name}` cannot be read: {problem}")),
            Some('c') => (Severity::Error, format!("`c=` cannot be read: {problem}")),
            Some(kind) => (Severity::Warning, format!("`{kind}=` cannot be read: {problem}")),
            None => continue,
        };
        findings.push(problem.span, what).severity(severity).help(match line.kind {
            Some('c') => "write `c=IN IP4 <address>` or `c=IN IP6 <address>`",
            Some('t') => "write `t=0 0`, unless the session has a beginning and an end",
            Some('b') => "write `b=<kind>:<number>`, such as `b=AS:500`",
            _ => "correct the line, or take it out; some parsers refuse the whole description for it",
        });
    }
}
