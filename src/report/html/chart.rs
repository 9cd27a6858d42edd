//! Pictures as SVG within the page: bars and lines in the colours of its style sheet, light or dark.
//!
//! Drawn by hand: plotting libraries write fixed colours, measure fonts that the reader does not have, or bring a
//! script along. What is needed here are rectangles, polylines and round numbers on an axis.

use std::fmt::Write;

use super::escape::{self, Html};
use super::text;
use crate::report::picture::{Histogram, Picture, Series, Step, Waterfall};
use crate::report::{printable, wrap};

/// Units of the drawing; the page scales it.
const WIDTH: f64 = 960.0;
/// Room for numbers on the left.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 16.0;

pub(super) fn picture(picture: &Picture, page: &mut Html) {
    match picture {
        Picture::Waterfall(waterfall) => self::waterfall(waterfall, page),
        Picture::Histogram(histogram) => self::histogram(histogram, page),
        Picture::Series(series) => self::series(series, page),
        Picture::Annotated(annotated) => text::annotated(annotated, page),
        Picture::SideBySide(pair) => text::side_by_side(pair, page),
    }
}

/// An axis: what is where in the drawing, and numbers that are round.
struct Axis {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Axis {
    fn at(&self, value: f64) -> f64 {
        let span = self.to - self.from;
        let share = if span > 0.0 { (value - self.from) / span } else { 0.0 };
        self.start + share.clamp(0.0, 1.0) * (self.end - self.start)
    }

    /// About so many numbers, each a one, a two or a five with zeros.
    fn ticks(&self, about: f64) -> Vec<f64> {
        let span = self.to - self.from;
        if !(span > 0.0 && span.is_finite()) {
            return vec![self.from];
        }
        let rough = span / about;
        let power = 10f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].iter().map(|n| n * power).find(|step| *step >= rough).unwrap_or(rough);
        let first = (self.from / step).ceil();
        (0..)
            .map(|n| (first + f64::from(n)) * step)
            .take_while(|tick| *tick <= self.to + step * 1e-6)
            .collect()
    }
}

/// As few digits as tell neighbours apart.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 || v == 0.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        v if v >= 0.01 => 3,
        _ => 6,
    };
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn open(title: &str, width: f64, height: f64, page: &mut Html) {
    page.raw("<figure><figcaption>")
        .text(&printable(title))
        .raw("</figcaption>\n<div class=\"scroll\" tabindex=\"0\">");
    page.raw(&format!("<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\""));
    page.text(&printable(title)).raw("\">\n");
}

fn close(page: &mut Html) {
    page.raw("</svg></div></figure>\n");
}

fn label(x: f64, y: f64, anchor: &str, class: &str, words: &str, page: &mut Html) {
    page.raw(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">"));
    page.text(&printable(words)).raw("</text>\n");
}

fn rule(x1: f64, y1: f64, x2: f64, y2: f64, class: &str, page: &mut Html) {
    page.raw(&format!(
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"{class}\"/>\n"
    ));
}

/// With what it is when pointed at.
fn bar(x: f64, y: f64, width: f64, height: f64, class: &str, what: &str, page: &mut Html) {
    page.raw(&format!(
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" class=\"bar {class}\">"
    ));
    page.element("title", &printable(what)).raw("</rect>\n");
}

fn bottom(axis: &Axis, top: f64, bottom: f64, unit: &str, page: &mut Html) {
    for tick in axis.ticks((axis.end - axis.start) / 110.0) {
        rule(axis.at(tick), top, axis.at(tick), bottom, "axis", page);
        label(axis.at(tick), bottom + 14.0, "middle", "", &number(tick), page);
    }
    label(axis.end, bottom + 28.0, "end", "", unit, page);
}

