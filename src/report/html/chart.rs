//! Pictures as SVG within the page: bars and lines in the colours of its style sheet, light or dark.
//!
//! Drawn by hand: plotting libraries write fixed colours, measure fonts that the reader does not have, or bring a
//! script along. What is needed here are rectangles, polylines and round numbers on an axis.

use std::fmt::Write;

use super::escape::{self, Html};
use super::text;
use crate::report::picture::{Histogram, Panel, Picture, Series, Step, Waterfall};
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
        let words = number(tick);
        // The last one stays within the picture.
        let half = words.len() as f64 * 3.6;
        label(axis.at(tick).min(axis.end + RIGHT - half), bottom + 14.0, "middle", "", &words, page);
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
    const WIDTH: f64 = 400.0;
    const HEIGHT: f64 = 150.0;
    const TOP: f64 = 44.0;
    const LEFT: f64 = 42.0;
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
        let y = TOP - 33.0 + index as f64 * 13.0;
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
    /// Of a panel that has nothing to show.
    const EMPTY: f64 = 24.0;
    const STRIP: f64 = 18.0;
    let (from, to) = series.span_s;
    if to <= from || !(to - from).is_finite() {
        return;
    }
    let across = Axis { from, to, start: LEFT, end: WIDTH - RIGHT };
    // What happened is told above all, what happened how often below.
    let head = if series.marks.is_empty() { 4.0 } else { 18.0 };
    let height = |panel: &Panel| if panel.as_bars && most(panel) <= 0.0 { EMPTY } else { PANEL };
    let floor = head + series.panels.iter().map(height).sum::<f64>() + 2.0;
    let base = floor + series.strips.len() as f64 * STRIP;
    open(&series.title, WIDTH, base + 34.0, page);
    bottom(&across, head, base, "s", page);
    let mut top = head;
    for panel in &series.panels {
        self::panel(panel, &across, top, top + height(panel), page);
        top += height(panel);
    }
    for (index, strip) in series.strips.iter().enumerate() {
        let y = floor + index as f64 * STRIP;
        label(LEFT - 6.0, y + 13.0, "end", "ink", strip.name, page);
        rule(LEFT, y + STRIP, WIDTH - RIGHT, y + STRIP, "axis", page);
        for (from, to, what) in &strip.spans {
            let length = (across.at(*to) - across.at(*from) - 0.5).max(4.0);
            let what = format!("{what} at {} s", number(*from));
            bar(
                across.at(*from).min(WIDTH - RIGHT - length),
                y + 4.0,
                length,
                STRIP - 6.0,
                escape::tone(strip.tone),
                &what,
                page,
            );
        }
    }
    let mut free = 0.0;
    for mark in &series.marks {
        let x = across.at(mark.at_s);
        let tone = escape::tone(mark.tone);
        let what = format!("{} at {} s", mark.name, number(mark.at_s));
        page.raw("<g>").element("title", &printable(&what));
        rule(x, head - 4.0, x, base, &format!("moment {tone}"), page);
        // Words stand above their moment where those before leave room; the rest is told by pointing at it.
        let word = mark.name.split(' ').next().unwrap_or_default();
        let room = wrap::width(word) as f64 * 8.0;
        let start = x.min(WIDTH - RIGHT - room);
        if start >= free {
            label(start, head - 7.0, "start", tone, word, page);
            free = start + room;
        }
        page.raw("</g>\n");
    }
    close(page);
}

/// The largest number in it.
fn most(panel: &Panel) -> f64 {
    panel.points.iter().chain(&panel.upper).filter_map(|point| point.1).fold(0.0, f64::max)
}

fn panel(panel: &Panel, across: &Axis, top: f64, floor: f64, page: &mut Html) {
    let most = most(panel);
    let two = if panel.upper.is_empty() { "" } else { ": mean, and longest (dashed)" };
    label(LEFT, top + 13.0, "start", "ink", &format!("{}, {}{two}", panel.name, panel.unit), page);
    let told = if most > 0.0 { format!("max {} {}", number(most), panel.unit) } else { "none".to_owned() };
    label(WIDTH - RIGHT, top + 13.0, "end", "", &told, page);
    let floor = floor - 6.0;
    rule(LEFT, floor, WIDTH - RIGHT, floor, "axis", page);
    if most <= 0.0 {
        return;
    }
    let up = Axis { from: 0.0, to: round_up(most), start: floor, end: top + 22.0 };
    for tick in [0.0, up.to / 2.0, up.to] {
        label(LEFT - 6.0, up.at(tick) + 4.0, "end", "", &number(tick), page);
        rule(LEFT, up.at(tick), WIDTH - RIGHT, up.at(tick), "axis", page);
    }
    if panel.as_bars {
        let half = panel.width_s / 2.0;
        let some = panel.points.iter().filter_map(|(at, value)| Some((*at, (*value)?)));
        for (at, value) in some.filter(|(_, value)| *value > 0.0) {
            let y = up.at(value);
            let width = (across.at(at + half) - across.at(at - half) - 1.0).clamp(2.0, 14.0);
            let what = format!("{} {} at {} s", number(value), panel.unit, number(at));
            bar(across.at(at) - width / 2.0, y, width, floor - y, "bad", &what, page);
        }
        return;
    }
    lines(&panel.upper, across, &up, "line upper", page);
    lines(&panel.points, across, &up, "line", page);
}

/// The next number of one digit with zeros.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let step =
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0].iter().map(|n| n * power).find(|step| *step >= value);
    step.unwrap_or(value)
}

/// A line that is interrupted where nothing is known; what stands alone is a dot.
fn lines(points: &[(f64, Option<f64>)], across: &Axis, up: &Axis, class: &str, page: &mut Html) {
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
                page.raw("<polyline class=\"")
                    .raw(class)
                    .raw("\" points=\"")
                    .raw(path.trim_end())
                    .raw("\"/>\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_number_whose_half_is_short() {
        let all: Vec<f64> = [0.07, 1.0, 71.9, 420.0, 2.11, 9.5].into_iter().map(round_up).collect();
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
        assert!(all.iter().zip(&[0.07_f64.max(0.08), 1.0, 80.0, 500.0, 3.0, 10.0]).all(near), "{all:?}");
    }

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
