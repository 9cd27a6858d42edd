//! `--direction`: which way the media of an m-line goes.

use super::Changes;
use crate::sdp::attribute::{Direction, View};
use crate::sdp::edit::Edit;
use crate::sdp::session::Media;

/// Changes what is said, or says it where the direction that counts is another.
pub(super) fn change(media: Media<'_, '_>, wanted: Direction, changes: &mut Changes<'_>) {
    let section = media.section();
    let mut is_said = false;
    for attribute in &section.attributes {
        let View::Direction(direction) = attribute.view else { continue };
        is_said = true;
        if direction != wanted {
            changes.push(Edit::replace(attribute.name.span, wanted.as_str()));
        }
    }
    if !is_said && media.direction() != wanted {
        let after = changes.last_line(section, |line| line.kind == Some('a'));
        let after = match changes.text.lines()[after].kind {
            Some('a') => after,
            _ => changes.last_line(section, |line| !line.is_blank()),
        };
        changes.add_line(after, format!("a={}", wanted.as_str()));
    }
}
