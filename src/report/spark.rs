//! Numbers over time in one line of characters.

/// From low to high; nothing at all is a dot, and what is not known a space.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// What a 0 is drawn as.
pub const NONE: char = '·';

/// A line of its name, a place a number, scaled from 0 to the largest, and that one.
#[must_use]
pub fn spark(name: &str, values: &[Option<f64>], digits: usize) -> String {
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let level = |value: f64| match value {
        value if value <= 0.0 || most <= 0.0 => NONE,
        value => LEVELS[((value / most * 8.0).ceil() as usize).clamp(1, 8) - 1],
    };
    let drawn: String = values.iter().map(|value| value.map_or(' ', level)).collect();
    format!("{name:<10} {drawn}  max {most:.digits$}")
}

/// So many places at most, each of as many neighbours: `join` makes one number of what is known of them.
#[must_use]
pub fn places(
    values: &[Option<f64>],
    together: usize,
    join: impl Fn(f64, f64) -> f64 + Copy,
) -> Vec<Option<f64>> {
    values.chunks(together.max(1)).map(|some| some.iter().copied().flatten().reduce(join)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_is_highest_and_what_is_unknown_is_no_zero() {
        let drawn = spark("rtt ms", &[Some(0.0), Some(1.0), None, Some(8.0)], 1);
        assert_eq!(drawn, "rtt ms     ·▁ █  max 8.0");
    }

    #[test]
    fn neighbours_become_one_place() {
        let values = [Some(1.0), None, None, None, Some(4.0)];
        assert_eq!(places(&values, 2, f64::max), [Some(1.0), None, Some(4.0)]);
    }
}
