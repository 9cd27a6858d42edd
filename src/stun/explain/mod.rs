//! One message explained byte by byte, broken ones as far as they go.
//!
//! [`Message`](super::Message) is for those who act on a message and refuses what is not right; this is for people
//! who want to see what is there. Knows no files and no credentials: keys are asked for when a message wants them.

mod foreign;
pub mod input;
mod reader;
mod value;

use std::fmt;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

pub use reader::explain;

/// Bytes explained: one STUN message, one ChannelData, or something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Explanation {
    /// Where it begins in the input.
    pub offset: usize,
    /// Bytes that belong to it.
    pub length: usize,
    /// What it is.
    pub protocol: Protocol,
    /// What it is, in a few words: `Binding request`.
    pub title: String,
    /// The class of a STUN message: `request`.
    pub class: Option<&'static str>,
    /// The method of a STUN message: `Binding`.
    pub method: Option<String>,
    /// The transaction id in hex.
    pub transaction: Option<String>,
    /// The number of a channel.
    pub channel: Option<u16>,
    /// The attributes of a STUN message, in order.
    pub attributes: Vec<Attribute>,
    /// FINGERPRINT: `null` where there is none.
    pub fingerprint: Option<Check>,
    /// The integrity attributes: `null` where there is none.
    pub integrity: Option<Check>,
    /// Every byte, in order.
    pub fields: Vec<Field>,
    /// What is wrong, in the order of the bytes.
    pub faults: Vec<Fault>,
}

/// What bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// A STUN message.
    Stun,
    /// A STUN message without the magic cookie, as before RFC 5389.
    ClassicStun,
    /// TURN ChannelData.
    ChannelData,
    /// Neither.
    Other,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Attribute {
    /// The type number.
    #[serde(rename = "type", serialize_with = "hex_number")]
    #[schemars(with = "String")]
    pub kind: u16,
    /// Its name; `null` where nobody knows it.
    pub name: Option<&'static str>,
    /// Where it begins in the input.
    pub offset: usize,
    /// Bytes of the value, padding not counted.
    pub length: usize,
    /// Whether a receiver that does not know it must refuse the message.
    pub comprehension_required: bool,
    /// What it says.
    pub value: String,
    /// What may be said of it where secrets may not; `None`: all of it.
    #[serde(skip)]
    pub masked: Option<String>,
    /// Where it is defined.
    pub reference: Option<&'static str>,
}

impl Attribute {
    /// The name, or the number where it has none.
    pub fn label(&self) -> String {
        super::registry::attribute_name(self.kind)
    }
}

/// Some bytes and their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Field {
    /// Where they are in the input.
    pub offset: usize,
    /// The bytes.
    #[serde(serialize_with = "hex_bytes")]
    #[schemars(with = "String")]
    pub bytes: Vec<u8>,
    /// What they are called.
    pub name: String,
    /// What they say.
    pub meaning: String,
    /// Where that is defined.
    pub reference: Option<&'static str>,
    /// Whether they are part of an attribute that another field began.
    #[serde(skip)]
    pub inner: bool,
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Fault {
    /// The byte in the input.
    pub offset: usize,
    /// What is wrong there.
    pub message: String,
}

/// What came of holding a value against the bytes that it protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// It is the one that the bytes (and the key) give.
    Right,
    /// It is another.
    Wrong,
    /// There was no key, or the message is broken before it.
    NotChecked,
}

/// A key that an HMAC may have been made with.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// How it was made, for people: `long-term key of user "a" in realm "b"`.
    pub origin: String,
    /// The key.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("origin", &self.origin).field("bytes", &"[redacted]").finish()
    }
}

/// Gives the keys that may fit a message with this USERNAME and REALM.
pub type Keys<'a> = &'a dyn Fn(Option<&str>, Option<&str>) -> Vec<Key>;

/// Explains `bytes` from their start to their end, as however many messages they hold.
pub fn explain_all(bytes: &[u8], keys: Keys<'_>) -> Vec<Explanation> {
    let (mut explained, mut at) = (Vec::new(), 0);
    loop {
        let mut next = explain(&bytes[at..], at, keys);
        at += next.length;
        let rest = &bytes[at..];
        let more = !rest.is_empty() && next.protocol != Protocol::Other && reader::begins_a_message(rest);
        if !rest.is_empty() && !more {
            reader::trail(&mut next, rest, at);
        }
        explained.push(next);
        if !more {
            return explained;
        }
    }
}

impl Explanation {
    /// Whether nothing is wrong with it.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

fn hex_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value::hex(bytes))
}

fn hex_number<S: Serializer>(number: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("0x{number:04x}"))
}

#[cfg(test)]
mod tests;
