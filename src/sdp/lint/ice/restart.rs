//! Credentials of ICE that are others in a later offer: what `ice-half-restart` and `ice-restart` share.

use std::collections::{HashMap, HashSet};

use crate::sdp::lint::Pair;
use crate::sdp::text::{Span, Word};

/// Credentials of the later offer that the earlier one has nowhere.
pub(super) struct Renewed<'d> {
    /// The later `ice-ufrag`.
    pub(super) ufrag: Word<'d>,
    /// The one before.
    pub(super) old_ufrag: Word<'d>,
    /// Where the later `ice-pwd` stands.
    pub(super) pwd: Span,
    /// Where the one before stands.
    pub(super) old_pwd: Span,
    /// Whether the password is another.
    pub(super) is_new_pwd: bool,
    /// The m-lines that they count for.
    pub(super) m_lines: Vec<usize>,
}

impl Renewed<'_> {
    /// Whether the user fragment is another.
    pub(super) fn is_new_ufrag(&self) -> bool {
        self.ufrag.value != self.old_ufrag.value
    }
}

/// What is new for an m-line that goes on. It is not new to take the credentials from another level (RFC 8839
/// §4.4.1.1.1), nor from another m-line, since BUNDLE shares one transport.
pub(super) fn renewed<'d>(pair: &Pair<'d>) -> Vec<Renewed<'d>> {
    let older = pair.first().session();
    let known: HashSet<(&str, &str)> = older
        .media()
        .filter_map(|media| Some((media.ice_ufrag()?.0.value, media.ice_pwd()?.0.expose())))
        .collect();
    let mut renewed: Vec<Renewed<'d>> = Vec::new();
    let mut places: HashMap<[&str; 4], usize> = HashMap::new();
    for (older, newer) in pair.continued() {
        let Some(((old_ufrag, _), (old_pwd, _))) = older.ice_ufrag().zip(older.ice_pwd()) else { continue };
        let Some(((ufrag, _), (pwd, _))) = newer.ice_ufrag().zip(newer.ice_pwd()) else { continue };
        if known.contains(&(ufrag.value, pwd.expose())) {
            continue;
        }
        let values = [ufrag.value, old_ufrag.value, pwd.expose(), old_pwd.expose()];
        // What is the same for all of a BUNDLE group is told once.
        let index = *places.entry(values).or_insert_with(|| {
            renewed.push(Renewed {
                ufrag,
                old_ufrag,
                pwd: pwd.span(),
                old_pwd: old_pwd.span(),
                is_new_pwd: pwd.expose() != old_pwd.expose(),
                m_lines: Vec::new(),
            });
            renewed.len() - 1
        });
        renewed[index].m_lines.push(newer.index());
    }
    renewed
}
