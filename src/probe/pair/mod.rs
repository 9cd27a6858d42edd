//! What a pair of user name and password says of itself, without any server: `rtcscope probe cred`.
//!
//! The one result that holds a password on purpose: one that was minted here, to be handed on. A password that
//! was given is not repeated, nor is the shared secret.

mod ice_servers;
mod report;
mod token;

use serde::Serialize;

use self::ice_servers::IceServer;
use super::codes::{CRED_FORMAT, REST_EXPIRED, REST_EXPIRING, REST_SECRET_MISMATCH};
use crate::finding::{Confidence, Exit, FailOn, Finding, Severity};
use crate::ice::uri::ServerUri;
use crate::turn::credentials::form::{self, Damage, Defect};
use crate::turn::credentials::{Credentials, LongTermSecret, Secret, rest};

pub use self::ice_servers::PLACEHOLDER;
pub use self::token::MintedToken;

/// A credential with less time left than this is about to expire.
const EXPIRING: i64 = 600;

/// What is known of a pair.
#[derive(Debug, Clone)]
pub struct Given {
    /// User name and password.
    pub credentials: Credentials,
    /// The password was made here.
    pub minted: bool,
    /// The shared secret, to hold the password against.
    pub secret: Option<Secret>,
    /// Between time and name.
    pub separator: char,
    /// For which the keys are wanted.
    pub realm: Option<String>,
    /// What the pair is for.
    pub uris: Vec<ServerUri>,
    /// Now, in Unix seconds.
    pub now_unix: u64,
}

/// The result: `cred/1`.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Pair {
    /// What the process exits with.
    pub exit: Exit,
    /// Goes over the wire in clear.
    pub username: String,
    /// How it is built.
    pub username_form: rest::Form,
    /// When it expires, RFC 3339; `null` for a static user.
    pub expires_at: Option<String>,
    /// Negative once it has expired.
    pub expires_in_s: Option<i64>,
    /// The password was made here, from the secret.
    pub minted: bool,
    /// The minted password; `null` where the password was given.
    pub credential: Option<String>,
    /// What the password looks like.
    pub password: Password,
    /// HA1 keys, where a realm was given.
    pub keys: Option<Keys>,
    /// To paste into a web app.
    pub ice_servers: Option<Vec<IceServer>>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// What a password looks like; never the password.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Password {
    /// In characters.
    pub length: usize,
    /// It is the base64 of so many bytes, if of 20 (HMAC-SHA1, what TURN REST servers expect) or 32 (SHA-256).
    pub base64_of_bytes: Option<usize>,
    /// The given secret gives it for this user name; `null` without a secret.
    pub matches_secret: Option<bool>,
    /// The given secret gives what it was before it was damaged.
    pub mended_matches_secret: bool,
    /// What looks damaged.
    pub defects: Vec<Defect>,
    /// What looks damaged about the user name.
    pub username_defects: Vec<Defect>,
}

/// What a server stores in place of a password; as good as the password in that realm.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Keys {
    /// For which realm alone they are good.
    pub realm: String,
    /// MD5, as `turnadmin -k` prints it (RFC 8489 §9.2.2).
    pub md5: String,
    /// SHA-256 (RFC 8489 §18.5.1.2).
    pub sha256: Option<String>,
}

