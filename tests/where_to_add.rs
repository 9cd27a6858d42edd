//! A rule is added where ARCHITECTURE.md says, and nowhere else: each rule that there is stays in its places, and a new one,
//! put into a copy of the project as the document tells, is linted by, listed and explained.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads and writes what it likes, and fails where it cannot"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rtcscope::sdp::lint;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What ARCHITECTURE.md says on rules about SDP.
fn told() -> String {
    let document = fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap();
    let (_, places) = document.split_once("\n## Where to add\n").expect("the section on where to add");
    let places = places.split("\n## ").next().unwrap();
    let item = places.split("\n- ").find(|item| item.starts_with("**A rule about SDP**"));
    item.expect("the place of a rule about SDP").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All files below, as paths from `root`.
fn files(root: &Path, below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(root, &path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn the_document_names_each_place() {
    let told = told();
    for place in
        ["`src/sdp/lint/`", "`.md`", "`mod`", "`RULES`", "`mod.rs`", "`testdata/sdp/lint/CODE/`", "`bad.sdp`"]
    {
        assert!(told.contains(place), "{place} is not in: {told}");
    }
}

#[test]
fn no_rule_about_sdp_is_known_anywhere_but_in_its_own_file_and_the_list_of_its_group() {
    let root = Path::new(ROOT);
    let sources: Vec<(PathBuf, String)> = files(root, Path::new("src"))
        .into_iter()
        .filter(|path| {
            path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs")
        })
        .map(|path| (path.clone(), fs::read_to_string(root.join(path)).unwrap()))
        .collect();
    let lists = |path: &Path| {
        path.ends_with("mod.rs") && path.parent().and_then(Path::parent) == Some(Path::new("src/sdp/lint"))
    };
    let mut count = 0;
    for rule in lint::rules() {
        count += 1;
        let module = rule.rule.name.replace('-', "_");
        let (code, list) = (format!("\"{}\"", rule.rule.code), format!("&{module}::RULE,"));
        let of = |what: &str| -> BTreeSet<&Path> {
            let with = sources.iter().filter(|(_, text)| text.contains(what));
            with.map(|(path, _)| path.as_path()).collect()
        };
        let own: Vec<&Path> = of(&format!("code: {code}")).into_iter().collect();
        let [own] = own[..] else { panic!("{code} is made in {own:?}") };
        assert_eq!(own.file_stem(), Some(module.as_ref()), "{} is in {}", rule.rule.name, own.display());
        assert!(root.join(own).with_extension("md").exists(), "{} has no .md beside it", own.display());
        let lists: Vec<&Path> = of(&list).into_iter().filter(|path| lists(path)).collect();
        assert_eq!(lists, [own.with_file_name("mod.rs")], "{} is in other lists", rule.rule.name);
    }
    assert!(count > 60, "there are {count} rules only");
}

/// A rule of nobody: descriptions named by a newcomer.
const RULE: &str = r#"//! The name of a session is not a newcomer's.

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP199",
        name: "newcomers-name",
        severity: Severity::Error,
        summary: "the session has the name of a newcomer",
        explain: include_str!("newcomers_name.md"),
        refs: &["RFC 8866 §5.3"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for (_, line) in description.lines().filter(|(_, line)| line.kind == Some('s')) {
        if description.text().word(line.value).value == "newcomer" {
            findings.push(line.span, "a newcomer was here").help("write `s=-`");
        }
    }
}
"#;

const EXPLANATION: &str = "## What it means\nSomebody is new.\n\n## Why it happens\n- It has to.\n\n\
    ## How rtcscope sees it\nBy the name.\n\n## What to change\nThe name.\n";

/// A copy of what the program is built from, removed when dropped.
struct Copy(PathBuf);

impl Copy {
    /// Under the target folder, with the rule added as ARCHITECTURE.md tells.
    fn with_the_rule() -> Self {
        let copy = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join("where_to_add"));
        let root = Path::new(ROOT);
        let single = ["Cargo.toml", "Cargo.lock", "README.md"].map(PathBuf::from);
        let folders = ["src", "benches", "testdata"].map(|folder| files(root, Path::new(folder)));
        for path in single.into_iter().chain(folders.into_iter().flatten()) {
            let to = copy.0.join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root.join(&path), to).unwrap();
        }
        // A file, its .md, its fixtures, and the two lines of the group's list.
        let group = copy.0.join("src/sdp/lint/syntax");
        fs::write(group.join("newcomers_name.rs"), RULE).unwrap();
        fs::write(group.join("newcomers_name.md"), EXPLANATION).unwrap();
        let list = fs::read_to_string(group.join("mod.rs")).unwrap();
        let list = list.replacen("\nmod ", "\nmod newcomers_name;\nmod ", 1);
        fs::write(group.join("mod.rs"), list.replacen("\n];", "\n    &newcomers_name::RULE,\n];", 1))
            .unwrap();
        let fixtures = copy.0.join("testdata/sdp/lint/SDP199");
        fs::create_dir_all(&fixtures).unwrap();
        let good = fs::read_to_string(root.join("testdata/sdp/lint/SDP503/good.sdp")).unwrap();
        assert!(good.contains("\ns=-"), "{good}");
        fs::write(fixtures.join("bad.sdp"), good.replacen("\ns=-", "\ns=newcomer", 1)).unwrap();
        fs::write(fixtures.join("good.sdp"), good).unwrap();
        // A name of its own, so that it takes the place of no other program; a test of nothing, so that it is built with
        // the packages that are there for tests already.
        let manifest = copy.0.join("Cargo.toml");
        let named = "\n[[bin]]\nname = \"rtcscope-newcomer\"\npath = \"src/main.rs\"\n\n[workspace]\n";
        fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + named).unwrap();
        fs::create_dir_all(copy.0.join("tests")).unwrap();
        fs::write(copy.0.join("tests/nothing.rs"), "").unwrap();
        copy
    }

    /// The program, built.
    fn build(&self) -> PathBuf {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let release = (!cfg!(debug_assertions)).then_some("--release");
        let mut cargo = Command::new(env!("CARGO"));
        // What cargo tells a test of its package would make build scripts run anew, here and when the next is built.
        for (name, _) in std::env::vars_os() {
            let told = [
                "CARGO_PKG_",
                "CARGO_MANIFEST_",
                "CARGO_BIN_EXE_",
                "CARGO_CRATE_",
                "CARGO_PRIMARY_",
                "LD_LIBRARY_PATH",
            ];
            if name.to_str().is_some_and(|name| told.iter().any(|told| name.starts_with(told))) {
                cargo.env_remove(name);
            }
        }
        let built = cargo
            .args(["test", "--no-run", "--locked", "--offline", "--test", "nothing", "--manifest-path"])
            .arg(self.0.join("Cargo.toml"))
            .args(release)
            .arg("--target-dir")
            .arg(target)
            .output()
            .expect("cargo starts");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let profile = if release.is_some() { "release" } else { "debug" };
        target.join(profile).join(format!("rtcscope-newcomer{}", std::env::consts::EXE_SUFFIX))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_rule_that_is_put_there_is_linted_by_listed_and_explained() {
    let copy = Copy::with_the_rule();
    let program = copy.build();
    let run = |args: &[&str]| -> (Option<i32>, String) {
        let Output { status, stdout, stderr } = Command::new(&program)
            .args(args)
            .current_dir(&copy.0)
            .env_clear()
            .output()
            .expect("the program starts");
        (status.code(), [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat())
    };
    let bad = run(&["sdp", "lint", "testdata/sdp/lint/SDP199/bad.sdp"]);
    assert!(bad.0 == Some(1) && bad.1.contains("SDP199") && bad.1.contains("a newcomer was here"), "{bad:?}");
    let good = run(&["sdp", "lint", "testdata/sdp/lint/SDP199/good.sdp"]);
    assert!(good.0 == Some(0) && !good.1.contains("newcomer was here"), "{good:?}");
    let left_out = run(&["sdp", "lint", "--ignore", "SDP199", "testdata/sdp/lint/SDP199/bad.sdp"]);
    assert!(left_out.0 == Some(0), "{left_out:?}");
    for code in ["SDP199", "newcomers-name"] {
        let explained = run(&["explain", code]);
        assert!(explained.0 == Some(0) && explained.1.contains("Somebody is new."), "{explained:?}");
    }
    let listed = run(&["explain"]);
    assert!(listed.0 == Some(0) && listed.1.contains("the session has the name of a newcomer"), "{listed:?}");
    let everywhere = run(&["sdp", "lint", "--format", "sarif", "testdata/sdp/lint/SDP199/bad.sdp"]);
    assert!(everywhere.1.contains("\"SDP199\""), "{everywhere:?}");
}
