//! What `-q`, `-v`, `-vv` and `NO_COLOR` do, in every command that there is.

use std::collections::BTreeSet;
use std::process::{Output, Stdio};

use super::{Dir, rtcscope, shown};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A run of a command that ends by itself.
struct Case {
    /// The words of the command.
    command: &'static str,
    args: &'static [&'static str],
    /// Its output differs from run to run: times, ports, chance.
    varies: bool,
    /// It has words to colour.
    coloured: bool,
}

const fn same(command: &'static str, args: &'static [&'static str]) -> Case {
    Case { command, args, varies: false, coloured: true }
}

const fn plain(command: &'static str, args: &'static [&'static str]) -> Case {
    Case { coloured: false, ..same(command, args) }
}

const fn varies(command: &'static str, args: &'static [&'static str]) -> Case {
    Case { varies: true, ..same(command, args) }
}

/// One for each command at least; paths start at the folder of the package, `DIR` is one to write to.
const CASES: &[Case] = &[
    varies("probe", &["--embedded", "--transport=udp", "--count=2"]),
    // What it says besides, it says on standard error.
    varies("probe", &["--embedded", "--transport=udp", "--count=2", "--mtu"]),
    varies("probe cred", &["--secret=s", "--username=alice"]),
    varies("call", &["--duration=200ms", "--pings=5", "--media=none"]),
    varies("check", &["testdata/check/mixed.toml"]),
    same("check", &["--list", "testdata/check/mixed.toml"]),
    same("stun decode", &["000100002112a442000102030405060708090a0b"]),
    same("sdp explain", &["testdata/sdp/offer.sdp"]),
    same("sdp-explain", &["testdata/sdp/offer.sdp"]),
    same("sdp lint", &["testdata/sdp/broken.sdp"]),
    same("sdp diff", &["testdata/sdp/diff/before.sdp", "testdata/sdp/diff/after.sdp"]),
    same("sdp negotiate", &["testdata/sdp/negotiate/chrome-offer.sdp", "testdata/sdp/negotiate/answer.sdp"]),
    plain("sdp rewrite", &["testdata/sdp/offer.sdp", "--prefer=H264"]),
    // It says what it left as it was.
    plain("sdp rewrite", &["--redact", "testdata/sdp/offer.sdp"]),
    same("sdp rules", &["SDP101"]),
    same("analyze", &["testdata/capture/call.pcap"]),
    // How many there were is told besides.
    same("analyze", &["--packets", "testdata/capture/call.pcap"]),
    same("analyze diff", &["testdata/capture/call.pcap", "testdata/capture/call.pcap"]),
    same("explain", &["QUOTA"]),
    plain("schema", &["probe/1"]),
    plain("completions", &["bash"]),
    plain("man", &["DIR/man"]),
    same("config show", &[]),
    plain("config path", &[]),
];

impl Case {
    fn run(&self, dir: &Dir, flags: &[&str], environment: &[(&str, &str)]) -> Output {
        let args = self.args.iter().map(|arg| arg.replace("DIR", &dir.0.display().to_string()));
        let words = self.command.split(' ').map(str::to_owned).chain(args);
        let mut command = rtcscope(words.chain(flags.iter().map(|flag| (*flag).to_owned())));
        command.current_dir(ROOT).env("HOME", &dir.0).envs(environment.iter().copied());
        command.stdin(Stdio::null()).output().expect("starts")
    }
}

/// The words of every command that does something by itself.
fn commands(command: &clap::Command, words: &str, found: &mut BTreeSet<String>) {
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let words = format!("{words} {}", sub.get_name()).trim().to_owned();
        if !sub.is_subcommand_required_set() {
            found.insert(words.clone());
        }
        commands(sub, &words, found);
    }
}

#[test]
fn every_command_is_among_the_cases() {
    let mut all = BTreeSet::new();
    commands(&rtcscope::cli::command(), "", &mut all);
    let tried: BTreeSet<String> = CASES.iter().map(|case| case.command.to_owned()).collect();
    assert_eq!(tried, all);
}

#[test]
fn quiet_leaves_the_result_and_its_code_and_says_nothing_besides() {
    let dir = Dir::new("manners-quiet");
    for case in CASES {
        let (loud, quiet) = (case.run(&dir, &[], &[]), case.run(&dir, &["-q"], &[]));
        let what = format!("{} {:?}: {}", case.command, case.args, shown(&quiet));
        assert_eq!(quiet.status.code(), loud.status.code(), "{what}");
        assert!(matches!(quiet.status.code(), Some(0 | 1)), "{what}");
        assert!(quiet.stderr.is_empty(), "{what}");
        assert_eq!(quiet.stdout.is_empty(), loud.stdout.is_empty(), "{what}");
        if !case.varies {
            // `config show` tells of `-q` itself.
            assert!(quiet.stdout == loud.stdout || case.command == "config show", "{what}");
        }
    }
}

#[test]
fn verbose_adds_and_changes_no_code() {
    let dir = Dir::new("manners-verbose");
    for case in CASES {
        let usual = case.run(&dir, &[], &[]);
        for flags in [&["-v"][..], &["-vv"], &["-q", "-v"]] {
            let verbose = case.run(&dir, flags, &[]);
            let what = format!("{} {flags:?}: {}", case.command, shown(&verbose));
            assert_eq!(verbose.status.code(), usual.status.code(), "{what}");
            assert!(verbose.stdout.len() >= usual.stdout.len() || case.varies, "{what}");
            assert!(verbose.stderr.is_empty() || !flags.contains(&"-q"), "{what}");
        }
    }
}

#[test]
fn errors_are_told_however_quiet() {
    let dir = Dir::new("manners-errors");
    for (line, code) in [
        ("sdp lint missing.sdp", 3),
        ("sdp explain missing.sdp", 3),
        ("sdp-explain missing.sdp", 3),
        ("sdp diff missing.sdp missing.sdp", 3),
        ("sdp negotiate missing.sdp missing.sdp", 3),
        ("sdp rewrite missing.sdp", 3),
        ("sdp rules NO_SUCH_RULE", 2),
        ("analyze missing.pcap", 3),
        ("analyze diff missing.pcap missing.pcap", 3),
        ("stun decode zz", 3),
        ("check missing.toml", 3),
        ("probe", 2),
        ("probe cred", 2),
        ("call --max banana=1", 2),
        ("explain NO_SUCH_CODE", 2),
        ("schema no-such-schema", 2),
        ("completions banana", 2),
        ("config show banana", 2),
    ] {
        let output = rtcscope(line.split(' ').chain(["-q"])).current_dir(&dir.0).output().expect("starts");
        let said = shown(&output);
        assert_eq!(output.status.code(), Some(code), "{line}: {said}");
        assert!(!output.stderr.is_empty() || !output.stdout.is_empty(), "{line}: {said}");
    }
}

#[test]
fn colours_come_by_force_and_never_against_no_color() {
    let dir = Dir::new("manners-colour");
    let force = ("CLICOLOR_FORCE", "1");
    let has = |bytes: &[u8]| bytes.contains(&0x1b);
    for case in CASES {
        let what = format!("{} {:?}", case.command, case.args);
        let forced = case.run(&dir, &[], &[force]);
        assert_eq!(has(&forced.stdout), case.coloured, "{what}");
        for (flags, environment) in
            [(&[][..], &[force, ("NO_COLOR", "1")][..]), (&["--color=never"], &[force]), (&[], &[])]
        {
            let output = case.run(&dir, flags, environment);
            assert!(!has(&output.stdout), "{what} {flags:?} {environment:?}: {}", shown(&output));
        }
        let asked = case.run(&dir, &["--color=always"], &[("NO_COLOR", "1")]);
        assert_eq!(has(&asked.stdout), case.coloured, "{what}: a flag goes before the environment");
    }
}

#[test]
fn help_and_errors_are_plain_with_no_color() {
    for args in [&["--help"][..], &["probe", "--help"], &["prboe"], &["explain", "banana"], &["--banana"]] {
        let output = |environment: &[(&str, &str)]| {
            rtcscope(args).envs(environment.iter().copied()).output().expect("starts")
        };
        let plain = output(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]);
        assert!(
            !plain.stdout.contains(&0x1b) && !plain.stderr.contains(&0x1b),
            "{args:?}: {}",
            shown(&plain)
        );
    }
}
