//! Behind coturn's one 401 stand several causes; what the client's own side knows tells them apart.

use super::time::{ago, rfc3339};
use super::{Case, token};
use crate::finding::{Confidence, Finding};
use crate::probe::codes::{
    AUTH_WRONG, CRED_FORMAT, CREDENTIALS_REQUIRED, MALFORMED, NONCE_MISSING, REALM_MISSING, REST_EXPIRED,
    REST_SECRET_MISMATCH,
};
use crate::probe::facts::AllocateFacts;
use crate::turn::credentials::form::{self, Defect};

pub(super) fn unauthorized(case: &Case<'_>, allocate: &AllocateFacts) -> Finding {
    let knowledge = &case.context.target.knowledge;
    let realm = allocate.attempts.iter().rev().find_map(|leg| leg.realm.clone());
    let stage = "allocate";
    if realm.as_deref().is_none_or(str::is_empty) {
        return realm_missing(case, realm);
    }
    let with_realm = |finding: Finding| finding.evidence("realm", realm.clone().unwrap_or_default());
    if case.context.target.credentials.is_none() {
        return with_realm(
            case.finding(&CREDENTIALS_REQUIRED, stage)
                .message("the server wants credentials, and none were given")
                .help(match token::wanted(allocate) {
                    true => {
                        "give --username with --access-token-file and --mac-key-file, as the server takes tokens \
                         (RFC 7635), or with --password; or --secret"
                    }
                    false => {
                        "give --username with --password (or RTCSCOPE_USERNAME, RTCSCOPE_PASSWORD), or --secret"
                    }
                }),
        );
    }
    if token::ours(case).is_some() && !token::wanted(allocate) {
        return with_realm(token::unwanted(case));
    }
    if !allocate.attempts.iter().any(|leg| leg.authenticated) {
        let finding = match allocate.attempts.iter().any(|leg| leg.nonce) {
            true => case.finding(&MALFORMED, stage).message(
                "the server's 401 announces PASSWORD-ALGORITHMS in its NONCE and has none: somebody took \
                 them out on the way",
            ),
            false => case
                .finding(&NONCE_MISSING, stage)
                .message("the server's 401 carries no NONCE, so that no request can be signed"),
        };
        return with_realm(finding.help(
            "RFC 8489 §9.2.4 and §9.2.5 demand it: report it to the server's maintainers, or look for a middlebox",
        ));
    }
    if let Some(token) = token::ours(case) {
        return with_realm(token::refused(case, allocate, token));
    }
    if let Some(finding) = damaged(case) {
        return with_realm(finding);
    }
    let now = case.context.now_unix;
    if let Some(expired) = knowledge.rest_expiry.filter(|expiry| *expiry <= now) {
        return with_realm(
            case.finding(&REST_EXPIRED, stage)
                .message(format!("the credentials expired {} ago", ago(now - expired)))
                .evidence("expired_at", rfc3339(expired))
                .evidence("ago_s", now - expired)
                .help("have the application mint fresh ones for each session, or with a longer lifetime"),
        );
    }
    let prolonged = case.facts.minted.as_ref().filter(|_| knowledge.rest_expiry.is_some());
    let prolonged = prolonged.and_then(|minted| minted.accepted);
    let ours = knowledge.minted || knowledge.fits_secret;
    if knowledge.secret_mismatch || ours {
        let (message, confidence) = match knowledge.minted {
            true if prolonged == Some(false) => {
                ("credentials minted from the secret are refused, whenever they expire", Confidence::Medium)
            }
            true => ("credentials minted from the secret are refused", Confidence::Medium),
            false if ours => {
                ("the password is what the secret gives, and the server refuses it", Confidence::Medium)
            }
            false if knowledge.mended_fits_secret => (
                "the password is damaged; mended it is what --secret gives, and the server refuses that too",
                Confidence::High,
            ),
            false => ("the password is not what --secret gives for this user name", Confidence::High),
        };
        return with_realm(
            case.finding(&REST_SECRET_MISMATCH, stage)
                .confidence(confidence)
                .message(message)
                .evidence("minted_here", knowledge.minted)
                .evidence("later_expiry_is_accepted", prolonged)
                .help(match (ours, prolonged) {
                    (true, Some(false)) => {
                        "compare with `static-auth-secret=` of the server, and check that `use-auth-secret` is set; \
                         it is not its clock, as an expiry years ahead is refused too"
                    }
                    (true, _) => {
                        "compare with `static-auth-secret=` of the server, and check that `use-auth-secret` is set; \
                         a clock that is far off refuses fresh credentials too: --clock finds it"
                    }
                    (false, _) => {
                        "the application mints with another secret than --secret: compare both with the server's \
                         `static-auth-secret=`"
                    }
                }),
        );
    }
    let minted = case.facts.minted.as_ref().and_then(|minted| minted.accepted);
    if minted == Some(true) {
        return with_realm(static_user(case));
    }
    if token::wanted(allocate) {
        return with_realm(token::wanted_instead(case, allocate));
    }
    // What the pair looks like is all that there is to tell a REST server from one with static users.
    let rest = knowledge.rest_expiry.is_some();
    let tried = case.facts.mended.as_ref().filter(|mended| mended.accepted == Some(false));
    let tried: Vec<&str> = tried.map_or_else(Vec::new, |mended| {
        mended.username.iter().chain(&mended.password).map(|defect| defect.phrase()).collect()
    });
    let mut finding = case.finding(&AUTH_WRONG, stage);
    if !tried.is_empty() {
        finding = finding.evidence("also_tried_without", tried);
    }
    if let Some(accepted) = minted {
        finding = finding.evidence("minted_is_accepted", accepted);
    }
    with_realm(
        finding
            .message(match rest {
                true => {
                    "the server refuses the credentials: they look like temporary ones (TURN REST) that have not \
                     expired, so that the secret is another, the password was changed on the way, or the server \
                     has static users alone (it answers all of them alike)"
                }
                false => {
                    "the server refuses the credentials: the user is unknown or the password is wrong \
                     (a server answers both alike)"
                }
            })
            .evidence("username_form", if rest { "rest" } else { "static" })
            .evidence(
                "authenticated_attempts",
                allocate.attempts.iter().filter(|leg| leg.authenticated).count(),
            )
            .help(match knowledge.key {
                true => {
                    "the key of --key belongs to one user in one realm: make it with the realm shown here"
                }
                false if rest => {
                    "give --secret to hold the password against it; check that `use-auth-secret` is set and that \
                     `static-auth-secret=` is the application's"
                }
                false => {
                    "compare with `user=` or `turnadmin -l`; the key of a stored user depends on the realm, and a \
                     coturn with `use-auth-secret` knows no such users. Or the user database is unreachable: see the \
                     server's log"
                }
            }),
    )
}

