//! Keys, and what they open.

use rtcscope::srtp::{Context, Exports, KeyFile, Master, Profile};

/// Reads the bytes as a file of keys, then as a packet under each of them, and under one of their own; what is exported
/// reads back.
pub(super) fn keys(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut keys = KeyFile::default();
    keys.read(&text);
    let lines = text.lines().count() as u64;
    assert!(
        text.trim_start().starts_with('[') || keys.len() as u64 + keys.unsupported() + keys.unread() <= lines
    );
    assert!(format!("{keys:?}").len() < 200);
    for master in keys.masters().iter().take(8) {
        packets(master, bytes);
    }
    for profile in [Profile::AesCm80, Profile::AesCm32, Profile::Gcm128, Profile::Gcm256] {
        let _ = keys.of_handshake(&[7; 32], &[9; 32], 0xc02b, profile);
        let Some(both) = Master::from_exporter(profile, bytes) else { continue };
        let mut exports = Exports::default();
        exports.add("direct", "caller", profile, bytes);
        exports.add("direct", "callee", profile, bytes);
        let mut read = KeyFile::default();
        read.read(&exports.text());
        // Both sides may have the same.
        assert_eq!((read.masters().first(), read.unread()), (Some(&both[0]), 0));
        assert!(read.masters().contains(&both[1]) && read.len() <= 2);
        packets(&both[0], bytes);
    }
}

fn packets(master: &Master, packet: &[u8]) {
    let Some(mut context) = Context::new(master) else { panic!("a master key of its own length") };
    for _ in 0..2 {
        let opened = [context.rtp(packet), context.rtcp(packet)];
        assert!(opened.into_iter().flatten().all(|clear| clear.len() < packet.len()));
    }
}