impl Pair {
    /// Looks at a pair.
    pub fn of(given: &Given, fail_on: FailOn) -> Self {
        let Given { credentials, minted, separator, .. } = given;
        let username = &credentials.username;
        let damage = form::damage(credentials).filter(|_| !minted);
        let text = match &credentials.secret {
            LongTermSecret::Password(password) => password.expose(),
            LongTermSecret::Key(_) | LongTermSecret::Token(_) => "",
        };
        let of = |name: &str| rest::expiry_separated(name, *separator);
        let mended = damage.as_ref().map(|damage| damage.mended.username.as_str());
        let expiry = of(username).or_else(|| mended.and_then(of));
        let now = i64::try_from(given.now_unix).unwrap_or(i64::MAX);
        let expires_in_s = expiry.and_then(|expiry| i64::try_from(expiry).ok()).map(|expiry| expiry - now);
        let fits = |credentials: &Credentials| match (&given.secret, &credentials.secret) {
            (Some(secret), LongTermSecret::Password(password)) => {
                Some(rest::matches(secret, &credentials.username, password))
            }
            (Some(_), LongTermSecret::Key(_) | LongTermSecret::Token(_)) => Some(false),
            (None, _) => None,
        };
        let matches_secret = fits(credentials);
        let mended_fits = damage.as_ref().and_then(|damage| fits(&damage.mended)) == Some(true);
        let findings = findings(*minted, expiry, expires_in_s, matches_secret, damage.as_ref(), mended_fits);
        let keys = given.realm.as_ref().map(|realm| Keys {
            realm: realm.clone(),
            md5: hex(&credentials.key(realm)),
            sha256: credentials.key_sha256(realm).map(|key| hex(&*key)),
        });
        Self {
            exit: fail_on.exit(&findings),
            username: username.clone(),
            username_form: rest::form(mended.unwrap_or(username), *separator),
            expires_at: expiry.map(rfc3339),
            expires_in_s,
            minted: *minted,
            credential: minted.then(|| text.to_owned()),
            password: Password {
                length: text.chars().count(),
                base64_of_bytes: form::digest_length(text),
                matches_secret,
                mended_matches_secret: mended_fits,
                defects: damage.as_ref().map_or_else(Vec::new, |damage| damage.password.clone()),
                username_defects: damage.as_ref().map_or_else(Vec::new, |damage| damage.username.clone()),
            },
            keys,
            ice_servers: ice_servers::of(&given.uris, username, minted.then_some(text)),
            findings,
        }
    }
}

fn findings(
    minted: bool,
    expiry: Option<u64>,
    left: Option<i64>,
    matches: Option<bool>,
    damage: Option<&Damage>,
    mended_fits: bool,
) -> Vec<Finding> {
    const STAGE: &str = "credentials";
    const SUBJECT: &str = "the given pair";
    let mut findings = Vec::new();
    if let Some(damage) = damage {
        let of = |what: &str, defects: &[Defect]| {
            defects.iter().map(|defect| format!("the {what} {}", defect.phrase())).collect::<Vec<_>>()
        };
        let said = [of("user name", &damage.username), of("password", &damage.password)].concat().join(", ");
        let advice = form::advice(&damage.username, &damage.password);
        let mut finding = CRED_FORMAT.finding(STAGE, SUBJECT).help(advice);
        finding = match mended_fits {
            true => finding.message(format!("{said}: mended it is what the secret gives")),
            // No server was asked, and a password may well look like this.
            false => finding.message(said).severity(Severity::Warning).confidence(Confidence::Medium),
        };
        findings.push(finding);
    }
    match left.zip(expiry) {
        Some((left, at)) if left < 0 => findings.push(
            REST_EXPIRED
                .finding(STAGE, SUBJECT)
                .message(format!("the credential expired {} ago", span(left)))
                .evidence("expired_at", rfc3339(at))
                .evidence("ago_s", -left)
                .help("mint a new one; the time in the user name is the end of its life, not its beginning"),
        ),
        Some((left, at)) if left < EXPIRING && !minted => findings.push(
            REST_EXPIRING
                .finding(STAGE, SUBJECT)
                .message(format!("the credential expires in {}", span(left)))
                .evidence("expires_at", rfc3339(at))
                .evidence("left_s", left)
                .help("have the application mint them for longer than a call takes"),
        ),
        _ => {}
    }
    if matches == Some(false) && !mended_fits {
        findings.push(
            REST_SECRET_MISMATCH
                .finding(STAGE, SUBJECT)
                .message("the password is not what the secret gives for this user name")
                .help(
                    "the application mints with another secret, or for another user name: compare with the \
                     server's `static-auth-secret=`",
                ),
        );
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// A span of time in the unit that people say it in.
fn span(seconds: i64) -> String {
    super::diagnose::span(seconds.unsigned_abs())
}

fn rfc3339(unix: u64) -> String {
    super::diagnose::rfc3339(unix)
}

fn hex(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