/// A plain name and its password, at a server that took minted credentials a moment later.
fn static_user(case: &Case<'_>) -> Finding {
    case.finding(&AUTH_WRONG, "allocate")
        .message(
            "the server takes credentials minted from the secret, and not those of this static user: a coturn with \
             `use-auth-secret` takes minted ones only",
        )
        .evidence("username_form", "static")
        .evidence("minted_is_accepted", true)
        .help(
            "give clients a user name `TIME:NAME` and the password that the secret makes for it, fresh for each \
             session (`rtcscope probe cred --secret …` prints such a pair); for static users, a coturn without \
             `use-auth-secret` and with `lt-cred-mech` and `user=`",
        )
}

/// Credentials that look damaged, and were taken when mended, or could not be tried so.
fn damaged(case: &Case<'_>) -> Option<Finding> {
    let expiry = case.context.target.knowledge.rest_expiry;
    let expired = expiry.is_some_and(|expiry| expiry <= case.context.now_unix);
    let explains = |accepted: Option<bool>| accepted == Some(true) || accepted.is_none() && !expired;
    let mended = case.facts.mended.as_ref().filter(|mended| explains(mended.accepted))?;
    let said = |what: &str, defects: &[Defect]| -> Vec<String> {
        defects.iter().map(|defect| format!("the {what} {}", defect.phrase())).collect()
    };
    let said = [said("user name", &mended.username), said("password", &mended.password)].concat().join(", ");
    let fits = case.context.target.knowledge.mended_fits_secret;
    let (message, confidence) = match mended.accepted {
        Some(_) => (format!("{said}: mended, the server takes the credentials"), Confidence::High),
        None if fits => (
            format!("{said}; mended it is what --secret gives, and the server refuses it as it is"),
            Confidence::Medium,
        ),
        None => (format!("{said}, and the server refuses the credentials"), Confidence::Medium),
    };
    let finding = case
        .finding(&CRED_FORMAT, "allocate")
        .confidence(confidence)
        .message(message)
        .evidence("username", serde_json::to_value(&mended.username).unwrap_or_default())
        .evidence("password", serde_json::to_value(&mended.password).unwrap_or_default())
        .evidence("mended_is_accepted", mended.accepted)
        .help(form::advice(&mended.username, &mended.password));
    Some(match fits {
        true => finding.evidence("mended_fits_secret", true),
        false => finding,
    })
}

/// libwebrtc never computes a key for an empty realm (it waits for the realm to change from empty), so
/// that browsers fail even where the probe's own answer to the challenge was taken.
pub(super) fn realm_missing(case: &Case<'_>, realm: Option<String>) -> Finding {
    let how = if realm.is_some() { "an empty REALM" } else { "no REALM" };
    case.finding(&REALM_MISSING, "allocate")
        .message(format!("the server's 401 carries {how}: no browser gets past it, whatever the password"))
        .evidence("realm", realm.unwrap_or_default())
        .help("set `realm=your.domain` in the coturn configuration")
}
