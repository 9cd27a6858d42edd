//! `--timeline`.

use std::collections::BTreeMap;

use super::{generated, lines, ran, rows};
use crate::corpus::folder;

#[test]
fn the_intervals_of_a_stream_add_up_to_it() {
    let (file, truth) = generated("over-time.pcap");
    let path = file.path().to_str().unwrap();
    let json = crate::analyzed(file.path(), &[]);
    let streams: BTreeMap<_, _> =
        crate::streams(&json).iter().map(|row| (row["id"].as_str().unwrap(), row)).collect();
    let (mut sums, mut seconds) = (BTreeMap::<String, [f64; 4]>::new(), BTreeMap::<String, Vec<f64>>::new());
    for line in lines(&[path, "--timeline"]) {
        assert_eq!((&line["record"], &line["schema"]), (&"interval".into(), &"analyze/1".into()));
        let number = |key: &str| line[key].as_f64().unwrap_or_else(|| panic!("{key}: {line:#}"));
        let id = line["stream"].as_str().unwrap().to_owned();
        let sum = sums.entry(id.clone()).or_default();
        for (sum, value) in sum.iter_mut().zip([
            number("packets"),
            number("lost"),
            number("bitrate_bps") * number("interval_s") / 8.0,
            number("frames"),
        ]) {
            *sum += value;
        }
        assert_eq!(number("interval_s"), 1.0);
        seconds.entry(id).or_default().push(number("at_s"));
    }
    assert_eq!(sums.len(), truth.len());
    for (id, [packets, lost, bytes, frames]) in &sums {
        let stream = streams[id.as_str()];
        assert_eq!(*packets, stream["packets"].as_f64().unwrap(), "{stream:#}");
        assert_eq!(*lost, stream["lost"].as_f64().unwrap(), "{stream:#}");
        assert_eq!(*frames, stream["frames"].as_f64().unwrap(), "{stream:#}");
        assert!((bytes - stream["bytes"].as_f64().unwrap()).abs() < 20.0, "{bytes}: {stream:#}");
        // None is left out.
        assert!(seconds[id].windows(2).all(|two| two[1] - two[0] == 1.0), "{:?}", seconds[id]);
    }
}

#[test]
fn more_intervals_than_are_kept_become_longer_ones_and_say_so() {
    let (file, _) = generated("coarse.pcap");
    let rows = rows(&[file.path().to_str().unwrap(), "--timeline", "--interval", "10ms"]);
    let longest: f64 = rows.iter().map(|row| row["interval_s"].parse().unwrap()).fold(0.0, f64::max);
    // Twelve seconds in six hundred rows at most.
    assert_eq!(longest, 0.04);
    let packets: u64 = rows.iter().map(|row| row["packets"].parse::<u64>().unwrap()).sum();
    let json = crate::analyzed(file.path(), &[]);
    let all: u64 = crate::streams(&json).iter().map(|row| row["packets"].as_u64().unwrap()).sum();
    assert_eq!(packets, all);
}

#[test]
fn lines_are_drawn_into_eighty_columns() {
    let (file, truth) = generated("drawn.pcap");
    let text = ran(&[file.path().to_str().unwrap(), "--timeline", "--interval", "100ms"]);
    let drawn = text.lines().filter(|line| line.contains('█')).collect::<Vec<_>>();
    assert!(drawn.len() >= 4 * truth.len(), "{text}");
    assert!(drawn.iter().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("One place is 0.3 s, from 0 s to"), "{text}");
}

#[test]
fn a_lossy_call_is_drawn_as_it_was() {
    let Some(corpus) = folder() else { return };
    let path = corpus.join("made__gst-rtpbin-impaired.pcapng");
    let text = ran(&[path.to_str().unwrap(), "--timeline", "--ssrc", "0xc41fa56d"]);
    let start = text.find("Over time").unwrap();
    let end = text.find("Reports (RTCP)").unwrap();
    insta::assert_snapshot!(text[start..end].trim_end());
}
