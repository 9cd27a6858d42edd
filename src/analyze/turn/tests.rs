use super::*;
use crate::stun::MessageBuilder;

fn leg() -> Leg {
    let (src, dst) = ("10.0.0.1:5000".parse().unwrap(), "10.0.0.2:3478".parse().unwrap());
    Leg { src, dst, carrier: Carrier::Udp, via: None }
}

fn channel(number: u16) -> Vec<u8> {
    [&number.to_be_bytes()[..], &[0, 3], b"abc"].concat()
}

#[test]
fn an_unusual_channel_is_one_only_where_it_was_asked_for() {
    let mut turn = Turn::default();
    let data = channel(0x5528);
    assert_eq!(turn.unwrap(&leg(), Class::Channel(0x5528), &data, data.len()), None);
    let usual = channel(0x4001);
    let found = turn.unwrap(&leg(), Class::Channel(0x4001), &usual, usual.len()).unwrap();
    assert_eq!((found.via, found.range, found.peer), (Via::Channel(0x4001), 4..7, None));
    assert_eq!(turn.unwrap(&leg(), Class::Channel(0x5528), &data, data.len()), None);
    let facts = turn.facts(Time(0), Time(0));
    assert_eq!((facts[0].guessed, facts[0].server), (true, leg().dst));
}

#[test]
fn cut_and_damaged_payloads_are_unwrapped_as_far_as_they_go() {
    let mut turn = Turn::default();
    let found = turn.unwrap(&leg(), Class::Channel(0x4001), &[0x40, 1, 0, 200, 7], 204).unwrap();
    assert_eq!((found.range, found.length), (4..5, 200));
    assert_eq!(turn.unwrap(&leg(), Class::Channel(0x4001), &[0x40, 1, 0], 204), None);
    let transaction = TransactionId([7; 12]);
    let mut message = MessageBuilder::new(Kind::Indication, Method::Data, transaction)
        .xor_address(attribute::XOR_PEER_ADDRESS, "10.9.9.9:9".parse().unwrap())
        .attribute(attribute::DATA, b"hello")
        .bare();
    let length = message.len();
    let back = leg().reverse();
    let found = turn.unwrap(&back, Class::Stun, &message, length).unwrap();
    assert_eq!(&message[found.range.clone()], b"hello");
    assert_eq!(found.peer, Some("10.9.9.9:9".parse().unwrap()));
    for cut in 0..length {
        let _ = turn.unwrap(&back, Class::Stun, &message[..cut], length);
    }
    for at in 0..length {
        message[at] ^= 0xff;
        let _ = turn.unwrap(&back, Class::Stun, &message, length);
        message[at] ^= 0xff;
    }
}
