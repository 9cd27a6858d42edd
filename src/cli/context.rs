//! What the global flags mean to a subcommand: where its one report goes, and how.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::ValueEnum;

use super::redact::Redaction;
use super::{Global, UserError};
use crate::finding::{Exit, FailOn};
use crate::io::check::Terms;
use crate::io::output::{self, NewFile};
use crate::report::{FORMATS, Format, Growth, Part, Progress, Rendered, Report, Screen, nagios};
use crate::spelling;

/// `--report FORMAT=PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatAndPath {
    /// Before the `=`.
    pub format: Format,
    /// After it.
    pub path: PathBuf,
}

impl FormatAndPath {
    /// Reads `FORMAT=PATH`.
    pub fn from_arg(arg: &str) -> Result<Self, String> {
        let all: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let all = all.join(", ");
        let (format, path) = arg.split_once('=').ok_or(format!("write it as FORMAT=PATH; formats: {all}"))?;
        let format = Format::from_str(format, true).map_err(|_| {
            let near = spelling::nearest(format, FORMATS.iter().map(|format| format.name));
            let meant = spelling::question(&near).map(|meant| format!("{meant} ")).unwrap_or_default();
            format!("`{format}` is not a format; {meant}formats: {all}")
        })?;
        match path {
            "" => Err("the path is missing".to_owned()),
            "-" => Err("standard output is for `--format`; `--report` needs a file".to_owned()),
            path => Ok(Self { format, path: path.into() }),
        }
    }
}

/// Everything a subcommand needs besides its own arguments. Its one report uses it up; parts may come before it.
#[derive(Debug)]
pub struct Context {
    format: Format,
    screen: Screen,
    /// Where the result goes in place of standard output.
    output: Option<NewFile>,
    reports: Vec<(Format, NewFile)>,
    /// The paths of both.
    paths: Vec<PathBuf>,
    progress: bool,
    quiet: bool,
    /// Parts of the result are written already.
    grown: bool,
    /// `--redact`.
    redaction: Option<Redaction>,
    /// With `--format nagios`: the state that the result has.
    state: Arc<OnceLock<nagios::State>>,
    /// `--fail-on`.
    pub fail_on: FailOn,
    /// How often `-v` was given.
    pub verbosity: u8,
    /// What it is held to, where it is part of something larger.
    terms: Option<Terms>,
}

impl Context {
    /// For a command that is part of another, whose result is shown in these formats: writes nothing, says nothing, and
    /// ends when the other does.
    pub fn within(formats: &[Format], verbosity: u8, fail_on: FailOn, terms: Option<Terms>) -> Self {
        let page = formats.iter().find(|format| format.takes == Part::Page);
        Self {
            format: page.copied().unwrap_or_default(),
            screen: Screen::FILE,
            output: None,
            reports: Vec::new(),
            paths: Vec::new(),
            progress: false,
            quiet: true,
            grown: false,
            // Whoever has the whole hides what is in its parts.
            redaction: None,
            state: Arc::default(),
            fail_on,
            verbosity,
            terms,
        }
    }

    /// How long there is left; `None` where nobody waits.
    pub fn left(&self) -> Option<Duration> {
        self.terms.as_ref().map(Terms::left)
    }

    /// Whether nobody waits any more.
    pub fn is_over(&self) -> bool {
        self.terms.as_ref().is_some_and(|terms| terms.stop.load(Ordering::Relaxed))
    }

    /// Opens every file that is to be written, so that a wrong path is known before the work is done.
    pub fn open(global: Global) -> anyhow::Result<Self> {
        let output = global.output.filter(|path| path.as_os_str() != "-");
        let mut paths: Vec<PathBuf> = global.reports.iter().map(|report| report.path.clone()).collect();
        paths.extend(output.clone());
        for (index, path) in paths.iter().enumerate() {
            if paths[..index].iter().any(|other| output::is_same_file(other, path)) {
                let message = format!("{} would be written twice", path.display());
                return Err(UserError::usage(message)
                    .hint("give each `--report` and `--output` its own file")
                    .into());
            }
        }
        let screen = match output {
            Some(_) => Screen::FILE,
            None => output::stdout_screen(global.color),
        };
        let output = output.map(|path| NewFile::create(&path)).transpose()?;
        let reports = global.reports.into_iter();
        let reports = reports.map(|report| Ok((report.format, NewFile::create(&report.path)?)));
        Ok(Self {
            format: global.format,
            screen,
            output,
            reports: reports.collect::<anyhow::Result<_>>()?,
            paths,
            quiet: global.quiet,
            progress: !global.quiet && output::stderr_is_terminal(),
            grown: false,
            redaction: global.redact.then(Redaction::default),
            state: Arc::default(),
            fail_on: global.fail_on,
            verbosity: global.verbose,
            terms: None,
        })
    }

