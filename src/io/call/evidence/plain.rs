//! What was within the packets: SRTP and SRTCP opened with the keys of the call that they are of.

use std::collections::VecDeque;

use super::{Taken, What, locked};
use crate::analyze::demux::{Class, class};
use crate::call::Witness;
use crate::srtp::{Context, Master};

/// What is written of a packet.
pub(super) enum Opened<'a> {
    /// It was in clear.
    AsItCame(&'a [u8]),
    /// This was within, for a dissector of Wireshark's.
    Within(&'static str, &'a [u8]),
}

/// Opens the packets of one call after the other.
#[derive(Debug, Default)]
pub(super) struct Plain {
    call: Option<Call>,
    /// Packets that wait for keys, and those behind them.
    waiting: VecDeque<Taken>,
}

#[derive(Debug)]
struct Call {
    witnesses: [Witness; 2],
    /// For what arrives at each end: those that may fit, then the one that did.
    contexts: [Vec<Context>; 2],
}

/// Packets that wait for keys, at most: a handshake takes less.
const MOST_WAITING: usize = 4096;

impl Plain {
    /// Takes packets in order, and hands on what is to be written. `over`: no keys will come any more.
    pub(super) fn take(
        &mut self,
        packets: Vec<Taken>,
        over: bool,
        write: &mut dyn FnMut(&Taken, Opened<'_>),
    ) {
        self.waiting.extend(packets);
        while let Some(taken) = self.waiting.pop_front() {
            let bytes = match &taken.what {
                What::Begins(witnesses) => {
                    self.call = Some(Call { witnesses: witnesses.clone(), contexts: Default::default() });
                    continue;
                }
                What::Sctp(packet) => {
                    write(&taken, Opened::Within("sctp", packet));
                    continue;
                }
                What::Datagram(bytes) => bytes,
            };
            let class = class(bytes, bytes.len());
            if class == Class::Dtls {
                continue;
            }
            if !matches!(class, Class::Rtp | Class::Rtcp) {
                write(&taken, Opened::AsItCame(bytes));
                continue;
            }
            let end = taken.end as usize;
            let Some(call) = &mut self.call else { continue };
            if !call.has_keys(end) && !over && self.waiting.len() < MOST_WAITING {
                self.waiting.push_front(taken);
                return;
            }
            match call.open(end, class, bytes) {
                Some(plain) => {
                    let dissector = if class == Class::Rtp { "rtp" } else { "rtcp" };
                    write(&taken, Opened::Within(dissector, &plain));
                }
                // The end could not read it either.
                None => write(&taken, Opened::AsItCame(bytes)),
            }
        }
    }
}

impl Call {
    /// Whether there are keys for what arrives at this end.
    fn has_keys(&mut self, end: usize) -> bool {
        if self.contexts[end].is_empty() {
            let seen = locked(&self.witnesses[end]);
            let masters =
                seen.keys.as_ref().and_then(|keys| Master::from_exporter(keys.profile, &keys.material));
            self.contexts[end] = masters.iter().flatten().filter_map(Context::new).collect();
        }
        !self.contexts[end].is_empty()
    }

    fn open(&mut self, end: usize, class: Class, bytes: &[u8]) -> Option<Vec<u8>> {
        let contexts = &mut self.contexts[end];
        let mut opened = None;
        let fits = contexts.iter_mut().position(|context| {
            opened = if class == Class::Rtp { context.rtp(bytes).ok() } else { context.rtcp(bytes).ok() };
            opened.is_some()
        })?;
        if contexts.len() > 1 {
            *contexts = vec![contexts.swap_remove(fits)];
        }
        opened
    }
}
