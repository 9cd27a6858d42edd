//! The parts of a document as HTML.

use super::escape::{self, Html, sentence};
use crate::finding::{Finding, Location, registry};
use crate::report::{
    Align, Block, Cell, Screen, Snippet, Table, Tone, findings, log, markdown, screen, snippet,
};

pub(super) fn all(blocks: &[&Block], page: &mut Html) {
    for block in blocks {
        self::block(block, page);
    }
}

fn block(block: &Block, page: &mut Html) {
    match block {
        Block::Verdict(cell) | Block::Paragraph(cell) => {
            page.raw("<p class=\"").raw(escape::tone(cell.tone)).raw("\">");
            sentence(&cell.text, page);
            page.raw("</p>\n");
        }
        Block::Heading(heading) => {
            page.element("h2", heading).raw("\n");
        }
        Block::List { numbered, items } => {
            let name = if *numbered { "ol" } else { "ul" };
            page.raw("<").raw(name).raw(">\n");
            for item in items {
                page.raw("<li class=\"").raw(escape::tone(item.tone)).raw("\">");
                sentence(&item.text, page);
                page.raw("</li>\n");
            }
            page.raw("</").raw(name).raw(">\n");
        }
        Block::Code(text) => {
            page.element("pre", text).raw("\n");
        }
        Block::Table(table) => self::table(table, page),
        Block::Findings(all) => {
            let mut sorted: Vec<&Finding> = all.iter().collect();
            sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            for group in findings::groups(&sorted) {
                self::group(&group, page);
            }
        }
        Block::Snippet(snippet) => self::snippet(snippet, page),
        Block::Line(line) => {
            page.element("pre", &log::lines(line, Screen::FILE).join("\n")).raw("\n");
        }
        Block::Log(lines) => {
            let lines: Vec<String> = lines.iter().flat_map(|line| log::lines(line, Screen::FILE)).collect();
            page.element("pre", &lines.join("\n")).raw("\n");
        }
    }
}

fn table(table: &Table, page: &mut Html) {
    if table.rows.is_empty() {
        return;
    }
    let cell = |name: &str, align: Align, cell: &Cell, page: &mut Html| {
        page.raw("<").raw(name);
        let is_right = align == Align::Right;
        if is_right || cell.tone != Tone::Plain {
            page.raw(" class=\"")
                .raw(escape::tone(cell.tone))
                .raw(if is_right { " n" } else { "" })
                .raw("\"");
        }
        page.raw(">").text(&cell.text).raw("</").raw(name).raw(">");
    };
    page.raw("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
    for (name, align) in &table.columns {
        cell("th", *align, &Cell::from(*name), page);
    }
    page.raw("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.raw("<tr>");
        for ((_, align), value) in table.columns.iter().zip(row) {
            cell("td", *align, value, page);
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody></table></div>\n");
}

fn opening(severity: crate::finding::Severity, code: &str, name: &str, page: &mut Html) {
    let tone = escape::tone(screen::tone(severity));
    page.raw("<article class=\"finding ").raw(tone).raw("\"><h3><span class=\"badge ").raw(tone).raw("\">");
    page.text(findings::word(severity)).raw("</span> ").text(code).raw(" ").classed("span", "dim", name);
    page.raw("</h3>\n");
}

fn group(group: &[&Finding], page: &mut Html) {
    let first = group[0];
    opening(first.severity, first.code, first.name, page);
    page.raw("<p>");
    sentence(&findings::message(&first.message, first.confidence), page);
    page.raw("</p>\n");
    help(&first.help, page);
    for (index, finding) in group.iter().enumerate() {
        page.raw("<p class=\"dim\">at ").text(&findings::place(finding)).raw("</p>\n");
        match &finding.location {
            Some(Location::Packets { display_filter, .. }) => {
                page.element("pre", display_filter).raw("\n");
            }
            Some(Location::Text { line, excerpt, .. }) => {
                page.raw("<pre>").text(&format!("{line} | {}", excerpt.before));
                page.element("mark", &excerpt.marked).text(&excerpt.after).raw("</pre>\n");
            }
            Some(Location::Endpoint { .. }) | None => {}
        }
        if group.get(index + 1).is_none_or(|next| next.evidence != finding.evidence)
            && !finding.evidence.is_empty()
        {
            page.raw("<dl>");
            for (key, value) in &finding.evidence {
                page.raw("<div>").element("dt", key).element("dd", &findings::evidence(value)).raw("</div>");
            }
            page.raw("</dl>\n");
        }
    }
    meaning(first.code, page);
    page.raw("</article>\n");
}

fn snippet(snippet: &Snippet, page: &mut Html) {
    opening(snippet.severity, snippet.code, snippet.name, page);
    page.raw("<p>");
    sentence(&findings::message(&snippet.message, snippet.confidence), page);
    page.raw("</p>\n");
    page.element("pre", &snippet::picture(snippet, Screen::FILE).join("\n")).raw("\n");
    for more in snippet::more(snippet) {
        page.classed("p", "dim", &more).raw("\n");
    }
    help(&snippet.help, page);
    meaning(snippet.code, page);
    page.raw("</article>\n");
}

/// The first line is a sentence, what follows is there to be pasted.
fn help(help: &str, page: &mut Html) {
    let (first, rest) = help.split_once('\n').unwrap_or((help, ""));
    if !first.is_empty() {
        page.raw("<p class=\"help\">");
        sentence(first, page);
        page.raw("</p>\n");
    }
    if !rest.trim().is_empty() {
        page.element("pre", rest).raw("\n");
    }
}

/// What `rtcscope explain` says: whoever gets the page may not have the program.
fn meaning(code: &str, page: &mut Html) {
    let Some(rule) = registry::rule(code) else { return };
    page.raw("<details><summary>What it means</summary>\n");
    let blocks = markdown::blocks(rule.explain);
    all(&blocks.iter().collect::<Vec<_>>(), page);
    if !rule.refs.is_empty() {
        page.classed("p", "dim", &format!("See {}.", rule.refs.join(", ")));
    }
    page.raw("</details>\n");
}
