//! Media as an application would send it: when, how large, in which packets. No codec is run.

use std::time::{Duration, Instant};

use super::media::Kind;
use super::stamp::{LENGTH, Stamp};

/// An Opus packet of 20 ms at 32 kbit/s.
const AUDIO_BYTES: usize = 80;
/// Frames of video from one key frame to the next.
const KEY_EVERY: u32 = 90;
/// A key frame is as large as so many others.
const KEY_WEIGHT: u64 = 6;
/// Payload of a packet at most: room for headers, SRTP, a relay's framing and a tunnel in 1,500 bytes.
const PACKET: usize = 1_100;
/// Packets of a large frame are sent so many at a time and so far apart, as the pacers of browsers do: what is in between
/// them and the other end has buffers for some, not for a whole key frame.
const BURST: u16 = 10;
const BURST_EVERY: Duration = Duration::from_millis(5);
/// Opus, 20 ms, stereo, full band (RFC 6716 §3.1).
const OPUS_TOC: u8 = 0xfc;

/// One stream's packets, made as they are due.
#[derive(Debug)]
pub(super) struct Source {
    kind: Kind,
    bytes_a_group: u64,
    frame: u32,
    part: u16,
    /// When the frame that comes next is due.
    due: Instant,
    start: Instant,
    key_wanted: bool,
    sizes: Vec<usize>,
}

/// A packet to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) payload: Vec<u8>,
    /// RTP time.
    pub(super) time: u32,
    pub(super) marker: bool,
    /// Its stamp is still to be written, here.
    pub(super) stamp_at: usize,
    pub(super) number: u32,
    pub(super) part: u16,
    pub(super) parts: u16,
}

impl Source {
    /// Which begins at `now`.
    pub(super) fn new(kind: Kind, bitrate_bps: u64, now: Instant) -> Self {
        let seconds = u64::from(KEY_EVERY / Kind::Video.frame_rate());
        Self {
            kind,
            bytes_a_group: bitrate_bps * seconds / 8,
            frame: 0,
            part: 0,
            due: now,
            start: now,
            key_wanted: true,
            sizes: Vec::new(),
        }
    }

    /// When there is something to send next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// The next frame is to be a key frame: the other end asked for one.
    pub(super) fn want_key(&mut self) {
        self.key_wanted = true;
    }

    /// A packet that is due at `now`.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Packet> {
        if self.due > now {
            return None;
        }
        if self.part == 0 {
            self.sizes = self.cut();
        }
        let key = self.sizes.len() > 1 && self.key_wanted;
        let parts = u16::try_from(self.sizes.len()).unwrap_or(u16::MAX);
        let size = self.sizes[usize::from(self.part)];
        let mut payload = vec![0x5a; size];
        let stamp_at = match self.kind {
            Kind::Audio => {
                payload[0] = OPUS_TOC;
                1
            }
            Kind::Video => {
                // The start of a partition (RFC 7741 §4.2); a frame's first bit says that it is no key frame (RFC 6386 §9.1).
                payload[0] = if self.part == 0 { 0x10 } else { 0 };
                payload[1] = u8::from(self.part != 0 || !(key || self.frame.is_multiple_of(KEY_EVERY)));
                2
            }
        };
        let interval = self.interval();
        let ticks = self.kind.clock() / self.kind.frame_rate();
        let packet = Packet {
            payload,
            time: self.frame.wrapping_mul(ticks),
            marker: self.kind == Kind::Video && self.part + 1 == parts,
            stamp_at,
            number: self.frame,
            part: self.part,
            parts,
        };
        self.part += 1;
        if self.part == parts {
            self.part = 0;
            self.frame += 1;
            self.key_wanted = false;
            self.due = self.start + interval * self.frame;
        } else if self.part.is_multiple_of(BURST) {
            // A frame is gone before the next one is due, however large.
            let bursts = u32::from(parts.div_ceil(BURST));
            let every = BURST_EVERY.min(interval / (bursts + 1));
            self.due = self.start + interval * self.frame + every * u32::from(self.part / BURST);
        }
        Some(packet)
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(1) / self.kind.frame_rate()
    }

    /// The sizes of the packets of the frame at hand, as even as they go.
    fn cut(&self) -> Vec<usize> {
        if self.kind == Kind::Audio {
            return vec![AUDIO_BYTES];
        }
        let small = self.bytes_a_group / (u64::from(KEY_EVERY) - 1 + KEY_WEIGHT);
        let key = self.key_wanted || self.frame.is_multiple_of(KEY_EVERY);
        // No two frames of an encoder are equal; these swing by a quarter, and keep the mean.
        let swing = [100, 80, 125, 95, 110, 75, 115, 100];
        let size = match key {
            true => small * KEY_WEIGHT,
            false => small * swing[self.frame as usize % swing.len()] / 100,
        };
        let size = usize::try_from(size).unwrap_or(PACKET).max(LENGTH + 8);
        let packets = size.div_ceil(PACKET);
        (0..packets)
            .map(|n| size * (n + 1) / packets - size * n / packets)
            .map(|size| size.max(LENGTH + 2))
            .collect()
    }
}

