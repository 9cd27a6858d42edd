//! Servers of other makes in the server namespace: what holds for coturn alone shows here.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Lab, PASSWORD, SERVER, SERVER_2, Side, USER, path, process, skip};

/// A running server that is not coturn; dropping it ends it.
#[derive(Debug)]
#[must_use = "dropping it ends the server"]
pub(crate) struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        process::end(&mut self.0);
    }
}

const PATIENCE: Duration = Duration::from_secs(20);

impl Lab {
    /// The STUN and TURN server of ejabberd and eturnal (Debian's erlang-p1-stun) over UDP and TCP; `options`
    /// are Erlang terms, each after a comma. `None`, said aloud, where it is not installed.
    pub(crate) fn p1_stun(&self, options: &str) -> Option<Other> {
        if !installed("erl") {
            skip("missing: erlang-p1-stun");
            return None;
        }
        let tuple = SERVER.replace('.', ",");
        let script = format!(
            "{{ok,_}} = application:ensure_all_started(stun), \
             Auth = fun(<<\"{USER}\">>, _) -> <<\"{PASSWORD}\">>; (_, _) -> <<>> end, \
             Options = [{{use_turn,true}}, {{auth_type,user}}, {{auth_realm,<<\"example.test\">>}}, {{auth_fun,Auth}}, \
                 {{turn_ipv4_address,{{{tuple}}}}}, {{turn_min_port,49160}}, {{turn_max_port,49200}}{options}], \
             ok = stun_listener:add_listener({{{tuple}}}, 3478, udp, Options), \
             ok = stun_listener:add_listener({{{tuple}}}, 3478, tcp, Options), \
             io:format(\"listening~n\")."
        );
        let log = self.dir().join(format!("p1_stun-{}", self.serial()));
        let out = File::create(&log).expect("the lab's folder is writable");
        let err = out.try_clone().expect("a file handle can be cloned");
        let mut command = self.command(Side::Server, "erl", &["-noinput", "-eval", &script]);
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().expect("erl starts");
        let mut server = Other(child);
        server.wait(&log, "listening");
        Some(server)
    }

    /// npm's node-turn: UDP alone, with habits of its own.
    pub(crate) fn node_turn(&self) -> Option<Other> {
        let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/node_modules/node-turn");
        if !installed("node") || !module.is_dir() {
            skip("missing: node, or node-turn, which scripts/test installs");
            return None;
        }
        let script = format!(
            "const Turn = require({module:?}); \
             new Turn({{listeningPort: 3478, listeningIps: ['{SERVER}'], relayIps: ['{SERVER}'], \
                 authMech: 'long-term', credentials: {{{USER}: '{PASSWORD}'}}, realm: 'example.test', \
                 minPort: 49160, maxPort: 49200, debugLevel: 'OFF'}}).start(); \
             console.log('listening');"
        );
        let log = self.dir().join(format!("node_turn-{}", self.serial()));
        let out = File::create(&log).expect("the lab's folder is writable");
        let err = out.try_clone().expect("a file handle can be cloned");
        let mut command = self.command(Side::Server, "node", &["-e", &script]);
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().expect("node starts");
        let mut server = Other(child);
        server.wait(&log, "listening");
        Some(server)
    }

    /// Vovida's server (Debian's stun-server): RFC 3489, Binding and nothing else, on two addresses.
    pub(crate) fn vovida(&self) -> Option<Other> {
        if !installed("stund") {
            skip("missing: stun-server");
            return None;
        }
        let mut command = self.command(Side::Server, "stund", &["-h", SERVER, "-a", SERVER_2]);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Other(command.spawn().expect("stund starts"));
        let start = Instant::now();
        // It says nothing: its socket is what tells that it listens.
        while !self.listens_on_udp("3478") {
            assert!(start.elapsed() < PATIENCE, "stund does not listen after {PATIENCE:?}");
            thread::sleep(Duration::from_millis(5));
        }
        Some(server)
    }

    /// A UDP echo service on an address of the server side's own network, which the client has no way to.
    pub(crate) fn echo(&self, address: &str, port: &str) -> Other {
        self.address(Side::Server, &format!("{address}/32"));
        let mut command = self.command(Side::Server, "turnutils_peer", &["-L", address, "-p", port]);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Other(command.spawn().expect("turnutils_peer starts"));
        let start = Instant::now();
        while !self.listens_on_udp(port) {
            assert!(start.elapsed() < PATIENCE, "turnutils_peer does not listen after {PATIENCE:?}");
            thread::sleep(Duration::from_millis(5));
        }
        server
    }

    fn listens_on_udp(&self, port: &str) -> bool {
        let hex = format!(":{:04X} ", port.parse::<u16>().expect("a port"));
        let table = process::run(self.command(Side::Server, "cat", &["/proc/net/udp"]), PATIENCE);
        table.stdout.contains(&hex)
    }
}

impl Other {
    fn wait(&mut self, log: &Path, word: &str) {
        let start = Instant::now();
        while !fs::read_to_string(log).unwrap_or_default().contains(word) {
            let said = || fs::read_to_string(log).unwrap_or_default();
            let ended = self.0.try_wait().expect("a child can be waited for");
            assert!(ended.is_none(), "the server ended with {ended:?}: {}", said());
            assert!(start.elapsed() < PATIENCE, "the server is not ready after {PATIENCE:?}: {}", said());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn installed(program: &str) -> bool {
    path().split(':').any(|dir| Path::new(dir).join(program).is_file())
}
