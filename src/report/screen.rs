//! What a renderer is told of the place where its text will be read.

use anstyle::{AnsiColor, Effects, Style};

use super::Tone;
use crate::finding::Severity;

/// Width and colour. The edges find these out; the renderers only obey, so they are pure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether escape sequences may be used.
    pub colour: bool,
}

impl Screen {
    /// A file: wide enough for most tables, narrow enough to be pasted, without colour.
    pub const FILE: Screen = Screen { width: 100, colour: false };

    /// `text` in the style of `tone`, if this screen has colours.
    pub(super) fn paint(self, text: &str, tone: Tone) -> String {
        let style = style(tone);
        match self.colour && !text.is_empty() && style != Style::new() {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }
}

pub(super) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Info => Tone::Dim,
    }
}

/// Only the eight colours that every terminal has and every theme can change.
fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Warn => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().effects(Effects::BOLD),
        Tone::Dim => Style::new().effects(Effects::DIMMED),
        Tone::Strong => Style::new().effects(Effects::BOLD),
    }
}
