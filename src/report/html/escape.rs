//! Text that becomes HTML in one place only.

use crate::report::Tone;
use crate::report::inline::{Piece, pieces};

/// A page in the making: what is ours goes in raw, everything else as text.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of ours.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Any text, within elements and within quoted attributes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// An element with nothing but text in it.
    pub(super) fn element(&mut self, name: &str, text: &str) -> &mut Self {
        self.raw("<").raw(name).raw(">").text(text).raw("</").raw(name).raw(">")
    }

    /// As [`element`](Self::element), of this class.
    pub(super) fn classed(&mut self, name: &str, class: &str, text: &str) -> &mut Self {
        self.raw("<").raw(name).raw(" class=\"").raw(class).raw("\">").text(text);
        self.raw("</").raw(name).raw(">")
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A sentence, with words in backticks as code.
pub(super) fn sentence(text: &str, page: &mut Html) {
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => page.text(text),
            Piece::Code(code) => page.element("code", code),
        };
    }
}

/// The class of a tone.
pub(super) fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Dim => "dim",
        Tone::Strong => "strong",
    }
}
