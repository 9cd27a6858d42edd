//! What may stand in a plan: the tables, their keys, and what each key takes.
//!
//! A key that is not common to all tables is a flag of the command, with `_` for `-`: what it takes, and what it means,
//! is what the flag does.

use super::Kind;

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A string, or a number that stands for itself.
    Text,
    /// A string, or an array of strings.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A file, named from the plan's folder.
    Path,
    /// One, or an array of them.
    Paths,
    /// A table of limits, by the names of what they limit.
    Limits,
    /// `{ env = "NAME" }` or `{ file = "PATH" }`: never the secret itself.
    Secret,
}

/// A key of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Stands in the command line without a flag.
    pub positional: bool,
}

const fn key(name: &'static str, takes: Takes) -> Key {
    Key { name, takes, positional: false }
}

const fn first(name: &'static str, takes: Takes) -> Key {
    Key { name, takes, positional: true }
}

/// What stands before the first table.
pub static OF_PLAN: &[Key] = &[key("deadline", Takes::Text), key("jobs", Takes::Text)];

/// What every table takes, besides the limits of those that have figures.
pub static COMMON: &[Key] = &[
    key("name", Takes::Text),
    key("expect", Takes::Texts),
    key("severity", Takes::Text),
    key("retries", Takes::Text),
    key("retry_after", Takes::Text),
];

/// Limits of figures.
const FIGURES: [Key; 2] = [key("max", Takes::Limits), key("min", Takes::Limits)];

/// Who we are to a relay.
const LOGIN: [Key; 8] = [
    key("username", Takes::Text),
    key("password", Takes::Secret),
    key("secret", Takes::Secret),
    key("key", Takes::Secret),
    key("access_token", Takes::Secret),
    key("mac_key", Takes::Secret),
    key("ttl", Takes::Text),
    key("separator", Takes::Text),
];

const PROBE: &[Key] = &[
    first("targets", Takes::Texts),
    key("ice_servers", Takes::Path),
    key("turnserver_conf", Takes::Path),
    key("embedded", Takes::Flag),
    key("clock", Takes::Flag),
    key("transport", Takes::Texts),
    key("require", Takes::Texts),
    key("ipv4", Takes::Flag),
    key("ipv6", Takes::Flag),
    key("srv", Takes::Flag),
    key("interface", Takes::Text),
    key("local_addr", Takes::Text),
    key("cafile", Takes::Path),
    key("servername", Takes::Text),
    key("insecure", Takes::Flag),
    key("min_days", Takes::Text),
    key("count", Takes::Text),
    key("rate", Takes::Text),
    key("size", Takes::Text),
    key("preset", Takes::Text),
    key("duration", Takes::Text),
    key("relay_only", Takes::Flag),
    key("relay_family", Takes::Text),
    key("no_capabilities", Takes::Flag),
    key("nat", Takes::Flag),
    key("nat_lifetime", Takes::Text),
    key("security", Takes::Flag),
    key("throughput", Takes::Text),
    key("throughput_max", Takes::Text),
    key("mtu", Takes::Flag),
    key("lifetimes", Takes::Texts),
    key("timeout", Takes::Text),
    key("deadline", Takes::Text),
];

const CALL: &[Key] = &[
    key("relay", Takes::Texts),
    key("relay_family", Takes::Text),
    key("pairs", Takes::Text),
    key("embedded", Takes::Flag),
    key("transport", Takes::Texts),
    key("policy", Takes::Text),
    key("cafile", Takes::Path),
    key("servername", Takes::Text),
    key("insecure", Takes::Flag),
    key("ipv4", Takes::Flag),
    key("ipv6", Takes::Flag),
    key("interface", Takes::Text),
    key("local_addr", Takes::Text),
    key("media", Takes::Texts),
    key("bitrate", Takes::Text),
    key("duration", Takes::Text),
    key("pings", Takes::Text),
    key("unordered", Takes::Flag),
    key("max_retransmits", Takes::Text),
    key("max_packet_lifetime", Takes::Text),
    key("message_size", Takes::Text),
    key("throughput", Takes::Text),
    key("impair", Takes::Text),
    key("impair_up", Takes::Text),
    key("impair_down", Takes::Text),
    key("seed", Takes::Text),
    key("timeout", Takes::Text),
    key("deadline", Takes::Text),
];

const SDP: &[Key] = &[
    first("files", Takes::Paths),
    key("select", Takes::Texts),
    key("ignore", Takes::Texts),
    key("type", Takes::Text),
    key("pc", Takes::Text),
    key("at", Takes::Text),
];

const CAPTURE: &[Key] = &[
    first("files", Takes::Paths),
    key("sdp", Takes::Paths),
    key("keys", Takes::Paths),
    key("clock", Takes::Texts),
    key("side", Takes::Text),
    key("limit", Takes::Limits),
    key("config", Takes::Path),
    key("from", Takes::Text),
    key("to", Takes::Text),
];

impl Kind {
    /// What a table of this kind takes: the common keys first.
    pub fn keys(self) -> impl Iterator<Item = Key> {
        let own = match self {
            Kind::Probe => PROBE,
            Kind::Call => CALL,
            Kind::Sdp => SDP,
            Kind::Capture => CAPTURE,
        };
        let figures = if self == Kind::Sdp { &[][..] } else { &FIGURES };
        let login = if matches!(self, Kind::Probe | Kind::Call) { &LOGIN[..] } else { &[] };
        COMMON.iter().chain(own).chain(login).chain(figures).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_there_twice() {
        for kind in Kind::ALL {
            let mut names: Vec<&str> = kind.keys().map(|key| key.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{kind:?}");
        }
    }

    #[test]
    fn every_flag_that_says_what_a_call_is_can_stand_in_a_plan() {
        // What is for people who watch, what leaves files, how secrets come by other ways; two are the default said aloud.
        let left_out = [
            "access-token-file",
            "clock",
            "help",
            "keys",
            "mac-key-file",
            "ordered",
            "password-file",
            "pcap",
            "pcap-plain",
            "print-sdp",
        ];
        let tree = crate::cli::command();
        let command = tree.find_subcommand("call").unwrap();
        let known: Vec<String> = Kind::Call.keys().map(|key| key.name.replace('_', "-")).collect();
        let flags = command.get_arguments().filter_map(|arg| arg.get_long());
        let missing: Vec<&str> =
            flags.filter(|flag| !known.iter().any(|name| name == flag) && !left_out.contains(flag)).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn every_key_of_a_command_is_one_of_its_flags_or_what_it_is_given() {
        let tree = crate::cli::command();
        for kind in Kind::ALL {
            let mut command = &tree;
            for word in kind.command() {
                command = command.find_subcommand(word).unwrap();
            }
            for key in kind.keys().filter(|key| !COMMON.contains(key) && !key.positional) {
                let flag = key.name.replace('_', "-");
                let is_there = command.get_arguments().any(|arg| arg.get_long() == Some(&flag));
                assert!(is_there, "{kind:?}: --{flag}");
            }
        }
    }
}
