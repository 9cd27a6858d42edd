//! The E-model (ITU-T G.107): how speech over a path would be rated, from what is known of it.

/// R of a call without any impairment, with the defaults of G.107.
const R0: f64 = 93.2;
/// What a receiver adds to the way: look-ahead and packets of a codec, in milliseconds.
const CODEC_MS: f64 = 25.0;

/// What the E-model knows of a codec: how it sounds without loss, and how well it bears it (ITU-T G.113 appendix I).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Robustness {
    /// Equipment impairment.
    pub ie: f64,
    /// Packet-loss robustness.
    pub bpl: f64,
    /// Whether both are of the standard, or an estimate.
    pub estimate: bool,
}

/// Of a codec by the name that SDP has for it. `None` where nothing is known, as of video.
#[must_use]
pub fn robustness(codec: &str) -> Option<Robustness> {
    let (ie, bpl, estimate) = match codec.to_ascii_uppercase().as_str() {
        // With the concealment of G.711 appendix I, which receivers have.
        "PCMU" | "PCMA" => (0.0, 25.1, false),
        "G729" => (11.0, 19.0, false),
        "G723" => (15.0, 16.1, false),
        "GSM" => (20.0, 10.0, true),
        // Wideband codecs have a scale of their own (G.107.1): on this one they are as good as the best.
        "OPUS" | "G722" => (0.0, 20.0, true),
        _ => return None,
    };
    Some(Robustness { ie, bpl, estimate })
}

/// What the path does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path {
    /// Packets lost, from 0 to 1.
    pub loss: f64,
    /// How much longer losses come together than they would by chance: 1 is by chance (G.107 §7.4).
    pub burst_ratio: f64,
    /// One way, in milliseconds, without what the receiver adds. `None`: not known, and taken for nothing.
    pub delay_ms: Option<f64>,
    /// What the receiver waits for late packets, in milliseconds.
    pub buffer_ms: f64,
}

/// A rating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// From 0 to 93.2.
    pub r: f64,
    /// From 1 to 4.5.
    pub mos: f64,
    /// The delay from mouth to ear that it was made with, in milliseconds.
    pub delay_ms: f64,
}

/// Rates speech of a codec over a path.
#[must_use]
pub fn rate(codec: Robustness, path: Path) -> Rating {
    let delay_ms = path.delay_ms.unwrap_or(0.0) + path.buffer_ms + CODEC_MS;
    let r = (R0 - delay_impairment(delay_ms) - loss_impairment(codec, path)).clamp(0.0, R0);
    Rating { r, mos: mos(r), delay_ms }
}

/// Id, as it is approximated for a call without echo.
fn delay_impairment(ms: f64) -> f64 {
    let late = (ms - 177.3).max(0.0);
    0.024 * ms + 0.11 * late
}

/// Ie,eff (G.107 §7.4).
fn loss_impairment(codec: Robustness, path: Path) -> f64 {
    let percent = path.loss.clamp(0.0, 1.0) * 100.0;
    codec.ie + (95.0 - codec.ie) * percent / (percent / path.burst_ratio.max(1.0) + codec.bpl)
}

/// From R to MOS (G.107 annex B).
fn mos(r: f64) -> f64 {
    match r {
        r if r <= 0.0 => 1.0,
        r if r >= 100.0 => 4.5,
        r => (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0),
    }
}

/// How much longer the runs of losses are than they would be by chance (G.107 §7.4); 1 without a loss.
#[must_use]
pub fn burst_ratio(loss: f64, mean_run: f64) -> f64 {
    if loss <= 0.0 || loss >= 1.0 || mean_run <= 0.0 {
        return 1.0;
    }
    (mean_run * (1.0 - loss)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn g711(loss: f64, bpl: f64) -> (f64, f64) {
        // No delay at all, as the published figures have it.
        let path = Path { loss, burst_ratio: 1.0, delay_ms: Some(-CODEC_MS), buffer_ms: 0.0 };
        let rating = rate(Robustness { ie: 0.0, bpl, estimate: false }, path);
        ((rating.r * 10.0).round() / 10.0, (rating.mos * 100.0).round() / 100.0)
    }

    #[test]
    fn published_ratings_are_met() {
        assert_eq!(g711(0.0, 25.1), (93.2, 4.41));
        assert_eq!(g711(0.01, 25.1), (89.6, 4.33));
        assert_eq!(g711(0.05, 25.1), (77.4, 3.92));
        assert_eq!(g711(0.05, 4.3), (42.1, 2.17));
    }

    #[test]
    fn delay_and_bursts_make_it_worse_and_nothing_leaves_the_scale() {
        let codec = robustness("opus").unwrap();
        let at = |loss, burst_ratio, delay| {
            rate(codec, Path { loss, burst_ratio, delay_ms: Some(delay), buffer_ms: 40.0 }).mos
        };
        assert!(at(0.0, 1.0, 20.0) > at(0.0, 1.0, 300.0));
        assert!(at(0.05, 1.0, 20.0) > at(0.05, 3.0, 20.0));
        assert!((1.0..=4.5).contains(&at(1.0, 9.0, 9000.0)));
        assert_eq!(robustness("VP8"), None);
    }

    #[test]
    fn the_burst_ratio_is_one_by_chance() {
        // By chance, runs have a mean of 1 / (1 - p).
        assert!((burst_ratio(0.2, 1.25) - 1.0).abs() < 1e-9);
        assert!((burst_ratio(0.1, 3.0) - 2.7).abs() < 1e-9);
        assert_eq!(burst_ratio(0.0, 0.0), 1.0);
    }
}
