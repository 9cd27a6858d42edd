//! `--live`: a line an interval while packets come in, and the summary when they end, or the user ends it.

use std::path::PathBuf;

use super::view::View;
use crate::analyze::live::{End, Idle, Live, LiveRow};
use crate::analyze::summary::{CaptureFacts, Judge, Summary};
use crate::analyze::{Analysis, Settings};
use crate::capture::{Decoder, Ending, Section};
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::io::arriving::Watch;
use crate::io::capture::CaptureFile;

pub(super) fn run(
    captures: &[PathBuf],
    settings: Settings,
    view: &View,
    judge: Judge,
    mut context: Context,
) -> anyhow::Result<Exit> {
    let [path] = captures else {
        return Err(UserError::usage("`--live` reads one capture while it is taken")
            .hint("write `tcpdump -i eth0 -U -w - udp | rtcscope analyze --live -`")
            .into());
    };
    let (file, watch) = CaptureFile::open_live(path, view.interval())?;
    let (mut file, window) = match file {
        Err(_) if watch.is_interrupted() => return Ok(Exit::Interrupted),
        file => (file?, settings.window),
    };
    let mut live = Live::new(view.interval_ns(), view.filter(), judge);
    let mut analysis = Analysis::new(settings);
    let mut decoder = Decoder::new(0);
    let ending = follow(&mut file, &watch, &mut live, &mut analysis, &mut decoder, view, &mut context)?;
    analysis.finish();
    if let Some(row) = live.finish(&analysis) {
        context.grow(&row, false)?;
    }
    // Where the user ended it, the last packet may be a half one, and the file is none the worse.
    let ending = if watch.is_interrupted() { Ending::Whole } else { ending };
    let facts = CaptureFacts::of(file.name(), file.reader(), &decoder, &ending);
    let summary =
        Summary::judged(vec![facts], &analysis, live.judge().clone()).narrowed(&view.filter(), window);
    context.emit(&End(if watch.is_interrupted() { summary.interrupted() } else { summary }))
}

fn follow(
    file: &mut CaptureFile,
    watch: &Watch,
    live: &mut Live,
    analysis: &mut Analysis,
    decoder: &mut Decoder,
    view: &View,
    context: &mut Context,
) -> anyhow::Result<Ending> {
    let mut silent = 0.0;
    loop {
        let mut over: Option<LiveRow> = None;
        let ended = file.next(&mut |section| match section {
            Section::Record(record) => {
                over = live.next(record.at, analysis);
                analysis.time(record.at);
                if let Some(datagram) = decoder.datagram(&record) {
                    analysis.datagram(&datagram);
                }
            }
            Section::Skipped(reason) => decoder.skip(reason),
            Section::KeyLog(log) => analysis.keys(&String::from_utf8_lossy(log)),
        });
        if let Some(mut row) = over {
            if live.judges() {
                row.findings = findings(file, live, analysis, decoder);
            }
            context.grow(&row, false)?;
        }
        match ended {
            None => silent = 0.0,
            Some(_) if watch.was_idle() => {
                silent += view.interval().as_secs_f64();
                context.grow(&Idle { record: "idle", idle_s: silent }, false)?;
            }
            Some(ending) => return Ok(ending),
        }
    }
}

/// What is found so far, and was not told.
fn findings(
    file: &CaptureFile,
    live: &mut Live,
    analysis: &Analysis,
    decoder: &Decoder,
) -> Vec<crate::finding::Finding> {
    let facts = CaptureFacts::of(file.name(), file.reader(), decoder, &Ending::Whole);
    live.fresh(&Summary::judged(vec![facts], analysis, live.judge().clone()))
}
