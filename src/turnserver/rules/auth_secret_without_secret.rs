//! `use-auth-secret` without `static-auth-secret`.

use super::{Check, Findings};
use crate::finding::Confidence;
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF208",
    name: "auth-secret-without-secret",
    severity: Severity::Warning,
    summary: "a shared secret is asked for, and none is set",
    explain: include_str!("auth_secret_without_secret.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let stored =
        ["userdb", "db", "psql-userdb", "sql-userdb", "mysql-userdb", "mongo-userdb", "redis-userdb"];
    if stored.iter().any(|name| conf.last(name).is_some()) || conf.auth_secrets().next().is_some() {
        return;
    }
    if let Some((line, setting)) = conf.last("use-auth-secret") {
        findings.at(&RULE, line, &setting.name, |finding| {
            finding
                .confidence(Confidence::Medium)
                .help("set `static-auth-secret`, unless `turnadmin -s` has put one into the default database")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "use-auth-secret\nrealm=a\n", &[1]);
        check(&RULE, "use-auth-secret\nstatic-auth-secret=x\n", &[]);
        check(&RULE, "use-auth-secret\npsql-userdb=x\n", &[]);
        check(&RULE, "lt-cred-mech\n", &[]);
    }
}
