//! What belongs to what, looked up once: a capture may have thousands of streams and of pairs.

use std::collections::HashMap;

use crate::analyze::facts::StreamFacts;
use crate::analyze::reports::ReportFacts;
use crate::analyze::transport::{LegFacts, TransportFacts};

/// Places of streams, of pairs of addresses, and of reports.
#[derive(Debug, Default)]
pub struct Index<'a> {
    /// Streams by their way.
    by_path: HashMap<&'a LegFacts, Vec<usize>>,
    /// Streams by their names.
    by_name: HashMap<&'a str, usize>,
    /// Reports by the source that they are about: place of the sender, place within.
    by_source: HashMap<u32, Vec<(usize, usize)>>,
    /// Of each pair of addresses, the first of its session of ICE.
    session: Vec<usize>,
    /// Pairs by that.
    by_session: HashMap<usize, Vec<usize>>,
}

impl<'a> Index<'a> {
    /// Of these facts.
    #[must_use]
    pub fn new(streams: &'a [StreamFacts], reports: &'a ReportFacts, transport: &'a TransportFacts) -> Self {
        let mut new = Self::default();
        for (place, stream) in streams.iter().enumerate() {
            new.by_path.entry(&stream.path).or_default().push(place);
            new.by_name.insert(&stream.id, place);
        }
        for (sender, row) in reports.rtcp.iter().enumerate() {
            for (place, pair) in row.reports.iter().enumerate() {
                new.by_source.entry(pair.source).or_default().push((sender, place));
            }
        }
        new.session = sessions(transport);
        for (place, session) in new.session.iter().enumerate() {
            new.by_session.entry(*session).or_default().push(place);
        }
        new
    }

    /// The place of a stream.
    pub(super) fn stream(&self, id: &str) -> Option<usize> {
        self.by_name.get(id).copied()
    }

    /// The streams that went this way.
    pub(super) fn streams(&self, path: &LegFacts) -> &[usize] {
        self.by_path.get(path).map_or(&[], Vec::as_slice)
    }

    /// The reports on a source.
    pub(super) fn reports(&self, source: u32) -> &[(usize, usize)] {
        self.by_source.get(&source).map_or(&[], Vec::as_slice)
    }

    /// The pairs of the session that one belongs to, itself among them.
    pub(super) fn pairs(&self, place: usize) -> &[usize] {
        let session = self.session.get(place);
        session.and_then(|session| self.by_session.get(session)).map_or(&[], Vec::as_slice)
    }
}

/// Of each pair, the first with the same two user names, or that the same checks went over.
fn sessions(transport: &TransportFacts) -> Vec<usize> {
    let mut first_by_flow: HashMap<usize, usize> = HashMap::new();
    let mut first_by_name: HashMap<String, usize> = HashMap::new();
    let mut parent: Vec<usize> = (0..transport.pairs.len()).collect();
    for (place, row) in transport.pairs.iter().enumerate() {
        let Some(ice) = &row.ice else { continue };
        let flow = *first_by_flow.entry(ice.flow).or_insert(place);
        unite(&mut parent, place, flow);
        for name in ice.src.usernames.iter().chain(&ice.dst.usernames) {
            // Each side names both, its own last.
            let mut parts: Vec<&str> = name.split(':').collect();
            parts.sort_unstable();
            let named = *first_by_name.entry(parts.join(":")).or_insert(place);
            unite(&mut parent, place, named);
        }
    }
    (0..parent.len()).map(|place| root(&mut parent, place)).collect()
}

fn root(parent: &mut [usize], mut place: usize) -> usize {
    while parent[place] != place {
        // Halves the way for those who come after.
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    place
}

fn unite(parent: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parent, one), root(parent, other));
    parent[one.max(other)] = one.min(other);
}

#[cfg(test)]
mod tests {
    use super::sessions;
    use crate::analyze::rules::scene::{Scene, pair};

    #[test]
    fn pairs_with_the_same_names_or_the_same_checks_are_one_session() {
        let mut scene = Scene::new();
        for (flow, names) in [(0, ["b:a", "a:b"]), (1, ["a:b", "b:a"]), (2, ["x:y", "y:x"]), (2, ["", ""])] {
            let mut row = pair();
            let ice = row.ice.as_mut().unwrap();
            ice.flow = flow;
            for (side, name) in [&mut ice.src, &mut ice.dst].into_iter().zip(names) {
                side.usernames = if name.is_empty() { Vec::new() } else { vec![name.to_owned()] };
            }
            scene.transport.pairs.push(row);
        }
        let mut alone = pair();
        alone.ice = None;
        scene.transport.pairs.push(alone);
        assert_eq!(sessions(&scene.transport), [0, 0, 2, 2, 4]);
    }
}
