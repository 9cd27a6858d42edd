use std::time::Duration;

use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use super::*;

/// 2026-06-15T12:00:00Z.
const NOW: u64 = 1_781_524_800;
const HOST: &str = "turn.example.test";

type Ca = CertifiedIssuer<'static, KeyPair>;

/// Good from 2026-01-01 to 2026-12-31 unless the test says otherwise.
fn params(common_name: &str, sans: &[&str]) -> CertificateParams {
    let mut params =
        CertificateParams::new(sans.iter().map(|san| (*san).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 12, 31);
    params
}

fn ca_params(common_name: &str) -> CertificateParams {
    let mut params = params(common_name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn ca(common_name: &str) -> Ca {
    CertifiedIssuer::self_signed(ca_params(common_name), KeyPair::generate().unwrap()).unwrap()
}

fn leaf(params: CertificateParams, issuer: &Ca) -> CertificateDer<'static> {
    params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap().der().clone()
}

fn self_signed(params: CertificateParams) -> CertificateDer<'static> {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
}

fn expired(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2026, 6, 15);
    params
}

fn not_yet_valid(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2026, 7, 1);
    params
}

fn faults_for(
    name: &str,
    chain: &[CertificateDer<'static>],
    trusted: &[&CertificateDer<'static>],
) -> Vec<TlsFault> {
    let mut roots = RootCertStore::empty();
    for root in trusted {
        roots.add((*root).clone()).unwrap();
    }
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verify(chain, &name, &roots, UnixTime::since_unix_epoch(Duration::from_secs(NOW)))
}

/// The names of the faults, for [`HOST`].
fn faults(chain: &[CertificateDer<'static>], trusted: &[&CertificateDer<'static>]) -> Vec<&'static str> {
    faults_for(HOST, chain, trusted).iter().map(TlsFault::name).collect()
}

#[test]
fn a_good_chain_has_no_fault() {
    let root = ca("Root");
    let direct = leaf(params("turn", &[HOST, "192.0.2.1", "2001:db8::1"]), &root);
    assert_eq!(faults(std::slice::from_ref(&direct), &[root.der()]), [""; 0]);
    for name in ["192.0.2.1", "2001:db8::1", "TURN.example.test"] {
        assert_eq!(faults_for(name, std::slice::from_ref(&direct), &[root.der()]), [], "{name}");
    }
    let between =
        CertifiedIssuer::signed_by(ca_params("Between"), KeyPair::generate().unwrap(), &*root).unwrap();
    let chain = [leaf(params("turn", &[HOST]), &between), between.der().clone()];
    assert_eq!(faults(&chain, &[root.der()]), [""; 0]);
}

#[test]
fn an_address_needs_an_address_in_the_certificate() {
    let root = ca("Root");
    // The dotted text in a DNS name or in the common name does not count (RFC 6125 §6.4).
    let chain = [leaf(params("192.0.2.1", &[HOST]), &root)];
    assert_eq!(faults_for("192.0.2.1", &chain, &[root.der()]), [TlsFault::WrongName]);
}

#[test]
fn a_wild_card_is_good_for_one_label() {
    let root = ca("Root");
    let chain = [leaf(params("turn", &["*.example.test"]), &root)];
    assert_eq!(faults(&chain, &[root.der()]), [""; 0]);
    assert_eq!(faults_for("a.b.example.test", &chain, &[root.der()]), [TlsFault::WrongName]);
}

#[test]
fn finds_each_fault_alone() {
    let root = ca("Root");
    let other = ca("Other");
    let trusted = &[root.der()];
    assert_eq!(faults(&[leaf(expired(params("turn", &[HOST])), &root)], trusted), ["expired"]);
    assert_eq!(faults(&[leaf(not_yet_valid(params("turn", &[HOST])), &root)], trusted), ["not-yet-valid"]);
    assert_eq!(faults(&[leaf(params("turn", &["other.example.test"]), &root)], trusted), ["wrong-name"]);
    assert_eq!(faults(&[leaf(params("turn", &[]), &root)], trusted), ["wrong-name"]);
    assert_eq!(faults(&[leaf(params("turn", &[HOST]), &other)], trusted), ["untrusted-issuer"]);
    assert_eq!(faults(&[leaf(params("turn", &[HOST]), &root)], &[]), ["untrusted-issuer"]);
}

#[test]
fn finds_all_faults_together() {
    let root = ca("Root");
    let other = ca("Other");
    let wrong = || params("turn", &["other.example.test"]);
    assert_eq!(faults(&[leaf(expired(wrong()), &root)], &[root.der()]), ["expired", "wrong-name"]);
    assert_eq!(
        faults(&[leaf(expired(wrong()), &other)], &[root.der()]),
        ["expired", "untrusted-issuer", "wrong-name"]
    );
    assert_eq!(
        faults(&[leaf(not_yet_valid(wrong()), &other)], &[]),
        ["not-yet-valid", "untrusted-issuer", "wrong-name"]
    );
    assert_eq!(
        faults(&[self_signed(expired(ca_params("turn")))], &[]),
        ["expired", "self-signed-ca", "untrusted-issuer", "wrong-name"]
    );
}

#[test]
fn a_missing_intermediate_leaves_the_issuer_unknown() {
    let root = ca("Root");
    let between =
        CertifiedIssuer::signed_by(ca_params("Between"), KeyPair::generate().unwrap(), &*root).unwrap();
    let chain = [leaf(params("turn", &[HOST]), &between)];
    assert_eq!(faults(&chain, &[root.der()]), ["untrusted-issuer"]);
}

#[test]
fn a_missing_intermediate_that_the_leaf_tells_of_is_named() {
    let root = ca("Root");
    let signed =
        |name| CertifiedIssuer::signed_by(ca_params(name), KeyPair::generate().unwrap(), &*root).unwrap();
    // By the issuer's name.
    let issuing = signed("Example Issuing CA 3");
    let chain = [leaf(params("turn", &[HOST]), &issuing)];
    let missing = TlsFault::MissingIntermediate { issuer: "CN=Example Issuing CA 3".into() };
    assert_eq!(faults_for(HOST, &chain, &[root.der()]), std::slice::from_ref(&missing));
    // By where to fetch the issuer's certificate: AuthorityInfoAccess with caIssuers (RFC 5280 §4.2.2.1).
    let between = signed("Between");
    let mut fetchable = params("turn", &[HOST]);
    let uri = b"http://a.test/b";
    let access = [&[0x06, 8, 0x2b, 6, 1, 5, 5, 7, 48, 2, 0x86, uri.len() as u8][..], uri].concat();
    let entry = [&[0x30, access.len() as u8][..], &access].concat();
    let content = [&[0x30, entry.len() as u8][..], &entry].concat();
    let extension = rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content);
    fetchable.custom_extensions.push(extension);
    assert_eq!(faults(&[leaf(fetchable.clone(), &between)], &[root.der()]), ["missing-intermediate"]);
    // With the intermediate, and unknown roots, it is the root that is missing.
    let whole = [leaf(fetchable.clone(), &between), between.der().clone()];
    assert_eq!(faults(&whole, &[root.der()]), [""; 0]);
    assert_eq!(faults(&whole, &[]), ["untrusted-issuer"]);
    // An authority of the issuer's name is known, and did not sign this.
    assert_eq!(faults(&[leaf(fetchable, &ca("Root"))], &[root.der()]), ["untrusted-issuer"]);
}

