//! Checks that are refused.

use super::seen::count;
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

/// Both sides thought that they decide: they settle it among themselves (RFC 8445 §7.3.1.1).
const ROLE_CONFLICT: u16 = 487;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "ICE_CHECKS_REFUSED",
    name: "refused-checks",
    severity: Severity::Error,
    summary: "checks of ICE were refused",
    explain: include_str!("refused_checks.md"),
    refs: &["RFC 8445 §7.3", "RFC 8489 §9.1.3"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    for session in seen.sessions() {
        let sides = || session.iter().filter_map(|row| row.ice.as_ref()).flat_map(|ice| [&ice.src, &ice.dst]);
        let answered: u64 = sides().map(|side| side.answered).sum();
        let errors = sides().flat_map(|side| &side.errors).filter(|(code, _)| **code != ROLE_CONFLICT);
        let Some((code, _)) = errors.clone().max_by_key(|(_, count)| **count) else { continue };
        let refused: u64 = errors.map(|(_, count)| count).sum();
        // Those that come before the description are refused, and sent again.
        if answered > 0 {
            continue;
        }
        let Some(row) = session.first() else { continue };
        found.push(
            seen.of_pair(&RULE, "ice", &row.leg, sides().find_map(|side| side.first_check_at_s).unwrap_or(0.0), None)
                .message(format!("{} refused with {code}, and none answered", count(refused, "check was", "checks were")))
                .evidence("code", *code)
                .evidence("refused", refused)
                .help(match code {
                    401 | 400 => {
                        "the checks are of another session than the side they reach: compare `ice-ufrag` and `ice-pwd` of both \
                         descriptions, after a restart of ICE above all"
                    }
                    _ => "look at the log of the side that refuses",
                }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::finding::Severity;

    #[test]
    fn a_session_that_is_refused_is_told_and_a_conflict_of_roles_is_not() {
        let refused = |code, answered| {
            let mut scene = Scene::call();
            let ice = scene.transport.pairs[0].ice.as_mut().unwrap();
            ice.src.errors.insert(code, 6);
            (ice.src.answered, ice.dst.answered) = (answered, 0);
            scene
        };
        assert_eq!(refused(401, 0).severities(&CHECK), [Severity::Error]);
        assert_eq!(refused(401, 0).says(&CHECK), "6 checks were refused with 401, and none answered");
        assert_eq!(refused(401, 3).severities(&CHECK), []);
        assert_eq!(refused(487, 0).severities(&CHECK), []);
    }
}
