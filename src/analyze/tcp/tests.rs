use super::*;
use crate::analyze::leg::Carrier;

const SYN: u8 = 2;
const ACK: u8 = 0x10;
const RST: u8 = 4;

fn leg() -> Leg {
    let (src, dst) = ("10.0.0.1:5000".parse().unwrap(), "10.0.0.2:3478".parse().unwrap());
    Leg { src, dst, carrier: Carrier::Tcp, via: None }
}

/// A connection as it is captured.
#[derive(Default)]
struct Wire {
    streams: Streams,
    got: Vec<(Vec<u8>, usize, u64)>,
    number: u64,
}

impl Wire {
    fn opened() -> Self {
        let mut wire = Self::default();
        wire.send(leg(), 99, SYN, b"", 0);
        wire.send(leg().reverse(), 499, SYN | ACK, b"", 0);
        wire
    }

    fn send(&mut self, leg: Leg, sequence: u32, flags: u8, payload: &[u8], cut: u32) {
        self.number += 1;
        let (at, frame) = (Time(self.number as i64 * 1_000_000), Frame { file: 0, number: self.number });
        let tcp = TcpSegment { sequence, acknowledgment: 0, flags };
        let got = &mut self.got;
        self.streams.segment(leg, at, frame, &tcp, payload, cut, &mut |message| {
            got.push((message.payload.to_vec(), message.length, message.frame.number));
        });
    }

    fn facts(&mut self) -> Connection {
        self.streams.finish(&mut |_| {});
        self.streams.connections().next().unwrap().1
    }
}

fn stun(fill: u8) -> Vec<u8> {
    [&[0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42][..], &[fill; 12], &[0x80, 0x22, 0, 4, 1, 2, 3, 4]].concat()
}

