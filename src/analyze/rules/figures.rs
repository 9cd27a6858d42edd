//! The figures that limits are about, by name: what `--max` and `--min` are held against.

use super::seen::Media;
use super::{
    Seen, copies_of_packets, drifting_clock, frozen_video, interrupted_media, long_round_trip,
    reordered_packets, seen, uneven_arrival,
};
use crate::analyze::facts::StreamFacts;
use crate::analyze::limits::LIMITS;
use crate::metric::{KnownMetric, Metric};

/// A figure of a stream: of several legs the highest is taken.
type Figure = fn(&StreamFacts) -> Option<f64>;

/// By the name of the limit.
const OF_STREAMS: &[(&str, Figure)] = &[
    ("drift", drifting_clock::figure),
    ("duplicates", copies_of_packets::figure),
    ("freeze", |stream| frozen_video::figure(stream).filter(|_| seen::is_video(stream))),
    ("gap.audio", |stream| interrupted_media::figure(stream).filter(|_| !seen::is_video(stream))),
    ("gap.video", |stream| interrupted_media::figure(stream).filter(|_| seen::is_video(stream))),
    ("jitter.audio", |stream| uneven_arrival::figure(stream).filter(|_| !seen::is_video(stream))),
    ("jitter.video", |stream| uneven_arrival::figure(stream).filter(|_| seen::is_video(stream))),
    ("loss", |stream| Some(stream.loss_pct)),
    ("loss.burst", |stream| Some(stream.densest_burst.as_ref().map_or(0.0, |burst| burst.lost as f64))),
    ("reordered", reordered_packets::figure),
];

/// The names that have a figure in every report; the other limits are about what happens or does not.
pub(in crate::analyze) fn names() -> Vec<KnownMetric> {
    let has =
        |name: &str| OF_STREAMS.iter().any(|(known, _)| *known == name) || ["mos", "rtt"].contains(&name);
    LIMITS.iter().map(|known| known.metric).filter(|metric| has(metric.name)).collect()
}

/// All figures, with the stream or the way that they are of.
#[must_use]
pub fn metrics(seen: &Seen<'_>) -> Vec<Metric> {
    let media = seen.media();
    let mut metrics = Vec::new();
    for known in names() {
        let mut add = |value: Option<f64>, labels| {
            metrics.push(known.metric(value, labels));
        };
        match known.name {
            "rtt" => {
                for (way, ms) in long_round_trip::figures(seen) {
                    add(Some(ms), vec![("way", way)]);
                }
            }
            // The lowest is the worst.
            "mos" => {
                for media in &media {
                    if let Some((stream, negated)) = media.worst(|stream| stream.mos.value.map(|mos| -mos)) {
                        add(Some(-negated), labels(stream));
                    }
                }
            }
            name => {
                let figure = OF_STREAMS.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure);
                let worst = |media: &Media<'_>| figure.and_then(|figure| media.worst(figure).map(told));
                media.iter().filter_map(worst).for_each(|(labels, value)| add(Some(value), labels));
            }
        }
    }
    metrics
}

fn told((stream, value): (&StreamFacts, f64)) -> (Vec<(&'static str, String)>, f64) {
    (labels(stream), value)
}

fn labels(stream: &StreamFacts) -> Vec<(&'static str, String)> {
    vec![("stream", stream.id.clone()), ("ssrc", stream.ssrc.clone())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::rules::scene::{Scene, audio, video};

    #[test]
    fn every_medium_has_its_own_figures_and_what_is_not_known_has_none() {
        let scene = Scene::with(vec![audio("s1", 1), video("s2", 2)]);
        let all = scene.look(metrics);
        let of = |name: &str| -> Vec<&str> {
            let named = all.iter().filter(|metric| metric.name == name);
            named.map(|metric| metric.labels[0].1.as_str()).collect()
        };
        assert_eq!((of("loss"), of("gap.audio"), of("freeze")), (vec!["s1", "s2"], vec!["s1"], vec!["s2"]));
        assert_eq!((of("mos"), of("drift"), of("rtt")), (vec!["s1"], vec![], vec![]));
    }
}
