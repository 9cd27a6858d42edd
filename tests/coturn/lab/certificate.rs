//! Certificates for coturn's TLS listener, good and bad, made with the openssl program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Lab, NAME, SERVER, SERVER_2, SERVER_V6, Side, process};

/// What is right or wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Signed by the lab's CA for the server's addresses and name.
    Good,
    /// As `Good`, until 2021.
    Expired,
    /// As `Good`, from 2090 on.
    NotYetValid,
    /// As `Good`, for another host.
    WrongHost,
    /// As `Good`, while `ca` is a CA that has nothing to do with it.
    UnknownCa,
    /// As `Good`, with an RSA key.
    Rsa,
    /// As `Good`, for the next five days.
    Ending,
    /// As `Good`, but signed by an intermediate authority; the server sends both.
    Chain,
    /// As `Chain`, and the server sends the leaf alone.
    LeafAlone,
    /// As `Good`, with the key of another.
    OtherKey,
    /// As `LeafAlone`, and the leaf does not say where its issuer's certificate is.
    BareLeaf,
    /// Signed by itself, with the CA:TRUE that `openssl req -x509` gives unasked; `ca` is itself.
    SelfSignedCa,
}

/// Three PEM files.
#[derive(Debug)]
pub(crate) struct Certificate {
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
    /// What a client is told to trust.
    pub(crate) ca: PathBuf,
}

impl Certificate {
    /// The two lines that make coturn serve it.
    pub(crate) fn config(&self) -> [String; 2] {
        [format!("cert={}", self.cert.display()), format!("pkey={}", self.key.display())]
    }

    /// The path for `--cafile`.
    pub(crate) fn cafile(&self) -> &str {
        self.ca.to_str().expect("the lab's folder has a plain name")
    }
}

impl Lab {
    /// Makes a certificate with its CA.
    pub(crate) fn tls(&self, kind: Kind) -> Certificate {
        let dir = self.dir().join(format!("tls-{}", self.serial()));
        fs::create_dir_all(&dir).expect("the lab's folder is writable");
        let made =
            Certificate { cert: dir.join("cert.pem"), key: dir.join("key.pem"), ca: dir.join("ca.pem") };
        let sans = match kind {
            Kind::WrongHost => "DNS:other.example.test,IP:203.0.113.9".to_owned(),
            _ => format!("DNS:{NAME},IP:{SERVER},IP:{SERVER_2},IP:{SERVER_V6}"),
        };
        fs::write(dir.join("openssl.cnf"), config(&sans)).expect("the lab's folder is writable");
        if kind == Kind::SelfSignedCa {
            self_signed(&dir, "key.pem", "cert.pem", &format!("/CN={NAME}"));
            fs::copy(&made.cert, &made.ca).expect("the lab's folder is writable");
            return made;
        }
        self_signed(&dir, "ca.key", "ca.pem", "/CN=lab CA");
        let new_key: &[&str] = if kind == Kind::Rsa { &NEW_RSA_KEY } else { &NEW_KEY };
        openssl(
            &dir,
            &["req", "-new", "-subj", &format!("/CN={NAME}")],
            new_key,
            &["key.pem", "-out", "leaf.csr"],
        );
        fs::write(dir.join("serial"), "1000").expect("the lab's folder is writable");
        fs::write(dir.join("index"), "").expect("the lab's folder is writable");
        let validity: &[&str] = match kind {
            Kind::Expired => &["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"],
            Kind::NotYetValid => &["-startdate", "20900101000000Z", "-enddate", "20910101000000Z"],
            Kind::Ending => &["-days", "5"],
            _ => &["-days", "90"],
        };
        let sign = |csr: &str, to: &str, by: [&str; 2], more: &[&str]| {
            let ca = ["ca", "-batch", "-notext", "-in", csr, "-out", to];
            openssl(&dir, &ca, &["-cert", by[0], "-keyfile", by[1]], more);
        };
        if matches!(kind, Kind::Chain | Kind::LeafAlone | Kind::BareLeaf) {
            let subject = ["req", "-new", "-subj", "/CN=lab between"];
            openssl(&dir, &subject, &NEW_KEY, &["between.key", "-out", "between.csr"]);
            sign(
                "between.csr",
                "between.pem",
                ["ca.pem", "ca.key"],
                &["-days", "90", "-extensions", "authority"],
            );
            let extensions = if kind == Kind::BareLeaf { "leaf" } else { "public_leaf" };
            let leaf = [validity, &["-extensions", extensions]].concat();
            sign("leaf.csr", "cert.pem", ["between.pem", "between.key"], &leaf);
        } else {
            sign("leaf.csr", "cert.pem", ["ca.pem", "ca.key"], validity);
        }
        if kind == Kind::Chain {
            let pem = |name| fs::read_to_string(dir.join(name)).expect("openssl wrote it");
            let both = pem("cert.pem") + &pem("between.pem");
            fs::write(&made.cert, both).expect("the lab's folder is writable");
        }
        if kind == Kind::OtherKey {
            self_signed(&dir, "key.pem", "unused.pem", "/CN=unused");
        }
        if kind == Kind::UnknownCa {
            self_signed(&dir, "other.key", "ca.pem", "/CN=another CA");
        }
        made
    }
}

