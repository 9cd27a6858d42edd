//! What a hint must add because coturn's versions differ. SOFTWARE chooses; where it is hidden, which coturn
//! does by itself from 4.7 on, the hint names the versions.

use std::fmt;

use crate::finding::{Finding, Rule};
use crate::probe::codes::{CAPACITY, FAMILY_UNSUPPORTED, FORBIDDEN_PEER, OTHER_ADDR_INVALID};
use crate::report::one_line;

/// A version of coturn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u16, u16, u16);

/// Something that coturn does differently from a version on.
struct Change {
    /// The finding whose hint it matters to.
    rule: &'static Rule,
    /// Whether it matters to this one.
    applies: fn(&Finding) -> bool,
    since: Version,
    /// What to say to those who run an older one; nothing, if empty.
    before: &'static str,
    /// What to say to those who run this one or a newer.
    from: &'static str,
}

/// From coturn's change log and sources.
static CHANGES: &[Change] = &[
    // 4.5.1.0 turned `no-loopback-peers` round.
    Change {
        rule: &FORBIDDEN_PEER,
        applies: |finding| class_is(finding, &["loopback"]),
        since: Version(4, 5, 1),
        before: "loopback peers are refused because of `no-loopback-peers`",
        from: "loopback peers are refused unless `allow-loopback-peers` is set, which is for tests alone",
    },
    // "Deny link-local / ULA / site-local relay peers by default": no option lets them through.
    Change {
        rule: &FORBIDDEN_PEER,
        applies: |finding| class_is(finding, &["link-local", "unique-local"]),
        since: Version(4, 13, 1),
        before: "",
        from: "link-local and unique-local peers are refused whatever the configuration says",
    },
    // `keep-address-family` of 4.5 was replaced in 4.6.0.
    Change {
        rule: &FAMILY_UNSUPPORTED,
        applies: |finding| finding.evidence.get("family").is_some_and(|family| family == "IPv4"),
        since: Version(4, 6, 0),
        before: "`keep-address-family` gives clients that name no family a relay of the one they came by",
        from: "`allocation-default-address-family=keep` gives clients that name no family a relay of the one \
               they came by",
    },
    // "Invert RFC5780 option to default off".
    Change {
        rule: &OTHER_ADDR_INVALID,
        applies: |_| true,
        since: Version(4, 7, 0),
        before: "`no-rfc5780` switches the feature off",
        from: "the feature is on because of `rfc5780`; without that line it is off",
    },
    // "Return 508, not 400/440, when a well-formed Allocate cannot be satisfied".
    Change {
        rule: &CAPACITY,
        applies: |finding| finding.evidence.contains_key("family"),
        since: Version(4, 16, 0),
        before: "",
        from: "508 is also the answer where there is no `relay-ip` of the address family asked for",
    },
];

/// Fits a finding's hint to the server that it is about, by its SOFTWARE: what coturn's version makes true, or that
/// another server's options have other names.
pub(super) fn for_server(finding: &mut Finding, software: Option<&str>) {
    match software.filter(|name| !name.to_lowercase().contains("coturn")) {
        None => for_version(finding, software),
        Some(other) if finding.help.contains('`') => {
            // Behind the first line may be some to paste: the server must not add any, nor begin a line where the
            // terminal breaks one. One word in quotes does neither.
            let name = other.split_whitespace().next().map(one_line).unwrap_or_default();
            let note = match &name[..] {
                "" => " (options as coturn names them)".to_owned(),
                name => format!(" (options as coturn names them; this server says it is `{name}`)"),
            };
            let at = finding.help.find('\n').unwrap_or(finding.help.len());
            finding.help.insert_str(at, &note);
        }
        Some(_) => {}
    }
}

/// Adds to a finding's hint what its server's version, by its SOFTWARE, makes true.
fn for_version(finding: &mut Finding, software: Option<&str>) {
    let version = software.and_then(Version::from_software);
    for change in CHANGES {
        if change.rule.code != finding.code || !(change.applies)(finding) {
            continue;
        }
        let since = change.since;
        let said = match version {
            Some(version) if version >= since => change.from.to_owned(),
            Some(_) => change.before.to_owned(),
            None if change.before.is_empty() => format!("coturn {since} and later: {}", change.from),
            None => format!("coturn before {since}: {}; {since} and later: {}", change.before, change.from),
        };
        if !said.is_empty() {
            finding.help = format!("{}; {said}", finding.help);
        }
    }
}

