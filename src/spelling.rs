//! "Did you mean": the known words nearest to one that is not known.

/// At most three of `known`, nearest first; empty if none is near enough to be meant.
///
/// A word that contains what was typed counts as near: `expired` means `REST_EXPIRED` or `TLS_EXPIRED`.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let typed = typed.to_lowercase();
    let mut near: Vec<(usize, &str)> =
        known.into_iter().filter_map(|word| Some((distance(&typed, &word.to_lowercase())?, word))).collect();
    near.sort();
    near.into_iter().map(|(_, word)| word).take(3).collect()
}

/// What to ask of whoever typed it: "did you mean `a` or `b`?", or nothing where nothing is near.
pub fn question(near: &[&str]) -> Option<String> {
    let near: Vec<String> = near.iter().map(|word| format!("`{word}`")).collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

/// Edits from one word to the other, if few enough for a slip of the finger.
fn distance(typed: &str, word: &str) -> Option<usize> {
    let lengths = [typed.chars().count(), word.chars().count()];
    let slip = lengths[0].min(lengths[1]) / 4 + 1;
    let part = lengths[0] >= 3 && word.contains(typed);
    // To count edits takes memory and time for each pair of letters, and what was typed may be a file of one word.
    if !part && lengths[0].abs_diff(lengths[1]) > slip {
        return None;
    }
    let edits = strsim::damerau_levenshtein(typed, word);
    (edits <= slip || part).then_some(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["REST_EXPIRED", "TLS_EXPIRED", "QUOTA", "rtt.p95", "rtt.p99"];

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        assert_eq!(nearest("REST_EXPIERD", KNOWN), ["REST_EXPIRED"]);
        assert_eq!(nearest("qouta", KNOWN), ["QUOTA"]);
        assert_eq!(nearest("rtt.p98", KNOWN), ["rtt.p95", "rtt.p99"]);
    }

    #[test]
    fn a_part_of_a_word_finds_all_that_have_it_the_shortest_first() {
        assert_eq!(nearest("expired", KNOWN), ["TLS_EXPIRED", "REST_EXPIRED"]);
    }

    #[test]
    fn the_question_names_all_of_them() {
        assert_eq!(question(&["a", "b"]).as_deref(), Some("did you mean `a` or `b`?"));
        assert_eq!(question(&[]), None);
    }

    #[test]
    fn something_else_finds_nothing() {
        assert_eq!(nearest("banana", KNOWN), [""; 0]);
        assert_eq!(nearest("", KNOWN), [""; 0]);
        assert_eq!(nearest("x", KNOWN), [""; 0]);
    }

    #[test]
    fn a_file_of_one_word_is_near_to_none_and_takes_no_room() {
        // Counted letter by letter, it would take 8 GB for each word that is known.
        let typed = "x".repeat(50_000_000);
        assert_eq!(nearest(&typed, ["no-multicast-peers", "xx"]), [""; 0]);
    }
}
