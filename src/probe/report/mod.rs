//! A probe as a person reads it: the verdict, the candidates, the timings, the findings.

mod nat;
mod pictures;
mod quality;
mod security;
mod tables;
mod verdict;

use serde_json::{Map, Value};

pub(super) use self::tables::thresholds;
use super::candidates;
use super::facts::PeerFacts;
use super::summary::Summary;
use crate::finding::{Exit, Finding};
use crate::metric::{Judgement, Metric};
use crate::report::{Block, Document, Picture, Report, Rows, Table};

impl Report for Summary {
    const SCHEMA: &'static str = "probe/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(verdict::verdict(self))];
        let mut section = |heading: &str, table: Option<Table>| {
            if let Some(table) = table.filter(|table| !table.rows.is_empty()) {
                blocks.push(Block::Heading(heading.to_owned()));
                blocks.push(Block::Table(table));
            }
        };
        section("Candidates", Some(tables::candidates(self)));
        section("SRV records", Some(tables::srv(self)));
        section("Servers", tables::servers(self));
        section("Reached, in ms", tables::reach(self));
        section("TURN requests, in ms", tables::requests(self));
        if self.verbosity > 0 {
            section("Allocate, transaction by transaction, in ms", tables::attempts(self));
        }
        section("What the server can do", tables::capabilities(self));
        section("Relay data paths, times in ms", tables::paths(self));
        section("Throughput of payload", quality::throughput(self));
        section("Largest payload in one piece, in bytes", quality::mtu(self));
        section("How long grants last, in seconds", quality::lifetimes(self));
        section("Limits", Some(tables::thresholds(&self.thresholds)));
        blocks.extend(nat::section(self.nat.as_deref(), self.verbosity > 0));
        let security = security::section(self);
        if !security.is_empty() {
            blocks.push(Block::Heading("Security".to_owned()));
            blocks.extend(security);
        }
        let notes = notes(self);
        if !notes.is_empty() {
            blocks.push(Block::Heading("Notes".to_owned()));
            blocks.extend(notes.into_iter().map(|note| Block::Paragraph(note.into())));
        }
        if !self.findings.is_empty() {
            blocks.push(Block::Findings(self.findings.clone()));
        }
        Document { blocks }
    }

    /// A row an endpoint.
    fn rows(&self, whole: &Value) -> Option<Rows> {
        const COLUMNS: &[&str] = &[
            "target",
            "addr",
            "transport",
            "required",
            "works",
            "skipped",
            "connect_ms",
            "tls.version",
            "tls.handshake_ms",
            "tls.days_left",
            "binding.rtt.median_ms",
            "binding.loss_pct",
            "binding.reflexive",
            "binding.software",
            "allocate.ok",
            "allocate.code",
            "allocate.took_ms",
            "allocate.lifetime_s",
            "relay.address",
            "relay.inbound.loss_pct",
            "relay.inbound.rtt.median_ms",
            "relay.outbound.loss_pct",
            "relay.outbound.rtt.median_ms",
            "relay.loop.loss_pct",
            "relay.loop.rtt.median_ms",
            "findings",
        ];
        let rows = whole.get("targets")?.as_array()?.iter().flat_map(|target| {
            let endpoints = target.get("endpoints").and_then(Value::as_array).into_iter().flatten();
            endpoints.filter_map(|endpoint| {
                let mut row = endpoint.as_object()?.clone();
                row.insert("target".to_owned(), target.get("uri")?.clone());
                Some(Value::Object(row))
            })
        });
        Some(Rows { columns: COLUMNS, objects: rows.collect() })
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures::pictures(self)
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        self.targets.iter().map(|target| target.uri.clone()).collect()
    }

    /// A line an endpoint, and one of all the rest.
    fn lines(&self, whole: &Value) -> Vec<Value> {
        let mut rest = whole.clone();
        let mut lines = Vec::new();
        let targets = rest.get_mut("targets").and_then(Value::as_array_mut).into_iter().flatten();
        for target in targets.filter_map(Value::as_object_mut) {
            let uri = target.get("uri").cloned().unwrap_or_default();
            let Some(Value::Array(endpoints)) = target.shift_remove("endpoints") else { continue };
            for endpoint in endpoints {
                lines.push(record("endpoint", [("target".to_owned(), uri.clone())], endpoint));
            }
        }
        lines.push(record("summary", [], rest));
        lines
    }

    fn metrics(&self) -> Vec<Metric> {
        self.metrics.clone()
    }

    fn thresholds(&self) -> Vec<Judgement> {
        self.thresholds.clone()
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}

/// An object that says what kind of line it is.
fn record<const N: usize>(kind: &str, first: [(String, Value); N], fields: Value) -> Value {
    let mut record = Map::from_iter([("record".to_owned(), kind.into())]);
    record.extend(first);
    if let Value::Object(fields) = fields {
        record.extend(fields);
    }
    Value::Object(record)
}

/// What was left out, and why: silence about it would read as health.
fn notes(summary: &Summary) -> Vec<String> {
    let endpoints = || summary.targets.iter().flat_map(|target| &target.endpoints);
    let same = endpoints().find_map(candidates::redundant);
    let no_nat = same.map(|same| {
        format!(
            "no NAT on the way: the server sees {same}, as this machine does, and a reflexive candidate \
                 would say nothing new"
        )
    });
    let left_out = endpoints().flat_map(|endpoint| {
        let place = format!("{} over {}", endpoint.addr, endpoint.transport.name());
        let given_up = endpoint.given_up.iter().map(|g| format!("{}: {}", g.check.phrase(), g.reason));
        let all = endpoint.skipped.iter().cloned().chain(given_up);
        all.map(|why| format!("{place}: {why}")).collect::<Vec<_>>()
    });
    let moved = endpoints().filter_map(|e| e.relay.peer.as_ref()).find_map(PeerFacts::two_mappings);
    let moved = moved.map(|(server, relay)| {
        format!("the NAT here gives each destination another port (symmetric): a server saw {server}, the relay {relay}")
    });
    let srv = summary.targets.iter().flat_map(|target| target.resolve.srv_notes.iter().cloned());
    let read = summary.turnserver_conf.as_ref().map(|report| {
        format!(
            "{} was read as text: whether the files, names and interfaces in it are there is not known, nor what a \
                 database or the command line of the server adds",
            report.path
        )
    });
    let clocks = endpoints().filter_map(|endpoint| {
        let clock = endpoint.clock.as_ref()?;
        let ip = endpoint.addr.ip();
        Some(match (clock.clock_offset_s, clock.error_s, clock.reason) {
            (Some(offset), Some(error), _) => {
                format!("the clock of {ip} is {offset:+} s from this machine's, give or take {error} s")
            }
            (_, _, reason) => format!("the clock of {ip}: {}", reason.unwrap_or("not found")),
        })
    });
    no_nat.into_iter().chain(read).chain(srv).chain(clocks).chain(moved).chain(left_out).collect()
}
