//! What a capture has besides calls must cost neither a panic nor a call.

use std::net::{Ipv4Addr, SocketAddr};

use rtcscope::analyze::{Analysis, Settings};
use rtcscope::capture::{Datagram, Frame, Time, Transport};

fn take(analysis: &mut Analysis, number: u64, src: SocketAddr, dst: SocketAddr, payload: &[u8]) {
    let (at, frame) = (Time(number as i64 * 1_000_000), Frame { file: 0, number });
    analysis.time(at);
    analysis.datagram(&Datagram {
        frame,
        at,
        interface: 0,
        src,
        dst,
        transport: Transport::Udp,
        payload,
        cut: 0,
    });
}

fn address(n: u32) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::from(0x0a00_0000 + n).into(), 4000)
}

#[test]
fn a_call_is_found_behind_any_number_of_strangers() {
    let mut analysis = Analysis::new(Settings::default());
    let mut packet = [0x80, 96, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5];
    // More than there are places for legs.
    for n in 0..70_000_u32 {
        packet[8..12].copy_from_slice(&n.to_be_bytes());
        take(&mut analysis, u64::from(n), address(n), address(n ^ 0x00ff_0000), &packet);
    }
    packet[8..12].copy_from_slice(&[9, 9, 9, 9]);
    for n in 0..50_u8 {
        (packet[3], packet[6], packet[7]) = (n, n, 0xa0);
        take(&mut analysis, 70_000 + u64::from(n) * 20, address(1), address(2), &packet);
    }
    analysis.finish();
    let found: Vec<_> =
        analysis.streams().map(|found| (found.ssrc, found.stream.sequence().packets())).collect();
    assert_eq!(found, [(0x0909_0909, 50)]);
    assert_eq!(analysis.not_kept(), 0);
}

#[test]
fn a_sender_may_write_to_itself() {
    let mut analysis = Analysis::new(Settings::default());
    for n in 0..20_u8 {
        take(
            &mut analysis,
            u64::from(n),
            address(1),
            address(1),
            &[0x80, 96, 0, n, 0, 0, n, 0, 9, 9, 9, 9, 1],
        );
    }
    take(&mut analysis, 20, address(1), address(1), &[0x80, 201, 0, 1, 9, 9, 9, 9]);
    analysis.finish();
    assert_eq!(analysis.streams().count(), 1);
}