fn channel(data: &[u8], padded: bool) -> Vec<u8> {
    let mut bytes = [&[0x40, 1, 0, data.len() as u8][..], data].concat();
    if padded {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

#[test]
fn messages_are_cut_the_same_however_they_were_cut_into_segments() {
    let messages = [stun(1), channel(b"abcde", true), channel(b"", true), stun(2), channel(b"x", true)];
    let lengths: Vec<usize> = vec![28, 9, 4, 28, 5];
    let whole: Vec<u8> = messages.concat();
    for size in [1, 2, 3, 5, 7, 19, 33, whole.len()] {
        let mut wire = Wire::opened();
        for (at, piece) in whole.chunks(size).enumerate() {
            wire.send(leg(), 100 + (at * size) as u32, ACK, piece, 0);
        }
        assert_eq!(wire.got.iter().map(|(_, length, _)| *length).collect::<Vec<_>>(), lengths, "{size}");
        assert_eq!(wire.got[1].0, [0x40, 1, 0, 5, b'a', b'b', b'c', b'd', b'e']);
        let facts = wire.facts();
        assert_eq!((facts.framing, facts.messages, facts.unframed_bytes), (Some(Framing::Turn), 5, 0));
        assert_eq!((facts.opened, facts.midway, facts.handshake_ms), (1, false, Some(1.0)));
    }
}

#[test]
fn a_message_has_the_number_of_the_packet_with_its_last_byte() {
    let mut wire = Wire::opened();
    let message = stun(1);
    wire.send(leg(), 100, ACK, &message[..10], 0);
    wire.send(leg(), 110, ACK, &[&message[10..], &message[..]].concat(), 0);
    assert_eq!(wire.got.iter().map(|(.., number)| *number).collect::<Vec<_>>(), [4, 4]);
}

#[test]
fn channel_data_without_its_padding_is_read_and_counted() {
    let mut wire = Wire::opened();
    let sent = [stun(1), channel(b"abcde", false), channel(b"xyz", false), stun(2)].concat();
    wire.send(leg(), 100, ACK, &sent, 0);
    assert_eq!(wire.got.iter().map(|(_, length, _)| *length).collect::<Vec<_>>(), [28, 9, 7, 28]);
    let facts = wire.facts();
    assert_eq!((facts.unpadded, facts.resyncs), (2, 0));
}

#[test]
fn a_lost_segment_costs_the_messages_that_it_was_part_of() {
    let mut wire = Wire::opened();
    let messages: Vec<Vec<u8>> = (0..20).map(stun).collect();
    let whole = messages.concat();
    wire.send(leg(), 100, ACK, &whole[..40], 0);
    // From byte 40 to 50: the second message has a gap, the third begins where it should.
    wire.send(leg(), 150, ACK, &whole[50..], 0);
    let facts = wire.facts();
    assert_eq!((facts.holes, facts.missing_bytes, facts.resyncs), (1, 10, 0));
    assert_eq!((facts.messages, facts.incomplete), (20, 1));

    let mut wire = Wire::opened();
    wire.send(leg(), 100, ACK, &whole[..28], 0);
    // The beginning of the second is gone.
    wire.send(leg(), 134, ACK, &whole[34..], 0);
    let facts = wire.facts();
    assert_eq!((facts.messages, facts.resyncs, facts.unframed_bytes), (19, 1, 22));
}

#[test]
fn a_snap_length_leaves_the_beginning_of_each_message() {
    let mut wire = Wire::opened();
    for n in 0..3u32 {
        let message = stun(n as u8);
        wire.send(leg(), 100 + 28 * n, ACK, &message[..22], 6);
    }
    assert_eq!(
        wire.got.iter().map(|(bytes, length, _)| (bytes.len(), *length)).collect::<Vec<_>>(),
        [(22, 28), (22, 28), (22, 28)]
    );
}

#[test]
fn a_capture_that_begins_in_the_middle_finds_its_way() {
    let mut wire = Wire::default();
    let sent = [&b"tail of a message"[..], &channel(b"abcdefgh", true).repeat(40)].concat();
    for (at, piece) in sent.chunks(100).enumerate() {
        wire.send(leg(), 7000 + 100 * at as u32, ACK, piece, 0);
    }
    let facts = wire.facts();
    assert_eq!((facts.framing, facts.messages), (Some(Framing::Turn), 40));
    assert_eq!((facts.midway, facts.unframed_bytes), (true, 17));
}

#[test]
fn frames_of_rfc_4571_are_found_and_so_is_what_they_hold() {
    let mut wire = Wire::opened();
    let rtp = [&[0x80, 111, 0, 1][..], &[7; 40]].concat();
    let frames: Vec<u8> = [stun(1), rtp.clone(), rtp.clone()]
        .iter()
        .flat_map(|message| [&(message.len() as u16).to_be_bytes()[..], message].concat())
        .collect();
    wire.send(leg(), 100, ACK, &frames[..31], 0);
    wire.send(leg(), 131, ACK, &frames[31..], 0);
    assert_eq!(wire.got.len(), 3);
    assert_eq!(wire.got[2].0, rtp);
    assert_eq!(wire.facts().framing, Some(Framing::Rfc4571));
}

#[test]
fn tls_and_foreign_connections_are_named_and_left_alone() {
    for (first, framing) in
        [(&b"\x16\x03\x01\x02\x00\x01\x00"[..], Framing::Encrypted), (b"GET / HTTP/1.1", Framing::Other)]
    {
        let mut wire = Wire::opened();
        wire.send(leg(), 100, ACK, first, 0);
        for n in 0..100 {
            wire.send(leg(), 5000 + 2000 * n, ACK, &[0x47; 1000], 0);
        }
        assert_eq!(wire.streams.held, 0);
        let facts = wire.facts();
        assert_eq!((facts.framing, facts.messages, facts.segments), (Some(framing), 0, 101));
    }
}

#[test]
fn a_relay_is_found_behind_any_number_of_strangers() {
    let between = |n: u16| {
        let (src, dst) = ([10, 0, (n >> 8) as u8, n as u8], [10, 9, 9, 9]);
        Leg { src: (src, 4000).into(), dst: (dst, 9000).into(), ..leg() }
    };
    let mut wire = Wire::default();
    // Begun before the capture: each has to be searched.
    for n in 0..2 * MOST_CONNECTIONS as u16 {
        for part in 0..2 {
            wire.send(between(n), 100 + 3000 * part, ACK, &[0xa7; 3000], 0);
            assert!(wire.streams.held <= MOST_HELD + 3000, "{} bytes", wire.streams.held);
        }
    }
    assert_eq!(wire.streams.untracked(), 0);
    assert!(wire.streams.forgotten() >= MOST_CONNECTIONS as u64);
    wire.send(leg(), 1, SYN, b"", 0);
    wire.send(leg(), 2, ACK, &stun(1), 0);
    wire.send(leg(), 30, ACK, &stun(2), 0);
    assert_eq!(wire.got.len(), 2);
}

#[test]
fn ports_that_are_used_again_begin_anew() {
    let mut wire = Wire::opened();
    wire.send(leg(), 100, ACK, &stun(1)[..20], 0);
    wire.send(leg(), 0, RST, b"", 0);
    wire.send(leg(), 77_777, SYN, b"", 0);
    wire.send(leg().reverse(), 9, SYN | ACK, b"", 0);
    wire.send(leg(), 77_778, ACK, &stun(2), 0);
    assert_eq!(wire.got.len(), 1);
    assert_eq!(wire.facts().opened, 2);
}

#[test]
fn bytes_without_sense_cost_neither_panic_nor_memory() {
    let mut state = 1u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let mut wire = Wire::default();
    let seeds = [stun(1), channel(b"abcde", true), [&[0, 28][..], &stun(3)].concat()].concat();
    for _ in 0..20_000 {
        let mut payload = seeds.clone();
        for _ in 0..random() % 4 {
            let at = random() as usize % payload.len();
            payload[at] = random() as u8;
        }
        payload.truncate(random() as usize % payload.len());
        let leg = if random() % 2 == 0 { leg() } else { leg().reverse() };
        let flags = if random() % 200 == 0 { random() as u8 } else { ACK };
        let sequence = if random() % 50 == 0 { random() } else { 100 + random() % 100_000 };
        wire.send(leg, sequence, flags, &payload, random() % 2 * (random() % 64));
        assert!(wire.streams.held <= 600_000);
    }
    wire.facts();
}

#[test]
fn messages_of_sip_end_where_their_content_length_says() {
    let invite = b"INVITE sip:a@b SIP/2.0\r\nContent-Length: 5\r\n\r\nv=0\r\n";
    let ok = b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n";
    let stream = [&invite[..], b"\r\n\r\n", ok, invite].concat();
    for size in [1, 7, 30, stream.len()] {
        let mut wire = Wire::opened();
        for (index, part) in stream.chunks(size).enumerate() {
            wire.send(leg(), 100 + (index * size) as u32, ACK, part, 0);
        }
        let got: Vec<&[u8]> = wire.got.iter().map(|(bytes, _, _)| &bytes[..]).collect();
        assert_eq!(got, [&invite[..], ok, invite], "in pieces of {size}");
        assert_eq!(wire.facts().framing, Some(Framing::Sip));
    }
}
