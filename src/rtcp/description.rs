//! Source descriptions, goodbyes, and messages of applications (RFC 3550 §6.5 to §6.7).

use ::rtcp::goodbye::Goodbye as Codec;

use super::{Block, package, word};

/// The descriptions of one source. Read here: the package forgets which item it was that it does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// The source.
    pub ssrc: u32,
    /// What is said of it.
    pub items: Vec<Item<'a>>,
}

/// One item of a source description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its type: 1 for CNAME.
    pub kind: u8,
    /// Its value, UTF-8 as a rule.
    pub value: &'a [u8],
}

impl Item<'_> {
    /// CNAME (RFC 3550 §6.5.1).
    pub const CNAME: u8 = 1;

    /// The name of its type in the registry of IANA.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        Some(match self.kind {
            1 => "CNAME",
            2 => "NAME",
            3 => "EMAIL",
            4 => "PHONE",
            5 => "LOC",
            6 => "TOOL",
            7 => "NOTE",
            8 => "PRIV",
            9 => "H323-CADDR",
            10 => "APSI",
            11 => "RGRP",
            12 => "RtpStreamId",
            13 => "RepairedRtpStreamId",
            14 => "CCID",
            15 => "MID",
            _ => return None,
        })
    }
}

/// Sources that leave (RFC 3550 §6.6), read by the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goodbye {
    /// Who.
    pub sources: Vec<u32>,
    /// Why, where a reason is given.
    pub reason: Option<String>,
}

/// A message of an application (RFC 3550 §6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Application<'a> {
    /// Who sent it.
    pub ssrc: u32,
    /// What the application makes of it.
    pub subtype: u8,
    /// Four characters of ASCII.
    pub name: [u8; 4],
    /// The rest.
    pub data: &'a [u8],
}

/// Chunks as far as they can be read; `None` where the first cannot.
pub(super) fn chunks(body: &[u8], count: u8) -> Option<Vec<Chunk<'_>>> {
    let mut chunks = Vec::new();
    let mut at = 0;
    for _ in 0..count {
        match chunk(body, at) {
            Some((chunk, end)) => {
                chunks.push(chunk);
                at = end;
            }
            None if chunks.is_empty() => return None,
            None => break,
        }
    }
    Some(chunks)
}

fn chunk(body: &[u8], mut at: usize) -> Option<(Chunk<'_>, usize)> {
    let ssrc = word(body, at)?;
    at += 4;
    let mut items = Vec::new();
    loop {
        // The end of the body ends the list as well as a null does: senders forget it.
        let kind = body.get(at).copied().unwrap_or_default();
        if kind == 0 {
            return Some((Chunk { ssrc, items }, (at + 1).next_multiple_of(4)));
        }
        let length = usize::from(*body.get(at + 1)?);
        items.push(Item { kind, value: body.get(at + 2..at + 2 + length)? });
        at += 2 + length;
    }
}

pub(super) fn goodbye(block: &Block<'_>) -> Option<Goodbye> {
    let sources = 4 * usize::from(block.count);
    if block.body.len() < sources {
        return None;
    }
    let said: Codec = package::read(block)?;
    let reason = String::from_utf8_lossy(&said.reason).into_owned();
    Some(Goodbye { sources: said.sources, reason: Some(reason).filter(|reason| !reason.is_empty()) })
}

pub(super) fn application(body: &[u8], count: u8) -> Option<Application<'_>> {
    let name = body.get(4..8)?;
    Some(Application {
        ssrc: word(body, 0)?,
        subtype: count,
        name: [name[0], name[1], name[2], name[3]],
        data: body.get(8..)?,
    })
}
