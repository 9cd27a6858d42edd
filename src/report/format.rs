//! The formats a report comes in. A new one is a file with a [`Renderer`] and a line in [`FORMATS`].

use std::io::{self, Write};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::{
    Rendered, Screen, csv, github, html, json, jsonl, junit, markdown, nagios, prometheus, sarif, text,
};

/// Writes a report in one format.
pub type Renderer = fn(&Rendered, Screen, &mut dyn Write) -> io::Result<()>;

/// How a result that goes on growing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// Only the whole makes sense, at the end.
    Whole,
    /// Part by part as they come.
    Parts,
    /// As [`Growth::Parts`], with an empty line before a part that begins something new.
    Paragraphs,
}

/// What of a report a format shows, besides its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// [`Rendered::document`].
    Document,
    /// [`Rendered::document`] and [`Rendered::pictures`].
    Page,
    /// [`Rendered::json`].
    Json,
    /// [`Rendered::lines`].
    Lines,
    /// [`Rendered::rows`]; of no use for a report that is no table.
    Rows,
    /// [`Rendered::findings`]; of no use for a report that has none to make.
    Findings,
    /// [`Rendered::metrics`] and what the run came to.
    Metrics,
}

/// Every format, the default first.
pub static FORMATS: &[Format] = &[
    Format {
        name: "text",
        help: "For people",
        takes: Part::Document,
        renderer: text::render,
        growth: Growth::Paragraphs,
    },
    Format {
        name: "json",
        help: "For programs: one object, versioned by its `schema`",
        takes: Part::Json,
        renderer: json::render,
        growth: Growth::Whole,
    },
    Format {
        name: "jsonl",
        help: "For programs that read as it comes: one object a line, each with its `schema`",
        takes: Part::Lines,
        renderer: jsonl::render,
        growth: Growth::Parts,
    },
    Format {
        name: "csv",
        help: "Rows for spreadsheets and scripts, where the result is a table",
        takes: Part::Rows,
        renderer: csv::render,
        growth: Growth::Parts,
    },
    Format {
        name: "markdown",
        help: "For tickets and merge requests",
        takes: Part::Document,
        renderer: markdown::render,
        growth: Growth::Paragraphs,
    },
    Format {
        name: "html",
        help: "A page with pictures that needs nothing else: to look at, print and send",
        takes: Part::Page,
        renderer: html::render,
        growth: Growth::Whole,
    },
    Format {
        name: "sarif",
        help: "Findings for code hosts and editors: SARIF 2.1.0",
        takes: Part::Findings,
        renderer: sarif::render,
        growth: Growth::Whole,
    },
    Format {
        name: "github",
        help: "Findings as annotations of GitHub Actions",
        takes: Part::Findings,
        renderer: github::render,
        growth: Growth::Whole,
    },
    Format {
        name: "junit",
        help: "Findings as failed tests: JUnit XML",
        takes: Part::Findings,
        renderer: junit::render,
        growth: Growth::Whole,
    },
    Format {
        name: "prometheus",
        help: "Numbers for Prometheus, as its node exporter reads them from `*.prom` files",
        takes: Part::Metrics,
        renderer: prometheus::render,
        growth: Growth::Whole,
    },
    Format {
        name: NAGIOS,
        help: "One line with performance data for Nagios and Icinga, and their exit codes",
        takes: Part::Metrics,
        renderer: nagios::render,
        growth: Growth::Whole,
    },
];

/// The one with exit codes of its own.
const NAGIOS: &str = "nagios";

/// One of [`FORMATS`].
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// What of a report it shows.
    pub takes: Part,
    /// How it is written.
    pub renderer: Renderer,
    /// What it does with results that grow.
    pub growth: Growth,
}

impl Format {
    /// Whether the exit code is to be Nagios's.
    #[must_use]
    pub fn is_nagios(self) -> bool {
        self.name == NAGIOS
    }

    /// Writes `report`; `screen` is what is known of the place where it will be read.
    pub fn render(self, report: &Rendered, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        (self.renderer)(report, screen, out)
    }
}

impl Default for Format {
    fn default() -> Self {
        FORMATS[0]
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        FORMATS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.help))
    }
}
