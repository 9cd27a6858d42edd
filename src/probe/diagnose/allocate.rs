//! Whether the server gives us a relay, and if not, why; what becomes of it, step by step.

use super::credentials::{realm_missing, unauthorized};
use super::{Case, cap, refusal, relay};
use crate::finding::Finding;
use crate::ice::address::AddressClass;
use crate::probe::codes::{
    CAPACITY, NONCE_LOOP, QUOTA, REDIRECT, REDIRECT_FAILED, REDIRECT_LOOP, SERVER_ERROR, STALE_NONCE_OK,
};
use crate::probe::facts::{AllocateFacts, EndpointFacts, OddityKind, StepFacts};

pub(super) fn granted(case: &mut Case<'_>) {
    redirect(case);
    let Some(allocate) = &case.facts.allocate else { return };
    if allocate.ok && allocate.attempts.iter().any(|leg| leg.realm.as_deref() == Some("")) {
        let finding = realm_missing(case, Some(String::new()));
        case.push(finding);
    }
    if let Some(finding) = super::token::cut(case, allocate) {
        case.push(finding);
    }
    if let Some(code) = allocate.code {
        let finding = match code {
            300 => None,
            // The clock explains it, and says so.
            401 if super::time::refused_by_the_clock(case) => None,
            401 => Some(unauthorized(case, allocate)),
            438 => Some(nonce_loop(case, allocate)),
            486 => Some(quota(case)),
            508 => Some(capacity(case)),
            code => Some(refusal::of(case, "allocate", "Allocate", code)),
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
    let finding = case
        .finding(&CAPACITY, "allocate")
        .message("the server has no relay port or address left (508)")
        .help("widen `min-port` to `max-port`; coturn gives a port back only some time after its release");
    match case.context.relay_family {
        Some(family) => finding.evidence("family", family.name()),
        None => finding,
    }
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
        // A Refresh that ended the allocation (LIFETIME_ODD) leaves nothing to release.
        let ended = facts.refresh.as_ref().is_some_and(|refresh| refresh.ok && refresh.lifetime_s == Some(0));
        if *code == Some(437) && stage == "release" && ended {
            continue;
        }
        // An answer came and could not be believed: that is a finding of its own, and its grave form.
        if code.is_none() && discarded(facts) {
            continue;
        }
        // A cap so low swallows requests like any other packet.
        if code.is_none() && cap::starves(case) {
            continue;
        }
        let finding = match code {
            Some(438) => case
                .finding(&NONCE_LOOP, stage)
                .message(format!("the server refuses its own fresh nonces for {request}"))
                .help("make the load balancer keep a client on one server"),
            Some(code) => refusal::of(case, stage, request, *code),
            None => case
                .finding(&SERVER_ERROR, stage)
                .message(format!("the server, or the way to it, went silent: {request} got no answer"))
                .help("it had answered before: look for a crash, a restart, or a link that went down at this time"),
        };
        case.push(finding);
    }
    refusal::of_the_loop(case);
}

/// Whether a success response was discarded for its MESSAGE-INTEGRITY.
fn discarded(facts: &EndpointFacts) -> bool {
    let kinds = [OddityKind::NoIntegrity, OddityKind::WrongIntegrity];
    facts.oddities.iter().any(|odd| kinds.contains(&odd.kind))
}

/// The requests that were answered in a way that had to be discarded, until their time was up.
pub(super) fn unanswered(facts: &EndpointFacts) -> Vec<&'static str> {
    let steps = [
        ("CreatePermission", &facts.permission),
        ("ChannelBind", &facts.channel),
        ("Refresh", &facts.refresh),
        ("the release", &facts.release),
    ];
    let silent = |step: &Option<StepFacts>| step.as_ref().is_some_and(|step| !step.ok && step.code.is_none());
    steps.into_iter().filter(|(_, step)| silent(step)).map(|(request, _)| request).collect()
}

/// Whether an address of this class is none for clients elsewhere.
fn local(class: AddressClass) -> bool {
    use AddressClass::{LinkLocal, Loopback, Private, SharedCgnat, UniqueLocal};
    matches!(class, Private | SharedCgnat | UniqueLocal | LinkLocal | Loopback)
}

fn redirect(case: &mut Case<'_>) {
    let Some(redirect) = &case.facts.redirect else { return };
    let to = redirect.to.map_or("nowhere".to_owned(), |to| to.to_string());
    let stage = "redirect";
    let private =
        redirect.to.map(|to| AddressClass::of(to.ip())).filter(|class| local(*class)).map(AddressClass::name);
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
            .help(match private {
                Some(class) => format!(
                    "{to} is a {class} address, which clients outside that network cannot reach: let \
                     `alternate-server=` (over TLS `tls-alternate-server=`) name a public one"
                ),
                None => {
                    "check that the server named in `alternate-server=` runs and can be reached by clients"
                        .to_owned()
                }
            })
    } else {
        let finding = case
            .finding(&REDIRECT, stage)
            .message(format!("the server redirects to {to}, and the probe went there"));
        match private {
            Some(class) if !local(AddressClass::of(case.facts.addr.ip())) => {
                finding.help(format!("{to} is a {class} address: clients outside that network cannot follow"))
            }
            _ => finding,
        }
    };
    let class = redirect.to.map(|to| AddressClass::of(to.ip()).name());
    let finding =
        finding.evidence("to", to).evidence("class", class).evidence("domain", redirect.domain.clone());
    case.push(finding);
}
