//! Whether the server gives us a relay, and if not, why. Behind coturn's one 401 stand several causes;
//! what the client's own side knows tells them apart.

use super::{Case, relay};
use crate::finding::{Confidence, Finding, Severity};
use crate::ice::address::AddressClass;
use crate::probe::codes::{
    AUTH_WRONG, CAPACITY, CREDENTIALS_REQUIRED, FORBIDDEN_PEER, MALFORMED, NONCE_LOOP, QUOTA, REALM_MISSING,
    REDIRECT, REDIRECT_FAILED, REDIRECT_LOOP, REST_EXPIRED, REST_SECRET_MISMATCH, SERVER_ERROR,
    STALE_NONCE_OK,
};
use crate::probe::facts::{AllocateFacts, StepFacts};

pub(super) fn granted(case: &mut Case<'_>) {
    redirect(case);
    let Some(allocate) = &case.facts.allocate else { return };
    if allocate.ok && allocate.attempts.iter().any(|leg| leg.realm.as_deref() == Some("")) {
        let finding = realm_missing(case, Some(String::new()));
        case.push(finding);
    }
    if let Some(code) = allocate.code {
        let finding = match code {
            300 => None,
            401 => Some(unauthorized(case, allocate)),
            438 => Some(nonce_loop(case, allocate)),
            486 => Some(quota(case)),
            508 => Some(capacity(case)),
            code => Some(server_error(case, "allocate", "Allocate", code)),
        };
        if let Some(finding) = finding {
            let words = allocate.reason.clone().unwrap_or_default();
            case.push(finding.evidence("code", code).evidence("server_says", words));
        }
        return;
    }
    let later = [&case.facts.permission, &case.facts.channel, &case.facts.refresh, &case.facts.release];
    let stale = allocate.attempts.iter().filter(|leg| leg.code == Some(438)).count() as u32
        + later.into_iter().flatten().filter(|step| step.ok).map(|step| step.stale_nonces).sum::<u32>();
    if allocate.ok && stale > 0 {
        let finding = case
            .finding(&STALE_NONCE_OK, "allocate")
            .message("the server asked for a fresh nonce and took it")
            .evidence("times", stale);
        case.push(finding);
    }
    steps(case);
}

fn unauthorized(case: &Case<'_>, allocate: &AllocateFacts) -> Finding {
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
                .help(
                    "give --username with --password (or RTCSCOPE_USERNAME, RTCSCOPE_PASSWORD), or --secret",
                ),
        );
    }
    if !allocate.attempts.iter().any(|leg| leg.authenticated) {
        let what = match allocate.attempts.iter().any(|leg| leg.nonce) {
            true => {
                "announces PASSWORD-ALGORITHMS in its NONCE and has none: somebody took them out on the way"
            }
            false => "carries no NONCE, so that no request can be signed",
        };
        return with_realm(
            case.finding(&MALFORMED, stage)
                .message(format!("the server's 401 {what}"))
                .help("RFC 8489 §9.2.4 and §9.2.5 demand it: report it to the server's maintainers, or look for a middlebox"),
        );
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
    if knowledge.secret_mismatch || knowledge.minted {
        let (message, confidence) = match knowledge.minted {
            true => ("credentials minted from --secret are refused", Confidence::Medium),
            false => ("the password is not what --secret gives for this user name", Confidence::High),
        };
        return with_realm(
            case.finding(&REST_SECRET_MISMATCH, stage)
                .confidence(confidence)
                .message(message)
                .evidence("minted_here", knowledge.minted)
                .help(match knowledge.minted {
                    true => {
                        "compare with `static-auth-secret=` of the server, and check that `use-auth-secret` is set; \
                         a clock that is far off refuses fresh credentials too"
                    }
                    false => {
                        "the application mints with another secret than --secret: compare both with the server's \
                         `static-auth-secret=`"
                    }
                }),
        );
    }
    with_realm(
        case.finding(&AUTH_WRONG, stage)
            .message(
                "the server refuses the credentials: the user is unknown or the password is wrong \
                 (a server answers both alike)",
            )
            .evidence(
                "authenticated_attempts",
                allocate.attempts.iter().filter(|leg| leg.authenticated).count(),
            )
            .help(match knowledge.key {
                true => {
                    "the key of --key belongs to one user in one realm: make it with the realm shown here"
                }
                false => {
                    "compare with `user=` or `turnadmin -l`; the key of a stored user depends on the realm"
                }
            }),
    )
}

/// libwebrtc never computes a key for an empty realm (it waits for the realm to change from empty), so
/// that browsers fail even where the probe's own answer to the challenge was taken.
fn realm_missing(case: &Case<'_>, realm: Option<String>) -> Finding {
    let how = if realm.is_some() { "an empty REALM" } else { "no REALM" };
    case.finding(&REALM_MISSING, "allocate")
        .message(format!("the server's 401 carries {how}: no browser gets past it, whatever the password"))
        .evidence("realm", realm.unwrap_or_default())
        .help("set `realm=your.domain` in the coturn configuration")
}

fn nonce_loop(case: &Case<'_>, allocate: &AllocateFacts) -> Finding {
    let times = allocate.attempts.iter().filter(|leg| leg.code == Some(438)).count();
    case.finding(&NONCE_LOOP, "allocate")
        .message("the server refuses the very nonce that it has just issued, again and again")
        .evidence("times", times)
        .help(
            "several servers behind one address without affinity, or a NAT that changes our port: make the \
             load balancer keep a client on one server",
        )
}