#[test]
fn an_authority_made_anew_under_its_old_name_is_unknown() {
    let old = ca("Root");
    let new = ca("Root");
    assert_eq!(faults(&[leaf(params("turn", &[HOST]), &new)], &[old.der()]), ["untrusted-issuer"]);
}

#[test]
fn an_expired_intermediate_is_named() {
    let root = ca("Root");
    let signed = |params| CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &*root).unwrap();
    let between = signed(expired(ca_params("Between")));
    // Valid since 2026-01-01, when the authority still was; only then the whole path is.
    let chain = [leaf(params("turn", &[HOST]), &between), between.der().clone()];
    let fault = TlsFault::Expired { subject: "CN=Between".into(), not_after: "2026-06-15T00:00:00Z".into() };
    assert_eq!(faults_for(HOST, &chain, &[root.der()]), std::slice::from_ref(&fault));
    assert_eq!(faults_for(HOST, &chain, &[]), [fault, TlsFault::UntrustedIssuer]);
    // The leaf begins before its authority does, and both have ended.
    let mut late = expired(ca_params("Late"));
    late.not_before = date_time_ymd(2025, 6, 1);
    let late = signed(late);
    let chain = [leaf(expired(params("turn", &[HOST])), &late), late.der().clone()];
    assert_eq!(faults(&chain, &[root.der()]), ["expired"]);
    let other = ca("Other");
    assert_eq!(faults(&chain, &[other.der()]), ["expired", "untrusted-issuer"]);
    // An expired certificate that nobody needs does no harm.
    let chain = [leaf(params("turn", &[HOST]), &root), between.der().clone()];
    assert_eq!(faults(&chain, &[root.der()]), [""; 0]);
}

