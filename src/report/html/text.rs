//! Texts with what is to be said of them beside the lines, and two texts beside each other.

use super::escape::{self, Html, sentence};
use crate::finding::Severity;
use crate::report::picture::{Annotated, SideBySide};
use crate::report::{Cell, findings, printable, screen};

pub(super) fn annotated(annotated: &Annotated, page: &mut Html) {
    page.raw("<figure><figcaption>").text(&printable(&annotated.title)).raw("</figcaption>\n");
    page.raw("<table class=\"text\"><tbody>\n");
    for line in &annotated.lines {
        let worst = line.notes.iter().map(|note| note.severity).max();
        page.raw("<tr");
        if let Some(worst) = worst.filter(|worst| *worst > Severity::Info) {
            page.raw(" class=\"").raw(findings::word(worst)).raw("\"");
        }
        page.raw("><td class=\"num\">").text(&line.number.to_string()).raw("</td><td>");
        page.text(&printable(&line.text)).raw("</td><td class=\"said\">");
        for note in &line.notes {
            let tone = escape::tone(screen::tone(note.severity));
            page.raw("<p class=\"").raw(tone).raw("\"><b>").text(note.code).raw("</b> ");
            sentence(&printable(&note.message), page);
            page.raw("</p>");
        }
        if !line.meaning.is_empty() {
            page.classed("p", "dim", &printable(&line.meaning));
        }
        page.raw("</td></tr>\n");
    }
    page.raw("</tbody></table></figure>\n");
}

pub(super) fn side_by_side(pair: &SideBySide, page: &mut Html) {
    page.raw("<figure><figcaption>").text(&printable(&pair.title)).raw("</figcaption>\n");
    page.raw("<table class=\"text pair\"><thead><tr>");
    for name in &pair.names {
        page.element("th", &printable(name));
    }
    page.raw("</tr></thead><tbody>\n");
    for row in &pair.rows {
        page.raw(if row.differs { "<tr class=\"differs\">" } else { "<tr>" });
        for Cell { text, tone } in [&row.left, &row.right] {
            page.classed("td", escape::tone(*tone), &printable(text));
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody></table></figure>\n");
}
