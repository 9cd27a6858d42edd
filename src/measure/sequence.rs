//! Loss, duplication and reordering of numbered packets.

/// Which of the packets sent arrived, and in what order.
#[derive(Debug, Default, Clone)]
pub struct Arrivals {
    seen: Vec<bool>,
    unique: usize,
    duplicates: usize,
    reordered: usize,
    highest: Option<u32>,
}

impl Arrivals {
    /// Takes an arrival; whether it is the first of its number. Numbers start at 0 and are below
    /// `most`; others are ignored.
    ///
    /// A packet is reordered if one with a higher number came before it (RFC 4737 §3, type-P-reordered).
    pub fn packet(&mut self, number: u32, most: u32) -> bool {
        if number >= most {
            return false;
        }
        let at = number as usize;
        if self.seen.len() <= at {
            self.seen.resize(at + 1, false);
        }
        if std::mem::replace(&mut self.seen[at], true) {
            self.duplicates += 1;
            return false;
        }
        self.unique += 1;
        match self.highest {
            Some(highest) if number < highest => self.reordered += 1,
            _ => self.highest = Some(number),
        }
        true
    }

    /// Different packets that arrived.
    pub fn unique(&self) -> usize {
        self.unique
    }

    /// How many packets of these numbers arrived.
    pub fn within(&self, numbers: std::ops::Range<u64>) -> u64 {
        let bound = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).min(self.seen.len());
        let (from, to) = (bound(numbers.start), bound(numbers.end));
        self.seen.get(from..to).map_or(0, |seen| seen.iter().filter(|seen| **seen).count() as u64)
    }

    /// Further copies of packets that had arrived.
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Packets that arrived behind one sent later.
    pub fn reordered(&self) -> usize {
        self.reordered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_packet_once_and_its_copies_apart() {
        let mut arrivals = Arrivals::default();
        let first = [0, 1, 3, 2, 2, 5, 9].map(|number| arrivals.packet(number, 6));
        assert_eq!(first, [true, true, true, true, false, true, false]);
        assert_eq!((arrivals.unique(), arrivals.duplicates(), arrivals.reordered()), (5, 1, 1));
    }
}
