//! `--packets` and `--rtcp`: what comes is shown as it comes, in memory that does not grow.
//!
//! Files are read twice: which packets belong to a stream, and what its clock is, shows at the end. Standard input is
//! read once: a stream's first packets are shown when it is known for one.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::input::{self, Texts};
use super::view::{Listed, View};
use crate::analyze::event::Event;
use crate::analyze::listing::{Filter, Listing, PacketRow, Packets, ReportRow, ReportRows};
use crate::analyze::{Analysis, Settings};
use crate::cli::Context;
use crate::finding::Exit;
use crate::report::{Block, Cell, Document, Report, Rows, Tone};

/// Lines that are written at once, where nobody waits for each.
const TOGETHER: usize = 256;

pub(super) fn run(
    what: Listed,
    captures: &[PathBuf],
    texts: &Texts,
    view: &View,
    mut context: Context,
) -> anyhow::Result<Exit> {
    context.needs_parts()?;
    let files = input::open(captures)?;
    let (several, waits) = (files.len() > 1, files.iter().any(|file| file.length().is_none()));
    // What is outside the window is read all the same: it says what comes before its first packets.
    let filter = Filter { window: view.window()?, ..view.filter() };
    let (files, listing) = match waits {
        true => (files, Listing::beforehand(filter)),
        false => {
            let mut analysis = Analysis::new(texts.settings());
            input::read_all(files, &mut analysis, &mut context, &mut |_, _| Ok(()))?;
            analysis.finish();
            (input::open(captures)?, Listing::of(&analysis, filter, several))
        }
    };
    let mut listing = listing;
    listing.detailed = context.verbosity > 0;
    let known = (!waits).then(|| listing.known());
    let mut analysis = Analysis::new(Settings { tells: true, known, ..texts.settings() });
    let mut lines =
        Lines { what, listing, events: Vec::new(), packets: Vec::new(), reports: Vec::new(), shown: 0 };
    let together = if waits { 1 } else { TOGETHER };
    let read = input::read_all(files, &mut analysis, &mut context, &mut |analysis, context| {
        lines.take(analysis);
        lines.write(together, context)
    })?;
    analysis.finish();
    lines.take(&mut analysis);
    lines.write(1, &mut context)?;
    let end = End { what, shown: lines.shown, packets: read.iter().map(|capture| capture.packets).sum() };
    context.announce(&end.sentence());
    context.emit(&end)
}

struct Lines {
    what: Listed,
    listing: Listing,
    events: Vec<Event>,
    packets: Vec<PacketRow>,
    reports: Vec<ReportRow>,
    shown: u64,
}

impl Lines {
    fn take(&mut self, analysis: &mut Analysis) {
        analysis.events(&mut self.events);
        for event in &self.events {
            match self.what {
                Listed::Packets => self.packets.extend(self.listing.packet(event, analysis)),
                Listed::Reports => self.reports.extend(self.listing.report(event, analysis)),
            }
        }
    }

    /// Writes what there is, once it is so much.
    fn write(&mut self, least: usize, context: &mut Context) -> anyhow::Result<()> {
        if self.packets.len() >= least {
            self.shown += self.packets.len() as u64;
            context.grow(&Packets { packets: std::mem::take(&mut self.packets) }, false)?;
        }
        if self.reports.len() >= least {
            self.shown += self.reports.len() as u64;
            context.grow(&ReportRows { reports: std::mem::take(&mut self.reports) }, false)?;
        }
        Ok(())
    }
}

/// That there is no more.
#[derive(Serialize, schemars::JsonSchema)]
struct End {
    #[serde(skip)]
    what: Listed,
    shown: u64,
    packets: u64,
}

impl End {
    fn sentence(&self) -> String {
        let what = match self.what {
            Listed::Packets => "packets of calls",
            Listed::Reports => "packets of RTCP",
        };
        format!("{} {what} shown, of {} packets read", self.shown, self.packets)
    }
}

impl Report for End {
    const SCHEMA: &'static str = "analyze/1";

    fn document(&self) -> Document {
        let none =
            Block::Paragraph(Cell::new(format!("Nothing to show in {} packets.", self.packets), Tone::Warn));
        Document { blocks: if self.shown == 0 { vec![none] } else { Vec::new() } }
    }

    fn lines(&self, _: &Value) -> Vec<Value> {
        Vec::new()
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        match self.what {
            Listed::Packets => Packets::default().rows(whole),
            Listed::Reports => ReportRows::default().rows(whole),
        }
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}
