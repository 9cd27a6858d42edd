//! A line as it may be shown: what is or may be a secret is `****`, however long it was.

use super::conf::Conf;
use super::options::{self, Kind, KnownOption};
use super::syntax::{Line, Setting, Span};
use crate::finding::Excerpt;

const MASK: &str = "****";
/// Characters shown of each part of a line.
const LONGEST: usize = 60;

impl Conf {
    /// The line around `span`, in three parts.
    pub(super) fn excerpt(&self, line: &Line, span: &Span) -> Excerpt {
        let hidden = self.hidden(line);
        let text = |part: Span| self.shown(part, hidden.as_ref());
        let start = span.start.clamp(line.span.start, line.span.end);
        let end = span.end.clamp(start, line.span.end);
        let before = text(line.span.start..start);
        let cut = before.chars().count().saturating_sub(LONGEST);
        let before = match cut {
            0 => before,
            _ => format!("…{}", before.chars().skip(cut).collect::<String>()),
        };
        Excerpt { before, marked: shortened(&text(start..end)), after: shortened(&text(end..line.span.end)) }
    }

    /// What of the line must not be shown.
    fn hidden(&self, line: &Line) -> Option<Span> {
        let Some(setting) = &line.setting else { return Some(line.span.clone()) };
        // A line that coturn cuts goes on behind the value.
        let value = setting.value.start..line.span.end;
        let option = KnownOption::named(self.text(&setting.name));
        match option.map(|option| option.kind) {
            Some(Kind::Secret) => Some(self.without_trailing_blanks(value)),
            Some(Kind::User) => {
                let name = self.text(&value).find(':').map_or(0, |at| at + 1);
                Some(self.without_trailing_blanks(value.start + name..value.end))
            }
            Some(_) => self.unread(line, setting),
            None if self.is_nameable(setting) => Some(self.without_trailing_blanks(value)),
            None if self.text(&setting.name).parse::<std::net::IpAddr>().is_ok() => {
                self.unread(line, setting)
            }
            None => Some(line.span.clone()),
        }
    }

    /// What coturn does not read of the line: behind a NUL, or behind the longest line, anything may stand, such as what is
    /// left of the line that was there before.
    fn unread(&self, line: &Line, setting: &Setting) -> Option<Span> {
        let unread = self.without_trailing_blanks(setting.raw.end..line.span.end);
        (!unread.is_empty()).then_some(unread)
    }

    /// Whether the name of a setting that is no option may be repeated: it may be the second half of a password
    /// that an editor wrapped.
    pub(super) fn is_nameable(&self, setting: &Setting) -> bool {
        let name = self.text(&setting.name);
        let plain = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
        let word = !name.is_empty() && name.len() <= 40 && name.chars().all(plain);
        let lower = !name.chars().any(|c| c.is_ascii_uppercase());
        word && (!options::nearest(name).is_empty() || (lower && !setting.value.is_empty()))
    }

    fn without_trailing_blanks(&self, span: Span) -> Span {
        let trimmed = self.text(&span).trim_end().trim_end_matches('"').trim_end();
        span.start..span.start + trimmed.len()
    }

    fn shown(&self, part: Span, hidden: Option<&Span>) -> String {
        let Some(hidden) = hidden.filter(|hidden| !hidden.is_empty()) else {
            return self.text(&part).to_owned();
        };
        let before = part.start..part.end.min(hidden.start).max(part.start);
        let after = part.start.max(hidden.end).min(part.end)..part.end;
        let inside = part.start < hidden.end && part.end > hidden.start;
        // The mask stands where the secret begins, once, however the line is cut into parts.
        let mask = if inside && part.start <= hidden.start { MASK } else { "" };
        format!("{}{mask}{}", self.text(&before), self.text(&after))
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of the only line, `marked` in it between brackets.
    fn check(line: &str, marked: &str, expected: &str) {
        let conf = Conf::from_text(line);
        let at = line.find(marked).expect("it is there");
        let excerpt = conf.excerpt(&conf.lines()[0], &(at..at + marked.len()));
        assert_eq!(format!("{}[{}]{}", excerpt.before, excerpt.marked, excerpt.after), expected);
    }

    #[test]
    fn secrets_are_masked_and_all_else_is_shown() {
        check("static-auth-secret=hunter2 ", "static-auth-secret", "[static-auth-secret]=**** ");
        check("static-auth-secret=hunter2", "hunter2", "static-auth-secret=[****]");
        check("static-auth-secret=\"hunter2 \"", "static", "[static]-auth-secret=\"**** \"");
        check("user=alice:hunter2", "alice", "user=[alice]:****");
        check("user=alice", "user", "[user]=****");
        check("cli-password hunter2", "cli", "[cli]-password ****");
        check("realm=example.org # x", "# x", "realm=example.org [# x]");
        check("172.26.7.151", "172.26.7.151", "[172.26.7.151]");
    }

    #[test]
    fn what_coturn_does_not_read_of_a_line_is_masked_whosever_it_was() {
        check("listening-port=34\0-secret=hunter2 ", "34", "listening-port=[34]**** ");
        check("172.26.7.151\0hunter2", "172.26.7.151", "[172.26.7.151]****");
        let long = format!("realm={}hunter2", "x".repeat(1017));
        check(&long, "realm", &format!("[realm]={}…", "x".repeat(59)));
        let conf = Conf::from_text(&long);
        assert_eq!(conf.excerpt(&conf.lines()[0], &(1023..1030)).marked, MASK);
    }

    #[test]
    fn what_may_be_a_secret_is_masked_too() {
        for line in ["hunter2", "alice:hunter2", "c2VjcmV0c2VjcmV0==", "Xk3+hunter2 = 1"] {
            let excerpt = Conf::from_text(line).excerpt(&Conf::from_text(line).lines()[0], &(0..line.len()));
            assert_eq!(
                (excerpt.before.as_str(), excerpt.marked.as_str(), excerpt.after.as_str()),
                ("", "****", "")
            );
        }
        check("static-auth-secert=hunter2", "static", "[static]-auth-secert=****");
        check("password=hunter2", "password", "[password]=****");
    }

    #[test]
    fn a_blank_behind_a_secret_can_be_marked() {
        let conf = Conf::from_text("static-auth-secret=hunter2 ");
        let excerpt = conf.excerpt(&conf.lines()[0], &(26..27));
        assert_eq!((excerpt.before.as_str(), excerpt.marked.as_str()), ("static-auth-secret=****", " "));
    }

    #[test]
    fn a_long_line_is_shortened() {
        let line = format!("realm={}", "x".repeat(5000));
        let excerpt = Conf::from_text(&line).excerpt(&Conf::from_text(&line).lines()[0], &(3000..5006));
        assert!(excerpt.before.chars().count() <= 61 && excerpt.marked.chars().count() <= 61);
    }
}
