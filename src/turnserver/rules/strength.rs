//! What is guessed first.

/// Words that lists of passwords start with, and those that guides to coturn use.
const COMMON: [&str; 14] = [
    "password",
    "passwd",
    "secret",
    "123456",
    "qwerty",
    "admin",
    "test",
    "letmein",
    "changeme",
    "turn",
    "coturn",
    "north",
    "guest",
    "youhavetoberealistic",
];

/// Whether a secret that can be tried without asking the server is too easy for that.
pub(super) fn is_weak_secret(secret: &str) -> bool {
    let mut different: Vec<char> = secret.chars().take(4096).collect();
    different.sort_unstable();
    different.dedup();
    secret.chars().count() < 16 || different.len() < 6
}

/// Whether a password that has to be tried at the server is among the first to be.
pub(super) fn is_weak_password(user: &str, password: &str) -> bool {
    if password.is_empty() {
        return false;
    }
    let lower = password.to_lowercase();
    let user = user.to_lowercase();
    // A word and a few digits, not a phrase that happens to start with it.
    let starts = |word: &str| {
        !word.is_empty() && lower.strip_prefix(word).is_some_and(|rest| rest.chars().count() <= 4)
    };
    password.chars().count() < 8 || starts(&user) || COMMON.iter().any(|word| starts(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_monotonous_secrets_are_weak() {
        assert!(is_weak_secret("north") && is_weak_secret("123412341234123412341234"));
        assert!(!is_weak_secret("c0ffee5eed4c7b1e"));
    }

    #[test]
    fn a_phrase_is_not_weak_because_of_its_first_word() {
        assert!(is_weak_password("ling", "Ling1234") && is_weak_password("", "password1"));
        assert!(
            !is_weak_password("alice", "alice-in-wonderland") && !is_weak_password("", "turnaround-bright-9")
        );
        assert!(!is_weak_password("a", ""));
    }
}
