//! Header extensions (RFC 8285), read up to the first element that cannot be.

/// A header extension: its profile, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'a> {
    profile: u16,
    bytes: &'a [u8],
}

/// How the elements of a header extension are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One-byte headers (RFC 8285 §4.2).
    OneByte,
    /// Two-byte headers (RFC 8285 §4.3).
    TwoByte,
    /// Encrypted (Cryptex, RFC 9335 §5.1): nothing can be read.
    Encrypted,
    /// Of an application (RFC 3550 §5.3.1).
    Other,
}

impl<'a> Extension<'a> {
    pub(super) fn new(profile: u16, bytes: &'a [u8]) -> Self {
        Self { profile, bytes }
    }

    /// How its elements are written.
    #[must_use]
    pub fn form(&self) -> Form {
        match self.profile {
            0xbede => Form::OneByte,
            0x1000..=0x100f => Form::TwoByte,
            0xc0de | 0xc2de => Form::Encrypted,
            _ => Form::Other,
        }
    }

    /// "Defined by profile", as the header has it.
    #[must_use]
    pub fn profile(&self) -> u16 {
        self.profile
    }

    /// Everything behind profile and length, as far as it was kept.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Identifiers and values, as far as they can be told.
    #[must_use]
    pub fn elements(&self) -> Elements<'a> {
        let bytes = match self.form() {
            Form::OneByte | Form::TwoByte => self.bytes,
            Form::Encrypted | Form::Other => &[],
        };
        Elements { two_byte: self.form() == Form::TwoByte, bytes }
    }
}

/// The elements of a header extension, in order.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    two_byte: bool,
    bytes: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    /// Identifier, value.
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (&first, behind) = self.bytes.split_first()?;
            // A byte of padding, in either form.
            if first == 0 {
                self.bytes = behind;
                continue;
            }
            let (id, length, behind) = match self.two_byte {
                true => {
                    let (&length, behind) = behind.split_first()?;
                    (first, usize::from(length), behind)
                }
                false => (first >> 4, usize::from(first & 0x0f) + 1, behind),
            };
            // One-byte headers: 15 ends it, and 0 with a length is nothing that could be passed over (RFC 8285 §4.2).
            let end = !self.two_byte && matches!(id, 0 | 15);
            if end || behind.len() < length {
                self.bytes = &[];
                return None;
            }
            let (value, rest) = behind.split_at(length);
            self.bytes = rest;
            return Some((id, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(profile: u16, bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        Extension::new(profile, bytes).elements().map(|(id, value)| (id, value.to_vec())).collect()
    }

    #[test]
    fn both_forms_are_read_through_their_padding() {
        assert_eq!(elements(0xbede, &[0x10, 1, 0, 0, 0x21, 2, 3]), [(1, vec![1]), (2, vec![2, 3])]);
        assert_eq!(elements(0x1000, &[1, 0, 0, 20, 2, 2, 3]), [(1, vec![]), (20, vec![2, 3])]);
        assert_eq!(elements(0x1007, &[1, 1, 9]), [(1, vec![9])]);
    }

    #[test]
    fn what_cannot_be_read_ends_it_and_costs_nothing_before() {
        assert_eq!(elements(0xbede, &[0x10, 1, 0xf3, 1, 2, 3, 4]), [(1, vec![1])]);
        assert_eq!(elements(0xbede, &[0x10, 1, 0x03, 1, 2, 3, 4]), [(1, vec![1])]);
        assert_eq!(elements(0xbede, &[0x10, 1, 0x1f, 1, 2]), [(1, vec![1])]);
        assert_eq!(elements(0x1000, &[5, 1, 7, 6, 200, 1]), [(5, vec![7])]);
        assert_eq!(elements(0x1000, &[5]), []);
        assert_eq!(elements(0xc0de, &[0x10, 1]), []);
        assert_eq!(elements(0x4242, &[0x10, 1]), []);
    }
}
