//! An option that coturn once had.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF103",
    name: "retired-option",
    severity: Severity::Warning,
    summary: "later versions of coturn no longer have this option",
    explain: include_str!("retired_option.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let Some(gone) = option.gone else { continue };
        // Until 4.6 they did what they say, and what replaced them is the default now: the line is merely needless.
        let needless = matches!(gone, "4.7.0" | "4.10.0");
        findings.at(&RULE, line, &setting.name, |finding| {
            let name = option.name;
            let finding = match needless {
                true => finding.severity(Severity::Info),
                false => finding,
            };
            finding
                .message(format!("coturn {gone} and later have no `{name}`, and leave the line out"))
                .evidence("gone_since", gone)
                .help(instead(name))
        });
    }
}

fn instead(name: &str) -> &'static str {
    match name {
        "no-loopback-peers" => {
            "drop the line: loopback peers are refused unless `allow-loopback-peers` is set"
        }
        "no-http" => "drop the line: the web interface is off unless `web-admin` is set",
        "no-tlsv1" | "no-tlsv1_1" | "no-sslv2" | "no-sslv3" => {
            "drop the line from 4.7.0 on: these versions are off by default"
        }
        "no-stun-backward-compatibility" => "drop the line from 4.7.0 on: it is the default",
        "prod" => "write `no-software-attribute`",
        _ => "drop the line",
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "no-loopback-peers\nno-multicast-peers\nno-sslv3\n", &[1, 3]);
        check(&RULE, "realm=a\n", &[]);
    }
}
