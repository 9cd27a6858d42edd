//! Which m-line of the one description is which of the other.

use super::matching::{Match, by_key, out_of_order};
use crate::sdp::session::{Media, Session};

/// The m-lines of two descriptions, by index.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    /// What belongs together, in the order of the later description.
    pub(super) both: Vec<(usize, usize)>,
    /// Those of `both` whose order is another.
    pub(super) moved: Vec<(usize, usize)>,
    /// What only the earlier one has.
    pub(super) removed: Vec<usize>,
    /// What only the later one has.
    pub(super) added: Vec<usize>,
}

/// By mid; where mids are missing, or no mid is in both, by kind and place.
pub(super) fn pair(from: &Session<'_>, to: &Session<'_>) -> Pairing {
    let mut pairing = Pairing::default();
    let named = by_key(from.media(), to.media(), |media| media.mid().map(|mid| mid.value));
    let mut left = [Vec::new(), Vec::new()];
    for one in named {
        match one {
            Match::Both(from, to) if from.mid().is_some() => pairing.both.push((from.index(), to.index())),
            Match::Both(from, to) => {
                left[0].push(from);
                left[1].push(to);
            }
            Match::From(from) => left[0].push(from),
            Match::To(to) => left[1].push(to),
        }
    }
    for side in &mut left {
        side.sort_by_key(|media| media.index());
    }
    let none_is_named = pairing.both.is_empty();
    let may_be =
        |from: Media<'_, '_>, to: Media<'_, '_>| none_is_named || from.mid().is_none() || to.mid().is_none();
    let same_place = |media: Media<'_, '_>| (media.line().kind.value.to_owned(), Some(media.index()));
    let same_kind = |media: Media<'_, '_>| (media.line().kind.value.to_owned(), None);
    left = take(left, &mut pairing.both, same_place, may_be);
    left = take(left, &mut pairing.both, same_kind, may_be);
    let [removed, added] = left.map(|side| side.into_iter().map(Media::index).collect());
    (pairing.removed, pairing.added) = (removed, added);
    pairing.both.sort_unstable();
    let order: Vec<usize> = pairing.both.iter().map(|(_, to)| *to).collect();
    let is_moved = out_of_order(&order);
    pairing.moved =
        pairing.both.iter().zip(is_moved).filter(|(_, moved)| *moved).map(|(pair, _)| *pair).collect();
    pairing.both.sort_unstable_by_key(|(_, to)| *to);
    pairing
}

/// Takes out what has the same key, and gives back what is left.
fn take<'s, 't>(
    [from, to]: [Vec<Media<'s, 't>>; 2],
    both: &mut Vec<(usize, usize)>,
    key: impl Fn(Media<'s, 't>) -> (String, Option<usize>),
    may_be: impl Fn(Media<'s, 't>, Media<'s, 't>) -> bool,
) -> [Vec<Media<'s, 't>>; 2] {
    let mut left = [Vec::new(), Vec::new()];
    for one in by_key(from, to, key) {
        match one {
            Match::Both(from, to) if may_be(from, to) => both.push((from.index(), to.index())),
            Match::Both(from, to) => {
                left[0].push(from);
                left[1].push(to);
            }
            Match::From(from) => left[0].push(from),
            Match::To(to) => left[1].push(to),
        }
    }
    for side in &mut left {
        side.sort_by_key(|media| media.index());
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::Text;

    /// `audio:0 video:1`, with mids or without.
    fn sdp(m_lines: &str) -> String {
        let section = |word: &str| match word.split_once(':') {
            Some((kind, mid)) => format!("m={kind} 9 X 0\r\na=mid:{mid}\r\n"),
            None => format!("m={word} 9 X 0\r\n"),
        };
        format!("v=0\r\n{}", m_lines.split_whitespace().map(section).collect::<String>())
    }

    #[track_caller]
    fn check(from: &str, to: &str, expected: &str) {
        let (from, to) = (sdp(from), sdp(to));
        let [from, to] = [&from, &to].map(|text| Text::from_bytes(text.as_bytes()));
        let pairing = pair(&Session::from_text(&from), &Session::from_text(&to));
        let said = format!(
            "{:?} moved {:?} removed {:?} added {:?}",
            pairing.both, pairing.moved, pairing.removed, pairing.added
        );
        assert_eq!(said, expected);
    }

    #[test]
    fn mids_come_before_places() {
        check("audio:0 video:1", "video:1 audio:0", "[(1, 0), (0, 1)] moved [(0, 1)] removed [] added []");
        check("audio:0 video:1", "audio:0 video:2", "[(0, 0)] moved [] removed [1] added [1]");
    }

    #[test]
    fn without_mids_it_is_kind_and_place() {
        check("audio video", "audio:0 video:1", "[(0, 0), (1, 1)] moved [] removed [] added []");
        check("audio:a video:b", "audio:0 video:1", "[(0, 0), (1, 1)] moved [] removed [] added []");
        check("audio video audio", "audio audio", "[(0, 0), (2, 1)] moved [] removed [1] added []");
        check("audio:0 video", "audio:0 video:1", "[(0, 0), (1, 1)] moved [] removed [] added []");
    }
}