fn waterfall(waterfall: &Waterfall, page: &mut Html) {
    const ROW: f64 = 18.0;
    let steps = || waterfall.lanes.iter().flat_map(|lane| &lane.steps);
    let end = steps().map(|step| step.from_ms + step.took_ms).fold(0.0, f64::max);
    if end <= 0.0 {
        return;
    }
    // Minutes are not read in milliseconds.
    let (unit, scale) = if end >= 10_000.0 { ("s", 1e-3) } else { ("ms", 1.0) };
    let axis = Axis { from: 0.0, to: end * scale, start: 8.0, end: WIDTH - RIGHT };
    let rows: usize = waterfall.lanes.iter().map(|lane| lane.steps.len() + 1).sum();
    let base = rows as f64 * ROW + 8.0;
    open(&waterfall.title, WIDTH, base + 34.0, page);
    bottom(&axis, 0.0, base, unit, page);
    let mut y = 4.0;
    for lane in &waterfall.lanes {
        label(axis.start, y + 13.0, "start", "ink", &lane.label, page);
        y += ROW;
        for Step { name, from_ms, took_ms, tone } in &lane.steps {
            let (start, took) = (from_ms * scale, took_ms * scale);
            let (from, to) = (axis.at(start), axis.at(start + took));
            let words = format!("{name} {} {unit}", number(took));
            let length = (to - from).max(2.0);
            let what = format!("{words}, from {} {unit}", number(start));
            bar(from, y + 3.0, length, ROW - 6.0, escape::tone(*tone), &what, page);
            let room = wrap::width(&words) as f64 * 6.5;
            // Words stand behind their bar, or before it where there is no room, or else in it.
            match from + length + 6.0 + room < WIDTH {
                _ if length > WIDTH / 2.0 && from + length + 6.0 + room >= WIDTH => {
                    label(from + 6.0, y + 13.0, "start", "within", &words, page);
                }
                true => label(from + length + 6.0, y + 13.0, "start", "", &words, page),
                false => label(from - 6.0, y + 13.0, "end", "", &words, page),
            }
            y += ROW;
        }
    }
    close(page);
}

fn histogram(histogram: &Histogram, page: &mut Html) {
    const WIDTH: f64 = 460.0;
    const HEIGHT: f64 = 150.0;
    const TOP: f64 = 34.0;
    const LEFT: f64 = 32.0;
    let (Some(first), Some(last)) = (histogram.bins.first(), histogram.bins.last()) else { return };
    let most = histogram.bins.iter().map(|bin| bin.2).max().unwrap_or(0).max(1);
    let across = Axis { from: first.0, to: last.1, start: LEFT, end: WIDTH - RIGHT };
    let up = Axis { from: 0.0, to: most as f64, start: HEIGHT, end: TOP };
    open(&histogram.title, WIDTH, HEIGHT + 34.0, page);
    bottom(&across, TOP, HEIGHT, histogram.unit, page);
    for tick in up.ticks(4.0).into_iter().filter(|tick| tick.fract() == 0.0) {
        label(LEFT - 8.0, up.at(tick) + 4.0, "end", "", &number(tick), page);
    }
    for &(from, to, count) in histogram.bins.iter().filter(|bin| bin.2 > 0) {
        let (x, y) = (across.at(from), up.at(count as f64));
        let what = format!("{count} from {} to {} {}", number(from), number(to), histogram.unit);
        bar(x, y, (across.at(to) - x - 1.0).max(1.0), HEIGHT - y, "", &what, page);
    }
    for (index, (name, value)) in histogram.marks.iter().enumerate() {
        let x = across.at(*value);
        // Each on a line of its own: neighbours may be one number.
        let y = TOP - 24.0 + index as f64 * 10.0;
        rule(x, y, x, HEIGHT, "moment", page);
        let words = format!("{name} {}", number(*value));
        match x > WIDTH / 2.0 {
            true => label(x - 4.0, y + 3.0, "end", "", &words, page),
            false => label(x + 4.0, y + 3.0, "start", "", &words, page),
        }
    }
    close(page);
}