fn quota(case: &Case<'_>) -> Finding {
    case.finding(&QUOTA, "allocate")
        .message("the server's quota of allocations or bandwidth is used up (486)")
        .help("raise `user-quota`, `total-quota` or `bps-capacity`, or end the sessions that hold it")
}

fn capacity(case: &Case<'_>) -> Finding {
    case.finding(&CAPACITY, "allocate")
        .message("the server has no relay port or address left (508)")
        .help("widen `min-port` to `max-port`; coturn gives a port back only some time after its release")
}

fn server_error(case: &Case<'_>, stage: &'static str, request: &str, code: u16) -> Finding {
    if code == 0 {
        return case
            .finding(&MALFORMED, stage)
            .message(format!("the server refuses {request} without an ERROR-CODE that can be read"))
            .help("RFC 8489 §6.3.4 demands one: report it to the server's maintainers");
    }
    case.finding(&SERVER_ERROR, stage)
        .message(format!("the server answers {request} with {code}"))
        .evidence("code", code)
        .help("look into the server's log at this time")
}

/// CreatePermission, ChannelBind, Refresh.
fn steps(case: &mut Case<'_>) {
    let facts = case.facts;
    let steps = [
        ("permission", "CreatePermission", &facts.permission),
        ("channel", "ChannelBind", &facts.channel),
        ("refresh", "Refresh", &facts.refresh),
        ("release", "Refresh with lifetime 0", &facts.release),
    ];
    let mut lost = false;
    for (stage, request, step) in steps {
        let Some(StepFacts { ok: false, code, .. }) = step else { continue };
        // An allocation that is gone is told once, and not at all where a blocked path explains it.
        if *code == Some(437) && (std::mem::replace(&mut lost, true) || relay::outbound_blocked(facts)) {
            continue;
        }
        let finding = match code {
            Some(403) => {
                forbidden(case, stage, facts.relay.peer.as_ref().map(|peer| peer.address().ip().to_string()))
            }
            Some(438) => case
                .finding(&NONCE_LOOP, stage)
                .message(format!("the server refuses its own fresh nonces for {request}"))
                .help("make the load balancer keep a client on one server"),
            Some(code) => server_error(case, stage, request, *code),
            None => case
                .finding(&SERVER_ERROR, stage)
                .message(format!("the server, or the way to it, went silent: {request} got no answer"))
                .help("it had answered before: look for a crash, a restart, or a link that went down at this time"),
        };
        case.push(finding);
    }
    if facts.relay.loop_permission_code == Some(403) {
        let relay = facts.relay.address.map(|address| address.ip().to_string());
        let finding = forbidden(case, "permission", relay).severity(Severity::Warning);
        case.push(finding.message(
            "the server refuses its own relay address as a peer (403): two of its relayed users cannot talk",
        ));
    }
}

fn forbidden(case: &Case<'_>, stage: &'static str, peer: Option<String>) -> Finding {
    let peer = peer.unwrap_or_else(|| "our address".to_owned());
    case.finding(&FORBIDDEN_PEER, stage)
        .message(format!("the server refuses to relay to {peer} (403)"))
        .evidence("peer", peer)
        .evidence("code", 403)
        .help(
            "a `denied-peer-ip` range holds it: except it with `allowed-peer-ip=` if it is a legitimate peer",
        )
}

fn redirect(case: &mut Case<'_>) {
    let Some(redirect) = &case.facts.redirect else { return };
    let to = redirect.to.map_or("nowhere".to_owned(), |to| to.to_string());
    let stage = "redirect";
    let visited = |again| again == case.facts.addr || Some(again) == redirect.to;
    let finding = if let Some(again) = redirect.again_to.filter(|again| !visited(*again)) {
        case.finding(&REDIRECT_FAILED, stage)
            .message(format!(
                "the server redirects to {to}, and that one on to {again}: one step is followed"
            ))
            .help("let `alternate-server=` name the last server of the chain, as clients follow no further")
    } else if let Some(again) = redirect.again_to {
        case.finding(&REDIRECT_LOOP, stage)
            .message(format!("the server redirects to {to}, which redirects on to {again}"))
            .help("`alternate-server=` must name a server that does not redirect itself")
    } else if redirect.to.is_none() {
        case.finding(&REDIRECT_FAILED, stage)
            .message("the server redirects (300) without saying where to")
            .help("RFC 8489 §10 demands ALTERNATE-SERVER in a 300: check `alternate-server=`")
    } else if let Some(fault) = &redirect.fault {
        case.finding(&REDIRECT_FAILED, stage)
            .message(format!("the server redirects to {to}, which cannot be used: {}", fault.message))
            .help("check that the server named in `alternate-server=` runs and can be reached by clients")
    } else {
        case.finding(&REDIRECT, stage)
            .message(format!("the server redirects to {to}, and the probe went there"))
    };
    let class = redirect.to.map(|to| AddressClass::of(to.ip()).name());
    let finding =
        finding.evidence("to", to).evidence("class", class).evidence("domain", redirect.domain.clone());
    case.push(finding);
}

fn ago(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn rfc3339(unix: u64) -> String {
    i64::try_from(unix)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| unix.to_string(), |time| time.to_string())
}
