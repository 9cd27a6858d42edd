//! A token of third-party authorization (RFC 7635) that was made here, to be handed on: `rtcscope probe cred`.
//!
//! It holds the token and its MAC key on purpose; the key that sealed the token it does not.

use serde::Serialize;

use super::ice_servers::{self, IceServer};
use super::{rfc3339, span};
use crate::finding::Exit;
use crate::ice::uri::ServerUri;
use crate::report::{Align, Block, Cell, Document, Report, Table, Tone};
use crate::turn::credentials::token::AccessToken;

/// The result: `token/1`.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct MintedToken {
    /// What the process exits with.
    pub exit: Exit,
    /// The id of the key that sealed it: the user name.
    pub kid: String,
    /// For ACCESS-TOKEN, in base64.
    pub access_token: String,
    /// For MESSAGE-INTEGRITY, in base64.
    pub mac_key: String,
    /// The only server name that it is good for.
    pub server_name: String,
    /// When it expires, RFC 3339.
    pub expires_at: String,
    /// From now on.
    pub expires_in_s: u32,
    /// For `--ice-servers`.
    pub ice_servers: Option<Vec<IceServer>>,
}

impl MintedToken {
    /// A token made at `made` (Unix seconds) for `lifetime` seconds.
    pub fn of(
        kid: &str,
        token: &AccessToken,
        server_name: &str,
        (made, lifetime): (u64, u32),
        uris: &[ServerUri],
    ) -> Self {
        let (access_token, mac_key) = token.to_base64();
        let (access_token, mac_key) = (access_token.expose().to_owned(), mac_key.expose().to_owned());
        Self {
            exit: Exit::Healthy,
            kid: kid.to_owned(),
            server_name: server_name.to_owned(),
            expires_at: rfc3339(made.saturating_add(lifetime.into())),
            expires_in_s: lifetime,
            ice_servers: ice_servers::of_token(uris, kid, &access_token, &mac_key),
            access_token,
            mac_key,
        }
    }
}

impl Report for MintedToken {
    const SCHEMA: &'static str = "token/1";

    fn document(&self) -> Document {
        let verdict = format!("a new token, good for {}", span(self.expires_in_s.into()));
        let rows = [
            ("user name (key id)", self.kid.as_str().into()),
            ("access token", Cell::new(&self.access_token, Tone::Strong)),
            ("MAC key", Cell::new(&self.mac_key, Tone::Strong)),
            ("server name", self.server_name.as_str().into()),
            ("expires", format!("{}, in {}", self.expires_at, span(self.expires_in_s.into())).into()),
        ];
        let mut blocks = vec![
            Block::Verdict(Cell::new(verdict, Tone::Good)),
            Block::Heading("Token".to_owned()),
            Block::Table(Table {
                columns: vec![("what", Align::Left), ("value", Align::Left)],
                rows: rows.into_iter().map(|(what, value)| vec![Cell::new(what, Tone::Dim), value]).collect(),
            }),
        ];
        if let Some(servers) = &self.ice_servers {
            blocks.push(Block::Heading("For --ice-servers, as JSON (browsers take no tokens)".to_owned()));
            blocks.push(Block::Code(ice_servers::json(servers)));
        }
        Document { blocks }
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}
