//! Files of defaults, as those find them who run the program.

use std::process::Command;

use serde_json::Value;

use super::{Dir, rtcscope, shown};

/// A home and a project below it, of one test alone.
struct Place {
    dir: Dir,
}

impl Place {
    fn new(name: &str) -> Self {
        let dir = Dir::new(&format!("config-{name}"));
        for folder in ["home/.config/rtcscope", "project/deeper"] {
            std::fs::create_dir_all(dir.path(folder)).expect("a new folder");
        }
        Self { dir }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path(name), text).expect("a new file");
    }

    fn user(&self, text: &str) {
        self.write("home/.config/rtcscope/config.toml", text);
    }

    fn project(&self, text: &str) {
        self.write("project/.rtcscope.toml", text);
    }

    /// The program, run below the project.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = rtcscope(args);
        command.current_dir(self.dir.path("project/deeper")).env("HOME", self.dir.path("home"));
        command.env_remove("APPDATA");
        if cfg!(windows) {
            command.env("APPDATA", self.dir.path("home/.config"));
        }
        command
    }

    /// What it says, with the folder of the test as `DIR`.
    fn run(&self, args: &[&str]) -> String {
        self.tidy(&shown(&self.command(args).output().expect("starts")))
    }

    fn tidy(&self, text: &str) -> String {
        text.replace(&self.dir.0.display().to_string(), "DIR")
    }

    fn json(&self, args: &[&str]) -> Value {
        json(&mut self.command(&[args, &["--format=json"]].concat()))
    }

    /// One setting of `config show`.
    fn setting(&self, command: &[&str], setting: &str) -> Value {
        setting_of(&mut self.command(&[&["config", "show", "--format=json"], command].concat()), setting)
    }
}

fn json(command: &mut Command) -> Value {
    let output = command.output().expect("starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", shown(&output)))
}

fn setting_of(command: &mut Command, setting: &str) -> Value {
    let json = json(command);
    let all = json["settings"].as_array().expect("settings");
    all.iter().find(|one| one["setting"] == setting).unwrap_or_else(|| panic!("{setting}")).clone()
}

const USER: &str = "format = \"json\"\n[probe]\ncount = 4\ntimeout = \"9s\"\nembedded = true\n";

#[test]
fn what_a_run_would_say_again_stands_in_a_file() {
    let place = Place::new("user");
    place.user(USER);
    let probe = json(&mut place.command(&["probe", "--transport=udp"]));
    assert_eq!((&probe["schema"], &probe["verdict"]), (&"probe/1".into(), &"pass".into()));
    let sent = probe.pointer("/targets/0/endpoints/0/relay/outbound/sent").and_then(Value::as_u64);
    assert_eq!(sent, Some(4), "{probe}");
    let without = place.run(&["probe", "--no-defaults"]);
    assert!(without.contains("there is nothing to probe"), "{without}");
}

#[test]
fn a_flag_goes_before_the_environment_that_before_the_project_and_that_before_the_user() {
    let place = Place::new("order");
    let source = |place: &Place, args: &[&str], env: &[(&str, &str)]| {
        let mut command = place.command(&[&["config", "show", "--format=json", "probe"], args].concat());
        let one = setting_of(command.envs(env.iter().copied()), "username");
        (one["source"].as_str().unwrap().to_owned(), one["values"].clone())
    };
    let pair = |source: &str, value: &str| (source.to_owned(), serde_json::json!([value]));
    assert_eq!(source(&place, &[], &[]), ("default".to_owned(), serde_json::json!([])));
    place.user("[probe]\nusername = \"user\"\n");
    assert_eq!(source(&place, &[], &[]), pair("user_file", "user"));
    place.project("[probe]\nusername = \"project\"\n");
    assert_eq!(source(&place, &[], &[]), pair("project_file", "project"));
    let variable = [("RTCSCOPE_USERNAME", "variable")];
    assert_eq!(source(&place, &[], &variable), pair("environment", "variable"));
    assert_eq!(source(&place, &["--username=flag"], &variable), pair("flag", "flag"));
    let named = ("RTCSCOPE_DEFAULTS", "named.toml");
    place.write("project/deeper/named.toml", "[probe]\nusername = \"named\"\n");
    assert_eq!(source(&place, &[], &[named]), pair("named_file", "named"));
}

