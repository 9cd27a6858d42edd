//! What a call carries, and what is done to it on the way.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::call::{Channel, Kind, Load, Reliability, Scenario};
use crate::cli::{UserError, duration};
use crate::impair::Impairment;
use crate::metric::Unit;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Load")]
pub(super) struct Args {
    /// What is sent, both ways: audio, video, or none
    #[arg(long, value_name = "KINDS", value_enum, value_delimiter = ',', default_value = "audio,video")]
    media: Vec<Media>,
    /// Payload of the video, a second
    #[arg(long, value_name = "RATE", default_value = "2M", value_parser = bits)]
    bitrate: u64,
    /// How long the call lasts once it is up
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration::from_arg)]
    duration: Duration,
    /// Have so many pairs call each other at the same time, over each path
    #[arg(long, value_name = "N", default_value = "1", value_parser = pairs, conflicts_with_all = ["pcap", "pcap_plain", "keys"])]
    pub(super) pairs: NonZeroUsize,
    /// Pings over the data channel, spread over the duration
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pings: u32,
    /// Have the data channel keep the order of messages (the default)
    #[arg(long, conflicts_with = "unordered")]
    ordered: bool,
    /// Let messages of the data channel overtake each other
    #[arg(long)]
    unordered: bool,
    /// Send a lost message of the data channel again so often at most [default: until it arrives]
    #[arg(long, value_name = "N", conflicts_with = "max_packet_lifetime")]
    max_retransmits: Option<u16>,
    /// Send a lost message of the data channel again for so long at most, up to 65535ms
    #[arg(long, value_name = "TIME", value_parser = duration::from_arg)]
    max_packet_lifetime: Option<Duration>,
    /// Bytes of each ping, 25 to 65536
    #[arg(long, value_name = "BYTES", default_value_t = 64, value_parser = clap::value_parser!(u32).range(25..=65_536))]
    message_size: u32,
    /// Then fill a data channel as fast as it takes it, for so long
    #[arg(long, value_name = "TIME", value_parser = duration::from_arg, num_args = 0..=1, default_missing_value = "3s")]
    throughput: Option<Duration>,
    /// Damage both directions, as in loss=2%,delay=50ms,jitter=10ms
    ///
    /// Of each direction: loss=PERCENT, burst=N packets lost in a row on average, delay=TIME, jitter=TIME up and down,
    /// reorder=PERCENT behind the next packet, duplicate=PERCENT, rate=BITS a second with queue=TIME of waiting before
    /// loss (500ms), first=N packets lost at the beginning, only=stun|dtls|rtp|rtcp for these alone.
    #[arg(long, value_name = "DAMAGE", value_parser = Impairment::from_arg, help_heading = "Impairment")]
    impair: Option<Impairment>,
    /// Damage what the caller sends, instead of --impair
    #[arg(long, value_name = "DAMAGE", value_parser = Impairment::from_arg, help_heading = "Impairment")]
    impair_up: Option<Impairment>,
    /// Damage what the callee sends, instead of --impair
    #[arg(long, value_name = "DAMAGE", value_parser = Impairment::from_arg, help_heading = "Impairment")]
    impair_down: Option<Impairment>,
    /// Where chance comes from: the same number damages the same packets
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Impairment")]
    seed: u64,
}

/// What `--media` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Media {
    /// Packets of the size of Opus, every 20 ms
    Audio,
    /// Frames of the sizes that an encoder makes, 30 a second
    Video,
    /// The data channel alone
    None,
}

impl Args {
    /// How long the call lasts once it is up.
    pub(super) fn lasts(&self) -> Duration {
        self.duration + self.throughput.unwrap_or_default()
    }

    pub(super) fn scenario(&self, timeout: Duration) -> Result<Scenario, UserError> {
        let mut media: Vec<Kind> = Vec::new();
        for kind in &self.media {
            match kind {
                Media::Audio => media.push(Kind::Audio),
                Media::Video => media.push(Kind::Video),
                Media::None if self.media.len() > 1 => {
                    let message = "--media none cannot be together with another kind";
                    return Err(UserError::usage(message).hint("leave out `none`"));
                }
                Media::None => {}
            }
        }
        media.sort_unstable();
        media.dedup();
        let reliability = match (self.max_retransmits, self.max_packet_lifetime) {
            (Some(retransmits), _) => Reliability::MaxRetransmits(retransmits),
            (None, Some(lifetime)) => {
                let ms = u16::try_from(lifetime.as_millis()).map_err(|_| {
                    UserError::usage("--max-packet-lifetime is more than a channel can be told")
                        .hint("give 65535ms at most")
                })?;
                Reliability::MaxPacketLifetime(ms)
            }
            (None, None) => Reliability::Reliable,
        };
        let way = |own: &Option<Impairment>| own.clone().or_else(|| self.impair.clone()).unwrap_or_default();
        Ok(Scenario {
            load: Load { media, bitrate_bps: self.bitrate, pings: self.pings, throughput: self.throughput },
            channel: Channel {
                ordered: !self.unordered,
                reliability,
                message_size: self.message_size as usize,
            },
            timeout,
            duration: self.duration,
            up: way(&self.impair_up),
            down: way(&self.impair_down),
            seed: self.seed,
        })
    }
}

fn bits(arg: &str) -> Result<u64, String> {
    let bits = Unit::BitsPerSecond.amount(arg).filter(|bits| (10_000.0..=1e9).contains(bits));
    bits.map(|bits| bits as u64).ok_or_else(|| "write it as in 500k or 2M, 10k to 1G".to_owned())
}

/// A thread and a few sockets each.
const MOST_PAIRS: usize = 1000;

fn pairs(arg: &str) -> Result<NonZeroUsize, String> {
    let pairs = arg.parse().ok().filter(|pairs: &NonZeroUsize| pairs.get() <= MOST_PAIRS);
    pairs.ok_or_else(|| format!("write a number from 1 to {MOST_PAIRS}"))
}
