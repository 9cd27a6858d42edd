//! A `max-bps` that was taken for bits.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF501",
    name: "max-bps-too-low",
    severity: Severity::Error,
    summary: "the bandwidth of a relay is too small for a call",
    explain: include_str!("max_bps_too_low.md"),
    refs: &["coturn turnserver.conf", "RFC 8656 §7.2"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    let Some((line, setting)) = conf.last("max-bps") else { return };
    let rate = conf::leading_number(conf.text(&setting.value));
    let (severity, what) = match rate {
        0 => return,
        rate if rate < VOICE => (Severity::Error, "any call"),
        rate if rate < VIDEO => (Severity::Warning, "video"),
        _ => return,
    };
    findings.at(&RULE, line, &setting.value, |finding| {
        let kbit = rate as f64 * 8.0 / 1000.0;
        finding
            .severity(severity)
            .message(format!("`max-bps` is in bytes: {rate} are {kbit:.0} kbit/s for each relay and direction, too little for {what}"))
            .evidence("max_bps_bytes", rate)
            .help("set `max-bps=0` for no limit, or at least 375000 (3 Mbit/s)")
    });
}

/// 40 kbit/s: Opus at 24 kbit/s with the headers of 50 packets a second.
const VOICE: u64 = 5_000;
/// 500 kbit/s.
const VIDEO: u64 = 62_500;

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "max-bps=1024\n", &[1]);
        check(&RULE, "max-bps=20000\n", &[1]);
        check(&RULE, "max-bps=0\n", &[]);
        check(&RULE, "max-bps=375000\n", &[]);
    }
}
