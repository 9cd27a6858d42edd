//! What the documents say can be done: each example of the README, of `docs`, the man pages and the explanations
//! is a command line that the program takes, and those that need no network are run.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use clap::error::ErrorKind;
use rtcscope::finding::{Exit, registry};

/// A command line of a document, and the output shown below it.
#[derive(Debug)]
struct Example {
    /// Where it stands.
    place: String,
    /// What comes before it: `NAME=value`.
    environment: Vec<(String, String)>,
    /// The program first.
    words: Vec<String>,
    /// Lines; `...` stands for any number of them.
    output: Vec<String>,
}

#[test]
fn every_example_is_a_command_line_that_the_program_takes() {
    let examples = examples();
    assert!(examples.len() > 25, "only {} examples were found", examples.len());
    let refused: Vec<String> = examples
        .iter()
        .filter_map(|example| {
            let error = rtcscope::cli::command().try_get_matches_from(&example.words).err()?;
            let shown = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            (!shown).then(|| format!("{}: {:?}: {error}", example.place, example.words))
        })
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn every_example_that_needs_no_network_does_what_is_shown() {
    let mut ran = 0;
    for example in examples().iter().filter(|example| needs_no_network(&example.words)) {
        // Figures of a call are those of a machine and a moment.
        if example.words[1] == "call" && !example.output.is_empty() {
            continue;
        }
        let output = run(example);
        let place = &example.place;
        let (shown, said) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // 1 is a result as well: what is looked at has faults.
        let ran_well = matches!(output.status.code(), Some(0 | 1));
        assert!(ran_well, "{place}: {:?}\n{shown}{said}", example.words);
        let mut lines = shown.lines();
        for line in example.output.iter().filter(|line| line.as_str() != "...") {
            assert!(lines.any(|real| real == line), "{place}: `{line}` is not, or not there, in\n{shown}");
        }
        ran += 1;
    }
    assert!(ran >= 8, "only {ran} examples were run");
}

#[test]
fn every_page_has_an_example_of_its_command_and_one_that_is_run() {
    let mut faults = Vec::new();
    let mut commands = vec![(vec!["rtcscope".to_owned()], rtcscope::cli::command())];
    while let Some((path, command)) = commands.pop() {
        // It has the page of what it stands for.
        let own: Vec<String> = match path.last().map(String::as_str) {
            Some("sdp-explain") => ["rtcscope", "sdp", "explain"].map(str::to_owned).to_vec(),
            _ => path.clone(),
        };
        let found = examples_of(&command);
        let of_it = |example: &&Example| example.words.starts_with(&own);
        if !found.iter().any(|example| of_it(&example)) {
            faults.push(format!("`{}` has none", path.join(" ")));
        } else if !found.iter().filter(of_it).any(|example| needs_no_network(&example.words)) {
            faults.push(format!("`{}` has none that is run", path.join(" ")));
        }
        let subcommands = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        commands.extend(
            subcommands.map(|sub| ([path.clone(), vec![sub.get_name().to_owned()]].concat(), sub.clone())),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_readme_knows_every_exit_code() {
    let readme = read("README.md");
    for exit in [Exit::Healthy, Exit::Failed, Exit::Usage, Exit::CouldNotTell, Exit::Interrupted] {
        assert!(readme.contains(&format!("\n| {} | ", exit.code())), "{exit:?}");
    }
}

#[test]
fn the_manual_explains_every_capability_and_state() {
    let words = ["rtcscope", "probe", "--embedded", "--format", "json"].map(str::to_owned).to_vec();
    let output = run(&Example { place: "capabilities".into(), environment: vec![], words, output: vec![] });
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let listed = json.pointer("/targets/0/endpoints/0/capabilities").and_then(|it| it.as_array());
    let mut words = BTreeSet::from(["yes", "refused", "ignored", "no", "unusable", "unknown"]);
    words.extend(rtcscope::probe::capabilities::Wish::ALL.map(|wish| wish.name()));
    for it in listed.expect("capabilities") {
        words.extend(["name", "state"].map(|key| it[key].as_str().expect("a word")));
    }
    let manual = read("docs/probe.md");
    let section =
        manual.split("**What the server can do**").nth(1).and_then(|rest| rest.split("\n**").next());
    let section = section.expect("a section on capabilities");
    let missing: Vec<_> = words.iter().filter(|word| !section.contains(&format!("`{word}`"))).collect();
    assert!(words.len() >= 14 && missing.is_empty(), "{missing:?} of {words:?}");
}

#[test]
fn the_documents_name_only_flags_that_exist() {
    let mut known = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    let mut commands = vec![rtcscope::cli::command()];
    while let Some(command) = commands.pop() {
        known.extend(command.get_arguments().filter_map(|arg| Some(format!("--{}", arg.get_long()?))));
        commands.extend(command.get_subcommands().cloned());
    }
    for document in documents() {
        // Cargo and our scripts have flags of their own.
        let ours = |line: &&str| !["cargo ", "scripts/"].iter().any(|other| line.contains(other));
        for line in read(&document).lines().filter(ours) {
            for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
                let flag = word.starts_with("--") && word.len() > 2 && !word.starts_with("---");
                assert!(!flag || known.contains(word), "{document}: no flag {word}: {line}");
            }
        }
    }
}

#[test]
fn the_documents_name_only_codes_that_exist() {
    for document in documents() {
        let text = read(&document);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let codes = words.filter(|word| {
            word.contains('_')
                && word.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
        });
        for code in codes.filter(|code| !code.starts_with("RTCSCOPE_") && !OTHER_WORDS.contains(code)) {
            assert!(registry::rule(code).is_some(), "{document} mentions {code}");
        }
    }
}

#[test]
fn the_documents_name_only_files_that_exist() {
    for document in documents() {
        let text = read(&document);
        let code = text.split('`').skip(1).step_by(2);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        // What stands in backticks is told from the root, a link from where it stands.
        let folder = Path::new(&document).parent().expect("a folder");
        let links = links.filter(|link| !link.contains(':'));
        let links: Vec<String> = links.map(|link| folder.join(link).display().to_string()).collect();
        let ours = ["src/", "tests/", "testdata/", "fuzz/", "benches/", "scripts/", "man/", "completions/"];
        let named = code.filter(|name| ours.iter().any(|dir| name.starts_with(dir)));
        for path in named.chain(links.iter().map(String::as_str)) {
            // `{a,b}` and `CODE` stand for others.
            if path.contains(['{', '*', ' '])
                || path.chars().any(|c| c.is_ascii_uppercase()) && path.contains('/')
            {
                continue;
            }
            // `cargo package` leaves some of them out.
            let left_out = !root().join("scripts").exists();
            assert!(left_out || root().join(path).exists(), "{document} names {path}");
        }
    }
}

#[test]
fn the_package_holds_what_it_needs_and_no_more() {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let mut command = Command::new(cargo);
    command.args(["package", "--list", "--allow-dirty", "--offline"]).current_dir(root());
    let output = command.output().expect("cargo starts");
    let list = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files: BTreeSet<&str> = list.lines().collect();
    for file in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "Cargo.lock", "src/main.rs"] {
        assert!(files.contains(file), "{file} is missing");
    }
    for rule in registry::rules().filter(|rule| !rule.code.starts_with("SDP")) {
        let of_capture = rtcscope::analyze::rules::all().any(|other| other.code == rule.code);
        let of_plan = rtcscope::check::rules::all().any(|other| other.code == rule.code);
        let of_call = rtcscope::call::rules::all().any(|other| other.code == rule.code);
        let text = match (rule.code.starts_with("CONF"), of_capture) {
            _ if of_plan => format!("src/check/explain/{}.md", rule.code),
            _ if of_call => format!("src/call/explain/{}.md", rule.code),
            (true, _) => format!("src/turnserver/rules/{}.md", rule.name.replace('-', "_")),
            (_, true) => format!("src/analyze/rules/{}.md", rule.name.replace('-', "_")),
            _ => format!("src/probe/explain/{}.md", rule.code),
        };
        assert!(files.contains(text.as_str()), "{text} is missing");
    }
    let lint = files.iter().filter(|file| file.starts_with("src/sdp/lint/") && file.ends_with(".md")).count();
    assert_eq!(lint, rtcscope::sdp::lint::rules().count(), "explanations of rules about SDP");
    let odd: Vec<_> = files
        .iter()
        .filter(|file| {
            ["fuzz/", "target/", ".ci/"].iter().any(|dir| file.starts_with(dir)) || file.ends_with(".new")
        })
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
    let sizes = files.iter().filter_map(|file| std::fs::metadata(root().join(file)).ok());
    let bytes: u64 = sizes.map(|file| file.len()).sum();
    assert!(bytes < 9_000_000, "{bytes} bytes");
}

#[test]
fn the_map_is_the_tree() {
    let text = read("ARCHITECTURE.md");
    let map = text.split("```text\nsrc/\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a map");
    let mut mapped = BTreeSet::new();
    let mut folders: Vec<&str> = Vec::new();
    for line in map.lines() {
        let name = line.split_whitespace().next().expect("a name");
        folders.truncate((line.len() - line.trim_start().len()) / 2 - 1);
        let path = format!("src/{}{name}", folders.concat());
        assert!(root().join(&path).exists(), "the map has {path}");
        match name.ends_with('/') {
            true => folders.push(name),
            false => drop(mapped.insert(path)),
        }
    }
    let mut dirs = vec!["src".to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(root().join(&dir)).expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            let path = format!("{dir}/{name}");
            match name.as_str() {
                "mod.rs" | "tests.rs" => {}
                // One rule a file: `rtcscope sdp rules` lists them.
                _ if dir.starts_with("src/sdp/lint/") => {}
                name if name.ends_with(".rs") => assert!(mapped.contains(&path), "the map lacks {path}"),
                _ if root().join(&path).is_dir() => dirs.push(path),
                _ => {}
            }
        }
    }
}

/// Of the root and of `docs`, by their paths.
fn documents() -> Vec<String> {
    let mut found = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned).to_vec();
    for entry in std::fs::read_dir(root().join("docs")).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        if name.ends_with(".md") {
            found.push(format!("docs/{name}"));
        }
    }
    found.sort();
    found
}

