//! Keys of another call.

use super::seen::count;
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "KEYS_UNFIT",
    name: "keys-that-open-nothing",
    severity: Severity::Warning,
    summary: "the keys that were given open nothing",
    explain: include_str!("keys_that_open_nothing.md"),
    refs: &["RFC 3711 §3.3", "RFC 5764 §4.2"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let Some(keys) = seen.decryption.filter(|keys| keys.opened == 0 && keys.refused > 0) else { return };
    let message =
        format!("the keys fit none of {}", count(keys.refused, "encrypted packet", "encrypted packets"));
    found.push(
        RULE.finding("srtp", "keys")
            .message(message)
            .evidence("opened", keys.opened)
            .evidence("refused", keys.refused)
            .help(
                "take the keys of this call: a log of the same run, with its handshake in the capture; DTLS 1.3 is not \
                 opened by a key log yet",
            ),
    );
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::analyze::summary::DecryptionFacts;
    use crate::finding::Severity;

    #[test]
    fn keys_that_open_nothing_are_told() {
        let mut scene = Scene::new();
        assert_eq!(scene.severities(&CHECK), []);
        scene.decryption = Some(DecryptionFacts { unsupported_keys: 0, opened: 0, refused: 12 });
        assert_eq!(scene.says(&CHECK), "the keys fit none of 12 encrypted packets");
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        scene.decryption = Some(DecryptionFacts { unsupported_keys: 0, opened: 1, refused: 12 });
        assert_eq!(scene.severities(&CHECK), []);
    }
}
