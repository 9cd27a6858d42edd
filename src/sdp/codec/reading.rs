//! The parameters of a codec in words.

use super::Codec;
use crate::sdp::attribute::Parameter;

pub(super) fn of(codec: &Codec<'_>) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut read: &[&str] = &[];
    let name = codec.name().unwrap_or_default().to_ascii_lowercase();
    match name.as_str() {
        "h264" => {
            read = &["profile-level-id", "packetization-mode", "level-asymmetry-allowed"];
            said.extend(h264(codec));
        }
        "vp9" => {
            read = &["profile-id"];
            said.push(vp9(codec));
        }
        "av1" => {
            read = &["profile", "level-idx", "tier"];
            said.extend(codec.av1().map(|av1| av1.to_string()));
        }
        "h265" => {
            read = &["profile-id", "tier-flag", "level-id", "tx-mode"];
            said.extend(h265(codec));
        }
        "opus" => {
            read = OPUS;
            said.extend(OPUS.iter().filter_map(|name| opus(name, codec.parameter(name)?.value)));
        }
        "rtx" => {
            read = &["apt", "rtx-time"];
            said.extend(codec.parameter("apt").map(|word| format!("repeats {word}")));
            said.extend(codec.parameter("rtx-time").map(|word| format!("for {word} ms")));
        }
        "red" => return redundancy(codec),
        "telephone-event" => return events(codec),
        _ => {}
    }
    let others = codec.fmtps.iter().flat_map(|fmtp| fmtp.parameters());
    let others = others.filter(|other| !read.iter().any(|name| other.name.eq_ignore_ascii_case(name)));
    said.extend(others.map(as_written));
    said.join(", ")
}

fn as_written(parameter: Parameter<'_>) -> String {
    match parameter.value {
        Some(value) => format!("{}={value}", parameter.name),
        None => parameter.name.value.to_owned(),
    }
}

fn h264(codec: &Codec<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let written = codec.parameter("profile-level-id");
    match (codec.h264(), written) {
        (Some(h264), Some(word)) => {
            said.push(match h264.profile {
                Some(profile) => profile.name().to_owned(),
                None => format!("unknown profile {}", word.value.get(..4).unwrap_or(word.value)),
            });
            said.push(format!("level {}", h264.level));
        }
        (Some(_), None) => said.push("Baseline, level 1 (profile-level-id is not given)".to_owned()),
        (None, word) => {
            let word = word.map_or("", |word| word.value);
            said.push(format!("unreadable profile-level-id `{word}`"));
        }
    }
    said.push(match codec.parameter("packetization-mode").map(|word| word.value) {
        None | Some("0") => "single NAL units (mode 0)".to_owned(),
        Some("1") => "mode 1".to_owned(),
        Some(other) => format!("mode {other}"),
    });
    if codec.parameter("level-asymmetry-allowed").is_some_and(|word| word.value == "1") {
        said.push("levels may differ".to_owned());
    }
    said
}

/// RFC 9628: absent is 0.
fn vp9(codec: &Codec<'_>) -> String {
    match codec.parameter("profile-id").map_or("0", |word| word.value) {
        "0" => "profile 0 (8 bit, 4:2:0)".to_owned(),
        "1" => "profile 1 (8 bit, other than 4:2:0)".to_owned(),
        "2" => "profile 2 (10 or 12 bit, 4:2:0)".to_owned(),
        "3" => "profile 3 (10 or 12 bit, other than 4:2:0)".to_owned(),
        other => format!("profile {other}"),
    }
}

/// RFC 7798: level-id is thirty times the level; absent means Main profile, Main tier, level 3.1.
fn h265(codec: &Codec<'_>) -> Vec<String> {
    let value = |name: &str| codec.parameter(name).map(|word| word.value);
    let profile = match value("profile-id") {
        None | Some("1") => "Main profile".to_owned(),
        Some("2") => "Main 10 profile".to_owned(),
        Some("3") => "Main Still Picture profile".to_owned(),
        Some(other) => format!("profile {other}"),
    };
    let level = value("level-id").map_or(Some(93), |text| text.parse::<u8>().ok());
    let level = match level {
        Some(thirtieths) => format!("level {}", f64::from(thirtieths / 3) / 10.0),
        None => format!("unreadable level-id `{}`", value("level-id").unwrap_or_default()),
    };
    let tier = if value("tier-flag") == Some("1") { Some("High tier".to_owned()) } else { None };
    [profile, level]
        .into_iter()
        .chain(tier)
        .chain(value("tx-mode").map(|mode| format!("tx-mode {mode}")))
        .collect()
}

/// RFC 7587, in the order in which they are told.
const OPUS: &[&str] = &[
    "stereo",
    "sprop-stereo",
    "useinbandfec",
    "usedtx",
    "cbr",
    "maxaveragebitrate",
    "maxplaybackrate",
    "sprop-maxcapturerate",
    "minptime",
    "ptime",
    "maxptime",
];

fn opus(name: &str, value: &str) -> Option<String> {
    let on = value == "1";
    Some(match (name, on) {
        ("stereo", true) => "wants stereo".to_owned(),
        ("stereo", false) => "wants mono".to_owned(),
        ("sprop-stereo", true) => "will send stereo".to_owned(),
        ("sprop-stereo", false) => "will send mono".to_owned(),
        ("useinbandfec", true) => "in-band FEC".to_owned(),
        ("useinbandfec", false) => "no in-band FEC".to_owned(),
        ("usedtx", true) => "silence is not sent (DTX)".to_owned(),
        ("usedtx", false) => "no DTX".to_owned(),
        ("cbr", true) => "constant bitrate".to_owned(),
        ("cbr", false) => return None,
        ("maxaveragebitrate", _) => format!("at most {value} bit/s"),
        ("maxplaybackrate", _) => format!("plays up to {value} Hz"),
        ("sprop-maxcapturerate", _) => format!("records up to {value} Hz"),
        (name, _) => format!("{name} {value} ms"),
    })
}

/// `red` lists payload types with `/` between them (RFC 2198).
fn redundancy(codec: &Codec<'_>) -> String {
    let Some(fmtp) = codec.fmtps.first() else { return String::new() };
    let types: Vec<&str> = fmtp.parameters.split('/').map(|word| word.value).collect();
    format!("repeats {}", types.join(" over "))
}

/// RFC 4733: events by number; 0 to 15 are the keys of a phone.
fn events(codec: &Codec<'_>) -> String {
    match codec.fmtps.first().map(|fmtp| fmtp.parameters.value) {
        None => String::new(),
        Some("0-15") => "keys 0-9, *, #, A-D".to_owned(),
        Some("0-16") => "keys 0-9, *, #, A-D, flash".to_owned(),
        Some(other) => format!("events {other}"),
    }
}
