//! The probe in the client namespace, and everything that the scenarios assert about its answer:
//! if the JSON changes shape, this is the file to change.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::{Lab, Side, process};

/// A run may take the probe's default deadline of 30 s and a little: beyond that it hangs.
const HANG: Duration = Duration::from_secs(35);

/// Flags whose value is a secret.
const SECRET_FLAGS: [&str; 6] = ["-w", "--password", "--secret", "--key", "--access-token", "--mac-key"];

/// One `rtcscope probe --format json` that has ended by itself.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) json: Value,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Lab {
    /// Probes from the client namespace, and checks what holds for every answer.
    pub(crate) fn probe(&self, args: &[&str]) -> Run {
        self.probe_with(&[], args)
    }

    /// As [`probe`](Self::probe), with these environment variables (`NAME=VALUE`).
    pub(crate) fn probe_with(&self, variables: &[&str], args: &[&str]) -> Run {
        let done = self.rtcscope(variables, args, "json");
        let json = serde_json::from_str(&done.stdout)
            .unwrap_or_else(|error| panic!("stdout is not JSON: {error}\n{}", done.said()));
        let code = done.code.unwrap_or_else(|| panic!("ended by a signal\n{}", done.said()));
        let run = Run { code, json, stdout: done.stdout, stderr: done.stderr, took: done.took };
        run.is_well_formed();
        eprintln!("rtcscope probe {} took {:?}", args.join(" "), run.took);
        run
    }

    /// What a command of rtcscope that needs no network prints.
    pub(crate) fn says(&self, args: &[&str]) -> String {
        let done = process::run(self.command(Side::Client, env!("CARGO_BIN_EXE_rtcscope"), args), HANG);
        assert!(done.success(), "{}", done.said());
        done.stdout
    }

    /// What turnutils_oauth prints.
    pub(crate) fn turnutils_oauth(&self, args: &[&str]) -> String {
        let done = process::run(self.command(Side::Client, "turnutils_oauth", args), HANG);
        assert!(done.success(), "turnutils_oauth: {}", done.said());
        done.stdout
    }

    /// Probes from the client namespace for a reader: the exit code and stdout.
    pub(crate) fn probe_text(&self, args: &[&str]) -> (i32, String) {
        let done = self.rtcscope(&[], args, "text");
        (done.code.unwrap_or_else(|| panic!("ended by a signal\n{}", done.said())), done.stdout)
    }

    fn rtcscope(&self, variables: &[&str], args: &[&str], format: &str) -> process::Done {
        let program = env!("CARGO_BIN_EXE_rtcscope");
        let args = [variables, &[program, "probe"], args, &["--format", format]].concat();
        let done = process::run(self.command(Side::Client, "env", &args), HANG);
        assert!(!done.hung, "the probe still ran after {HANG:?}\n{}", done.said());
        for pair in args.windows(2).filter(|pair| SECRET_FLAGS.contains(&pair[0])) {
            assert!(!done.said().contains(pair[1]), "the value of {} is in the output", pair[0]);
        }
        done
    }
}

impl Run {
    /// The end of the run: `verdict`, and the exit code that goes with it.
    pub(crate) fn ends(&self, verdict: &str, code: i32) -> &Run {
        let got = (self.json["verdict"].as_str().unwrap_or("?"), self.code);
        self.check(got == (verdict, code), &format!("ends {got:?}, not {:?}", (verdict, code)));
        self
    }

    /// Healthy: exit 0, no finding of severity error, whatever else there is to say.
    pub(crate) fn is_healthy(&self) -> &Run {
        self.check(self.code == 0, &format!("exit {}, not 0", self.code));
        self.errors(&[])
    }

    /// The codes of severity error are these and no others.
    pub(crate) fn errors(&self, codes: &[&str]) -> &Run {
        self.errors_among(codes, &[])
    }

    /// All of `codes` are there with severity error, and no other error but those of `allowed`:
    /// for consequences that a probe may name besides the cause.
    pub(crate) fn errors_among(&self, codes: &[&str], allowed: &[&str]) -> &Run {
        let got: BTreeSet<&str> = self.codes("error");
        let wanted: BTreeSet<&str> = codes.iter().copied().collect();
        let most: BTreeSet<&str> = wanted.iter().chain(allowed).copied().collect();
        let fits = got.is_superset(&wanted) && got.is_subset(&most);
        self.check(fits, &format!("errors {got:?}, not {wanted:?} (and at most {allowed:?} besides)"));
        self
    }

    /// There is a finding with this code and severity.
    pub(crate) fn has(&self, code: &str, severity: &str) -> &Run {
        let got = self.codes(severity);
        self.check(got.contains(code), &format!("no {severity} {code} among {got:?}"));
        self
    }

