//! What is watched: told once, before the first round.

use std::net::SocketAddr;

use serde::Serialize;

use super::{Watch, text};
use crate::finding::Exit;
use crate::measure::milliseconds;
use crate::probe::plan::Transport;
use crate::report::{Document, Report};

/// What is watched.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Opening {
    record: &'static str,
    at: String,
    interval_ms: f64,
    endpoints: Vec<Watched>,
    #[serde(skip)]
    document: Document,
}

/// One endpoint that is watched.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
struct Watched {
    target: String,
    endpoint: SocketAddr,
    transport: Transport,
    required: bool,
}

impl Opening {
    pub(super) fn new(watch: &Watch, at_unix_ms: i64) -> Self {
        let endpoints = watch.tracks.iter().map(|track| Watched {
            target: watch.targets[track.target].uri.clone(),
            endpoint: track.addr,
            transport: track.transport,
            required: track.required,
        });
        Self {
            record: "opening",
            at: text::time(at_unix_ms),
            interval_ms: milliseconds(watch.interval),
            endpoints: endpoints.collect(),
            document: text::opening(watch, at_unix_ms),
        }
    }
}

impl Report for Opening {
    const SCHEMA: &'static str = "watch/1";

    fn document(&self) -> Document {
        self.document.clone()
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}