    /// Where the state of the result will be told, if the exit code shall be that of Nagios.
    pub(super) fn state(&self) -> Arc<OnceLock<nagios::State>> {
        Arc::clone(&self.state)
    }

    /// Whether `--output` or a `--report` is this file: nothing else may write there.
    pub fn writes_to(&self, path: &Path) -> bool {
        self.paths.iter().any(|own| output::is_same_file(own, path))
    }

    /// The line on standard error that says what is going on; hidden with `-q` and where nobody watches. Finish it
    /// before [`emit`](Self::emit).
    pub fn progress(&self) -> Progress {
        Progress::new(self.progress)
    }

    /// Says on standard error, before it is done, what the user should know of it; not with `-q`.
    pub fn announce(&self, what: &str) {
        if !self.quiet {
            output::write_stderr(&format!("rtcscope: {what}\n"));
        }
    }

    /// Every format that was asked for, that of standard output last.
    pub fn formats(&self) -> Vec<Format> {
        self.reports.iter().map(|(format, _)| *format).chain([self.format]).collect()
    }

    /// Whether a format shows pictures, for which more must be kept.
    pub fn draws(&self) -> bool {
        self.formats().iter().any(|format| format.takes == Part::Page)
    }

    /// Whether nothing may be shown that tells whose it is.
    pub fn redacts(&self) -> bool {
        self.redaction.is_some()
    }

    /// What the formats take of the report, and what of it must be known to be hidden.
    fn rendered<R: Report>(&mut self, report: &R) -> anyhow::Result<Rendered> {
        let mut formats = self.formats();
        if self.redaction.is_some() {
            if R::SCHEMA == BYTES {
                return Err(UserError::usage(
                    "a message is shown byte by byte, and `--redact` would leave them",
                )
                .hint("`rtcscope sdp rewrite --redact` is for descriptions")
                .into());
            }
            formats.extend(FORMATS.iter().filter(|format| format.takes == Part::Json));
        }
        let rendered = Rendered::for_formats(report, &formats)?;
        if let Some(redaction) = &mut self.redaction {
            redaction.learn(&rendered.json);
        }
        Ok(rendered)
    }

    /// That every format takes a result part by part, for one that is too long to wait for.
    pub fn needs_parts(&self) -> Result<(), UserError> {
        let whole = self.formats().into_iter().find(|format| format.growth == Growth::Whole);
        match whole {
            Some(format) => {
                Err(UserError::usage(format!("`{format}` needs the whole, and this comes line by line"))
                    .hint("take `jsonl` or `csv` for programs"))
            }
            None => Ok(()),
        }
    }

    /// That no format consists of what this command never has, for one that takes long to find that out.
    pub fn needs_no(&self, parts: &[Part]) -> Result<(), UserError> {
        let refused = self.formats().into_iter().find(|format| parts.contains(&format.takes));
        refused.map_or(Ok(()), |format| Err(lacking(format)))
    }

    /// Writes a part of a result that goes on growing, at once, wherever the format has parts. `new`: it does not go
    /// on with what the part before it says.
    pub fn grow(&mut self, part: &impl Report, new: bool) -> anyhow::Result<()> {
        let rendered = Rendered { continues: self.grown, ..self.rendered(part)? };
        let new = new && self.grown;
        let has_parts = |format: Format| format.growth != Growth::Whole;
        for (format, file) in self.reports.iter_mut().filter(|(format, _)| has_parts(*format)) {
            file.write(&bytes(*format, &rendered, Screen::FILE, new, self.redaction.as_mut())?)?;
        }
        if has_parts(self.format) {
            let bytes = bytes(self.format, &rendered, self.screen, new, self.redaction.as_mut())?;
            match &mut self.output {
                Some(file) => file.write(&bytes)?,
                None => output::write_stdout(&bytes)?,
            }
        }
        self.grown = true;
        Ok(())
    }