#[test]
fn a_self_signed_authority_is_refused_in_and_outside_the_roots() {
    let mut params = params("turn", &[HOST]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = self_signed(params);
    assert_eq!(faults(std::slice::from_ref(&certificate), &[&certificate]), ["self-signed-ca"]);
    assert_eq!(faults(std::slice::from_ref(&certificate), &[]), ["self-signed-ca", "untrusted-issuer"]);
}

#[test]
fn a_self_signed_server_is_good_if_it_is_a_root() {
    let certificate = self_signed(params("turn", &[HOST]));
    assert_eq!(faults(std::slice::from_ref(&certificate), &[&certificate]), [""; 0]);
    assert_eq!(faults(std::slice::from_ref(&certificate), &[]), ["untrusted-issuer"]);
}

#[test]
fn rarer_faults_are_put_in_words() {
    let root = ca("Root");
    let words = |chain: &[CertificateDer<'static>]| -> String {
        faults_for(HOST, chain, &[root.der()]).iter().map(|fault| format!("{fault}\n")).collect()
    };
    let mut client = params("turn", &[HOST]);
    client.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    insta::assert_snapshot!(words(&[leaf(client, &root)]), @"the certificate's extended key usage does not include TLS servers");
    let mut authority = params("turn", &[HOST]);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    insta::assert_snapshot!(words(&[leaf(authority, &root)]), @"an authority's certificate (CA:TRUE) is used as a server's");
    insta::assert_snapshot!(words(&[]), @"the server sent no certificate");
    insta::assert_snapshot!(words(&[CertificateDer::from(vec![0x30, 0x03, 1, 2, 3])]), @"the certificate is no valid X.509");
    let expired = leaf(expired(params("turn", &[])), &ca("Other"));
    insta::assert_snapshot!(words(&[expired]), @r"
        the certificate of CN=turn expired at 2026-06-15T00:00:00Z
        no trusted root vouches for the certificate
        the certificate is for another name
        ");
    assert_eq!(serde_json::to_value(TlsFault::WrongName).unwrap(), "wrong-name");
}

#[test]
fn reports_the_facts_of_the_server_s_certificate() {
    let root = ca("Root");
    let chain =
        [leaf(params("turn\u{1b}[31m", &[HOST, "192.0.2.1", "2001:db8::1"]), &root), root.der().clone()];
    let report = CertificateReport::from_der(&chain, NOW as i64).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap(), @r#"
        {
          "subject": "CN=turn�[31m",
          "issuer": "CN=Root",
          "sans": [
            "turn.example.test",
            "192.0.2.1",
            "2001:db8::1"
          ],
          "not_before": "2026-01-01T00:00:00Z",
          "not_after": "2026-12-31T00:00:00Z",
          "days_left": 198,
          "self_signed": false,
          "is_ca": false,
          "chain_length": 2,
          "chain": [
            {
              "subject": "CN=turn�[31m",
              "issuer": "CN=Root",
              "not_before": "2026-01-01T00:00:00Z",
              "not_after": "2026-12-31T00:00:00Z",
              "days_left": 198,
              "self_signed": false
            },
            {
              "subject": "CN=Root",
              "issuer": "CN=Root",
              "not_before": "2026-01-01T00:00:00Z",
              "not_after": "2026-12-31T00:00:00Z",
              "days_left": 198,
              "self_signed": true
            }
          ],
          "key": "EC P-256",
          "signature": "ecdsa-with-SHA256"
        }
        "#);
}

/// `openssl req -newkey rsa:1024 -nodes -subj /CN=old`, then `openssl x509 -req -signkey … -days 3650` without
/// an extension file: version 1, from 2026-11-21 on.
const VERSION_1: &str = "\
    MIIBnjCCAQcCFAODOJnyDJwAMSmjCiPBGJ7WVm7xMA0GCSqGSIb3DQEBCwUAMA4xDDAKBgNVBAMMA29sZDAeFw0yNjExMjEw\
    ODE0MTBaFw0zNjExMTgwODE0MTBaMA4xDDAKBgNVBAMMA29sZDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA325BO6XD\
    LyQ52nt+m8ffUbsNmdAAp22jmKGcQ4o5QmWLe2gjTvRzPKezDlyyzULoOGtJgF+xv3aqU8wNsc30jIst6oe5JnTx0wtrAqU6\
    gI/yfZ266xvZvmGZK7hWnmZbpwgZzykisY7jkP8aZdHKW5W9qX0IP25cy4ZizxFvWnsCAwEAATANBgkqhkiG9w0BAQsFAAOB\
    gQBvxGPEi+iV2v/DeOQmeevB2NxEDA9AIuoWyIaYc2eGRFGWC9UoUixDQWxcNE8TrTV4oPyYndLeqlZWbbg6rUlGYp9RNWcc\
    4n74L9/A6/0wrMgbMnE6KtufqvkxDiNmlgkYPSoWSvIYbDOqFROjQLALD9l9WDIfD00AU8cdBeZezw==";

#[test]
fn a_version_1_certificate_is_called_so() {
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, VERSION_1).unwrap();
    let report = CertificateReport::from_der(std::slice::from_ref(&der), NOW as i64).unwrap();
    assert_eq!((report.key.as_str(), report.signature.as_str()), ("RSA 1024", "sha256WithRSAEncryption"));
    assert!(report.self_signed && !report.is_ca && report.sans.is_empty());
    let words: String =
        faults_for(HOST, &[der.into()], &[]).iter().map(|fault| format!("{fault}\n")).collect();
    insta::assert_snapshot!(words, @r"
        the certificate of CN=old is not valid before 2026-11-21T08:14:10Z
        the certificate is not X.509 version 3, so it names no server
        the certificate is for another name
        ");
}

#[test]
fn counts_whole_days_and_counts_down_past_zero() {
    let chain = [self_signed(expired(params("turn", &[HOST])))];
    let days = |now| CertificateReport::from_der(&chain, now).unwrap().days_left;
    let end = 1_781_481_600; // 2026-06-15T00:00:00Z
    assert_eq!(days(end - 86_400), 1);
    assert_eq!(days(end - 86_399), 0);
    assert_eq!(days(end), 0);
    assert_eq!(days(end + 1), -1);
    assert_eq!(days(i64::MIN), (i64::MAX).div_euclid(86_400));
}

#[test]
fn knows_a_self_signed_certificate_from_one_whose_authority_has_its_name() {
    let root = ca("localhost");
    let signed = leaf(params("localhost", &[HOST]), &root);
    let report =
        |der: &CertificateDer<'static>| CertificateReport::from_der(std::slice::from_ref(der), 0).unwrap();
    assert!(!report(&signed).self_signed && !report(&signed).is_ca);
    assert!(report(root.der()).self_signed && report(root.der()).is_ca);
}

#[test]
fn a_certificate_that_never_expires_has_a_date() {
    let mut params = params("turn", &[HOST]);
    params.not_after = date_time_ymd(9999, 12, 31);
    let report = CertificateReport::from_der(&[self_signed(params)], NOW as i64).unwrap();
    assert_eq!(&report.not_after[..10], "9999-12-31");
}

#[test]
fn garbage_is_an_error() {
    let none: &[Vec<u8>] = &[];
    assert_eq!(CertificateReport::from_der(none, 0), Err(CertificateError::Missing));
    let mut trailing = self_signed(params("turn", &[HOST])).to_vec();
    trailing.push(0);
    for der in [Vec::new(), vec![0x30], vec![0xff; 100], trailing] {
        assert_eq!(CertificateReport::from_der(&[der], 0), Err(CertificateError::Malformed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_chain_never_panics(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>(), truncate in any::<bool>()) {
        let mut der = good_der();
        for (at, byte) in damage {
            let at = at.index(der.len());
            der[at] = byte;
        }
        if truncate {
            der.truncate(cut.index(der.len()));
        }
        let _ = CertificateReport::from_der(std::slice::from_ref(&der), NOW as i64);
        let chain = [CertificateDer::from(der.clone()), CertificateDer::from(der)];
        let _ = faults(&chain, &[]);
    }
}

fn good_der() -> Vec<u8> {
    static DER: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    DER.get_or_init(|| leaf(params("turn", &[HOST, "192.0.2.1"]), &ca("Root")).to_vec()).clone()
}
