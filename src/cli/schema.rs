//! `rtcscope schema`: the shapes of the JSON, made from the very types that it is written from.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::{Context, UserError, config, explain, failure, sdp, stun};
use crate::finding::{Exit, Finding};
use crate::report::Report;
use crate::{analyze as captures, call, check, probe, sdp as descriptions, spelling};

/// Print the JSON Schema of a result, by the name in its `schema`
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  rtcscope schema            list all names
  rtcscope schema probe/1    print the schema of what `rtcscope probe --format json` prints")]
pub(super) struct Args {
    /// Its name, with or without the version; all are listed if none is given
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let Some(asked) = args.name else {
        let names: String = SHAPES.iter().map(|shape| format!("{}\n", shape.name)).collect();
        return context.emit_raw(names.as_bytes());
    };
    let stem = |name: &'static str| name.split('/').next().unwrap_or(name);
    let shape = SHAPES.iter().find(|shape| shape.name == asked || stem(shape.name) == asked);
    match shape {
        Some(shape) => context.emit_raw(&shape.file()?),
        None => {
            let near =
                spelling::nearest(&asked, SHAPES.iter().flat_map(|shape| [shape.name, stem(shape.name)]));
            let names = SHAPES.iter().map(|shape| shape.name);
            let near: Vec<&str> =
                names.filter(|name| near.iter().any(|near| near == name || *near == stem(name))).collect();
            let meant = spelling::question(&near);
            Err(UserError::usage(format!("no result has the schema `{asked}`"))
                .hint(meant.unwrap_or_else(|| "`rtcscope schema` lists all of them".to_owned()))
                .into())
        }
    }
}

/// Every schema as a file: its path under the package's root, and its content.
pub(super) fn files() -> serde_json::Result<Vec<(String, Vec<u8>)>> {
    SHAPES
        .iter()
        .map(|shape| Ok((format!("schemas/{}.json", shape.name.replace('/', "-")), shape.file()?)))
        .collect()
}

/// What has one name in `schema`.
struct Shape {
    name: &'static str,
    /// The whole, and the lines of JSON Lines where those differ from it.
    parts: fn(&mut SchemaGenerator) -> Vec<Value>,
}

/// All of them, by name.
const SHAPES: &[Shape] = &[
    of::<captures::summary::Summary>(|all| {
        let interval = record(all, "interval", line::<captures::timeline::Interval>);
        let report = lone("report");
        vec![
            whole::<captures::summary::Summary>(all),
            whole::<captures::listing::PacketRow>(all),
            whole::<captures::live::LiveRow>(all),
            interval,
            report,
        ]
    }),
    of::<captures::diff::Diff>(|all| vec![whole::<captures::diff::Diff>(all)]),
    of::<call::Summary>(|all| vec![whole::<call::Summary>(all)]),
    of::<check::Summary>(|all| {
        let one = record(all, "check", line::<check::Outcome>);
        vec![whole::<check::Summary>(all), one, lone("summary")]
    }),
    of::<check::Listing>(|all| vec![whole::<check::Listing>(all)]),
    of::<config::Shown>(|all| vec![whole::<config::Shown>(all)]),
    of::<probe::pair::Pair>(|all| vec![whole::<probe::pair::Pair>(all)]),
    of::<failure::Failure>(|all| vec![whole::<failure::Failure>(all)]),
    of::<explain::Explanation>(|all| vec![whole::<explain::Explanation>(all)]),
    of::<probe::Summary>(|all| {
        let endpoint = record(all, "endpoint", line::<probe::facts::EndpointFacts>);
        vec![whole::<probe::Summary>(all), endpoint, lone("summary")]
    }),
    of::<descriptions::diff::DiffReport>(|all| {
        let comparison = record(all, "comparison", line::<descriptions::diff::Comparison>);
        let finding = record(all, "finding", line::<Finding>);
        vec![whole::<descriptions::diff::DiffReport>(all), comparison, finding, lone("summary")]
    }),
    of::<descriptions::explain::Explanation>(|all| vec![whole::<descriptions::explain::Explanation>(all)]),
    of::<descriptions::lint::LintReport>(|all| {
        let finding = record(all, "finding", line::<Finding>);
        vec![whole::<descriptions::lint::LintReport>(all), finding, lone("summary")]
    }),
    of::<descriptions::negotiate::Negotiation>(|all| {
        vec![whole::<descriptions::negotiate::Negotiation>(all)]
    }),
    of::<sdp::Rules>(|all| vec![whole::<sdp::Rules>(all)]),
    of::<stun::Decoded>(|all| vec![whole::<stun::Decoded>(all)]),
    of::<probe::pair::MintedToken>(|all| vec![whole::<probe::pair::MintedToken>(all)]),
    of::<probe::watch::WatchSummary>(|all| {
        // The probe at the start has lines of its own.
        let mut summary = probe::watch::WatchSummary::json_schema(all);
        if let Some(Value::Array(required)) = summary.get_mut("required") {
            required.retain(|key| key != "probe");
        }
        vec![summary.to_value(), whole::<probe::watch::Opening>(all), whole::<probe::watch::RoundReport>(all)]
    }),
];

const fn of<R: Report>(parts: fn(&mut SchemaGenerator) -> Vec<Value>) -> Shape {
    Shape { name: R::SCHEMA, parts }
}

fn whole<T: JsonSchema>(all: &mut SchemaGenerator) -> Value {
    line::<T>(all).to_value()
}

fn line<T: JsonSchema>(all: &mut SchemaGenerator) -> Schema {
    all.subschema_for::<T>()
}

/// An object that says what kind of line it is, beside its own keys.
fn record(all: &mut SchemaGenerator, kind: &str, of: fn(&mut SchemaGenerator) -> Schema) -> Value {
    json!({ "allOf": [of(all).to_value(), lone(kind)] })
}

/// A line of which nothing is promised but what kind it is; the others have what it lacks of the whole.
fn lone(kind: &str) -> Value {
    json!({ "type": "object", "properties": { "record": { "const": kind } }, "required": ["record"] })
}

impl Shape {
    fn file(&self) -> serde_json::Result<Vec<u8>> {
        let mut all = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let parts = (self.parts)(&mut all);
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "type": "object",
            "properties": { "schema": { "const": self.name } },
            "required": ["schema"],
        });
        schema["anyOf"] = parts.into();
        schema["$defs"] = Value::Object(all.take_definitions(true));
        let mut file = serde_json::to_vec_pretty(&schema)?;
        file.push(b'\n');
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_sorted_and_each_name_is_there_once() {
        let stems: Vec<_> = SHAPES.iter().map(|shape| shape.name.split('/').next()).collect();
        assert!(stems.is_sorted_by(|a, b| a < b), "{stems:?}");
    }
}
