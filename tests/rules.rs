//! Every rule of every domain keeps what `explain`, the man page and other people's scripts rely on.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use rtcscope::finding::{Rule, Severity, registry};

const HEADINGS: [&str; 4] = ["What it means", "Why it happens", "How rtcscope sees it", "What to change"];

/// What is wrong with the rules, one line each, by `fault`; nothing if all is well.
fn check(fault: impl Fn(&Rule) -> Option<String>) {
    let faults: Vec<String> =
        registry::rules().filter_map(|rule| Some(format!("{}: {}", rule.code, fault(rule)?))).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn codes_are_sorted_and_unique() {
    let probe: Vec<&str> = probe_rules().map(|rule| rule.code).collect();
    let conf: Vec<&str> = rtcscope::turnserver::rules::all().map(|rule| rule.code).collect();
    let analyze: Vec<&str> = rtcscope::analyze::rules::all().map(|rule| rule.code).collect();
    let check: Vec<&str> = rtcscope::check::rules::all().map(|rule| rule.code).collect();
    for codes in [probe, conf, analyze, check] {
        let sorted: Vec<&str> = BTreeSet::from_iter(codes.iter().copied()).into_iter().collect();
        assert_eq!(codes, sorted);
    }
}

/// Those of `sdp` are looked at in `tests/sdp_lint`.
fn probe_rules() -> impl Iterator<Item = &'static Rule> {
    rtcscope::probe::codes::RULES.iter().copied()
}

#[test]
fn no_two_domains_share_a_code_or_a_name() {
    let mut codes = HashMap::new();
    let mut names = HashMap::new();
    for rule in registry::rules() {
        assert_eq!(codes.insert(rule.code, rule.name), None, "the code {} is used twice", rule.code);
        assert_eq!(names.insert(rule.name, rule.code), None, "the name {} is used twice", rule.name);
    }
    assert!(codes.len() > 30, "the registry lost its rules");
}

#[test]
fn codes_are_upper_case_words_and_names_kebab_case() {
    let words = |text: &str, joint: char, word: fn(char) -> bool| {
        text.split(joint).all(|part| !part.is_empty() && part.chars().all(word))
    };
    check(|rule| {
        let code = words(rule.code, '_', |c| c.is_ascii_uppercase() || c.is_ascii_digit());
        (!code).then(|| "not UPPER_CASE".to_owned())
    });
    check(|rule| {
        let name = words(rule.name, '-', |c| c.is_ascii_lowercase() || c.is_ascii_digit());
        (!name).then(|| format!("`{}` is not kebab-case", rule.name))
    });
}

#[test]
fn summaries_are_one_clause_that_follows_a_colon() {
    check(|rule| {
        let first_is_lower = rule.summary.starts_with(|c: char| c.is_ascii_lowercase());
        (!first_is_lower || rule.summary.ends_with('.') || rule.summary.len() > 90)
            .then(|| format!("`{}`", rule.summary))
    });
}

#[test]
fn every_rule_names_its_source_and_the_version_that_had_it_first() {
    check(|rule| rule.refs.is_empty().then(|| "no reference".to_owned()));
    check(|rule| {
        let known = |r: &&&str| {
            ["RFC ", "draft-", "coturn ", "AV1 RTP ", "ITU-T ", "ITU-R ", "rtcscope.toml"]
                .iter()
                .any(|source| r.starts_with(source))
        };
        let odd: Vec<_> = rule.refs.iter().filter(|r| !known(r)).collect();
        (!odd.is_empty()).then(|| format!("{odd:?}"))
    });
    check(|rule| {
        let numbers = rule.since.split('.').filter(|part| part.parse::<u32>().is_ok()).count();
        (numbers != 3 || rule.since.split('.').count() != 3).then(|| format!("since `{}`", rule.since))
    });
}

#[test]
fn every_explanation_has_the_four_sections_in_order_and_none_is_empty() {
    check(|rule| {
        let mut sections = rule.explain.split("## ");
        if sections.next() != Some("") {
            return Some("does not start with a heading".to_owned());
        }
        let sections: Vec<(&str, &str)> = sections.filter_map(|section| section.split_once('\n')).collect();
        let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
        if headings != HEADINGS {
            return Some(format!("has the sections {headings:?}"));
        }
        let empty = sections.iter().find(|(_, body)| body.trim().len() < 20);
        empty.map(|(heading, _)| format!("`{heading}` says nothing"))
    });
}

#[test]
fn explanations_fit_a_page_and_close_their_code_blocks() {
    check(|rule| {
        let lines = rule.explain.lines().count();
        (!(15..=40).contains(&lines)).then(|| format!("{lines} lines"))
    });
    check(|rule| {
        let wide = rule.explain.lines().find(|line| line.chars().count() > 120);
        wide.map(|line| format!("a line of {} characters", line.chars().count()))
    });
    check(|rule| {
        let fences = rule.explain.lines().filter(|line| line.starts_with("```")).count();
        (fences % 2 != 0).then(|| "an open code block".to_owned())
    });
    check(|rule| (!rule.explain.ends_with('\n')).then(|| "no newline at the end".to_owned()));
}

