//! Names that last: the server in this process has another port in each round, which monitoring would take for another
//! server.

use crate::finding::Finding;
use crate::metric::Metric;

/// What stands for its address.
const NAME: &str = "embedded";

/// Names a server in this process by what it is.
pub(super) fn name(metrics: &mut [Metric], findings: &mut [Finding]) {
    for (_, value) in metrics.iter_mut().flat_map(|metric| &mut metric.labels) {
        *value = lasting(value);
    }
    for finding in findings {
        finding.subject = lasting(&finding.subject);
    }
}

/// With a name in the place of loopback and port.
fn lasting(text: &str) -> String {
    let mut lasting = text.to_owned();
    for (address, name) in [("127.0.0.1:", NAME.to_owned()), ("[::1]:", format!("{NAME}-ipv6"))] {
        let mut parts = lasting.split(address);
        let mut named = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            named.push_str(&name);
            named.push_str(rest);
        }
        lasting = named;
    }
    lasting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_changes_is_no_part_of_a_name() {
        assert_eq!(lasting("turn:127.0.0.1:39105?transport=udp"), "turn:embedded?transport=udp");
        assert_eq!(lasting("turns:127.0.0.1:4711"), "turns:embedded");
        assert_eq!(lasting("[::1]:5000"), "embedded-ipv6");
        assert_eq!(lasting("udp"), "udp");
    }
}
