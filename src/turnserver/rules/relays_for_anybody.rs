//! No way to log in, so that none is needed.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf::Auth;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF206",
    name: "relays-for-anybody",
    severity: Severity::Error,
    summary: "anybody may have a relay",
    explain: include_str!("relays_for_anybody.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.auth() != Auth::Nobody || !conf.relays() || conf.stops_at_once() {
        return;
    }
    let help = "set `lt-cred-mech`, `realm` and a `user`, or `use-auth-secret` and `static-auth-secret`";
    match conf.last("no-auth").filter(|_| conf.is_on("no-auth")) {
        Some((line, setting)) => findings.at(&RULE, line, &setting.name, |finding| finding.help(help)),
        None => findings.absent(&RULE, |finding| {
            finding.message("nothing says who may have a relay, so anybody may").help(help)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "no-auth\nrealm=a\n", &[1]);
        check(&RULE, "realm=a\n", &[0]);
        check(&RULE, "oauth\nserver-name=a\n", &[0]);
        check(&RULE, "lt-cred-mech\noauth\n", &[]);
        check(&RULE, "lt-cred-mech\n", &[]);
        check(&RULE, "stun-only\n", &[]);
        check(&RULE, "user=a:b\n", &[]);
        check(&RULE, "no-auth\nlt-cred-mech\n", &[]);
    }
}
