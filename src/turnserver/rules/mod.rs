//! What is wrong with a configuration: one rule a file, and the text of each beside it.
//!
//! Codes by hundreds: 1 how it is written, 2 who may log in, 3 addresses and ports, 4 what relays may reach, 5 the service.

mod auth_secret_without_secret;
mod binding_switched_off;
mod blank_beside_secret;
mod blank_for_equals_sign;
mod byte_order_mark;
mod capacity_without_rate;
mod comment_behind_value;
mod every_relay_forbidden;
mod few_relay_ports;
mod inner_networks_left_open;
mod lifetime_below_standard;
mod line_without_option;
mod log_of_every_packet;
mod login_for_binding;
mod login_without_realm;
mod loopback_peers_allowed;
mod max_bps_too_low;
mod missing_value;
mod no_auth_beside_logins;
mod no_denied_peers;
mod no_relays_for_users;
mod no_such_address;
mod not_a_number;
mod option_set_twice;
mod overlong_line;
mod private_external_address;
mod private_relay_without_external_address;
mod public_peers_denied;
mod relays_for_anybody;
mod retired_option;
mod reversed_peer_range;
mod reversed_port_range;
mod second_external_address;
mod semicolon_at_end;
mod single_quoted_value;
mod strength;
mod switch_that_stays_on;
mod tls_without_certificate;
mod two_ways_to_log_in;
mod unknown_option;
mod unreadable_peer_range;
mod unusable_user;
mod user_given_twice;
mod users_beside_auth_secret;
mod value_neither_on_nor_off;
mod weak_auth_secret;
mod weak_cli_password;
mod weak_user_password;

use super::{Conf, Findings};
use crate::finding::Rule;

/// A rule, and what looks for its fault.
#[derive(Debug)]
pub(super) struct Check {
    rule: &'static Rule,
    pub(super) check: fn(&Conf, &mut Findings<'_>),
}

/// Every rule, sorted by code.
pub(super) static CHECKS: &[&Check] = &[
    &line_without_option::CHECK,
    &unknown_option::CHECK,
    &retired_option::CHECK,
    &comment_behind_value::CHECK,
    &value_neither_on_nor_off::CHECK,
    &switch_that_stays_on::CHECK,
    &missing_value::CHECK,
    &option_set_twice::CHECK,
    &byte_order_mark::CHECK,
    &overlong_line::CHECK,
    &blank_for_equals_sign::CHECK,
    &single_quoted_value::CHECK,
    &semicolon_at_end::CHECK,
    &not_a_number::CHECK,
    &login_without_realm::CHECK,
    &users_beside_auth_secret::CHECK,
    &user_given_twice::CHECK,
    &weak_auth_secret::CHECK,
    &blank_beside_secret::CHECK,
    &relays_for_anybody::CHECK,
    &no_auth_beside_logins::CHECK,
    &auth_secret_without_secret::CHECK,
    &unusable_user::CHECK,
    &two_ways_to_log_in::CHECK,
    &weak_user_password::CHECK,
    &private_external_address::CHECK,
    &private_relay_without_external_address::CHECK,
    &no_such_address::CHECK,
    &tls_without_certificate::CHECK,
    &few_relay_ports::CHECK,
    &reversed_port_range::CHECK,
    &second_external_address::CHECK,
    &no_denied_peers::CHECK,
    &inner_networks_left_open::CHECK,
    &unreadable_peer_range::CHECK,
    &weak_cli_password::CHECK,
    &loopback_peers_allowed::CHECK,
    &public_peers_denied::CHECK,
    &reversed_peer_range::CHECK,
    &max_bps_too_low::CHECK,
    &no_relays_for_users::CHECK,
    &binding_switched_off::CHECK,
    &login_for_binding::CHECK,
    &capacity_without_rate::CHECK,
    &every_relay_forbidden::CHECK,
    &lifetime_below_standard::CHECK,
    &log_of_every_packet::CHECK,
];

/// Every rule as data, sorted by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    CHECKS.iter().map(|check| check.rule)
}

/// Holds the lines that `rule` has findings in against `lines`; 0 stands for a finding without a line.
#[cfg(test)]
#[track_caller]
fn check(rule: &'static Rule, text: &str, lines: &[usize]) {
    use crate::finding::Location;
    let report = super::Report::new(&Conf::from_text(text), "turnserver.conf");
    let found = report.findings.iter().filter(|finding| finding.code == rule.code);
    let found: Vec<usize> = found
        .map(|finding| match &finding.location {
            Some(Location::Text { line, .. }) => *line,
            _ => 0,
        })
        .collect();
    assert_eq!(found, lines, "{} in {text:?}", rule.code);
}
