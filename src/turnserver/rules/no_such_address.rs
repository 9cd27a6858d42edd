//! An address that is none.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF303",
    name: "no-such-address",
    severity: Severity::Error,
    summary: "this is no address that coturn can use",
    explain: include_str!("no_such_address.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for name in ["listening-ip", "relay-ip", "external-ip", "cli-ip", "web-admin-ip"] {
        for (line, setting) in conf.all(name) {
            let value = conf.text(&setting.value);
            let parts = value.splitn(if name == "external-ip" { 2 } else { 1 }, '/');
            if value.is_empty() || parts.into_iter().all(is_address_or_name) {
                continue;
            }
            findings.at(&RULE, line, &setting.value, |finding| {
                finding
                    .message(format!("`{name}` is neither an address nor a name that could have one"))
                    .help(
                        "write one address without port, mask and blanks; several addresses take a line each",
                    )
            });
        }
    }
}

fn is_address_or_name(text: &str) -> bool {
    let text = text.trim();
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    text.parse::<std::net::IpAddr>().is_ok() || (name && !numeric && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(
            &RULE,
            "listening-ip=YOU_IP\nrelay-ip=192.168.1.300\nlistening-ip=10.0.0.1:3478\nexternal-ip=<ip>/10.0.0.1\nlistening-ip=10.0.0.1,10.0.0.2\n",
            &[1, 2, 3, 4, 5],
        );
        check(
            &RULE,
            "listening-ip=::\nlistening-ip=\nexternal-ip=198.51.100.1/10.0.0.1\nrelay-ip=turn.example.org\ncli-ip=localhost\n",
            &[],
        );
    }
}