/// A server that is no TURN server; dropping it ends it.
#[derive(Debug)]
#[must_use = "dropping it ends the server"]
pub(crate) struct OldTls(std::process::Child);

impl Drop for OldTls {
    fn drop(&mut self) {
        process::end(&mut self.0);
    }
}

impl Lab {
    /// openssl's own server in place of coturn's TLS port, with TLS 1.0 and 1.1 alone.
    pub(crate) fn old_tls(&self, made: &Certificate) -> OldTls {
        let listen = format!("{SERVER}:5349");
        let (cert, key) = (made.cert.to_string_lossy(), made.key.to_string_lossy());
        let args = ["s_server", "-accept", &listen, "-cert", &cert, "-key", &key, "-quiet"];
        let old = ["-no_tls1_2", "-no_tls1_3", "-cipher", "ALL:@SECLEVEL=0"];
        let mut command = self.command(Side::Server, "openssl", &[&args[..], &old].concat());
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = OldTls(child.expect("openssl starts"));
        let start = Instant::now();
        while !self
            .turnutils("openssl", &["s_client", "-connect", &listen], SOON)
            .said()
            .contains("CONNECTED")
        {
            assert!(start.elapsed() < Duration::from_secs(5), "openssl does not listen");
        }
        server
    }
}

const SOON: Duration = Duration::from_secs(2);
const NEW_KEY: [&str; 6] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];

const NEW_RSA_KEY: [&str; 4] = ["-newkey", "rsa:2048", "-nodes", "-keyout"];

fn self_signed(dir: &Path, key: &str, cert: &str, subject: &str) {
    let request = ["req", "-x509", "-days", "90", "-subj", subject];
    openssl(dir, &request, &NEW_KEY, &[key, "-out", cert]);
}

fn openssl(dir: &Path, command: &[&str], middle: &[&str], end: &[&str]) {
    let args: Vec<&str> = [command, &["-config", "openssl.cnf"], middle, end].concat();
    let mut openssl = std::process::Command::new("openssl");
    openssl.args(&args).current_dir(dir).env("PATH", super::path()).env_remove("OPENSSL_CONF");
    let done = process::run(openssl, Duration::from_secs(20));
    assert!(done.success(), "openssl {}: {}", args.join(" "), done.stderr);
}

/// One file for `req` and `ca`, so that no distribution's defaults count. `[authority]` is what
/// `openssl req -x509` does with the configuration that openssl ships.
fn config(sans: &str) -> String {
    format!(
        "[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
commonName = unused
[authority]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
basicConstraints = critical,CA:TRUE
subjectAltName = {sans}
[ca]
default_ca = lab
[lab]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = {sans}
[public_leaf]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = caIssuers;URI:http://ca.example.test/between.der
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = {sans}
"
    )
}
