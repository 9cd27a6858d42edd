//! One line of a log, and what is said beneath it.

use super::wrap::{self, prose};
use super::{Cell, Line, Screen};

pub(super) fn lines(line: &Line, screen: Screen) -> Vec<String> {
    let indent = " ".repeat(wrap::width(&line.head.text));
    let mut lines = vec![paint(&line.head, screen)];
    let mut taken = indent.len();
    for group in &line.groups {
        let width = group.iter().map(|cell| wrap::width(&cell.text)).sum::<usize>() + group.len().max(1) - 1;
        if taken + GAP.len() + width > screen.width && taken > indent.len() {
            lines.push(indent.clone());
            taken = indent.len();
        }
        let words: Vec<String> = group.iter().map(|cell| paint(cell, screen)).collect();
        if let Some(last) = lines.last_mut() {
            last.push_str(GAP);
            last.push_str(&words.join(" "));
        }
        taken += GAP.len() + width;
    }
    for cell in &line.spare {
        let width = GAP.len() + wrap::width(&cell.text);
        if taken + width <= screen.width
            && let Some(last) = lines.last_mut()
        {
            last.push_str(GAP);
            last.push_str(&paint(cell, screen));
            taken += width;
        }
    }
    let mut lines: Vec<String> = lines.iter().map(|line| line.trim_end().to_owned()).collect();
    let below = format!("{indent}{GAP}");
    lines.extend(line.below.iter().flat_map(|cell| prose(cell, &below, &format!("{below}  "), screen)));
    lines
}

const GAP: &str = "  ";

/// Paints the words and leaves the padding around them alone.
fn paint(cell: &Cell, screen: Screen) -> String {
    let words = cell.text.trim();
    let start = cell.text.len() - cell.text.trim_start().len();
    let painted = screen.paint(words, cell.tone);
    format!("{}{painted}{}", &cell.text[..start], &cell.text[start + words.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Tone;

    fn check(width: usize, colour: bool) -> String {
        let group = |name: &str, word: &str| {
            let tone = if word.trim() == "PASS" { Tone::Good } else { Tone::Bad };
            vec![name.into(), Cell::new(word, tone), "  0.2ms".into()]
        };
        let line = Line {
            head: "12:00:01".into(),
            groups: vec![group("udp", "PASS"), group("tcp", "FAIL"), group("tls", "PASS")],
            spare: vec!["said before".into()],
            below: vec!["tcp: PASS -> FAIL".into()],
        };
        lines(&line, Screen { width, colour }).join("\n")
    }

    #[test]
    fn groups_stay_whole_and_go_on_beneath_each_other_and_what_is_spare_is_left_out() {
        insta::assert_snapshot!(check(80, false), @r"
        12:00:01  udp PASS   0.2ms  tcp FAIL   0.2ms  tls PASS   0.2ms  said before
                  tcp: PASS -> FAIL
        ");
        insta::assert_snapshot!(check(66, false), @r"
        12:00:01  udp PASS   0.2ms  tcp FAIL   0.2ms  tls PASS   0.2ms
                  tcp: PASS -> FAIL
        ");
        insta::assert_snapshot!(check(46, false), @r"
        12:00:01  udp PASS   0.2ms  tcp FAIL   0.2ms
                  tls PASS   0.2ms  said before
                  tcp: PASS -> FAIL
        ");
    }

    #[test]
    fn colour_changes_no_column() {
        let painted = check(80, true);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), check(80, false));
        assert!(painted.contains("\u{1b}[32mPASS\u{1b}[0m"), "{painted:?}");
    }
}
