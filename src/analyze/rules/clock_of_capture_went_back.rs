//! Clocks of captures that go back.

use super::seen::count;
use super::{Check, Seen};
use crate::finding::{Finding, Rule, Severity};

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CAPTURE_CLOCK",
    name: "clock-of-capture-went-back",
    severity: Severity::Warning,
    summary: "the clock of the capture went back",
    explain: include_str!("clock_of_capture_went_back.md"),
    refs: &["draft-ietf-opsawg-pcapng"],
    since: "0.1.0",
};

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    if seen.clock_steps == 0 {
        return;
    }
    let message = format!("the clock of the capture went back {}", count(seen.clock_steps, "time", "times"));
    found.push(
        seen.of_capture(&RULE, "capture").message(message).evidence("clock_steps", seen.clock_steps).help(
            "do not trust jitter, gaps and drift around it; captures of several machines or interfaces must be merged by \
             time (`mergecap`)",
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::rules::scene::Scene;
    use crate::finding::Severity;

    #[test]
    fn a_clock_that_went_back_is_told() {
        let mut scene = Scene::new();
        assert_eq!(scene.severities(&CHECK), []);
        scene.clock_steps = 2;
        assert_eq!(scene.says(&CHECK), "the clock of the capture went back 2 times");
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
    }
}
