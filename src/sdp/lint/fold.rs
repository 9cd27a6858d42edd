//! The findings of a run as people are shown them: the gravest of all inputs first, and what is the same told once, however
//! many descriptions have it.

use std::collections::HashMap;

use super::Found;
use super::report::{Linted, snippets};
use crate::finding::Severity;
use crate::report::Snippet;

/// Of what differs in numbers alone, so many are shown each by itself.
const FEW: usize = 2;

/// Without remarks, and without what follows from what copying did, unless they are asked for.
pub(super) fn shown(sessions: &[Linted], with_remarks: bool) -> Vec<Snippet> {
    let of_session = |session: &Linted| {
        let follows = |at: usize| session.damage.as_ref().is_some_and(|damage| damage.follows[at]);
        let is_shown = |(at, found): &(usize, &Found)| {
            with_remarks || (found.finding.severity > Severity::Info && !follows(*at))
        };
        let found = session.found.iter().enumerate().filter(is_shown);
        let found: Vec<Found> = found.map(|(_, found)| found.clone()).collect();
        snippets(&found)
    };
    let mut all: Vec<Snippet> = sessions.iter().flat_map(of_session).collect();
    all.sort_by_key(|snippet| std::cmp::Reverse(snippet.severity));
    let mut alike: HashMap<String, usize> = HashMap::new();
    all.iter().for_each(|snippet| *alike.entry(pattern(snippet)).or_default() += 1);
    let mut shown: Vec<Snippet> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for snippet in all {
        let key = match pattern(&snippet) {
            pattern if alike[&pattern] > FEW => pattern,
            _ => format!("{} {:?} {}", snippet.code, snippet.severity, snippet.message),
        };
        match places.get(&key) {
            Some(place) => shown[*place].also.push(snippet.place),
            None => {
                places.insert(key, shown.len());
                shown.push(snippet);
            }
        }
    }
    shown
}

/// The code and the words without the numbers in them: six payload types that lack the same are one fault.
fn pattern(snippet: &Snippet) -> String {
    let words: String = snippet.message.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    format!("{} {:?} {words}", snippet.code, snippet.severity)
}
