//! What a delay means to people who talk to each other.

use serde::Serialize;

/// In a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// Up to 100 ms.
    Excellent,
    /// Up to 200 ms.
    Good,
    /// Up to 500 ms.
    Acceptable,
    /// Up to a second.
    Poor,
    /// Above.
    Unusable,
}

impl Rating {
    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Acceptable => "acceptable",
            Self::Poor => "poor",
            Self::Unusable => "unusable",
        }
    }
}

/// Of a one-way delay.
pub fn rate(one_way_ms: f64) -> Rating {
    match one_way_ms {
        ms if ms <= 100.0 => Rating::Excellent,
        ms if ms <= 200.0 => Rating::Good,
        ms if ms <= 500.0 => Rating::Acceptable,
        ms if ms <= 1000.0 => Rating::Poor,
        _ => Rating::Unusable,
    }
}

/// Where it stands in the recommendation of the ITU.
pub(super) fn recommendation(one_way_ms: f64) -> &'static str {
    match one_way_ms {
        ms if ms <= 150.0 => "within the 150 ms that ITU-T G.114 asks for",
        ms if ms <= 400.0 => "above the 150 ms of ITU-T G.114, below its limit of 400 ms",
        _ => "above the 400 ms that ITU-T G.114 gives as the limit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_ends_where_the_next_begins() {
        let words = [100.0, 100.1, 200.0, 500.0, 1000.0, 1000.1].map(|ms| rate(ms).name());
        assert_eq!(words, ["excellent", "good", "good", "acceptable", "poor", "unusable"]);
    }
}
