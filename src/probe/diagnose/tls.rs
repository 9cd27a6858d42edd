//! Certificates. Each fault is a finding; what lies behind the certificate was probed all the same.

use super::Case;
use crate::finding::Severity;
use crate::probe::codes::{
    TLS_EXPIRED, TLS_FAILED, TLS_HOSTNAME, TLS_NOT_YET_VALID, TLS_SELF_SIGNED_CA, TLS_UNTRUSTED,
};
use crate::tls::TlsFault;

pub(super) fn certificate(case: &mut Case<'_>) {
    let Some(tls) = &case.facts.tls else { return };
    let certificate = tls.certificate.as_ref();
    let not_after = certificate.map_or("an unknown time", |c| c.not_after.as_str());
    let not_before = certificate.map_or("an unknown time", |c| c.not_before.as_str());
    let issuer = certificate.map_or("unknown", |c| c.issuer.as_str());
    let sans = certificate.map(|c| c.sans.clone()).unwrap_or_default();
    for fault in &tls.errors {
        let (rule, message, help) = match fault {
            TlsFault::Expired { subject, not_after } => (
                &TLS_EXPIRED,
                format!("the certificate of {subject} expired at {not_after}"),
                "renew it, and make the server load it: `cert=` and `pkey=`, then SIGUSR2 or a restart"
                    .to_owned(),
            ),
            TlsFault::NotYetValid { subject, not_before } => (
                &TLS_NOT_YET_VALID,
                format!("the certificate of {subject} is valid only from {not_before}"),
                "check the clocks of this machine and of the one that made the certificate".to_owned(),
            ),
            TlsFault::UntrustedIssuer => (
                &TLS_UNTRUSTED,
                format!("no trusted root stands behind the issuer {issuer}"),
                "serve the full chain (`cert=` takes fullchain.pem), or name your own CA with --cafile"
                    .to_owned(),
            ),
            TlsFault::WrongName => (
                &TLS_HOSTNAME,
                format!("the certificate is not for `{}`", tls.server_name),
                match sans.is_empty() {
                    true => "the certificate names no host: issue it with a subjectAltName".to_owned(),
                    false => format!(
                        "use a name that it is for ({}), or issue it for this one too",
                        sans.join(", ")
                    ),
                },
            ),
            TlsFault::SelfSignedCa => (
                &TLS_SELF_SIGNED_CA,
                "the server presents a CA certificate as its own".to_owned(),
                "make a leaf with `basicConstraints=CA:FALSE`, signed by that CA".to_owned(),
            ),
            TlsFault::Other(why) => {
                (&TLS_FAILED, format!("the certificate does not verify: {why}"), String::new())
            }
        };
        let mut finding = case
            .finding(rule, "tls")
            .message(message)
            .evidence("server_name", tls.server_name.clone())
            .evidence("issuer", issuer)
            .evidence("certificates_sent", certificate.map(|c| c.chain_length))
            .evidence("sans", sans.clone())
            .evidence("not_before", not_before)
            .evidence("not_after", not_after)
            .help(help);
        if tls.insecure {
            finding = finding.severity(Severity::Info);
        }
        let target = case.context.target;
        if *fault == TlsFault::WrongName && target.configured && tls.server_name == target.host.to_string() {
            // Nobody said that clients use the address.
            finding = finding
                .severity(Severity::Info)
                .message("the certificate is not for the address that the configuration has")
                .help("check it by the name that clients use: --servername NAME");
        }
        case.push(finding);
    }
}
