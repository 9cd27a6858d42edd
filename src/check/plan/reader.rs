//! TOML as a plan. Stops at the first thing that is wrong, and says where it is.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{COMMON, Key, OF_PLAN, Takes};
use super::{Entry, Expectation, Kind, Place, Plan, PlanError, Secret, SecretSource, Setting};
use crate::analyze::limits::Limits;
use crate::finding::Severity;
use crate::ice::uri;
use crate::metric::{KnownMetric, Threshold};
use crate::spelling;

/// More is no plan for one run.
const MOST_ENTRIES: usize = 10_000;
const MOST_RETRIES: u32 = 100;

/// A value, and where it stands.
pub(crate) type Value<'t> = Spanned<DeValue<'t>>;

/// What is read, and where relative paths in it start. The keys of other files than plans are read by it, too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'t> {
    /// What kind of file it is: "a plan".
    pub(crate) what: &'static str,
    pub(crate) text: &'t str,
    /// As the user calls it.
    pub(crate) file: &'t str,
    pub(crate) folder: &'t Path,
}

pub(super) fn read(text: &str, file: &str, folder: &Path) -> Result<Plan, PlanError> {
    let reader = Reader { what: "a plan", text, file, folder };
    reader.plan(reader.table()?.get_ref())
}

impl<'t> Reader<'t> {
    /// All of it.
    pub(crate) fn table(&self) -> Result<Spanned<DeTable<'t>>, PlanError> {
        DeTable::parse(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            self.error(span, format!("this is no TOML: {}", error.message()))
        })
    }
}