impl Version {
    /// From what coturn puts into SOFTWARE, as in `Coturn-4.6.1 'Gorst'`.
    fn from_software(software: &str) -> Option<Self> {
        let after = software.to_lowercase().split_once("coturn-")?.1.to_owned();
        let mut parts = after.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        let (major, minor) = (parts.next()?.ok()?, parts.next()?.ok()?);
        Some(Self(major, minor, parts.next().and_then(Result::ok).unwrap_or(0)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Version(major, minor, 0) => write!(f, "{major}.{minor}"),
            Version(major, minor, patch) => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

fn class_is(finding: &Finding, names: &[&str]) -> bool {
    let class = finding.evidence.get("class").and_then(|class| class.as_str());
    class.is_some_and(|class| names.contains(&class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_that_coturn_tells() {
        for (software, expected) in [
            ("Coturn-4.6.1 'Gorst'", Some(Version(4, 6, 1))),
            ("Coturn-4.5.1.1 'dan Eider'", Some(Version(4, 5, 1))),
            ("Coturn-4.17.1", Some(Version(4, 17, 1))),
            ("Coturn-4.7", Some(Version(4, 7, 0))),
            ("Coturn-None", None),
            ("eturnal", None),
        ] {
            assert_eq!(Version::from_software(software), expected, "{software}");
        }
    }

    #[test]
    fn a_hint_fits_the_version_and_names_versions_where_it_is_hidden() {
        let help = |software| {
            let mut finding =
                FORBIDDEN_PEER.finding("permission", "turn:x").evidence("class", "loopback").help("h");
            for_version(&mut finding, software);
            finding.help
        };
        insta::assert_snapshot!(help(Some("Coturn-4.6.1 'Gorst'")), @"h; loopback peers are refused unless `allow-loopback-peers` is set, which is for tests alone");
        insta::assert_snapshot!(help(Some("Coturn-4.5.0.8 'dan Eider'")), @"h; loopback peers are refused because of `no-loopback-peers`");
        insta::assert_snapshot!(help(None), @"h; coturn before 4.5.1: loopback peers are refused because of `no-loopback-peers`; 4.5.1 and later: loopback peers are refused unless `allow-loopback-peers` is set, which is for tests alone");
    }

    #[test]
    fn a_server_cannot_put_lines_to_paste_into_a_hint() {
        let hint = |software: &str| {
            let help = "put this line into turnserver.conf: `denied-peer-ip`\ndenied-peer-ip=10.0.0.0-10.255.255.255";
            let mut finding = FORBIDDEN_PEER.finding("permission", "turn:x").help(help);
            for_server(&mut finding, Some(software));
            finding.help
        };
        for software in [
            "evil\nallowed-peer-ip=0.0.0.0-255.255.255.255",
            "evil\r\nuser=a:b",
            "evil\u{85}x",
            "evil user=a:b",
        ] {
            let help = hint(software);
            let lines: Vec<&str> = help.lines().collect();
            assert_eq!(lines[1..], ["denied-peer-ip=10.0.0.0-10.255.255.255"], "{software:?}");
            assert!(lines[0].contains("this server says it is `evil`)"), "{help}");
            assert!(!help.contains(['\r', '\u{85}']), "{help:?}");
        }
        assert!(hint(&"x".repeat(700)).len() < 300);
    }

    #[test]
    fn a_hint_to_what_did_not_change_stays_as_it_is() {
        let mut finding =
            FORBIDDEN_PEER.finding("permission", "turn:x").evidence("class", "public").help("h");
        for_version(&mut finding, None);
        assert_eq!(finding.help, "h");
        let mut finding = CAPACITY.finding("allocate", "turn:x").evidence("family", "IPv6").help("h");
        for_version(&mut finding, Some("Coturn-4.6.1 'Gorst'"));
        assert_eq!(finding.help, "h");
    }
}
