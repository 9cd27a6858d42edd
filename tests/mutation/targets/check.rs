//! What `rtcscope check` reads: plans, defaults of flags, requests over HTTP.

use std::path::Path;
use std::sync::OnceLock;

use rtcscope::check::plan::{Plan, PlanError};
use rtcscope::io::check::http::Request;

/// Reads the bytes as a plan and as a file of defaults: what is refused has its place, and what is taken is a command line.
pub(super) fn plan(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Plan::from_toml(&text, "plan.toml", Path::new("d")) {
        Err(error) => told(&text, &error),
        Ok(plan) => {
            let mut names: Vec<&str> = plan.entries.iter().map(|entry| &*entry.name).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "two checks of one name");
            for entry in &plan.entries {
                let arguments = entry.arguments();
                assert!(
                    arguments.iter().zip(entry.kind.command()).all(|(word, known)| word == known),
                    "{arguments:?}"
                );
                assert!(
                    entry.place.as_ref().is_some_and(|place| place.line <= 1 + text.matches('\n').count())
                );
                // A value is no flag.
                let words =
                    arguments.iter().skip(entry.kind.command().len()).take_while(|word| *word != "--");
                assert!(words.into_iter().all(|word| word.starts_with("--")), "{arguments:?}");
                let _ = (entry.subject(), entry.terms());
            }
        }
    }
    static TREE: OnceLock<clap::Command> = OnceLock::new();
    let tree = TREE.get_or_init(|| {
        let mut tree = rtcscope::cli::command();
        tree.build();
        tree
    });
    if let Err(error) = rtcscope::cli::read_defaults(&text, "defaults.toml", tree) {
        told(&text, &error);
    }
}

fn told(text: &str, error: &PlanError) {
    let place = &error.place;
    assert!(
        !error.message.is_empty() && place.line >= 1 && place.column >= 1 && place.length >= 1,
        "{error:?}"
    );
    assert!(place.line <= 1 + text.matches('\n').count(), "{error:?}");
    assert_eq!(place.excerpt().len(), 4);
}

/// Reads the bytes as the head of a request; one that is written anew says the same.
pub(super) fn http(bytes: &[u8]) {
    let (request, has_body) = match Request::from_head(bytes) {
        Ok(read) => read,
        Err(response) => {
            assert!(matches!(response.status, 400 | 405), "{response:?}");
            return;
        }
    };
    assert!(request.path.starts_with('/'), "{request:?}");
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let query = request.query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let query = query.collect::<Vec<_>>().join("&");
    let method = if has_body { "GET" } else { "HEAD" };
    let mut head = format!("{method} /{}?{query} HTTP/1.1\r\n", encoded(&request.path[1..]));
    for (name, value) in &request.headers {
        assert!(!name.contains(|c: char| c == '\n' || c.is_ascii_uppercase()), "{name:?}");
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    assert_eq!(Request::from_head(head.as_bytes()), Ok((request, has_body)));
}