#[test]
fn explanations_name_only_codes_that_exist() {
    check(|rule| {
        let unknown = rule
            .explain
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|word| word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
            // Environment variables and stand-ins in the examples.
            .filter(|word| !word.starts_with("RTCSCOPE_") && !OTHER_WORDS.contains(word))
            .find(|word| registry::rule(word).is_none());
        unknown.map(|word| format!("mentions {word}"))
    });
}

const OTHER_WORDS: [&str; 4] =
    ["TURNSERVER_ENABLED", "ADDRESS_OF_THE_PROBE", "LONG_RANDOM_STRING", "RELAY_ADDR_"];

#[test]
fn no_explanation_is_left_without_a_rule() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/probe/explain");
    for entry in std::fs::read_dir(dir).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let code = name.strip_suffix(".md").unwrap_or_else(|| panic!("{name} is no .md file"));
        assert!(registry::rule(code).is_some(), "{name} belongs to no rule");
    }
}

#[test]
fn each_rule_of_a_configuration_and_of_a_capture_has_two_files_of_its_name() {
    check_files("src/turnserver/rules", rtcscope::turnserver::rules::all());
    check_files("src/analyze/rules", rtcscope::analyze::rules::all());
}

fn check_files(folder: &str, all: impl Iterator<Item = &'static Rule>) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut rules = 0;
    for rule in all {
        let file = rule.name.replace('-', "_");
        for extension in ["rs", "md"] {
            assert!(dir.join(format!("{file}.{extension}")).exists(), "{file}.{extension}");
        }
        rules += 1;
    }
    let texts = std::fs::read_dir(dir).expect("the folder").filter(|entry| {
        entry.as_ref().expect("an entry").path().extension().is_some_and(|extension| extension == "md")
    });
    assert_eq!(texts.count(), rules);
}

#[test]
fn severities_are_those_that_were_promised() {
    let of = |severity| {
        let mut codes: Vec<&str> =
            probe_rules().filter(|rule| rule.severity == severity).map(|rule| rule.code).collect();
        codes.sort_unstable();
        codes
    };
    assert_eq!(of(Severity::Info), ["REDIRECT", "STALE_NONCE_OK", "UNMATCHED_TRANSACTION_ID"]);
    let warnings = [
        "BANDWIDTH_CAPPED",
        "CLOCK_SKEW",
        "DNS_PARTIAL",
        "LIFETIME_ODD",
        "MTU_SMALL",
        "OTHER_ADDR_INVALID",
        "RELAY_ADDR_MISMATCH",
        "RELAY_LOSSY",
        "RELAY_TO_RELAY_BLOCKED",
        "REST_EXPIRING",
        "TLS_EXPIRING",
        "TURN_ONLY",
    ];
    assert_eq!(of(Severity::Warning), warnings);
}

/// The body of a test, without what it says is not there.
fn body_of_test(file: &str, name: &str) -> Option<String> {
    let (before, rest) = file.split_once(&format!("fn {name}() {{"))?;
    let attributes = before.rsplit("\n\n").next()?;
    let body = rest.split_once("\n}\n")?.0;
    attributes.contains("#[test]").then(|| body.replace("has_no(\"", "has_no("))
}

#[test]
fn every_code_of_the_probe_is_played_by_a_test_that_the_table_names() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let document = std::fs::read_to_string(tests.join("loopback/README.md")).unwrap();
    let table = document.split_once("## Every code, and who plays it").expect("its heading").1;
    let table = table.split("\n## ").next().unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();

    let listed: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let codes: Vec<&str> = rtcscope::probe::codes::RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(listed, codes, "a row for each code, in order");

    let mut faults = Vec::new();
    for row in &rows {
        let (code, cells) = (row[0], &row[2..]);
        let named = cells.iter().filter(|cell| **cell != "–").count();
        if cells.len() != 3 || named == 0 {
            faults.push(format!("{code}: no test"));
        }
        if row[1].starts_with("none: ") != (cells[0] == "–") {
            faults.push(format!("{code}: a real server, and no test with one, or the other way round"));
        }
        for (cell, folder) in cells.iter().zip(["coturn/scenarios", "loopback/scenarios", "loopback/hostile"])
        {
            if *cell == "–" {
                continue;
            }
            let Some((file, name)) = cell.trim_matches('`').split_once("::") else {
                faults.push(format!("{code}: {cell} is no test"));
                continue;
            };
            let text = std::fs::read_to_string(tests.join(folder).join(format!("{file}.rs")));
            match text.ok().and_then(|text| body_of_test(&text, name)) {
                None => faults.push(format!("{code}: there is no {folder}/{file}.rs with a test {name}")),
                Some(body) if !body.contains(&format!("\"{code}\"")) => {
                    faults.push(format!("{code}: {name} does not expect it"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_code_is_found_in_any_case() {
    assert_eq!(registry::rule("rest_expired").map(|rule| rule.code), Some("REST_EXPIRED"));
    assert!(registry::rule("REST").is_none());
}
