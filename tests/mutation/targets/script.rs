//! Bytes that say what happens.

use std::net::{IpAddr, SocketAddr};

use rtcscope::turn::{Allocate, Family, Request};

/// Bytes as decisions. When they run out, every further one is 0.
pub(super) struct Script<'a>(pub(super) &'a [u8]);

impl<'a> Script<'a> {
    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        usize::from(self.byte()) % most
    }

    pub(super) fn number(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// A length, and that many bytes or as many as are left.
    pub(super) fn bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte());
        self.take(length)
    }

    /// That many bytes, or as many as are left.
    pub(super) fn take(&mut self, length: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        bytes
    }

    pub(super) fn address(&mut self) -> SocketAddr {
        let ip = match self.byte() & 1 {
            0 => IpAddr::from(self.array::<4>()),
            _ => IpAddr::from(self.array::<16>()),
        };
        SocketAddr::new(ip, self.number())
    }

    pub(super) fn request(&mut self) -> Request {
        match self.below(7) {
            0 => Request::Binding,
            1 => Request::Allocate(Allocate {
                family: Some(Family::Ipv6),
                even_port: Some(true),
                reservation: Some(self.array()),
                mobility: true,
                ..Allocate::default()
            }),
            2 => Request::CreatePermission(vec![self.address().ip()]),
            3 => Request::ChannelBind { number: 0x4000 + self.number() % 0x1000, peer: self.address() },
            4 => Request::Connect(self.address()),
            5 => Request::ConnectionBind(u32::from(self.number())),
            _ => Request::Refresh { lifetime: u32::from(self.number()) },
        }
    }
}