impl Reader<'_> {
    pub(crate) fn place(&self, span: &Range<usize>) -> Place {
        Place::of(self.file, self.text, span)
    }

    pub(crate) fn error(&self, span: Range<usize>, message: impl Into<String>) -> PlanError {
        PlanError::new(self.place(&span), message)
    }

    fn plan(&self, table: &DeTable<'_>) -> Result<Plan, PlanError> {
        let mut settings = Vec::new();
        let mut tables: Vec<(Kind, &Value<'_>)> = Vec::new();
        for (name, value) in table {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name.get_ref());
            match (kind, OF_PLAN.iter().find(|key| key.name == name.get_ref())) {
                (Some(kind), _) => match value.get_ref() {
                    DeValue::Array(entries) => tables.extend(entries.iter().map(|entry| (kind, entry))),
                    _ => {
                        let message = format!("`{}` is a list of checks", kind.name());
                        let hint =
                            format!("write [[{}]] with two brackets, once for each check", kind.name());
                        return Err(self.error(name.span(), message).hint(hint));
                    }
                },
                (None, Some(key)) => settings.extend(self.setting(*key, value)?),
                (None, None) => {
                    let known: Vec<&str> = Kind::ALL
                        .iter()
                        .map(|kind| kind.name())
                        .chain(OF_PLAN.iter().map(|key| key.name))
                        .collect();
                    return Err(self.unknown(name.get_ref(), name.span(), "a plan", &known));
                }
            }
        }
        tables.sort_by_key(|(_, value)| value.span().start);
        if tables.len() > MOST_ENTRIES {
            let (_, over) = tables[MOST_ENTRIES];
            return Err(self.error(over.span(), format!("a plan has {MOST_ENTRIES} checks at most")));
        }
        if tables.is_empty() {
            return Err(self.error(0..0, "there is nothing to check in this plan").hint(
                "add a [[probe]], [[call]], [[sdp]] or [[capture]]; `rtcscope check --init` shows how",
            ));
        }
        let mut names: HashMap<String, usize> = HashMap::new();
        let mut entries = Vec::new();
        let mut counts: HashMap<Kind, usize> = HashMap::new();
        for (kind, value) in tables {
            let number = counts.entry(kind).or_default();
            *number += 1;
            let entry = self.entry(kind, *number, value)?;
            let line = entry.place.as_ref().map_or(0, |place| place.line);
            if let Some(before) = names.insert(entry.name.clone(), line) {
                let span = match value.get_ref() {
                    DeValue::Table(table) => table.get("name").map_or(value.span(), Spanned::span),
                    _ => value.span(),
                };
                let message = format!("two checks are called `{}`", entry.name);
                return Err(self.error(span, message).hint(format!("the other begins at line {before}")));
            }
            entries.push(entry);
        }
        Ok(Plan { file: Some(self.file.to_owned()), settings, entries })
    }

    fn entry(&self, kind: Kind, number: usize, value: &Value<'_>) -> Result<Entry, PlanError> {
        let DeValue::Table(table) = value.get_ref() else {
            let hint = format!("write [[{}]] and its keys below", kind.name());
            return Err(self.error(value.span(), "a check is a table").hint(hint));
        };
        let mut entry = Entry {
            name: format!("{}-{number}", kind.name()),
            place: Some(self.place(&value.span())),
            ..Entry::built_in(kind, "", &[])
        };
        let mut keys: Vec<_> = table.iter().collect();
        keys.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in keys {
            let key = kind.keys().find(|key| key.name == name.get_ref());
            let Some(key) = key else {
                let known: Vec<&str> = kind.keys().map(|key| key.name).collect();
                let place = format!("[[{}]]", kind.name());
                return Err(self.unknown(name.get_ref(), name.span(), &place, &known));
            };
            match (key.name, key.takes) {
                _ if COMMON.contains(&key) => self.common(&mut entry, key, value)?,
                (_, Takes::Secret) => {
                    let source = self.secret(key.name, name.span(), value)?;
                    entry.secrets.push(Secret { key, source, place: self.place(&name.span()) });
                }
                (bound, Takes::Limits) => {
                    let limits = self.limits(key.name, value)?;
                    if bound != "limit" {
                        let metrics = metrics(kind);
                        for (limit, span) in &limits {
                            let read = Threshold::from_arg(limit, &metrics).map_err(|error| {
                                self.error(span.clone(), error.to_string()).hint(plan_hint(&error.hint()))
                            })?;
                            entry.limits.push(if bound == "min" { read.at_least() } else { read });
                        }
                    }
                    let place = Some(self.place(&value.span()));
                    let values = limits.into_iter().map(|(limit, _)| limit).collect();
                    entry.settings.push(Setting { key, values, place });
                }
                _ => entry.settings.extend(self.setting(key, value)?),
            }
        }
        let is_empty = kind != Kind::Call && !entry.settings.iter().any(|setting| is_subject(setting.key));
        if is_empty {
            let first = kind.keys().find(|key| key.positional).map_or("targets", |key| key.name);
            let message = format!("this check has nothing to look at: `{first}` is missing");
            return Err(self.error(value.span(), message));
        }
        Ok(entry)
    }

    /// A key that every check has.
    fn common(&self, entry: &mut Entry, key: Key, value: &Value<'_>) -> Result<(), PlanError> {
        let Some(setting) = self.setting(key, value)? else { return Ok(()) };
        let text = setting.values.first().map(String::as_str).unwrap_or_default();
        match key.name {
            "name" if text.trim().is_empty() || text.chars().any(char::is_control) => {
                return Err(self.error(value.span(), "a name is one line, and not empty"));
            }
            "name" => text.clone_into(&mut entry.name),
            "severity" => {
                entry.severity = match text {
                    "error" => Severity::Error,
                    "warning" => Severity::Warning,
                    "info" => Severity::Info,
                    _ => {
                        let message = format!("`{text}` is no severity");
                        return Err(self.error(value.span(), message).hint("write error, warning or info"));
                    }
                };
            }
            "retries" => {
                let number = text.parse().ok().filter(|number| *number <= MOST_RETRIES);
                entry.retries = number.ok_or_else(|| {
                    self.error(value.span(), format!("`retries` is a number from 0 to {MOST_RETRIES}"))
                })?;
            }
            "expect" => {
                for (word, span) in words(value) {
                    let read = Expectation::from_word(word).map_err(|near| {
                        let code = word.trim_start_matches('!');
                        let meant = spelling::question(&near);
                        let hint = meant.unwrap_or_else(|| "`rtcscope explain` lists all codes".to_owned());
                        self.error(span, format!("no finding has the code `{code}`")).hint(hint)
                    })?;
                    entry.expect.push(read);
                }
            }
            _ => entry.retry_after = Some(setting),
        }
        Ok(())
    }

    /// A key and what it is set to; `None` for a flag that is not.
    fn setting(&self, key: Key, value: &Value<'_>) -> Result<Option<Setting>, PlanError> {
        let values = self.values(key.name, key.takes, value)?;
        Ok(values.map(|values| Setting { key, values, place: Some(self.place(&value.span())) }))
    }

    /// What a key is set to, as the command line would have it; `None` for a flag that is not.
    pub(crate) fn values(
        &self,
        key: &str,
        takes: Takes,
        value: &Value<'_>,
    ) -> Result<Option<Vec<String>>, PlanError> {
        let wrong = |wanted: &str| {
            let message = format!("`{key}` takes {wanted}, and this is {}", described(value.get_ref()));
            self.error(value.span(), message)
        };
        let values = match (takes, value.get_ref()) {
            (Takes::Flag, DeValue::Boolean(false)) => return Ok(None),
            (Takes::Flag, DeValue::Boolean(true)) => vec!["true".to_owned()],
            (Takes::Flag, _) => return Err(wrong("true or false")),
            (Takes::Text, value) => vec![scalar(value).ok_or_else(|| wrong("a string"))?],
            (Takes::Path, DeValue::String(path)) => vec![self.path(path)],
            (Takes::Path, _) => return Err(wrong("a path")),
            (takes, DeValue::Array(values)) => {
                let mut all = Vec::new();
                for value in values {
                    let message =
                        format!("`{key}` takes strings, and this is {}", described(value.get_ref()));
                    let one = scalar(value.get_ref()).ok_or_else(|| self.error(value.span(), message))?;
                    all.push(if takes == Takes::Paths { self.path(&one) } else { one });
                }
                if all.is_empty() {
                    return Err(self.error(value.span(), format!("`{key}` is empty")));
                }
                all
            }
            (Takes::Paths, DeValue::String(path)) => vec![self.path(path)],
            (_, value) => vec![scalar(value).ok_or_else(|| wrong("a string, or an array of strings"))?],
        };
        if values.iter().any(String::is_empty) {
            return Err(self.error(value.span(), format!("`{key}` is empty")));
        }
        if ["targets", "relay"].contains(&key) {
            for (uri, span) in words(value) {
                // The text may hold a password: it is not repeated.
                uri::ServerUri::from_target(uri).map_err(|error| {
                    // A plan has keys for what a command line has flags for.
                    let hint = error.hint().to_string().replace(
                        "--username and --password or their environment variables",
                        "`username` and `password = { env = \"NAME\" }`",
                    );
                    self.error(span, error.to_string()).hint(hint)
                })?;
            }
        }
        Ok(Some(values))
    }

    fn path(&self, path: &str) -> String {
        if path.is_empty() { String::new() } else { self.folder.join(path).to_string_lossy().into_owned() }
    }

    /// `{ env = "NAME" }` or `{ file = "PATH" }`.
    pub(crate) fn secret(
        &self,
        key: &str,
        span: Range<usize>,
        value: &Value<'_>,
    ) -> Result<SecretSource, PlanError> {
        let how = format!("write {key} = {{ env = \"NAME\" }} or {key} = {{ file = \"PATH\" }}");
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("{} holds no secret: it says where the secret is", self.what);
            return Err(self.error(span, message).hint(how));
        };
        let mut source = None;
        for (name, value) in table {
            let DeValue::String(text) = value.get_ref() else {
                return Err(self.error(value.span(), "this takes a string").hint(how));
            };
            let found = match name.get_ref().as_ref() {
                "env" => SecretSource::Env(text.to_string()),
                "file" => SecretSource::File(self.folder.join(text.as_ref())),
                other => return Err(self.error(name.span(), format!("unknown key `{other}`")).hint(how)),
            };
            if text.is_empty() || source.replace(found).is_some() {
                return Err(self.error(span, "a secret is in one place").hint(how));
            }
        }
        source.ok_or_else(|| self.error(span, "a secret is in one place").hint(how))
    }

    /// `{ "rtt.p99" = "5ms" }` as `rtt.p99=5ms`; names may be written with or without quotes.
    pub(crate) fn limits(
        &self,
        key: &str,
        value: &Value<'_>,
    ) -> Result<Vec<(String, Range<usize>)>, PlanError> {
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("`{key}` takes a table, and this is {}", described(value.get_ref()));
            let hint = format!("write {key} = {{ rtt.p99 = \"50ms\", loss = \"1%\" }}");
            return Err(self.error(value.span(), message).hint(hint));
        };
        let mut limits = Vec::new();
        // A name with dots is a table in a table.
        let mut open: Vec<(String, Option<usize>, &DeTable<'_>)> = vec![(String::new(), None, table)];
        while let Some((before, start, table)) = open.pop() {
            for (name, value) in table {
                let start = start.unwrap_or(name.span().start);
                let name_here = format!("{before}{}", name.get_ref());
                match value.get_ref() {
                    DeValue::Table(deeper) => open.push((format!("{name_here}."), Some(start), deeper)),
                    value_here => {
                        let message = format!(
                            "a limit is a string such as \"5ms\", and this is {}",
                            described(value_here)
                        );
                        let limit = scalar(value_here).ok_or_else(|| self.error(value.span(), message))?;
                        limits.push((
                            format!("{name_here}={limit}"),
                            start.min(name.span().start)..value.span().end,
                        ));
                    }
                }
            }
        }
        limits.sort_by_key(|(_, span)| span.start);
        Ok(limits)
    }

    pub(crate) fn unknown(&self, name: &str, span: Range<usize>, place: &str, known: &[&str]) -> PlanError {
        let near = spelling::nearest(name, known.iter().copied());
        let error = self.error(span, format!("unknown key `{name}` in {place}"));
        error.hint(spelling::question(&near).unwrap_or_else(|| format!("there are {}", known.join(", "))))
    }
}

