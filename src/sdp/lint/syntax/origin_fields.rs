//! `o=` has six fields, and two of them are numbers (RFC 8866 §5.2).

use std::net::IpAddr;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Word;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP104",
        name: "origin-fields",
        severity: Severity::Warning,
        summary: "the `o=` line does not have the six fields that it must have",
        explain: include_str!("origin_fields.md"),
        refs: &["RFC 8866 §5.2", "RFC 8866 §9", "RFC 9429 §5.8"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

const HELP: &str = "write `o=<user name or -> <id> <version> IN <IP4 or IP6> <address>`";

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let text = description.text();
    for line in text.lines()[description.head().lines.clone()].iter().filter(|line| line.kind == Some('o')) {
        let value = text.word(line.value);
        let fields: Vec<Word<'_>> = value.words().collect();
        let &[_, id, version, network, address_type, address] = &fields[..] else {
            let count = fields.len();
            let span = if value.is_empty() { line.span } else { value.span };
            findings
                .push(span, format!("`o=` has {count} field{}, not 6", if count == 1 { "" } else { "s" }))
                .severity(description.unreadable_is())
                .help(match count {
                    7.. => "a user name must not have blanks in it; write `-` if there is none",
                    _ => HELP,
                });
            continue;
        };
        for (field, what) in [(id, "session id"), (version, "session version")] {
            if !field.bytes().all(|byte| byte.is_ascii_digit()) {
                findings
                    .push(field.span, format!("the {what} `{field}` is no number"))
                    .help("write digits alone, such as a time in seconds");
            }
        }
        if network.value != "IN" {
            findings
                .push(network.span, format!("`{network}` is no type of network"))
                .help("write `IN`, in capitals");
        }
        if !matches!(address_type.value, "IP4" | "IP6") {
            findings
                .push(address_type.span, format!("`{address_type}` is no type of address"))
                .help("write `IP4` or `IP6`, in capitals");
            continue;
        }
        let family = match address.value.parse() {
            Ok(IpAddr::V4(_)) => "IP4",
            Ok(IpAddr::V6(_)) => "IP6",
            // A name, which may be of either.
            Err(_) => continue,
        };
        if family != address_type.value {
            findings
                .push(
                    address.span,
                    format!("this is an {family} address, and `{address_type}` stands before it"),
                )
                .help(format!("write `{family}`"));
        }
    }
}