fn series(series: &Series, page: &mut Html) {
    const PANEL: f64 = 92.0;
    const TOP: f64 = 18.0;
    let (from, to) = series.span_s;
    if to <= from || !(to - from).is_finite() {
        return;
    }
    let across = Axis { from, to, start: LEFT, end: WIDTH - RIGHT };
    let base = series.panels.len() as f64 * PANEL;
    open(&series.title, WIDTH, base + 34.0, page);
    bottom(&across, TOP, base, "s", page);
    for (index, panel) in series.panels.iter().enumerate() {
        let (top, floor) = (index as f64 * PANEL + TOP, (index + 1) as f64 * PANEL - 8.0);
        let most = panel.points.iter().filter_map(|point| point.1).fold(0.0, f64::max);
        let up = Axis { from: 0.0, to: if most > 0.0 { most } else { 1.0 }, start: floor, end: top };
        label(LEFT, top - 5.0, "start", "ink", &format!("{}, {}", panel.name, panel.unit), page);
        label(
            WIDTH - RIGHT,
            top - 5.0,
            "end",
            "",
            &match most > 0.0 {
                true => format!("max {}", number(most)),
                false => "none".to_owned(),
            },
            page,
        );
        rule(LEFT, floor, WIDTH - RIGHT, floor, "axis", page);
        for tick in up.ticks(2.0).into_iter().filter(|_| most > 0.0) {
            label(LEFT - 8.0, up.at(tick) + 4.0, "end", "", &number(tick), page);
        }
        match panel.as_bars {
            true => {
                let width =
                    ((WIDTH - LEFT - RIGHT) / panel.points.len().max(1) as f64 - 1.0).clamp(1.5, 12.0);
                let some = panel.points.iter().filter_map(|(at, value)| Some((*at, (*value)?)));
                for (at, value) in some.filter(|(_, value)| *value > 0.0) {
                    let y = up.at(value);
                    let what = format!("{} {} at {} s", number(value), panel.unit, number(at));
                    bar(across.at(at) - width / 2.0, y, width, floor - y, "bad", &what, page);
                }
            }
            false => lines(&panel.points, &across, &up, page),
        }
    }
    for mark in &series.marks {
        let x = across.at(mark.at_s);
        let class = format!("moment {}", escape::tone(mark.tone));
        page.raw("<g>").element("title", &printable(&format!("{} at {} s", mark.name, number(mark.at_s))));
        rule(x, TOP, x, base - 8.0, &class, page);
        page.raw("</g>\n");
    }
    close(page);
}

/// A line that is interrupted where nothing is known; what stands alone is a dot.
fn lines(points: &[(f64, Option<f64>)], across: &Axis, up: &Axis, page: &mut Html) {
    for run in points.split(|point| point.1.is_none()).filter(|run| !run.is_empty()) {
        let mut path = String::new();
        for (at, value) in run {
            let _ = write!(path, "{:.1},{:.1} ", across.at(*at), up.at(value.unwrap_or_default()));
        }
        match run.len() {
            1 => {
                let (x, y) = path.trim_end().split_once(',').unwrap_or_default();
                page.raw(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"1.5\" class=\"bar\"/>\n"));
            }
            _ => {
                page.raw("<polyline class=\"line\" points=\"").raw(path.trim_end()).raw("\"/>\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_an_axis_are_round_and_within_it() {
        let axis = |from, to| Axis { from, to, start: 0.0, end: 100.0 };
        assert_eq!(axis(0.0, 9.3).ticks(4.0), [0.0, 5.0]);
        assert_eq!(axis(0.0, 1000.0).ticks(5.0), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert_eq!(axis(2.0, 2.0).ticks(5.0), [2.0]);
        assert!(axis(0.0, f64::INFINITY).ticks(5.0).len() == 1);
        let some: Vec<String> = axis(0.0, 0.05).ticks(5.0).into_iter().map(number).collect();
        assert_eq!(some, ["0", "0.01", "0.02", "0.03", "0.04", "0.05"]);
    }
}
