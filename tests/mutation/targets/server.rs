//! The embedded server, before clients and peers that send anything.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rtcscope::server::{Client, Family, Output, RelayRefused, Server, Settings, Transport};
use rtcscope::stun::{Class, Message, MessageBuilder, Method, TransactionId, attribute};
use rtcscope::turn::credentials::{Credentials, Secret};

use super::script::Script;
use super::stun::KINDS;

const METHODS: [Method; 7] = [
    Method::Binding,
    Method::Allocate,
    Method::Refresh,
    Method::Send,
    Method::CreatePermission,
    Method::ChannelBind,
    Method::Other(0x00a),
];
const TRANSPORTS: [Transport; 3] = [Transport::Udp, Transport::Tcp, Transport::Tls];

/// Clients and peers by the script: one answer a request at most, which can be read; nothing leaves a relay that nobody
/// opened, and there are no more relays than clients.
pub(super) fn server(bytes: &[u8]) {
    let mut script = Script(bytes);
    let flags = script.byte();
    let now = Instant::now();
    let settings = Settings {
        offer_sha256: flags & 1 != 0,
        require_auth: flags & 2 == 0,
        user_quota: (flags & 4 != 0).then_some(2),
        nonce_lifetime: (flags & 8 != 0).then_some(Duration::from_secs(1)),
        redirect: (flags & 16 != 0).then(|| ([192, 0, 2, 9], 3478).into()),
        ..Settings::default()
    };
    let realm = settings.realm.clone();
    let (name, password) = Settings::USER;
    let mut world = World {
        server: Server::new(settings, [9; 32], now),
        key: Credentials::password(name, Secret::new(password.to_owned())).key(&realm).to_vec(),
        realm,
        now,
        nonce: Vec::new(),
        relays: BTreeSet::new(),
        opened: 0,
    };
    for _ in 0..256 {
        if script.0.is_empty() {
            break;
        }
        world.step(&mut script);
    }
    for transport in TRANSPORTS {
        for host in 0..4 {
            world.server.client_gone(client(transport, host), world.now);
            world.deliver(0);
        }
    }
    assert!(world.relays.is_empty(), "relays of nobody: {:?}", world.relays);
}

fn client(transport: Transport, host: u8) -> Client {
    Client { transport, address: ([192, 0, 2, host], 40_000).into() }
}

struct World {
    server: Server,
    key: Vec<u8>,
    realm: String,
    now: Instant,
    nonce: Vec<u8>,
    /// Sockets that are open.
    relays: BTreeSet<SocketAddr>,
    opened: u16,
}

impl World {
    fn step(&mut self, script: &mut Script<'_>) {
        let choice = script.byte();
        let from = client(TRANSPORTS[usize::from(choice & 3) % 3], choice >> 2 & 3);
        match choice >> 4 {
            0 => {
                let bytes = script.bytes();
                self.server.handle_client(from, bytes, self.now, 1_800_000_000);
                self.deliver(1);
            }
            1 => {
                self.now += Duration::from_millis(u64::from(script.number()) * 16);
                self.server.handle_timeout(self.now);
                self.deliver(0);
            }
            2 => {
                self.server.client_gone(from, self.now);
                self.deliver(0);
            }
            3 | 4 => {
                let at = script.below(self.relays.len().max(1));
                let relay = self.relays.iter().nth(at).copied();
                let (peer, data) = (peer(script), script.bytes());
                if let Some(relay) = relay {
                    self.server.handle_peer(relay, peer, data, self.now);
                    self.deliver(1);
                }
            }
            5 => {
                let number = 0x4000 + u16::from(script.byte() & 3);
                let data = script.bytes();
                let length = (data.len() as u16).to_be_bytes();
                let frame = [&number.to_be_bytes()[..], &length, data].concat();
                self.server.handle_client(from, &frame, self.now, 1_800_000_000);
                self.deliver(1);
            }
            _ => {
                let request = self.request(script, choice);
                self.server.handle_client(from, &request, self.now, 1_800_000_000);
                self.deliver(1);
            }
        }
    }

    fn request(&self, script: &mut Script<'_>, choice: u8) -> Vec<u8> {
        let method = METHODS[script.below(METHODS.len())];
        let class = if method == Method::Send { Class::Indication } else { Class::Request };
        let id = TransactionId([script.byte(); 12]);
        let mut builder = MessageBuilder::new(class, method, id);
        builder = match method {
            Method::Allocate => builder.attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]),
            Method::CreatePermission => builder.xor_address(attribute::XOR_PEER_ADDRESS, peer(script)),
            Method::ChannelBind => builder
                .attribute(attribute::CHANNEL_NUMBER, &[0x40, script.byte() & 3, 0, 0])
                .xor_address(attribute::XOR_PEER_ADDRESS, peer(script)),
            Method::Send => builder
                .xor_address(attribute::XOR_PEER_ADDRESS, peer(script))
                .attribute(attribute::DATA, script.bytes()),
            _ => builder,
        };
        for _ in 0..script.below(3) {
            let kind = KINDS[script.below(KINDS.len())];
            builder = builder.attribute(kind, script.bytes());
        }
        if choice & 0x10 == 0 || class == Class::Indication {
            return builder.finish();
        }
        builder
            .attribute(attribute::USERNAME, Settings::USER.0.as_bytes())
            .attribute(attribute::REALM, self.realm.as_bytes())
            .attribute(attribute::NONCE, &self.nonce)
            .integrity(&self.key)
            .finish()
    }

    /// Carries what the server wants out; at most so many messages may go to clients.
    fn deliver(&mut self, most: usize) {
        let mut told = 0;
        while let Some(output) = self.server.poll_output() {
            match output {
                Output::ToClient { client, data } => {
                    told += 1;
                    assert!(told <= most, "{told} messages for one");
                    if data[0] >> 6 == 0 {
                        let message = Message::from_bytes(&data).expect("what the server says can be read");
                        if let Some(nonce) = message.attribute(attribute::NONCE) {
                            self.nonce = nonce.to_vec();
                        }
                    } else {
                        assert_eq!(data[0] >> 6, 1, "neither STUN nor ChannelData");
                        let length = usize::from(u16::from_be_bytes([data[2], data[3]]));
                        let padded = if client.transport == Transport::Udp {
                            length
                        } else {
                            length.next_multiple_of(4)
                        };
                        assert_eq!(data.len(), 4 + padded);
                    }
                }
                Output::OpenRelay { client, family, .. } => {
                    let relay = match family {
                        Family::V4 if self.opened % 7 == 6 => Err(RelayRefused::Capacity),
                        Family::V4 => Ok(([198, 51, 100, 1], 49_152 + self.opened).into()),
                        Family::V6 => Err(RelayRefused::Family),
                    };
                    self.opened += 1;
                    self.relays.extend(relay.ok());
                    assert!(self.relays.len() <= 12, "{:?}", self.relays);
                    self.server.relay_opened(client, family, relay, self.now);
                }
                Output::ToPeer { relay, .. } => assert!(self.relays.contains(&relay), "{relay} is not open"),
                Output::CloseRelay { relay } => assert!(self.relays.remove(&relay), "{relay} is not open"),
            }
        }
    }
}

fn peer(script: &mut Script<'_>) -> SocketAddr {
    let choice = script.byte();
    match choice & 0x80 {
        0 => ([203, 0, 113, choice & 3], 5000 + u16::from(choice >> 2 & 3)).into(),
        _ => script.address(),
    }
}