    /// There is no finding with this code at all.
    pub(crate) fn has_no(&self, code: &str) -> &Run {
        let found = self.findings().iter().any(|finding| finding["code"] == code);
        self.check(!found, &format!("a finding {code}"));
        self
    }

    /// The only endpoint with this transport.
    pub(crate) fn endpoint(&self, transport: &str) -> &Value {
        let found: Vec<&Value> =
            self.endpoints().into_iter().filter(|endpoint| endpoint["transport"] == transport).collect();
        self.check(found.len() == 1, &format!("{} endpoints over {transport}", found.len()));
        found[0]
    }

    /// Every endpoint of every target.
    pub(crate) fn endpoints(&self) -> Vec<&Value> {
        self.targets().flat_map(|target| array(&target["endpoints"])).collect()
    }

    /// What is at `pointer` (RFC 6901) of the endpoint with this transport is `wanted`.
    pub(crate) fn shows(&self, transport: &str, pointer: &str, wanted: impl Into<Value>) -> &Run {
        let (got, wanted) = (self.endpoint(transport).pointer(pointer), wanted.into());
        self.check(got == Some(&wanted), &format!("{transport}{pointer} is {got:?}, not {wanted}"));
        self
    }

    /// Binding, allocation and every way through the relay work over this transport, and all
    /// that was sent on each way came back, measured.
    pub(crate) fn carries(&self, transport: &str) -> &Run {
        self.shows(transport, "/binding/ok", true).shows(transport, "/allocate/ok", true);
        self.shows(transport, "/permission/ok", true).shows(transport, "/channel/ok", true);
        for way in ["inbound", "outbound", "loop"] {
            self.way_is_clear(transport, way);
        }
        self.shows(transport, "/refresh/ok", true).shows(transport, "/release/ok", true)
    }

    /// Nothing was lost on one way through the relay: `inbound`, `outbound` or `loop`.
    pub(crate) fn way_is_clear(&self, transport: &str, way: &str) -> &Run {
        let path = &self.endpoint(transport)["relay"][way];
        let counts = path["sent"].as_u64().is_some_and(|sent| sent > 0) && path["sent"] == path["received"];
        let clear = path["ok"] == true && counts && path["loss_pct"].as_f64() == Some(0.0);
        self.check(clear, &format!("{transport}: {way} is {path}, not clear"));
        // A round trip needs the way back too; the one-way delay does not.
        let time = path["one_way"]["median_ms"].as_f64();
        let measured = time.is_some_and(|ms| ms > 0.0 && ms < 5_000.0) && path["jitter_ms"].is_number();
        self.check(measured, &format!("{transport}: {way} is not measured: {path}"));
        self
    }

    /// Everything was lost on one way through the relay.
    pub(crate) fn way_is_blocked(&self, transport: &str, way: &str) -> &Run {
        let path = &self.endpoint(transport)["relay"][way];
        let blocked = path["ok"] == false && path["received"].as_u64().unwrap_or(0) == 0;
        self.check(blocked, &format!("{transport}: {way} is {path}, not blocked"));
        self
    }

    /// Whether an endpoint says of any check that it was given up.
    pub(crate) fn gave_up(&self) -> bool {
        self.endpoints().iter().any(|endpoint| !array(&endpoint["given_up"]).is_empty())
    }

    /// The names of the checks that this transport's endpoint gave up.
    pub(crate) fn given_up(&self, transport: &str) -> Vec<&str> {
        let given_up = array(&self.endpoint(transport)["given_up"]);
        given_up.iter().filter_map(|given_up| given_up["check"].as_str()).collect()
    }

    /// The one finding with this code.
    pub(crate) fn finding(&self, code: &str) -> &Value {
        let found: Vec<&Value> = self.findings().iter().filter(|finding| finding["code"] == code).collect();
        self.check(found.len() == 1, &format!("{} findings {code}", found.len()));
        found[0]
    }

    /// The response codes of an endpoint's Allocate requests, in order; `null` is success.
    pub(crate) fn attempts(&self, transport: &str) -> Vec<Option<u64>> {
        let attempts = array(&self.endpoint(transport)["allocate"]["attempts"]);
        attempts.iter().map(|attempt| attempt["code"].as_u64()).collect()
    }

    /// The candidates of one type.
    pub(crate) fn candidates(&self, kind: &str) -> Vec<&Value> {
        array(&self.json["candidates"]).iter().filter(|candidate| candidate["type"] == kind).collect()
    }

    /// The surveyed endpoint lists this capability so.
    pub(crate) fn can(&self, transport: &str, name: &str, state: &str, code: Option<u64>) -> &Run {
        let listed = array(&self.endpoint(transport)["capabilities"]);
        let found = listed.iter().find(|capability| capability["name"] == name);
        let got = found.map(|it| (it["state"].as_str().unwrap_or("?"), it["code"].as_u64()));
        self.check(got == Some((state, code)), &format!("{name} is {got:?}, not {:?}", (state, code)));
        self
    }