/// What a check is about.
fn is_subject(key: Key) -> bool {
    key.positional || ["embedded", "ice_servers", "turnserver_conf"].contains(&key.name)
}

/// The figures of a kind of check.
pub(super) fn metrics(kind: Kind) -> Vec<KnownMetric> {
    match kind {
        Kind::Probe => crate::probe::METRICS.to_vec(),
        Kind::Call => crate::call::METRICS.to_vec(),
        Kind::Capture => Limits::metrics(),
        Kind::Sdp => Vec::new(),
    }
}

/// A hint for the command line, for a plan.
fn plan_hint(hint: &str) -> String {
    let Some((before, flag)) = hint.split_once("`--max ") else { return hint.to_owned() };
    match flag.trim_end_matches('`').split_once('=') {
        Some((metric, value)) => format!("{before}`{metric} = \"{value}\"`"),
        None => hint.to_owned(),
    }
}

/// The strings of a value that is one or an array of them.
fn words<'v>(value: &'v Value<'_>) -> Vec<(&'v str, Range<usize>)> {
    match value.get_ref() {
        DeValue::Array(values) => values.iter().flat_map(words).collect(),
        DeValue::String(text) => vec![(text.as_ref(), value.span())],
        _ => Vec::new(),
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value by its kind.
pub(crate) fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
