//! The report as one page that needs nothing else: no script, no font, no picture from anywhere.
//!
//! Light or dark as the reader's system is, readable on a phone, printable. What a stranger wrote is escaped, and the
//! page forbids the browser to fetch or run anything, so that a mistake of ours would do no harm either.

mod block;
mod chart;
mod escape;
mod text;

use std::io::{self, Write};

use self::escape::{Html, sentence};
use super::{Block, Picture, Rendered, Screen, printable};
use crate::report::text as words;

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Html::default();
    let command = report.schema.split('/').next().unwrap_or_default().replace('-', " ");
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    // Without an icon of its own a browser asks the server for one.
    page.raw("<link rel=\"icon\" href=\"data:,\">\n");
    page.element("title", &format!("rtcscope {command}"));
    page.raw("\n<style>\n").raw(STYLE).raw("</style>\n</head>\n<body>\n<main>\n");
    page.raw("<header><p class=\"tool\">").text(&format!("rtcscope {command}")).raw("</p>\n");

    // The gate that all text passes.
    let document = printable::document(&report.document);
    let verdicts = document.blocks.iter().filter(|block| matches!(block, Block::Verdict(_)));
    for verdict in verdicts.take(1) {
        self::verdict(verdict, report, &mut page);
    }
    page.raw("</header>\n");
    unread(report, &mut page);
    // What is wrong first, then what it looks like, then the tables.
    // Those of a plan stay below the name of their check.
    let is_plan = report.schema.starts_with("check/");
    let is_finding = |block: &&Block| !is_plan && matches!(block, Block::Findings(_) | Block::Snippet(_));
    let first = document.blocks.iter().position(|block| matches!(block, Block::Verdict(_)));
    // Where all that a heading is for stands above, it has nothing left.
    let is_bare = |index: usize| {
        let mut below =
            document.blocks[index + 1..].iter().take_while(|b| !matches!(b, Block::Heading(_))).peekable();
        matches!(document.blocks[index], Block::Heading(_))
            && below.peek().is_some()
            && below.all(|b| is_finding(&b))
    };
    let rest = document.blocks.iter().enumerate();
    let rest = rest.filter(|(index, _)| Some(*index) != first && !is_bare(*index));
    let (found, others): (Vec<&Block>, Vec<&Block>) = rest.map(|(_, block)| block).partition(is_finding);
    if !found.is_empty() {
        page.raw("<section class=\"findings\">\n");
        block::all(&found, &mut page);
        page.raw("</section>\n");
    }
    // A plan says first which of its checks is the one to look at.
    if !is_plan {
        pictures(report, &mut page);
    }
    if !others.is_empty() {
        page.raw("<section>\n");
        block::all(&others, &mut page);
        page.raw("</section>\n");
    }
    if is_plan {
        pictures(report, &mut page);
    }
    page.raw("<footer>").text(&format!("rtcscope {}, {}", env!("CARGO_PKG_VERSION"), report.schema));
    page.raw("</footer>\n</main>\n</body>\n</html>\n");
    out.write_all(page.as_bytes())
}

fn pictures(report: &Rendered, page: &mut Html) {
    for group in report.pictures.chunk_by(|a, b| is_small(a) && is_small(b)) {
        let few = group.iter().any(is_small);
        page.raw(if few { "<div class=\"grid\">\n" } else { "<div>\n" });
        group.iter().for_each(|picture| chart::picture(picture, page));
        page.raw("</div>\n");
    }
}

/// What may stand beside others of its kind.
fn is_small(picture: &Picture) -> bool {
    matches!(picture, Picture::Histogram(_))
}

fn verdict(block: &Block, report: &Rendered, page: &mut Html) {
    let Block::Verdict(cell) = block else { return };
    page.raw("<h1>");
    if let Some((word, tone)) = words::word(cell.tone, report.exit) {
        page.raw("<span class=\"badge ").raw(escape::tone(tone)).raw("\">").raw(word).raw("</span> ");
    }
    sentence(&cell.text, page);
    page.raw("</h1>\n");
}

fn unread(report: &Rendered, page: &mut Html) {
    if report.unread.is_empty() {
        return;
    }
    page.raw("<section class=\"findings\">\n");
    for unread in &report.unread {
        page.raw("<article class=\"finding bad\"><h3>could not be looked at</h3><p>");
        if !unread.subject.is_empty() {
            page.text(&printable(&unread.subject)).raw(": ");
        }
        page.text(&printable(&unread.message)).raw("</p>");
        for hint in &unread.hints {
            page.raw("<p class=\"help\">").text(&printable(hint)).raw("</p>");
        }
        page.raw("</article>\n");
    }
    page.raw("</section>\n");
}

const STYLE: &str = include_str!("style.css");

#[cfg(test)]
mod tests;
