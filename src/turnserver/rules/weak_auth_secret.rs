//! A short `static-auth-secret`.

use super::strength;
use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF204",
    name: "weak-auth-secret",
    severity: Severity::Warning,
    summary: "the shared secret can be guessed",
    explain: include_str!("weak_auth_secret.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting) in conf.all("static-auth-secret") {
        let secret = conf.text(&setting.value);
        if !secret.is_empty() && strength::is_weak_secret(secret) {
            findings.at(&RULE, line, &setting.name, |finding| {
                finding.help("make a new one with `openssl rand -hex 32`, and give it to the application too")
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "static-auth-secret=north\nstatic-auth-secret=aaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", &[1, 2]);
        check(&RULE, "static-auth-secret=4c7b1ea94dd94a0bb0f0c1d9d3f1a1b0\nstatic-auth-secret=\n", &[]);
    }
}
