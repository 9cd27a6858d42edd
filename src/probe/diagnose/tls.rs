//! Certificates. Each fault is a finding; what lies behind the certificate was probed all the same.

use super::Case;
use crate::finding::{Confidence, Severity};
use crate::probe::codes::{
    TLS_CHAIN, TLS_EXPIRED, TLS_EXPIRING, TLS_FAILED, TLS_HOSTNAME, TLS_NOT_YET_VALID, TLS_SELF_SIGNED_CA,
    TLS_UNTRUSTED,
};
use crate::report::one_line;
use crate::tls::{CertificateReport, TlsFault};

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
                format!("the certificate of {} expired at {not_after}", one_line(subject)),
                "renew it, and make the server load it: `cert=` and `pkey=`, then SIGUSR2 or a restart"
                    .to_owned(),
            ),
            TlsFault::NotYetValid { subject, not_before } => (
                &TLS_NOT_YET_VALID,
                format!("the certificate of {} is valid only from {not_before}", one_line(subject)),
                "check the clocks of this machine and of the one that made the certificate".to_owned(),
            ),
            // Said along with the other fault of the same certificate.
            TlsFault::UntrustedIssuer if tls.errors.contains(&TlsFault::SelfSignedCa) => continue,
            TlsFault::UntrustedIssuer => {
                let (message, help) = untrusted(certificate, issuer);
                (&TLS_UNTRUSTED, message, help)
            }
            TlsFault::MissingIntermediate { issuer } => (
                &TLS_CHAIN,
                format!(
                    "the server sends its own certificate without that of {}, which signed it",
                    one_line(issuer)
                ),
                "serve the whole chain: `cert=` takes fullchain.pem, then SIGUSR2 or a restart".to_owned(),
            ),
            TlsFault::WrongName => (
                &TLS_HOSTNAME,
                format!("the certificate is not for `{}`", tls.server_name),
                match sans.is_empty() {
                    true => "the certificate names no host: issue it with a subjectAltName".to_owned(),
                    false => {
                        format!("use a name that it is for ({}), or issue it for this one too", names(&sans))
                    }
                },
            ),
            TlsFault::SelfSignedCa => (
                &TLS_SELF_SIGNED_CA,
                match tls.errors.contains(&TlsFault::UntrustedIssuer) {
                    true => "the server presents a self-signed CA certificate as its own, and no trusted root is it",
                    false => "the server presents a CA certificate as its own",
                }
                .to_owned(),
                "use a certificate from a public authority; for a test, make a leaf with \
                 `basicConstraints=CA:FALSE`, signed by a CA that is named with --cafile"
                    .to_owned(),
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
        if rule.code == TLS_CHAIN.code {
            // An authority of one's own may write the same into what its root signs.
            finding = finding.confidence(Confidence::Medium);
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
    expiring(case);
}

/// What is said of a certificate that leads to no trusted root: who came along decides what is missing.
fn untrusted(certificate: Option<&CertificateReport>, issuer: &str) -> (String, String) {
    let issuer = one_line(issuer);
    match certificate {
        Some(certificate) if certificate.self_signed => (
            format!("the certificate is signed by itself ({issuer}), and nobody told this machine to trust it"),
            "use a certificate from a public authority; for a test, name this one with --cafile".to_owned(),
        ),
        Some(certificate) if certificate.chain_length == 1 => (
            format!("no trusted root stands behind the issuer {issuer}, whose certificate was not sent"),
            "if the issuer is an authority of your own, name it with --cafile; else it is probably the chain: \
             `cert=` wants the full one (fullchain.pem), not the server's certificate alone (cert.pem)"
                .to_owned(),
        ),
        _ => (
            format!("no trusted root stands behind the issuer {issuer}"),
            "name your own CA with --cafile, or serve the full chain (`cert=` takes fullchain.pem)".to_owned(),
        ),
    }
}

/// The first of a certificate's names: it may have thousands.
fn names(sans: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = sans.iter().take(SHOWN).map(|name| one_line(name)).collect();
    shown.extend((sans.len() > SHOWN).then(|| format!("and {} more", sans.len() - SHOWN)));
    shown.join(", ")
}

/// Certificates that end within `--min-days`; those that have ended are [`TLS_EXPIRED`] already.
fn expiring(case: &mut Case<'_>) {
    let Some(certificate) = case.facts.tls.as_ref().and_then(|tls| tls.certificate.as_ref()) else { return };
    let soon = |days: Option<i64>| days.is_some_and(|days| (0..case.context.min_days).contains(&days));
    // A root that the server sends along is nobody's concern: clients have their own.
    let ending = certificate.chain.iter().enumerate();
    let mut ending =
        ending.filter(|(at, link)| soon(link.days_left) && (*at == 0 || link.self_signed != Some(true)));
    let Some((_, link)) = ending.next() else { return };
    let (subject, days) = (link.subject.clone().unwrap_or_default(), link.days_left.unwrap_or_default());
    let left = match days {
        0 => "in less than a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    let finding = case
        .finding(&TLS_EXPIRING, "tls")
        .message(format!("the certificate of {} expires {left}", one_line(&subject)))
        .evidence("not_after", link.not_after.clone())
        .evidence("days_left", days)
        .evidence("min_days", case.context.min_days)
        .help("renew it, and make the server load it: `cert=` and `pkey=`, then SIGUSR2 or a restart");
    case.push(finding);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_a_thousand_names_fits_into_a_hint_of_one_line() {
        let sans: Vec<String> = (0..1000).map(|n| format!("{n}.example.org\nuser=a:b")).collect();
        let shown = names(&sans);
        assert!(shown.starts_with("0.example.org user=a:b, 1.example.org"), "{shown}");
        assert!(shown.ends_with("and 992 more"), "{shown}");
        assert_eq!(shown.lines().count(), 1);
    }
}