impl Packet {
    /// Says when it is sent; the last thing before it is.
    pub(super) fn stamp(&mut self, sent: Duration) {
        let stamp = Stamp { sent, number: self.number, part: self.part, parts: self.parts };
        if let Some(place) =
            self.payload.get_mut(self.stamp_at..).and_then(|rest| rest.first_chunk_mut::<LENGTH>())
        {
            stamp.write(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(kind: Kind, seconds: u64) -> Vec<Packet> {
        let start = Instant::now();
        let mut source = Source::new(kind, 2_000_000, start);
        std::iter::from_fn(|| source.poll(start + Duration::from_secs(seconds) - Duration::from_millis(1)))
            .collect()
    }

    #[test]
    fn audio_is_fifty_packets_a_second_of_the_size_of_opus() {
        let packets = second(Kind::Audio, 1);
        assert_eq!(packets.len(), 50);
        assert!(packets.iter().all(|packet| packet.payload.len() == AUDIO_BYTES && !packet.marker));
        assert_eq!(packets[3].time, 3 * 960);
    }

    #[test]
    fn video_has_its_bitrate_key_frames_and_a_marker_at_the_end_of_each_frame() {
        let packets = second(Kind::Video, 6);
        let bits = packets.iter().map(|packet| packet.payload.len() as u64 * 8).sum::<u64>() / 6;
        assert!((1_950_000..2_050_000).contains(&bits), "{bits}");
        assert_eq!(packets.iter().filter(|packet| packet.marker).count(), 180);
        assert!(packets.iter().all(|packet| packet.payload.len() <= PACKET));
        let keys: Vec<u32> =
            packets.iter().filter(|p| p.part == 0 && p.payload[1] & 1 == 0).map(|p| p.number).collect();
        assert_eq!(keys, [0, 90]);
        assert_eq!(packets.last().unwrap().time, 179 * 3000);
    }

    #[test]
    fn a_key_frame_is_sent_in_bursts_and_is_gone_before_the_next_frame() {
        let start = Instant::now();
        let mut source = Source::new(Kind::Video, 2_000_000, start);
        let mut times = Vec::new();
        while source.due() < start + Duration::from_millis(33) {
            let now = source.due();
            let packet = source.poll(now).unwrap();
            assert_eq!(packet.number, 0);
            times.push(now.duration_since(start).as_millis());
        }
        assert!(times.len() > 30, "{}", times.len());
        assert_eq!((times[9], times[10], times[20]), (0, 5, 10));
    }

    #[test]
    fn a_stamp_is_where_the_other_end_looks_for_it() {
        let mut packet = second(Kind::Video, 1).remove(0);
        packet.stamp(Duration::from_millis(7));
        let read = Stamp::read(&packet.payload[packet.stamp_at..]).unwrap();
        assert_eq!((read.sent, read.number, read.parts), (Duration::from_millis(7), 0, packet.parts));
    }
}
