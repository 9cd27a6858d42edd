//! One line on standard error that says what is going on, while it goes on.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::printable;

/// A spinner with a message, or a bar. It is on standard error, so it never mixes with a result.
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

    /// Says how much of something is read; as a bar, where it is known how much there is.
    pub fn bytes(&self, name: &str, read: u64, of: Option<u64>) {
        if self.bar.is_hidden() {
            return;
        }
        if self.bar.length() != of || of.is_none() && self.bar.position() == 0 {
            let template = match of {
                Some(_) => "{spinner} [{bar:24}] {percent} %, {bytes} of {total_bytes}: {wide_msg}",
                None => "{spinner} {bytes}: {wide_msg}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style.tick_chars(r"-\|/ ").progress_chars("=> "));
            }
            if let Some(of) = of {
                self.bar.set_length(of);
            }
        }
        self.bar.set_position(read);
        self.set(name);
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
