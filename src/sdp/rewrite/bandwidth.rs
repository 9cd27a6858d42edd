//! `--bandwidth`: `b=AS` and `b=TIAS` of an m-line.

use super::{Bitrate, Changes};
use crate::sdp::edit::Edit;
use crate::sdp::session::Media;

/// Sets those of the two that are there; adds both where neither is.
pub(super) fn change(media: Media<'_, '_>, bitrate: Bitrate, changes: &mut Changes<'_>) {
    let values = [("AS", bitrate.kilobits_per_second()), ("TIAS", bitrate.bits_per_second())];
    let mut is_there = false;
    for bandwidth in &media.section().bandwidths {
        let Some((_, value)) = values.iter().find(|(kind, _)| *kind == bandwidth.kind.value) else {
            continue;
        };
        is_there = true;
        if bandwidth.value.value != *value {
            changes.push(Edit::replace(bandwidth.value.span, value.to_string()));
        }
    }
    if is_there {
        return;
    }
    // Below `m=`, `i=` and `c=`, above `k=` and `a=` (RFC 8866 §5).
    let (section, lines) = (media.section(), changes.text.lines());
    let end = section.lines.clone().find(|line| matches!(lines[*line].kind, Some('k' | 'a')));
    let above = section.lines.start..end.unwrap_or(section.lines.end);
    let after = above.rev().find(|line| matches!(lines[*line].kind, Some('m' | 'i' | 'c' | 'b')));
    for (kind, value) in values {
        changes.add_line(after.unwrap_or(section.lines.start), format!("b={kind}:{value}"));
    }
}
