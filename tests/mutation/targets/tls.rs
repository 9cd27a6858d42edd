//! Certificates.

use std::time::Duration;

use rtcscope::tls::{CertificateReport, TlsFault, verify};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

/// 2027-01-15, when the certificates of `testdata/tls` were made and all but one are still good.
const NOW: u64 = 1_800_000_000;

/// Reads the bytes as a certificate, and verifies it without any root and with itself among them.
pub(super) fn certificate(bytes: &[u8]) {
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    let name = ServerName::try_from("turn.example.test").expect("a DNS name");
    let report = CertificateReport::from_der(&[bytes], NOW as i64);
    let der = CertificateDer::from_slice(bytes);
    let faults = verify(&[der.clone(), der.clone()], &name, &RootCertStore::empty(), now);
    assert!(!faults.is_empty(), "trusted without a root");
    if let Ok(report) = report {
        let expired = faults.iter().any(|fault| matches!(fault, TlsFault::Expired { .. }));
        assert!(expired || report.days_left >= 0, "{report:?}");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates([der.clone()]);
    for fault in verify(&[der], &name, &roots, now) {
        assert!(!fault.name().is_empty());
    }
}