    /// Fails with `complaint` and the whole output unless `holds`.
    #[track_caller]
    pub(crate) fn check(&self, holds: bool, complaint: &str) {
        assert!(holds, "{complaint}\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
    }

    /// What must hold whatever was found.
    fn is_well_formed(&self) {
        self.check(self.json["schema"] == "probe/1", "the schema is not probe/1");
        self.check(self.json["exit"] == self.code, "`exit` is not the exit code");
        let exits: &[i32] = match self.json["verdict"].as_str() {
            Some("pass" | "warn") => &[0],
            Some("fail") => &[1],
            Some("inconclusive") => &[3],
            _ => &[],
        };
        self.check(exits.contains(&self.code), "verdict and exit code disagree");
        let deep = self.targets().flat_map(|target| {
            let endpoints = array(&target["endpoints"]).iter().flat_map(|end| array(&end["findings"]));
            array(&target["findings"]).iter().chain(endpoints)
        });
        // Those of a server's configuration are no target's.
        let deep = deep.chain(array(&self.json["turnserver_conf"]["findings"]));
        let (mut deep, mut flat): (Vec<String>, Vec<String>) =
            (deep.map(identity).collect(), self.findings().iter().map(identity).collect());
        deep.sort();
        flat.sort();
        self.check(deep == flat, "`findings` are not those of the targets, endpoints and configuration");
    }

    fn targets(&self) -> impl Iterator<Item = &Value> {
        array(&self.json["targets"]).iter()
    }

    fn findings(&self) -> &[Value] {
        array(&self.json["findings"])
    }

    pub(crate) fn codes(&self, severity: &str) -> BTreeSet<&str> {
        let of_severity = self.findings().iter().filter(|finding| finding["severity"] == severity);
        of_severity.filter_map(|finding| finding["code"].as_str()).collect()
    }
}

fn identity(finding: &Value) -> String {
    format!("{} {} {}", finding["code"], finding["severity"], finding["message"])
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(code: i32, json: Value) -> Run {
        Run { code, json, stdout: String::new(), stderr: String::new(), took: Duration::ZERO }
    }

    fn refused_fails(check: for<'a> fn(&'a Run) -> &'a Run) -> bool {
        std::panic::catch_unwind(|| drop(check(&refused()).stdout.clone())).is_err()
    }

    fn refused() -> Run {
        let finding = json!({"code": "PORT_REFUSED", "severity": "error", "message": "m"});
        let endpoint = json!({"transport": "udp", "findings": [finding], "given_up": [],
            "relay": {"inbound": {"ok": true, "sent": 20, "received": 20, "loss_pct": 0.0, "jitter_ms": 0.0, "one_way": {"median_ms": 0.1}},
                      "outbound": {"ok": false, "sent": 20, "received": 0, "loss_pct": 100.0}}});
        run(
            1,
            json!({"schema": "probe/1", "verdict": "fail", "exit": 1, "findings": [finding],
            "targets": [{"findings": [], "endpoints": [endpoint]}]}),
        )
    }

    #[test]
    fn a_finding_that_was_not_expected_fails_a_scenario() {
        refused().ends("fail", 1).errors(&["PORT_REFUSED"]).has_no("QUOTA").is_well_formed();
        assert!(refused_fails(|run| run.errors(&[])));
        assert!(refused_fails(|run| run.errors(&["PORT_REFUSED", "QUOTA"])));
        assert!(refused_fails(|run| run.has("PORT_REFUSED", "warning")));
        assert!(refused_fails(|run| run.is_healthy()));
    }

    #[test]
    fn a_lossy_way_is_neither_clear_nor_blocked_by_default() {
        refused().way_is_clear("udp", "inbound").way_is_blocked("udp", "outbound");
        assert!(refused_fails(|run| run.way_is_clear("udp", "outbound")));
        assert!(refused_fails(|run| run.way_is_blocked("udp", "inbound")));
        assert!(refused_fails(|run| run.way_is_clear("udp", "loop")), "not looked at");
        assert!(refused_fails(|run| run.way_is_clear("tcp", "inbound")), "no such endpoint");
    }

    #[test]
    fn an_answer_that_contradicts_itself_is_not_well_formed() {
        let contradictions = [
            ("exit", json!(0)),
            ("verdict", json!("pass")),
            ("findings", json!([])),
            ("schema", json!("probe/2")),
        ];
        for (key, value) in contradictions {
            let mut wrong = refused();
            wrong.json[key] = value;
            let judged = std::panic::catch_unwind(|| wrong.is_well_formed());
            assert!(judged.is_err(), "{key}");
        }
    }
}
