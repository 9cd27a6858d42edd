//! Words in backticks within a sentence of ours: what may be shown as code where there is such a thing.

/// A part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it is.
    Text(&'a str),
    /// What stood between backticks.
    Code(&'a str),
}

/// The parts of `text`. With an odd number of backticks nobody knows which of them belong together, and all is text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    if text.matches('`').count() % 2 == 1 || text.contains("``") {
        return vec![Piece::Text(text)];
    }
    let parts = text.split('`').enumerate().map(|(index, part)| match index % 2 {
        0 => Piece::Text(part),
        _ => Piece::Code(part),
    });
    parts.filter(|piece| *piece != Piece::Text("")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_backticks_are_code_and_a_lone_one_is_text() {
        assert_eq!(
            pieces("set `a` to `b`"),
            [Piece::Text("set "), Piece::Code("a"), Piece::Text(" to "), Piece::Code("b")]
        );
        assert_eq!(pieces("a ` b"), [Piece::Text("a ` b")]);
        assert_eq!(pieces("a `` b"), [Piece::Text("a `` b")]);
        assert_eq!(pieces(""), []);
    }
}
