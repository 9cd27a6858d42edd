//! The largest of all sizes that pass, found in a few rounds: each tries several sizes at once.

/// What became of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Passed,
    /// It was sent again and again, and never arrived.
    Lost,
    /// Our own system would not send it.
    Refused,
}

/// A search for the largest size that passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Largest {
    scale: Vec<usize>,
    begun: bool,
    passed: Option<usize>,
    lost: Option<usize>,
    refused: Option<usize>,
    tried: usize,
}

/// Sizes tried at once between two known ones.
const BETWEEN: usize = 8;

impl Largest {
    /// A search that begins with the sizes of `scale`, in ascending order.
    pub fn among(scale: Vec<usize>) -> Self {
        Self { scale, begun: false, passed: None, lost: None, refused: None, tried: 0 }
    }

    /// The sizes to try next; none when the answer is known.
    pub fn round(&mut self) -> Vec<usize> {
        if !std::mem::replace(&mut self.begun, true) {
            return self.scale.clone();
        }
        let (Some(low), Some(high)) = (self.passed, self.bound()) else { return Vec::new() };
        let gap = high - low;
        let mut sizes: Vec<usize> = match gap {
            0 | 1 => Vec::new(),
            _ => (1..=BETWEEN).map(|n| low + (gap * n).div_ceil(BETWEEN + 1)).collect(),
        };
        sizes.retain(|size| *size < high);
        sizes.dedup();
        sizes
    }

    /// Takes what became of a size.
    pub fn take(&mut self, size: usize, fate: Fate) {
        match fate {
            Fate::Passed => self.passed = self.passed.max(Some(size)),
            Fate::Lost => self.lost = Some(self.lost.map_or(size, |lost| lost.min(size))),
            Fate::Refused => self.refused = Some(self.refused.map_or(size, |known| known.min(size))),
        }
        if fate != Fate::Refused {
            self.tried = self.tried.max(size);
        }
        // What was lost below a size that passed was lost by accident.
        self.lost = self.lost.filter(|lost| Some(*lost) > self.passed);
    }

    /// The largest that arrived.
    pub fn passed(&self) -> Option<usize> {
        self.passed
    }

    /// The smallest above it that did not.
    pub fn lost(&self) -> Option<usize> {
        self.lost
    }

    /// The largest that our system would send.
    pub fn tried(&self) -> usize {
        self.tried
    }

    /// Our own system set the end, not the path.
    pub fn refused(&self) -> bool {
        self.lost.is_none() && self.refused.is_some()
    }

    /// Our own system does not send this size.
    pub fn is_refused(&self, size: usize) -> bool {
        self.refused.is_some_and(|refused| size >= refused)
    }

    fn bound(&self) -> Option<usize> {
        self.lost.into_iter().chain(self.refused).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches a path that carries `path` bytes from a machine that sends `own`; the answer, and the rounds.
    fn search(path: usize, own: usize) -> (Largest, usize) {
        let mut largest = Largest::among(vec![500, 1000, 1200, 1280, 1400, 1472]);
        let mut rounds = 0;
        loop {
            let sizes = largest.round();
            if sizes.is_empty() {
                return (largest, rounds);
            }
            rounds += 1;
            assert!(rounds < 6, "{largest:?}");
            for size in sizes {
                let fate = match () {
                    () if size > own => Fate::Refused,
                    () if size > path => Fate::Lost,
                    () => Fate::Passed,
                };
                largest.take(size, fate);
            }
        }
    }

    #[test]
    fn finds_the_exact_size_in_a_few_rounds() {
        for path in 500..=1472 {
            let (largest, rounds) = search(path, 65_507);
            assert_eq!(largest.passed(), Some(path));
            assert_eq!(largest.lost(), (path < 1472).then_some(path + 1));
            assert!(rounds <= 4 && !largest.refused());
        }
    }

    #[test]
    fn an_own_interface_is_told_from_a_path() {
        let (largest, _) = search(9000, 1372);
        assert_eq!((largest.passed(), largest.lost(), largest.refused()), (Some(1372), None, true));
        assert_eq!(largest.tried(), 1372);
        let (largest, _) = search(1300, 1372);
        assert_eq!((largest.passed(), largest.lost(), largest.refused()), (Some(1300), Some(1301), false));
        let (largest, _) = search(9000, 9000);
        assert_eq!((largest.passed(), largest.lost(), largest.tried()), (Some(1472), None, 1472));
    }

    #[test]
    fn a_path_that_carries_nothing_is_not_searched_further() {
        let (largest, rounds) = search(100, 9000);
        assert_eq!((largest.passed(), largest.lost(), rounds), (None, Some(500), 1));
    }

    #[test]
    fn an_accident_below_what_passes_does_not_count() {
        let mut largest = Largest::among(vec![1000, 1200]);
        largest.round();
        largest.take(1000, Fate::Lost);
        largest.take(1200, Fate::Passed);
        assert_eq!((largest.round(), largest.lost()), (vec![], None));
    }
}
