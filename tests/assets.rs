//! The committed completions and man pages are those that the clap tree gives now.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]

use std::collections::BTreeSet;
use std::path::Path;

use rtcscope::cli::assets;

#[test]
fn completions_and_man_pages_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let update = std::env::var_os("UPDATE_ASSETS").is_some();
    let assets = assets::render().unwrap();
    let mut stale = Vec::new();
    for (path, want) in &assets {
        if std::fs::read(root.join(path)).ok().as_ref() == Some(want) {
            continue;
        }
        if update {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), want).unwrap();
        } else {
            stale.push(path.clone());
        }
    }

    let wanted: BTreeSet<&str> = assets.iter().map(|(path, _)| path.as_str()).collect();
    for dir in ["completions", "man", "schemas"] {
        for entry in std::fs::read_dir(root.join(dir)).unwrap() {
            let path = format!("{dir}/{}", entry.unwrap().file_name().into_string().unwrap());
            if wanted.contains(path.as_str()) {
                continue;
            }
            if update {
                std::fs::remove_file(root.join(&path)).unwrap();
            } else {
                stale.push(format!("{path} (left over)"));
            }
        }
    }
    assert!(stale.is_empty(), "run `UPDATE_ASSETS=1 cargo test --test assets`: {stale:?}");
}

#[test]
fn there_is_a_page_for_each_subcommand_and_a_script_for_each_shell() {
    let assets = assets::render().unwrap();
    let paths: Vec<&str> = assets.iter().map(|(path, _)| path.as_str()).collect();
    for path in ["completions/rtcscope.bash", "completions/_rtcscope", "completions/rtcscope.fish"] {
        assert!(paths.contains(&path), "{path}");
    }
    for path in ["completions/_rtcscope.ps1", "completions/rtcscope.elv"] {
        assert!(paths.contains(&path), "{path}");
    }
    for subcommand in rtcscope::cli::command().get_subcommands() {
        let path = format!("man/rtcscope-{}.1", subcommand.get_name());
        assert!(paths.contains(&path.as_str()), "{path}");
    }
    assert!(!paths.iter().any(|path| path.contains("help")), "{paths:?}");
}

#[test]
fn the_page_of_explain_lists_every_code() {
    let assets = assets::render().unwrap();
    let (_, page) = assets.iter().find(|(path, _)| path == "man/rtcscope-explain.1").unwrap();
    let page = String::from_utf8(page.clone()).unwrap();
    for rule in rtcscope::finding::registry::rules() {
        assert!(page.contains(rule.code), "{} is not in it", rule.code);
    }
}
