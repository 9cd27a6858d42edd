//! A number with something else in it.

use super::{Check, Findings};
use crate::finding::{Rule, Severity};
use crate::turnserver::Conf;
use crate::turnserver::conf;
use crate::turnserver::options::Kind;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "CONF114",
    name: "not-a-number",
    severity: Severity::Warning,
    summary: "coturn reads this number otherwise",
    explain: include_str!("not_a_number.md"),
    refs: &["coturn turnserver.conf"],
    since: "0.1.0",
};

fn check(conf: &Conf, findings: &mut Findings<'_>) {
    for (line, setting, option) in conf.known() {
        let counted = matches!(option.kind, Kind::Number | Kind::OptionalNumber | Kind::Port);
        let value = conf.text(&setting.value);
        let number = value.split([' ', '\t']).next().unwrap_or_default();
        if !counted || number.is_empty() || number.starts_with('#') {
            continue;
        }
        let taken = conf::leading_number(number);
        let most = if option.kind == Kind::Port { u64::from(u16::MAX) } else { u64::MAX };
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        if digits && taken <= most {
            continue;
        }
        findings.at(&RULE, line, &(setting.value.start..setting.value.start + number.len()), |finding| {
            let name = option.name;
            let finding = finding.help("write digits alone; rates are in bytes per second");
            match digits {
                true => finding.message(format!("`{name}` is a port, and there is none above 65535")),
                false => finding
                    .message(format!("`{name}` needs a number; coturn takes the digits in front: {taken}")),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::turnserver::rules::check;

    #[test]
    fn finds_the_fault_and_nothing_else() {
        check(&RULE, "max-bps=1M\nlistening-port=http\nmin-port=99999\nuser-quota=-1\n", &[1, 2, 3, 4]);
        check(&RULE, "max-bps=1000 # x\nstale-nonce\nrelay-threads=0\n", &[]);
    }
}