    /// Writes the result to every place that was asked for, in the format asked for there.
    pub fn emit(mut self, report: &impl Report) -> anyhow::Result<Exit> {
        let formats = self.formats();
        let rendered = self.rendered(report)?;
        let rendered = Rendered { fail_on: self.fail_on, continues: self.grown, ..rendered };
        if rendered.findings.is_none()
            && let Some(format) = formats.iter().find(|format| format.takes == Part::Findings)
        {
            return Err(lacking(*format).into());
        }
        if rendered.rows.is_none()
            && !self.grown
            && let Some(format) = formats.iter().find(|format| format.takes == Part::Rows)
        {
            return Err(lacking(*format).into());
        }
        if self.format.is_nagios() {
            let _ = self.state.set(nagios::State::of(&rendered));
        }
        let mut files = Vec::new();
        for (format, mut file) in self.reports {
            file.write(&bytes(format, &rendered, Screen::FILE, self.grown, self.redaction.as_mut())?)?;
            files.push(file);
        }
        // The files first: a reader of standard output who leaves early does not take them along.
        for file in files {
            file.commit()?;
        }
        let bytes = bytes(self.format, &rendered, self.screen, self.grown, self.redaction.as_mut())?;
        write(self.output, &bytes)?;
        Ok(rendered.exit)
    }

    /// Writes what is no report, and has one format only, where the result would go.
    pub fn emit_raw(self, bytes: &[u8]) -> anyhow::Result<Exit> {
        if !self.reports.is_empty() {
            return Err(UserError::usage("this command has no report to write")
                .hint("drop `--report`")
                .into());
        }
        write(self.output, bytes)?;
        Ok(Exit::Healthy)
    }
}

/// The result has nothing of what the format consists of.
fn lacking(format: Format) -> UserError {
    let message = match format.takes {
        Part::Rows => format!("this result is no table, as `{format}` would have it"),
        _ => format!("this command makes no findings, of which `{format}` consists"),
    };
    UserError::usage(message).hint("take `json` for programs")
}

/// Of the one result in which bytes stand as they came.
const BYTES: &str = "stun/1";

/// A result or a part of one; `new`: after something else.
fn bytes(
    format: Format,
    rendered: &Rendered,
    screen: Screen,
    new: bool,
    redaction: Option<&mut Redaction>,
) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if new && format.growth == Growth::Paragraphs {
        bytes.push(b'\n');
    }
    format.render(rendered, screen, &mut bytes)?;
    Ok(match redaction {
        Some(redaction) => redaction.apply(&String::from_utf8_lossy(&bytes)).into_bytes(),
        None => bytes,
    })
}

fn write(output: Option<NewFile>, bytes: &[u8]) -> anyhow::Result<()> {
    match output {
        Some(mut file) => {
            file.write(bytes)?;
            file.commit()?;
        }
        None => output::write_stdout(bytes)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arg: &str, expected: Result<(&str, &str), &str>) {
        let read = FormatAndPath::from_arg(arg);
        let read = read.as_ref().map(|r| (r.format.name, r.path.to_str().unwrap())).map_err(String::as_str);
        assert_eq!(read, expected, "{arg}");
    }

    #[test]
    fn reads_a_format_and_a_path() {
        check("json=out.json", Ok(("json", "out.json")));
        check("TEXT=a=b.txt", Ok(("text", "a=b.txt")));
    }

    #[test]
    fn says_what_is_wrong_with_the_rest() {
        check(
            "out.json",
            Err(
                "write it as FORMAT=PATH; formats: text, json, jsonl, csv, markdown, html, sarif, github, junit, prometheus, nagios",
            ),
        );
        check(
            "xml=out.xml",
            Err(
                "`xml` is not a format; formats: text, json, jsonl, csv, markdown, html, sarif, github, junit, prometheus, nagios",
            ),
        );
        check("json=", Err("the path is missing"));
        check("json=-", Err("standard output is for `--format`; `--report` needs a file"));
    }
}
