//! The page as text; what a browser makes of it is in `tests/formats`.

use super::*;
use crate::finding::{Exit, Location, Severity};
use crate::probe::codes;
use crate::report::picture::{
    Annotated, AnnotatedLine, Histogram, Lane, Moment, Note, Pair, Panel, Picture, Series, SideBySide, Step,
    Strip, Waterfall,
};
use crate::report::{Align, Cell, Document, Table, Tone, Unread};

const HOSTILE: &str =
    "</td></style><script>alert(1)</script><img src='http://192.0.2.1/' onerror=\"x\">&\u{1b}";

fn page(report: &Rendered) -> String {
    let mut out = Vec::new();
    render(report, Screen::FILE, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every kind of block and picture, all of them with the same words in it.
fn everything(words: &str) -> Rendered {
    let text = || words.to_owned();
    let finding = codes::AUTH_WRONG
        .finding("allocate", words)
        .at(Location::Endpoint { endpoint: text(), transport: "udp" })
        .message(words)
        .help(format!("{words}\n{words}"))
        .evidence(words, words);
    let blocks = vec![
        Block::Verdict(Cell::new(words, Tone::Bad)),
        Block::Heading(text()),
        Block::Paragraph(words.into()),
        Block::List { numbered: true, items: vec![words.into()] },
        Block::Code(text()),
        Block::Table(Table { columns: vec![("a", Align::Right)], rows: vec![vec![words.into()]] }),
        Block::Findings(vec![finding]),
    ];
    let step = Step { name: text(), from_ms: 1.0, took_ms: 2.0, tone: Tone::Good };
    let panel = Panel {
        name: "loss",
        unit: "packets",
        as_bars: true,
        points: vec![(0.0, Some(1.0)), (1.0, None)],
        upper: Vec::new(),
        width_s: 1.0,
    };
    let note = Note { severity: Severity::Error, code: "SDP101", message: text() };
    let pictures = vec![
        Picture::Waterfall(Waterfall {
            title: text(),
            lanes: vec![Lane { label: text(), steps: vec![step] }],
        }),
        Picture::Histogram(Histogram {
            title: text(),
            unit: "ms",
            bins: vec![(0.0, 1.0, 3)],
            marks: vec![("p50", 0.5)],
        }),
        Picture::Series(Series {
            title: text(),
            span_s: (0.0, 2.0),
            panels: vec![panel],
            strips: vec![Strip { name: "NACK", tone: Tone::Warn, spans: vec![(0.5, 1.0, text())] }],
            marks: vec![Moment { at_s: 0.5, name: text(), tone: Tone::Bad }],
        }),
        Picture::Annotated(Annotated {
            title: text(),
            lines: vec![AnnotatedLine { number: 1, text: text(), meaning: text(), notes: vec![note] }],
        }),
        Picture::SideBySide(SideBySide {
            title: text(),
            names: [text(), text()],
            rows: vec![Pair { left: words.into(), right: words.into(), differs: true }],
        }),
    ];
    let empty = Rendered::of_document("test/1", Document { blocks }, Exit::Failed);
    Rendered { pictures, unread: vec![Unread::new(words, words)], ..empty }
}

#[test]
fn nothing_that_a_stranger_wrote_becomes_markup() {
    let page = page(&everything(HOSTILE));
    assert!(page.matches("&lt;script&gt;").count() > 20, "the words are not there");
    for bad in ["<script", "<img", "src='", "\u{1b}"] {
        assert!(!page.contains(bad), "{bad} is in it");
    }
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let page = page(&everything("x"));
    for bad in ["http:", "https:", "url(", "@import", " src=", "<script", "javascript:"] {
        assert!(!page.contains(bad), "{bad} is in it");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("<link").count(), 1, "only the icon that keeps browsers from asking for one");
    assert_eq!(page.matches("<svg").count(), 3);
}

#[test]
fn the_verdict_comes_first_then_what_was_found_then_pictures_then_the_rest() {
    let page = page(&everything("x"));
    let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what} is not in it"));
    let places = [at("<h1>"), at("AUTH_WRONG"), at("<figure>"), at("<h2>x")];
    assert!(places.is_sorted(), "{places:?}");
    assert!(page.contains("<span class=\"badge bad\">FAIL</span> x</h1>"), "{page}");
}
