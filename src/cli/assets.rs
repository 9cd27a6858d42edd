//! Completions and man pages, rendered from the clap tree. `tests/assets.rs` keeps the committed ones current.

use std::io;

use clap::{Command, ValueEnum};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::finding::{Rule, registry};
use crate::probe;
use crate::sdp::lint::{self, LintRule};

/// Every generated file: its path under the package's root, and its content.
pub fn render() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for shell in Shell::value_variants() {
        use clap_complete::Generator;
        files.push((format!("completions/{}", shell.file_name("rtcscope")), completions(*shell)));
    }
    files.extend(man_pages()?.into_iter().map(|(name, page)| (format!("man/{name}"), page)));
    files.extend(super::schema::files()?);
    Ok(files)
}

/// The completion script for `shell`.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::command(), "rtcscope", &mut script);
    script
}

/// One page for the program and one for each visible subcommand: file name and content.
pub fn man_pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = super::command();
    // Gives the subcommands their full names and the global flags.
    command.build();
    let mut pages = Vec::new();
    collect(&command, &mut pages)?;
    Ok(pages)
}

fn collect(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let file = format!("{name}.1");
    // `sdp-explain` has the page of `sdp explain`, which comes before it.
    if pages.iter().all(|(other, _)| *other != file) {
        pages.push((file, page(&name, command)?));
    }
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        collect(subcommand, pages)?;
    }
    Ok(())
}

fn page(name: &str, command: &Command) -> io::Result<Vec<u8>> {
    let man =
        Man::new(command.clone()).title(name.to_uppercase()).source("rtcscope").manual("rtcscope manual");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    let aliases: Vec<&str> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        let mut roff = Roff::new();
        roff.control("PP", []);
        roff.text([roman("The same as "), bold(format!("rtcscope {}", aliases.join(", "))), roman(".")]);
        roff.to_writer(&mut page)?;
    }
    man.render_options_section(&mut page)?;
    if command.get_subcommands().any(|subcommand| !subcommand.is_hide_set()) {
        man.render_subcommands_section(&mut page)?;
    }
    match name {
        "rtcscope-explain" => findings(registry::rules()).to_writer(&mut page)?,
        "rtcscope-probe" => findings(probe::codes::RULES.iter().copied()).to_writer(&mut page)?,
        "rtcscope-sdp-lint" => {
            let of_one = |rule: &&LintRule| rule.looks_at_one();
            findings(lint::rules().filter(of_one).map(|lint| &lint.rule)).to_writer(&mut page)?;
        }
        _ => {}
    }
    if let Some(help) = command.get_after_long_help() {
        after_help(&help.to_string()).to_writer(&mut page)?;
    }
    Ok(page)
}

fn findings(rules: impl Iterator<Item = &'static Rule>) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["FINDINGS"]);
    for rule in rules {
        roff.control("TP", []);
        roff.text([bold(rule.code)]);
        roff.text([roman(format!("{} ({}).", rule.summary, rule.name))]);
    }
    roff
}

/// What stands below the options in `--help`: `Title:` lines become sections, the lines below them stay as they are.
fn after_help(help: &str) -> Roff {
    let mut roff = Roff::new();
    for section in help.split("\n\n") {
        let (title, body) = section.split_once('\n').unwrap_or((section, ""));
        roff.control("SH", [title.trim_end_matches(':').to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in body.lines() {
            roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        }
        roff.control("fi", []);
    }
    roff
}
