//! Text out of HTML, with the places of its characters. No tree: a page that was saved, not one that is shown.

use super::text::{Text, find};

/// Elements that begin a line of their own.
const BLOCKS: [&[u8]; 16] = [
    b"br",
    b"pre",
    b"div",
    b"p",
    b"td",
    b"tr",
    b"th",
    b"li",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"textarea",
    b"table",
];

/// Whether this is HTML rather than text in which a `<` stands.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let head = bytes.trim_ascii_start();
    let head = &head[..head.len().min(512)];
    let lower = head.to_ascii_lowercase();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<div", b"<pre", b"<table", b"<p>", b"<meta"]
        .iter()
        .any(|tag| lower.starts_with(tag))
        || lower.starts_with(b"<!--") && find(&lower, b"<html", 0).is_some()
}

/// Whether there are marks of HTML in a text that is none as a whole: a part of a page, or what an editor escaped.
pub(super) fn has_html(bytes: &[u8]) -> bool {
    [&b"&#"[..], b"&equals;", b"<br", b"<BR", b"<p>", b"<div", b"<span"]
        .iter()
        .any(|mark| find(bytes, mark, 0).is_some())
}

/// The text of a page. The ids of elements that name an offer or answer become lines, as headings do.
pub(super) fn text_of(page: &Text<'_>) -> Text<'static> {
    let bytes = &*page.bytes;
    let mut out = Text::empty();
    let mut at = 0;
    while at < bytes.len() {
        let plain = bytes[at..]
            .iter()
            .position(|byte| matches!(byte, b'<' | b'&'))
            .map_or(bytes.len(), |next| at + next);
        out.push_slice(page, at..plain);
        at = plain;
        match bytes.get(at) {
            Some(b'<') => at = tag(page, at, &mut out),
            Some(_) => at = entity(page, at, &mut out),
            None => {}
        }
    }
    out
}

fn tag(page: &Text<'_>, at: usize, out: &mut Text<'static>) -> usize {
    let bytes = &*page.bytes;
    let rest = &bytes[at + 1..];
    let name = rest.strip_prefix(b"/").unwrap_or(rest);
    let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    // Far ends are no ends: a `<` in text must not make the whole rest of the page be searched again and again.
    let end = rest.iter().take(4096).position(|byte| *byte == b'>');
    let (Some(end), true) = (end, length > 0 || rest.starts_with(b"!")) else {
        out.push_slice(page, at..at + 1);
        return at + 1;
    };
    let name = name[..length].to_ascii_lowercase();
    if BLOCKS.contains(&&name[..]) {
        if !out.bytes.ends_with(b"\n") {
            out.push_decoded(b"\n", page.position(at));
        }
        if let Some(id) = id(&rest[..end]) {
            out.push_decoded(id, None);
            out.push_decoded(b"\n", None);
        }
    }
    let after = at + end + 2;
    // The line end that an editor writes behind it breaks no second line.
    let line_end = match bytes.get(after..).unwrap_or_default() {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ => 0,
    };
    if name == b"br" { after + line_end } else { after }
}

/// The id of an element, where it tells which description follows.
fn id(tag: &[u8]) -> Option<&[u8]> {
    let start = find(tag, b"id=\"", 0)? + 4;
    let id = &tag[start..];
    let id = &id[..id.iter().position(|byte| *byte == b'"')?];
    (find(id, b"offer", 0).is_some() != find(id, b"answer", 0).is_some() && id.len() < 100).then_some(id)
}

fn entity(page: &Text<'_>, at: usize, out: &mut Text<'static>) -> usize {
    let bytes = &*page.bytes;
    let rest = &bytes[at + 1..];
    let decoded = rest.iter().take(10).position(|byte| *byte == b';').and_then(|end| {
        let name = std::str::from_utf8(&rest[..end]).ok()?;
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let letter = match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "equals" => '=',
            "colon" => ':',
            "sol" => '/',
            "plus" => '+',
            "Tab" => '\t',
            "NewLine" => '\n',
            _ => match name.strip_prefix('#')? {
                hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16)?,
                decimal => number(decimal, 10)?,
            },
        };
        Some((letter, end + 2))
    });
    match decoded {
        Some((letter, length)) => {
            out.push_decoded(letter.encode_utf8(&mut [0; 4]).as_bytes(), page.position(at));
            at + length
        }
        None => {
            out.push_slice(page, at..at + 1);
            at + 1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_entities_become_characters() {
        let page = b"<div id=\"tab_pane_offer_7\"><pre><b>v</b>=0\ns=&lt;&#38;&#x41;&unknown; a < b</pre>";
        assert!(is_html(page));
        let text = text_of(&Text::whole(page));
        assert_eq!(String::from_utf8_lossy(&text.bytes), "\ntab_pane_offer_7\nv=0\ns=<&A&unknown; a < b\n");
        let at = find(&text.bytes, b"=0", 0).unwrap();
        assert_eq!(text.position(at), find(page, b"=0", 0));
    }
}
