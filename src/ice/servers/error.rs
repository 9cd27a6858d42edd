//! Why a list of servers was refused, and where; never what a credential was.

use thiserror::Error;

use super::MAX_BYTES;
use crate::ice::uri::{UriError, UriFault};
use crate::turn::credentials::token::TokenError;

/// What is wrong with a list of servers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ServersError {
    /// More than [`MAX_BYTES`].
    #[error("the list of ICE servers has {bytes} bytes; {MAX_BYTES} are the limit")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Nothing but white space.
    #[error("the list of ICE servers is empty")]
    Empty,
    /// No JSON.
    #[error("the list of ICE servers is no JSON: {what} (line {line}, column {column})")]
    Syntax {
        /// What the JSON reader says.
        what: String,
        /// Counted from 1.
        line: usize,
        /// Counted in bytes from 1.
        column: usize,
    },
    /// A web page, or XML.
    #[error("this is a web page, not JSON")]
    Markup,
    /// JSON, but without servers.
    #[error("no `iceServers` in the JSON, and nothing in it that has `urls`")]
    NoServers,
    /// An array or a `urls` with nothing in it.
    #[error("{}: the list is empty", place(path))]
    EmptyList {
        /// Where.
        path: String,
    },
    /// Another JSON type than is needed.
    #[error("{}: {found} where {expected} is needed", place(path))]
    WrongType {
        /// Where.
        path: String,
        /// What is needed.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A server without `urls`.
    #[error("{}: the server has no `urls`", place(path))]
    UrlsMissing {
        /// Where.
        path: String,
    },
    /// A URI that cannot be read.
    #[error("{}: {error}", place(path))]
    Uri {
        /// Where.
        path: String,
        /// Why.
        error: UriError,
    },
    /// A token of third-party authorization (RFC 7635) that cannot be read.
    #[error("{}: {error}", place(path))]
    Token {
        /// Where.
        path: String,
        /// Why.
        error: TokenError,
    },
    /// A `credentialType` or `iceTransportPolicy` of another name.
    #[error("{}: the value is not one of {expected}", place(path))]
    UnknownValue {
        /// Where.
        path: String,
        /// What it may be.
        expected: &'static str,
    },
}

impl ServersError {
    /// What to do about it, in one clause without a full stop.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            ServersError::Uri { error: UriError { fault: UriFault::Userinfo, .. }, .. } => {
                "write `turn:HOST[:PORT]` and move the credentials to `username` and `credential`"
            }
            ServersError::Uri { error, .. } => return Some(error.hint()),
            ServersError::Syntax { .. } => {
                "JSON has keys and strings in double quotes, no comments and no trailing comma; in the web \
                 app's console, `JSON.stringify(configuration)` prints it"
            }
            ServersError::NoServers
            | ServersError::Empty
            | ServersError::UrlsMissing { .. }
            | ServersError::WrongType { expected: SERVER, .. } => {
                "a list of servers looks like `[{\"urls\": \"turn:HOST\", \"username\": …, \"credential\": …}]`"
            }
            ServersError::Markup => "did the request for it fail? look at its status and its body",
            ServersError::Token { .. } => {
                "`accessToken` and `macKey` are base64, as the authorization server gave them"
            }
            ServersError::TooLarge { .. }
            | ServersError::EmptyList { .. }
            | ServersError::WrongType { .. }
            | ServersError::UnknownValue { .. } => return None,
        };
        Some(hint.to_owned())
    }

    /// The reader's sentence ends with the place, which we keep apart. It names what it expected and never
    /// what it read.
    pub(super) fn syntax(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let sentence = error.to_string();
        let place = format!(" at line {line} column {column}");
        let what = sentence.strip_suffix(&place).unwrap_or(&sentence).to_owned();
        ServersError::Syntax { what, line, column }
    }
}

/// What an entry of the list has to be.
pub(super) const SERVER: &str = "an object with `urls`";

fn place(path: &str) -> &str {
    if path.is_empty() { "the top of the JSON" } else { path }
}