#[test]
fn the_very_values_reach_the_command() {
    let place = Place::new("reach");
    place.project("[probe.cred]\nsecret = { env = \"S\" }\nttl = \"2h\"\nusername = \"project\"\n");
    let minted = |env: &[(&str, &str)], args: &[&str]| {
        let mut command = place.command(&[&["probe", "cred", "--format=json"], args].concat());
        json(command.env("S", "north").envs(env.iter().copied()))
    };
    let name = |minted: &Value| {
        let name = minted["username"].as_str().expect("a name").to_owned();
        name.split_once(':').expect("minted").1.to_owned()
    };
    let first = minted(&[], &[]);
    assert_eq!(name(&first), "project");
    assert_eq!(first["expires_in_s"].as_i64().map(|left| (left + 60) / 3600), Some(2), "{first}");
    assert_eq!(name(&minted(&[("RTCSCOPE_USERNAME", "variable")], &[])), "variable");
    assert_eq!(name(&minted(&[("RTCSCOPE_USERNAME", "variable")], &["-u", "flag"])), "flag");
}

#[test]
fn config_show_tells_each_value_and_where_it_came_from() {
    let place = Place::new("show");
    place.user(
        "format = \"text\"\n[probe]\ntimeout = \"9s\"\npassword = { file = \"pw\" }\nusername = \"alice\"\n",
    );
    place.project("color = \"never\"\n\n[probe]\nmax = { rtt.p99 = \"80ms\", loss = \"1%\" }\ntimeout = \"2s\"\n[sdp]\nignore = \"line-order\"\n");
    let set = place.run(&["config", "show", "--fail-on", "warning"]);
    // How many there are besides, every new flag changes.
    let (set, besides) = set.rsplit_once("\n\n").expect("a note");
    assert!(besides.contains("settings are as they are built in"), "{besides}");
    insta::assert_snapshot!(set);
    insta::assert_snapshot!(place.run(&["config", "show", "sdp", "lint"]));
    let none = place.run(&["config", "show", "--no-defaults"]);
    assert!(none.contains("No file of defaults is read."), "{none}");
}

#[test]
fn no_secret_is_shown_wherever_it_comes_from() {
    let place = Place::new("secret");
    place.user("[call]\nrelay = \"turn:turn.example.org\"\nsecret = { env = \"S\" }\nusername = \"alice\"\n[probe]\npassword = { file = \"pw\" }\n");
    place.write("home/.config/rtcscope/pw", "hunter2\n");
    for format in ["text", "json", "jsonl", "csv", "markdown", "html"] {
        for args in [
            &["config", "show", "-v", "--format", format][..],
            &["config", "show", "--format", format, "probe", "--password", "hunter2"],
            &["config", "show", "--format", format, "call"],
        ] {
            let output = place.command(args).env("S", "hunter2").env("RTCSCOPE_PASSWORD", "hunter2").output();
            let text = shown(&output.expect("starts"));
            assert!(text.starts_with("exit: 0\n"), "{args:?}: {text}");
            assert!(!text.contains("hunter2"), "{args:?}: {text}");
        }
    }
    let one = place.setting(&["probe"], "password");
    assert_eq!(
        (&one["secret"], &one["source"], &one["line"]),
        (&true.into(), &"user_file".into(), &6.into())
    );
    let shared = place.run(&["config", "show", "--redact", "call"]);
    assert!(!shared.contains("alice") && !shared.contains("DIR"), "{shared}");
}

