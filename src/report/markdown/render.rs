//! The report as Markdown, for tickets and merge requests: GitHub's dialect, which GitLab and others read too.
//!
//! What a stranger wrote must stay text: no link, no HTML, no emphasis comes of it.

use std::io::{self, Write};

use crate::finding::{Exit, Finding, Location, Severity};
use crate::report::inline::{Piece, pieces};
use crate::report::{
    Align, Block, Cell, Rendered, Screen, Snippet, Table, Tone, findings, log, printable, snippet, text,
};

pub(in crate::report) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let document = printable::document(&report.document);
    let parts: Vec<String> = document
        .blocks
        .iter()
        .map(|block| self::block(block, report.exit))
        .chain([unread(report)])
        .filter(|part| !part.is_empty())
        .collect();
    match parts.is_empty() {
        true => Ok(()),
        false => writeln!(out, "{}", parts.join("\n\n")),
    }
}

fn block(block: &Block, exit: Exit) -> String {
    match block {
        Block::Verdict(cell) => match text::word(cell.tone, exit) {
            Some((word, _)) => format!("**{word}** {}", prose(&cell.text)),
            None => prose(&cell.text),
        },
        Block::Heading(heading) => format!("## {}", prose(heading)),
        Block::Paragraph(cell) => toned(cell),
        Block::List { numbered, items } => {
            let items = items.iter().enumerate().map(|(index, item)| match numbered {
                true => format!("{}. {}", index + 1, toned(item)),
                false => format!("- {}", toned(item)),
            });
            items.collect::<Vec<_>>().join("\n")
        }
        Block::Code(text) => code(text),
        Block::Table(table) if table.rows.is_empty() => String::new(),
        Block::Table(table) => self::table(table),
        Block::Findings(all) => {
            let mut sorted: Vec<&Finding> = all.iter().collect();
            sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            findings::groups(&sorted).iter().map(|group| self::group(group)).collect::<Vec<_>>().join("\n\n")
        }
        Block::Snippet(snippet) => self::snippet(snippet),
        Block::Line(line) => code(&log::lines(line, Screen::FILE).join("\n")),
        Block::Log(lines) => {
            let lines: Vec<String> = lines.iter().flat_map(|line| log::lines(line, Screen::FILE)).collect();
            code(&lines.join("\n"))
        }
    }
}

/// What could not be looked at; where there is a document, it may say so itself.
fn unread(report: &Rendered) -> String {
    if !report.document.blocks.is_empty() {
        return String::new();
    }
    let items = report.unread.iter().map(|unread| match unread.subject.as_str() {
        "" => format!("- {}", prose(&printable(&unread.message))),
        subject => format!("- {}: {}", prose(&printable(subject)), prose(&printable(&unread.message))),
    });
    items.collect::<Vec<_>>().join("\n")
}

fn title(severity: Severity, code: &str, name: &str) -> String {
    format!("### {} {} {}", findings::word(severity), prose(code), prose(name))
}

fn group(group: &[&Finding]) -> String {
    let first = group[0];
    let mut parts = vec![
        title(first.severity, first.code, first.name),
        prose(&findings::message(&first.message, first.confidence)),
    ];
    for (index, finding) in group.iter().enumerate() {
        parts.push(format!("At: {}", prose(&findings::place(finding))));
        match &finding.location {
            Some(Location::Packets { display_filter, .. }) => parts.push(code(display_filter)),
            Some(Location::Text { line, excerpt, .. }) => {
                let lead = " ".repeat(format!("{line} | {}", excerpt.before).chars().count());
                let marks = "^".repeat(excerpt.marked.chars().count().max(1));
                let text = format!("{line} | {}{}{}", excerpt.before, excerpt.marked, excerpt.after);
                parts.push(code(&format!("{text}\n{lead}{marks}")));
            }
            Some(Location::Endpoint { .. }) | None => {}
        }
        if group.get(index + 1).is_none_or(|next| next.evidence != finding.evidence)
            && !finding.evidence.is_empty()
        {
            let facts = finding.evidence.iter();
            let facts =
                facts.map(|(key, value)| format!("- {}: {}", prose(key), prose(&findings::evidence(value))));
            parts.push(facts.collect::<Vec<_>>().join("\n"));
        }
    }
    parts.extend(help(&first.help));
    parts.join("\n\n")
}

