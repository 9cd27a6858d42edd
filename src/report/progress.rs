//! One line on standard error that says what is going on, while it goes on.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::printable;

/// A spinner with a message. It is on standard error, so it never mixes with a result.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A spinner if `shown`, which the caller decides: on a terminal, and not with `-q`.
    pub fn new(shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if shown {
            bar.set_style(ProgressStyle::default_spinner().tick_chars(r"-\|/ "));
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar }
    }

    /// Says what is being done now.
    pub fn set(&self, message: impl AsRef<str>) {
        self.bar.set_message(printable(message.as_ref()).into_owned());
    }

    /// Removes the line. Dropping does so too.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}
