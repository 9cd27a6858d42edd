//! A TLS port, and no certificate or key for it.

use super::{Check, Findings};
use crate::finding::Confidence;
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF304",
    name: "tls-without-certificate",
    severity: Severity::Error,
    summary: "a certificate or a key for TLS is missing",
    explain: include_str!("tls_without_certificate.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    if conf.is_on("no-tls") || conf.has_tls() {
        return;
    }
    let missing = match (conf.value("cert"), conf.value("pkey")) {
        (None, None) => "neither `cert` nor `pkey`",
        (None, _) => "no `cert`",
        _ => "no `pkey`",
    };
    let Some((line, setting)) =
        ["tls-listening-port", "cert", "pkey"].into_iter().find_map(|name| conf.last(name))
    else {
        return;
    };
    // A port alone may have been copied; half a pair was meant.
    let copied = conf.value("cert").is_none() && conf.value("pkey").is_none();
    findings.at(&RULE, line, &setting.name, |finding| {
        finding
            .severity(if copied { Severity::Warning } else { Severity::Error })
            .confidence(Confidence::Medium)
            .message(format!("TLS is asked for, and there is {missing}"))
            .help("set `cert` and `pkey` to files that the user coturn runs as can read, or drop the line")
    });
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "tls-listening-port=5349\n", &[1]);
        check(&RULE, "tls-listening-port=5349\ncert=a.pem\n", &[1]);
        check(&RULE, "pkey=a.pem\n", &[1]);
        check(&RULE, "tls-listening-port=5349\ncert=a\npkey=b\n", &[]);
        check(&RULE, "tls-listening-port=5349\nno-tls\n", &[]);
        check(&RULE, "realm=a\n", &[]);
    }
}