fn snippet(snippet: &Snippet) -> String {
    let mut parts = vec![
        title(snippet.severity, snippet.code, snippet.name),
        prose(&findings::message(&snippet.message, snippet.confidence)),
        code(&snippet::picture(snippet, Screen::FILE).join("\n")),
    ];
    parts.extend(snippet::more(snippet).iter().map(|more| prose(more)));
    parts.extend(help(&snippet.help));
    parts.join("\n\n")
}

/// The first line is a sentence, what follows is there to be pasted.
fn help(help: &str) -> Vec<String> {
    let (first, rest) = help.split_once('\n').unwrap_or((help, ""));
    let first = (!first.is_empty()).then(|| format!("**Help:** {}", prose(first)));
    let rest = (!rest.trim().is_empty()).then(|| code(rest));
    first.into_iter().chain(rest).collect()
}

fn table(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let mut lines = vec![
        row(table.columns.iter().map(|(name, _)| prose(name)).collect()),
        row(table
            .columns
            .iter()
            .map(|(_, align)| if *align == Align::Right { "---:".to_owned() } else { "---".to_owned() })
            .collect()),
    ];
    lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(toned).collect())));
    lines.join("\n")
}

/// A fence longer than any in the text.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{text}\n{fence}")
}

fn toned(cell: &Cell) -> String {
    let text = prose(&cell.text);
    match cell.tone {
        Tone::Bad | Tone::Strong if !text.is_empty() && cell.text.trim() == cell.text => {
            format!("**{text}**")
        }
        _ => text,
    }
}

/// A sentence, with words in backticks as code.
fn prose(text: &str) -> String {
    let pieces = pieces(text.trim()).into_iter().map(|piece| match piece {
        Piece::Text(text) => escaped(text),
        // A bar would end a cell even here.
        Piece::Code(code) => format!("`{}`", code.replace('|', "\\|")),
    });
    pieces.collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_special = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
            // Within a word they mean nothing, and AUTH\_WRONG is ugly where nobody renders it.
            '_' => !(before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric())),
            // A heading or a list.
            '#' | '+' | '-' => out.is_empty(),
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::codes;
    use crate::report::Document;

    fn check(blocks: Vec<Block>) -> String {
        let report = Rendered::of_document("test/1", Document { blocks }, Exit::Failed);
        let mut out = Vec::new();
        render(&report, Screen::FILE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_kind_of_block_has_its_markdown() {
        let finding = codes::AUTH_WRONG
            .finding("allocate", "turn:a")
            .at(Location::Endpoint { endpoint: "192.0.2.1:3478".to_owned(), transport: "udp" })
            .evidence("code", 401)
            .help("set `user` in turnserver.conf\nuser=a:b");
        let columns = vec![("metric", Align::Left), ("ms", Align::Right)];
        let table = Table { columns, rows: vec![vec!["a|b".into(), Cell::new("1.5", Tone::Bad)]] };
        insta::assert_snapshot!(check(vec![
            Block::Verdict(Cell::new("it does not work", Tone::Bad)),
            Block::Heading("Servers".to_owned()),
            Block::Table(table),
            Block::List { numbered: true, items: vec!["one".into(), "two".into()] },
            Block::Code("a\n```\nb".to_owned()),
            Block::Findings(vec![finding]),
        ]), @r#"
        **FAIL** it does not work

        ## Servers

        | metric | ms |
        | --- | ---: |
        | a\|b | **1.5** |

        1. one
        2. two

        ````text
        a
        ```
        b
        ````

        ### error AUTH_WRONG wrong-credentials

        the server refuses this username and password

        At: turn:a (192.0.2.1:3478 over udp), allocate

        - code: 401

        **Help:** set `user` in turnserver.conf

        ```text
        user=a:b
        ```
        "#);
    }

    #[test]
    fn a_stranger_writes_no_link_no_html_and_no_emphasis() {
        let hostile = "# <img src=x> [a](http://b) **c** _d_ ~e~ \\ `code` a_b \u{1b}[2J";
        insta::assert_snapshot!(check(vec![Block::Paragraph(hostile.into())]), @r#"\# \<img src=x\> \[a\](http://b) \*\*c\*\* \_d\_ \~e\~ \\ `code` a_b \\u{1b}\[2J"#);
        assert!(check(vec![Block::Paragraph("- `a".into())]).starts_with("\\- \\`a"));
    }
}
