//! Tokens and passwords at servers that want the other of the two (RFC 7635), and tokens that are refused.

use super::Case;
use crate::finding::{Finding, Severity};
use crate::probe::codes::{AUTH_WRONG, CREDENTIALS_REQUIRED, TOKEN_REFUSED};
use crate::probe::facts::AllocateFacts;
use crate::turn::credentials::token::{AccessToken, MAC_KEY_BYTES};

/// The token that we have in place of a password.
pub(super) fn ours<'a>(case: &Case<'a>) -> Option<&'a AccessToken> {
    case.context.target.credentials.as_ref()?.access_token()
}

/// Whether the server asks for tokens.
pub(super) fn wanted(allocate: &AllocateFacts) -> bool {
    allocate.attempts.iter().any(|leg| leg.third_party_authorization)
}

/// For whom, as it says itself.
fn server_name(allocate: &AllocateFacts) -> Option<&str> {
    let mut names = allocate.attempts.iter().filter_map(|leg| leg.token_server_name.as_deref());
    names.find(|name| !name.is_empty())
}

/// A token, and a server that does not ask for one: it was not sent.
pub(super) fn unwanted(case: &Case<'_>) -> Finding {
    case.finding(&CREDENTIALS_REQUIRED, "allocate")
        .message(
            "the server wants a user name and a password, and a token was given: its 401 asks for none (no \
             THIRD-PARTY-AUTHORIZATION), so the token was not sent",
        )
        .evidence("third_party_authorization", false)
        .help(
            "give --username with --password-file, or --secret; to have coturn take tokens, set `oauth`, \
             `lt-cred-mech` and `server-name=`, and put the key of the authorization server into `oauth_key` of its database",
        )
}

/// A token that the server asked for, and refuses.
pub(super) fn refused(case: &Case<'_>, allocate: &AllocateFacts, token: &AccessToken) -> Finding {
    let name = server_name(allocate);
    let bytes = token.mac_key().len();
    let finding = case
        .finding(&TOKEN_REFUSED, "allocate")
        .message(match bytes {
            MAC_KEY_BYTES => "the server refuses the token: it has expired, it was made for another server name or \
                              with another key, the server does not know the key id (the user name), or the MAC key \
                              is another token's (a server answers all of them alike)"
                .to_owned(),
            bytes => format!(
                "the server refuses the token: the MAC key has {bytes} bytes, and {MAC_KEY_BYTES} go with HMAC-SHA1, \
                 which signs requests (coturn takes no other)"
            ),
        })
        .evidence("username_form", "kid")
        .evidence("token_server_name", name)
        .evidence("mac_key_bytes", bytes)
        .evidence("also_signed_with_16_bytes", allocate.attempts.iter().any(|leg| leg.cut_mac_key))
        .evidence("authenticated_attempts", allocate.attempts.iter().filter(|leg| leg.authenticated).count());
    let made_for = name.map_or_else(String::new, |name| format!(" for the server name `{name}`"));
    finding.help(format!(
        "have the authorization server make a fresh one{made_for}; `oauth_key` of coturn's database must have this key \
         id, with the very key that the authorization server has, and coturn's log says which of its checks failed"
    ))
}

/// A token that the server takes, and not as the RFC has it.
pub(super) fn cut(case: &Case<'_>, allocate: &AllocateFacts) -> Option<Finding> {
    let taken = allocate.ok && allocate.attempts.last().is_some_and(|leg| leg.cut_mac_key);
    taken.then(|| {
        case.finding(&TOKEN_REFUSED, "allocate")
            .severity(Severity::Info)
            .message(
                "the server takes the token where requests are signed with the first 16 bytes of the MAC key, and \
                 refuses it where they are signed with all of it, as RFC 7635 has it: coturn does that",
            )
            .evidence("cut_mac_key", true)
            .help(
                "nothing can be set against it; a client that follows the RFC to the letter gets no relay from coturn, so \
                 look how yours signs",
            )
    })
}

/// A user name and password, refused by a server that asks for tokens.
pub(super) fn wanted_instead(case: &Case<'_>, allocate: &AllocateFacts) -> Finding {
    let name = server_name(allocate);
    let made_for = name.map_or_else(String::new, |name| format!(" for `{name}`"));
    case.finding(&AUTH_WRONG, "allocate")
        .message(format!(
            "the server asks for a token of third-party authorization{made_for} (RFC 7635), and refuses this user name \
             and password: it takes no passwords, or not these"
        ))
        .evidence("third_party_authorization", true)
        .evidence("token_server_name", name)
        .help(
            "give the token with --access-token-file and --mac-key-file, and the id of its key with --username; a \
             coturn with `oauth` takes the passwords of `user=` and its database besides: compare with those",
        )
}
