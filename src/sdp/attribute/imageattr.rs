//! `imageattr`: sizes of pictures (RFC 6236 §3).

use super::rid::RidDirection;
use crate::sdp::Problem;
use crate::sdp::text::{Spanned, Word};

/// `a=imageattr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imageattr<'t> {
    /// A payload type, or `*`.
    pub format: Word<'t>,
    /// For each direction the sets, `[x=…,y=…]`, or `*` for any.
    pub sets: Vec<(Spanned<RidDirection>, Vec<Word<'t>>)>,
}

impl<'t> Imageattr<'t> {
    pub(super) fn read(value: Word<'t>) -> Result<Self, Problem> {
        const SET: &str = "sizes, such as `[x=640,y=480]`, or `*`";
        let mut words = value.words();
        let format = words.expect("a payload type or `*`")?;
        let mut sets: Vec<(_, Vec<Word<'t>>)> =
            vec![(RidDirection::read(words.expect("send or recv")?)?, vec![])];
        for word in words {
            let is_set =
                word.value == "*" || word.starts_with("[x=") && word.ends_with(']') && word.contains(",y=");
            match (is_set, sets.last_mut()) {
                (true, Some((_, list))) => list.push(word),
                (false, Some((_, list))) if list.is_empty() => return Err(Problem::expected(SET, word)),
                _ if word.starts_with('[') => return Err(Problem::expected(SET, word)),
                _ => sets.push((RidDirection::read(word)?, vec![])),
            }
        }
        match sets.last() {
            Some((direction, list)) if list.is_empty() => {
                Err(Problem::expected(SET, Spanned { value: "", span: direction.span.after() }))
            }
            _ => Ok(Self { format, sets }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::text::Span;

    fn read(value: &str) -> Result<Imageattr<'_>, Problem> {
        Imageattr::read(Spanned { value, span: Span::new(0, value.len()) })
    }

    #[test]
    fn each_direction_has_its_sets() {
        let read = read("97 send [x=800,y=640,sar=1.1,q=0.6] [x=480,y=320] recv [x=[0:16:800],y=[0:8:640]]")
            .unwrap();
        assert_eq!(read.sets.iter().map(|(_, list)| list.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(super::super::imageattr::tests::read("* recv *").unwrap().format.value, "*");
    }

    #[test]
    fn sizes_without_names_are_refused_at_their_place() {
        assert_eq!(read("126 recv [0-1920]").unwrap_err().found, "[0-1920]");
        assert_eq!(read("126 recv").unwrap_err().span, Span::new(8, 8));
    }
}
