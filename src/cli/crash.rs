//! A panic of our own: told as what it is, without what it was about, which may be a secret.

use std::any::Any;
use std::panic::{self, PanicHookInfo};

use crate::finding::Exit;
use crate::io::output;

/// Runs `run`; what breaks off tells where, and is a 3: nobody knows anything about what was looked at.
pub fn contained(run: impl FnOnce() -> u8 + panic::UnwindSafe) -> u8 {
    panic::set_hook(Box::new(|info| output::write_stderr(&told(info))));
    panic::catch_unwind(run).unwrap_or(Exit::CouldNotTell.code())
}

fn told(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
    sentence(&place, info.payload())
}

/// A text that stands in the program as it is cannot hold anything of the input; one that was made may.
fn sentence(place: &str, payload: &(dyn Any + Send)) -> String {
    let literal = payload.downcast_ref::<&'static str>().map_or_else(String::new, |text| format!(": {text}"));
    format!(
        "error: rtcscope itself broke{place}{literal}\nhint: that is a fault of rtcscope and not of what it looked at: please report it with this place\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(broken: impl FnOnce() + panic::UnwindSafe, expected: &str) {
        let payload = panic::catch_unwind(broken).unwrap_err();
        let told = sentence(" at src/x.rs:1:2", &*payload);
        assert_eq!(told.lines().next().unwrap(), expected);
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn what_a_panic_was_about_is_not_told_and_where_it_was_is() {
        let password = "hunter2".to_owned();
        check(move || panic!("no {password}"), "error: rtcscope itself broke at src/x.rs:1:2");
        check(|| panic!("no keys yet"), "error: rtcscope itself broke at src/x.rs:1:2: no keys yet");
        let wrong: Result<(), String> = Err("hunter2".to_owned());
        check(move || std::convert::identity(wrong).unwrap(), "error: rtcscope itself broke at src/x.rs:1:2");
        check(|| std::panic::panic_any(Some("hunter2")), "error: rtcscope itself broke at src/x.rs:1:2");
    }
}