#[test]
fn a_secret_is_read_from_its_file_beside_the_file_of_defaults_or_from_its_variable() {
    let place = Place::new("where");
    place.project("[probe.cred]\nsecret = { env = \"S\" }\nusername = \"1893456000:alice\"\n");
    let password = |place: &Place, env: &str| {
        let json = json(place.command(&["probe", "cred", "--format=json"]).env("S", env));
        json["credential"].as_str().map(str::to_owned)
    };
    let first = password(&place, "north");
    assert!(first.is_some());
    assert_ne!(password(&place, "south"), first);
    place.project("[probe.cred]\nsecret = { file = \"shared/s\" }\nusername = \"1893456000:alice\"\n");
    std::fs::create_dir(place.dir.path("project/shared")).expect("a new folder");
    place.write("project/shared/s", "north\n");
    assert_eq!(password(&place, ""), first);
    std::fs::remove_file(place.dir.path("project/shared/s")).expect("it was there");
    let said = place.run(&["probe", "cred"]);
    assert!(said.starts_with("exit: 2\n") && said.contains("--> ../.rtcscope.toml:2:1"), "{said}");
    // Who does not need it does not miss it.
    assert!(place.run(&["explain", "QUOTA"]).starts_with("exit: 0\n"));
}

#[test]
fn what_is_wrong_with_a_file_is_shown_in_its_line() {
    let place = Place::new("wrong");
    for text in [
        "[probe]\ntiemout = \"2s\"\n",
        "[probe]\ntimeout = \"2 parsecs\"\n",
        "[probe]\npassword = \"hunter2\"\n",
        "[probe]\ntargets = [\"turn:alice:hunter2@turn.example.org\"]\n",
        "[probe]\ncount = true\n",
        "[probe]\nembedded = \"yes\"\n",
        "[probe]\ncount = 5\npreset = \"audio\"\n",
        "[prob]\ncount = 5\n",
        "[pcap]\nside = \"sender\"\n",
        "[analyze]\nside = \"recever\"\n",
        "username = \"alice\"\n",
        "format = \"jsno\"\n",
        "probe = 1\n",
        "[sdp]\nlines = 3\n",
        "[check]\njobs = 3\n",
        "[probe\n",
        "report = { json = \"../out.json\" }\n",
    ] {
        place.project(text);
        // Whatever is asked.
        for args in [&["explain", "QUOTA"][..], &["config", "show"], &["probe", "--embedded"]] {
            // A conflict is one of the command alone.
            if text.contains("preset") && args[0] != "config" {
                continue;
            }
            let said = place.run(args);
            assert!(said.starts_with("exit: 2\n--- stdout\n--- stderr\n"), "{text}: {said}");
            assert!(said.contains("--> ../.rtcscope.toml:") && said.contains('^'), "{text}: {said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
    let said = |text: &str| {
        place.project(text);
        place.run(&["config", "show"])
    };
    let all = [
        "[probe]\ntiemout = \"2s\"\n",
        "[probe]\npassword = \"hunter2\"\n",
        "format = \"jsno\"\n",
        "username = \"alice\"\n",
        "[pcap]\n",
        "[probe]\ncount = 5\npreset = \"audio\"\n",
        "report = { json = \"../out.json\" }\n",
    ];
    insta::assert_snapshot!(all.map(said).join("\n"));
}

#[test]
fn a_file_that_cannot_be_read_is_no_healthy_one() {
    let place = Place::new("unread");
    std::fs::create_dir(place.dir.path("project/.rtcscope.toml")).expect("a new folder");
    let said = place.run(&["explain", "QUOTA"]);
    assert!(said.starts_with("exit: 3\n") && said.contains("read ../.rtcscope.toml: "), "{said}");
    assert!(place.run(&["explain", "QUOTA", "--no-defaults"]).starts_with("exit: 0\n"));
    let named = place.run(&["explain", "QUOTA", "--defaults", "missing.toml"]);
    assert!(named.starts_with("exit: 3\n") && named.contains("read missing.toml: "), "{named}");
    // Programs are told, too.
    let json = place.json(&["explain", "QUOTA"]);
    assert_eq!(json["schema"], "error/1");
}

#[test]
fn shells_start_whatever_is_wrong_with_a_file() {
    let place = Place::new("shell");
    place.project("[probe\n");
    for args in
        [&["completions", "bash"][..], &["schema"], &["config", "path"], &["--version"], &["probe", "-h"]]
    {
        assert!(place.run(args).starts_with("exit: 0\n"), "{args:?}");
    }
    let path = place.run(&["config", "path"]);
    assert!(path.contains("DIR/home/.config/rtcscope/config.toml") || cfg!(windows), "{path}");
    let named =
        shown(&place.command(&["config", "path"]).env("XDG_CONFIG_HOME", "/x").output().expect("starts"));
    assert!(named.contains("/x/rtcscope/config.toml") || cfg!(windows), "{named}");
}

#[test]
fn what_a_flag_speaks_against_is_left_out() {
    let place = Place::new("against");
    place.project(
        "[probe]\nembedded = true\ncount = 5\nusername = \"alice\"\n[call]\nusername = \"alice\"\npassword = { env = \"P\" }\ntransport = \"udp\"\n[analyze]\nmax = { loss = \"0.001%\" }\n",
    );
    let of =
        |args: &[&str], setting: &str| place.setting(args, setting)["source"].as_str().unwrap().to_owned();
    // clap would refuse them together.
    place.project("[probe]\nembedded = true\ncount = 5\n");
    assert_eq!(of(&["probe"], "embedded"), "project_file");
    assert_eq!(of(&["probe", "turn:turn.example.org"], "embedded"), "default");
    assert_eq!(of(&["probe", "--preset=audio"], "count"), "default");
    // What is to be probed is said in one place.
    place.project("[probe]\ntargets = \"turn:turn.example.org\"\n");
    assert_eq!(of(&["probe", "--ice-servers=servers.json"], "targets"), "default");
    assert_eq!(of(&["probe", "--embedded"], "targets"), "default");
    // So is who we are.
    place.project("[probe]\nusername = \"alice\"\npassword_file = \"pw\"\n");
    assert_eq!(of(&["probe", "--secret=s"], "password_file"), "default");
    assert_eq!(of(&["probe", "--secret=s"], "username"), "project_file");
    let mut with_variable = place.command(&["config", "show", "--format=json", "probe"]);
    let file = setting_of(with_variable.env("RTCSCOPE_SECRET", "s"), "password_file");
    assert_eq!(file["source"], "default");
    // A call without a relay has no use for a login.
    place.project("[call]\nusername = \"alice\"\npassword = { env = \"NOT_SET\" }\ntransport = \"udp\"\n");
    assert_eq!(of(&["call"], "username"), "default");
    assert_eq!(of(&["call", "--relay=turn:turn.example.org"], "password"), "project_file");
    // A file that is named goes before one that is found.
    place.project("[analyze]\nmax = { loss = \"0.001%\" }\n");
    assert_eq!(of(&["analyze"], "max"), "project_file");
    assert_eq!(of(&["analyze", "--config=limits.json"], "max"), "default");
    assert_eq!(of(&["analyze", "--max=loss=2%"], "max"), "flag");
}

#[test]
fn a_project_takes_back_what_the_user_switched_on() {
    let place = Place::new("back");
    place.user("redact = true\n[probe]\ninsecure = true\n");
    place.project("redact = false\n[probe]\ninsecure = false\n");
    for (args, setting) in [(&[][..], "redact"), (&["probe"], "insecure")] {
        let one = place.setting(args, setting);
        assert_eq!((&one["values"], &one["source"]), (&serde_json::json!(["false"]), &"project_file".into()));
    }
}

#[test]
fn a_wrong_value_that_only_the_command_knows_of_is_traced_to_its_file() {
    let place = Place::new("traced");
    place.project("[probe]\nmax = { rtt.p98 = \"5ms\" }\n");
    let said = place.run(&["probe", "--embedded"]);
    assert!(said.starts_with("exit: 2\n"), "{said}");
    assert!(said.contains("hint: ../.rtcscope.toml sets `max`; `--no-defaults` leaves that out"), "{said}");
}

#[test]
fn verbose_runs_name_the_files_that_they_took_something_from() {
    let place = Place::new("verbose");
    place.user("fail_on = \"never\"\n");
    place.project("color = \"never\"\n");
    let said = place.run(&["explain", "QUOTA", "-v"]);
    assert!(said.contains("rtcscope: defaults from ../.rtcscope.toml\n"), "{said}");
    assert!(said.contains("rtcscope: defaults from DIR/home/.config/rtcscope/config.toml\n"), "{said}");
    assert!(place.run(&["explain", "QUOTA"]).ends_with("--- stderr\n"));
}

#[test]
fn no_color_goes_before_a_file_and_a_flag_before_both() {
    let place = Place::new("colour");
    place.user("color = \"always\"\n");
    let coloured = |args: &[&str], env: &[(&str, &str)]| {
        let output = place.command(&[&["explain"], args].concat()).envs(env.iter().copied()).output();
        output.expect("starts").stdout.contains(&0x1b)
    };
    let no_color = [("NO_COLOR", "1")];
    assert!(coloured(&[], &[]));
    assert!(!coloured(&[], &no_color));
    assert!(coloured(&["--color=always"], &no_color));
}

#[test]
fn a_plan_is_not_changed_by_files_of_defaults() {
    let place = Place::new("plan");
    place.write(
        "project/deeper/rtcscope.toml",
        "[[probe]]\nembedded = true\ntransport = \"udp\"\ncount = 3\n",
    );
    let without = place.json(&["check", "--list"]);
    place.project("[probe]\ncount = 9\nusername = \"alice\"\nmax = { loss = \"1%\" }\n");
    assert_eq!(place.json(&["check", "--list"]), without);
    let ran = place.run(&["check"]);
    assert!(ran.starts_with("exit: 0\n"), "{ran}");
}

#[test]
fn the_file_in_the_help_is_one() {
    let place = Place::new("help");
    let help = place.run(&["config", "--help"]);
    let file = help.split("A file:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a file");
    place.project(file);
    let shown = place.run(&["config", "show"]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
    assert_eq!(shown.matches("project file").count(), 9, "{shown}");
}

#[test]
fn paths_start_at_the_file_that_they_stand_in() {
    let place = Place::new("paths");
    place.project("[probe]\nice_servers = \"servers.json\"\ncafile = \"/etc/ca.pem\"\n[analyze]\nkeys = [\"a\", \"-\"]\n");
    assert_eq!(place.setting(&["probe"], "ice_servers")["values"], serde_json::json!(["../servers.json"]));
    assert_eq!(place.setting(&["probe"], "cafile")["values"], serde_json::json!(["/etc/ca.pem"]));
    assert_eq!(place.setting(&["analyze"], "keys")["values"], serde_json::json!(["../a", "-"]));
}

#[test]
fn what_is_said_of_the_result_may_stand_behind_the_command_that_is_shown() {
    let place = Place::new("behind");
    place.write("project/deeper/named.toml", "[probe]\ncount = 7\n");
    let json =
        json(&mut place.command(&["config", "show", "probe", "--format=json", "--defaults=named.toml"]));
    let count = json["settings"].as_array().expect("settings").iter().find(|one| one["setting"] == "count");
    assert_eq!(count.expect("it is there")["source"], "named_file");
    let wrong = place.run(&["config", "show", "probe", "--tiemout=1s"]);
    assert!(wrong.starts_with("exit: 2\n") && wrong.contains("'--timeout'"), "{wrong}");
    let help = place.run(&["config", "show", "probe", "--help"]);
    assert!(help.starts_with("exit: 2\n"), "{help}");
    let none = place.run(&["config", "show", "prbe"]);
    assert!(none.starts_with("exit: 2\n") && none.contains("'probe'"), "{none}");
}