/// Words in the form of a code that are none.
const OTHER_WORDS: [&str; 5] =
    ["CLICOLOR_FORCE", "NO_COLOR", "TURN_PASSWORD", "UPDATE_ASSETS", "XDG_CONFIG_HOME"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All examples: of the documents, of what stands below the flags in each `--help` (and so in the man
/// pages), and of the explanations.
fn examples() -> Vec<Example> {
    let mut found: Vec<Example> =
        documents().iter().flat_map(|document| fenced(document, &read(document))).collect();
    let mut commands = vec![rtcscope::cli::command()];
    while let Some(command) = commands.pop() {
        found.extend(examples_of(&command));
        commands.extend(command.get_subcommands().cloned());
    }
    for rule in registry::rules() {
        found.extend(fenced(rule.code, rule.explain));
    }
    found
}

/// The examples in the help of a command.
fn examples_of(command: &clap::Command) -> Vec<Example> {
    let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    // What an example does stands behind it after some blanks, or below it further in.
    let lines = help.lines().filter_map(|line| line.strip_prefix("  ")).filter_map(|l| l.split("  ").next());
    lines.filter_map(|line| example(&format!("{} --help", command.get_name()), line)).collect()
}

/// The examples of the fenced blocks of a Markdown text: after `$ ` in a `console` block, whose other lines
/// are output, and every line of any other block.
fn fenced(place: &str, text: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut block: Option<&str> = None;
    // The output shown belongs to an example of ours.
    let mut ours = false;
    for (number, line) in text.lines().enumerate() {
        let place = format!("{place}:{}", number + 1);
        match (block, line.strip_prefix("```")) {
            (None, Some(language)) => (block, ours) = (Some(language), false),
            (Some(_), Some(_)) => block = None,
            (Some("console"), None) => match line.strip_prefix("$ ") {
                Some(command) => {
                    let example = example(&place, command);
                    ours = example.is_some();
                    found.extend(example);
                }
                None if ours => found.last_mut().expect("one is ours").output.push(line.to_owned()),
                None => {}
            },
            (Some(_), None) => found.extend(example(&place, line)),
            (None, None) => {}
        }
    }
    found
}

/// Reads a shell line that runs the program, as itself, through cargo, or at one end of a pipe.
fn example(place: &str, line: &str) -> Option<Example> {
    let line = line.split(" #").next()?.trim();
    let line = match line.split_once("| rtcscope ") {
        Some((_, ours)) => &format!("rtcscope {ours}"),
        None => line,
    };
    let line = line
        .strip_prefix("cargo run --release -- ")
        .map_or(line.to_owned(), |ours| format!("rtcscope {ours}"));
    let mut environment = Vec::new();
    let mut words = Vec::new();
    for word in line.split_whitespace() {
        match word.split_once('=') {
            Some((name, value))
                if words.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_') =>
            {
                environment.push((name.to_owned(), value.to_owned()));
            }
            _ if matches!(word, "|" | ">" | "<" | "&&" | "||") => break,
            _ => words.push(word.trim_matches(['\'', '"']).to_owned()),
        }
    }
    let known = rtcscope::cli::command().get_subcommands().any(|command| {
        let mut names = command.get_visible_aliases().chain([command.get_name()]);
        words.get(1).is_some_and(|word| names.any(|name| name == word))
    });
    // Prose that starts with the program's name is no command line.
    let command = known || words.get(1).is_some_and(|word| word.starts_with("--"));
    (words.first()? == "rtcscope" && command).then(|| Example {
        place: place.to_owned(),
        environment,
        words,
        output: Vec::new(),
    })
}

fn needs_no_network(words: &[String]) -> bool {
    let has = |flag: &str| words.iter().any(|word| word == flag);
    match words[1].as_str() {
        "probe" | "turn-probe" => has("--embedded") || words[2] == "cred",
        "call" => !has("--relay"),
        // It goes on.
        "check" => !has("--serve"),
        _ => true,
    }
}

/// Runs the program in a directory of its own, which is also its home.
fn run(example: &Example) -> Output {
    let dir = Dir::new(&example.place);
    let home = dir.0.display().to_string();
    // What the examples read.
    let offer = root().join("testdata/sdp/offer.sdp");
    std::fs::copy(&offer, dir.0.join("offer.sdp")).expect("a file of the repository");
    for (file, name) in [
        ("answer.sdp", "answer.sdp"),
        ("chrome-offer.sdp", "other-offer.sdp"),
        ("both.json", "signalling.log"),
    ] {
        let file = root().join("testdata/sdp/negotiate").join(file);
        std::fs::copy(file, dir.0.join(name)).expect("a file of the repository");
    }
    let dump = root().join("testdata/sdp/source/internals-2026.json");
    std::fs::copy(dump, dir.0.join("webrtc_internals_dump.txt")).expect("a file of the repository");
    for name in ["before.sdp", "after.sdp"] {
        let file = root().join("testdata/sdp/diff").join(name);
        std::fs::copy(file, dir.0.join(name)).expect("a file of the repository");
    }
    for name in ["call.pcapng", "call.pcap.gz", "alice.pcapng", "bob.pcapng"] {
        let file = root().join("testdata/capture/call.pcap");
        std::fs::copy(file, dir.0.join(name)).expect("a file of the repository");
    }
    let keys = r#"[{"keying_material": "KEYS", "srtp": "SRTP_AEAD_AES_128_GCM"}]"#;
    std::fs::write(dir.0.join("call.keys.json"), keys.replace("KEYS", &"5a".repeat(56))).expect("a new file");
    let hex = "0000  00 01 00 00 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86\n0010  fa 87 df ae\n";
    let oauth_key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
    for (name, text) in
        [("dump.txt", hex), ("secret.txt", "north\n"), ("password.txt", "wonder\n"), ("key.txt", oauth_key)]
    {
        std::fs::write(dir.0.join(name), text).expect("a new file");
    }
    let conf = root().join("testdata/turnserver/secret.conf");
    std::fs::copy(conf, dir.0.join("turnserver.conf")).expect("a file of the repository");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root().join("testdata"), dir.0.join("testdata")).expect("a new link");
    std::fs::create_dir(dir.0.join("deploy")).expect("a new folder");
    std::fs::write(dir.0.join("deploy/turn.toml"), rtcscope::check::plan::SAMPLE).expect("a new file");
    let mut words: Vec<String> = example.words.iter().skip(1).map(|word| word.replace('~', &home)).collect();
    if words[0] == "call" {
        // As short as a call can be: tests/call makes longer ones.
        match words.iter().position(|word| word == "--duration") {
            Some(at) => words[at + 1] = "200ms".to_owned(),
            None => words.extend(["--duration", "200ms"].map(str::to_owned)),
        }
    }
    let mut command = Command::new(cargo_bin!("rtcscope"));
    command.args(words).env_clear().env("HOME", &dir.0).current_dir(&dir.0);
    // What was copied.
    let piped = match (example.words[1].as_str(), example.words.iter().any(|word| word == "-")) {
        ("sdp", true) => Some(offer),
        ("analyze", true) => Some(root().join("testdata/capture/call.pcap")),
        ("stun", true) => Some(dir.0.join("dump.txt")),
        _ => None,
    };
    let piped = piped.map(|path| std::fs::File::open(path).expect("it is there"));
    command.stdin(piped.map_or_else(Stdio::null, Stdio::from));
    command.envs(example.environment.iter().cloned());
    command.envs(std::env::vars_os().filter(|(name, _)| name == "SystemRoot"));
    command.output().expect("the program starts")
}

/// A directory of one example alone, gone afterwards.
struct Dir(PathBuf);

impl Dir {
    fn new(place: &str) -> Self {
        let name: String = place.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let dir = std::env::temp_dir().join(format!("rtcscope-readme-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory");
        Self(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
