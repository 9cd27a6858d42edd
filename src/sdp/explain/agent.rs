//! A browser's name out of its user agent, which has the names of many.

/// The names that browsers add, the most telling first, and what they are called.
const NAMES: [(&str, &str); 12] = [
    ("Electron/", "Electron"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox for iOS"),
    ("CriOS/", "Chrome for iOS"),
    ("HeadlessChrome/", "Chrome (headless)"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Version/", "Safari"),
];

const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// `Chrome 140 on Linux`; `None` for what is no user agent of a browser.
pub(super) fn browser(agent: &str) -> Option<String> {
    let (name, version) = NAMES.iter().find_map(|(mark, name)| {
        let (_, rest) = agent.split_once(mark)?;
        (*name != "Safari" || agent.contains("Safari/")).then_some((*name, rest))
    })?;
    // Safari's second number tells as much as its first.
    let parts = if name == "Safari" { 2 } else { 1 };
    let version = version.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or_default();
    let version: Vec<&str> = version.split('.').take(parts).collect();
    let system = SYSTEMS.iter().find(|(mark, _)| agent.contains(mark));
    let system = system.map(|(_, name)| format!(" on {name}")).unwrap_or_default();
    Some(format!("{name} {}{system}", version.join(".")))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn the_most_telling_name_counts() {
        let check = |agent: &str, expected: Option<&str>| assert_eq!(browser(agent).as_deref(), expected);
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        check(chrome, Some("Chrome 140 on Linux"));
        check(&format!("{chrome} Edg/140.0.1"), Some("Edge 140 on Linux"));
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:109.0) Gecko/20100101 Firefox/118.0",
            Some("Firefox 118 on macOS"),
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15",
            Some("Safari 17.0 on macOS"),
        );
        check("Mozilla/5.0 example", None);
        check("", None);
    }
}
