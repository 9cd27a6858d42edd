//! Header extensions of a stream: which there are, and those that are the same text in every packet, as MID and RID are.

use std::collections::BTreeMap;

/// Texts are no longer: RIDs and MIDs are names.
const LONGEST: usize = 32;
/// Elements whose text is watched.
const MOST_TEXTS: usize = 8;

/// The elements of header extensions (RFC 8285).
#[derive(Debug, Clone, Default)]
pub(super) struct Elements {
    /// Identifiers from 1 to 63, as bits.
    seen: u64,
    /// By identifier; `None` once there were two, or no text.
    texts: BTreeMap<u8, Option<String>>,
}

impl Elements {
    pub(super) fn element(&mut self, id: u8, value: &[u8]) {
        if id >= 64 {
            return;
        }
        self.seen |= 1 << id;
        if let Some(known) = self.texts.get_mut(&id) {
            if known.as_deref().map(str::as_bytes) != Some(value) {
                *known = None;
            }
        } else if self.texts.len() < MOST_TEXTS {
            self.texts.insert(id, text(value));
        }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = u8> + '_ {
        (0..64).filter(|id| self.seen >> id & 1 == 1)
    }

    pub(super) fn text(&self, id: u8) -> Option<&str> {
        self.texts.get(&id)?.as_deref()
    }
}

fn text(value: &[u8]) -> Option<String> {
    let is_text = !value.is_empty() && value.len() <= LONGEST && value.iter().all(u8::is_ascii_graphic);
    is_text.then(|| String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_as_long_as_it_does_not_change() {
        let mut elements = Elements::default();
        for number in 0..3 {
            elements.element(1, b"video");
            elements.element(2, &[number]);
            elements.element(3, if number < 2 { b"a" } else { b"b" });
        }
        assert_eq!(elements.ids().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!([1, 2, 3, 4].map(|id| elements.text(id)), [Some("video"), None, None, None]);
    }
}
