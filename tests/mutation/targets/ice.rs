//! Names of servers.

use rtcscope::ice::servers::IceServers;
use rtcscope::ice::uri::ServerUri;

/// Reads the bytes as a server URI; what is one reads back as itself.
pub(super) fn server_uri(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = ServerUri::from_target(&text);
    match ServerUri::from_text(&text) {
        Ok(uri) => {
            let shown = uri.to_string();
            assert_eq!(ServerUri::from_text(&shown), Ok(uri), "{shown}");
        }
        Err(error) => {
            assert!((1..=text.len() + 1).contains(&error.column), "column {}", error.column);
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
}

/// Reads the bytes as what a web app is given.
pub(super) fn ice_servers(bytes: &[u8]) {
    match IceServers::from_json(&String::from_utf8_lossy(bytes)) {
        Ok(servers) => {
            for (located, _) in servers.iter() {
                server_uri(located.uri.to_string().as_bytes());
            }
        }
        Err(error) => {
            let _ = error.hint();
            assert!(!error.to_string().is_empty());
        }
    }
}
