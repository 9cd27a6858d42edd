//! The bodies of the fuzz targets, shared with `cargo test --test mutation` of the main package.

#[path = "../../tests/mutation/seeds.rs"]
mod seeds;
#[path = "../../tests/mutation/targets/mod.rs"]
mod targets;

use std::path::Path;
use std::sync::OnceLock;

/// Runs the target of this name. Where `RTCSCOPE_SEEDS` names a folder, it writes its seeds there instead.
pub fn run(name: &str, bytes: &[u8]) {
    static BODY: OnceLock<fn(&[u8])> = OnceLock::new();
    let body = BODY.get_or_init(|| -> fn(&[u8]) {
        if let Some(folder) = std::env::var_os("RTCSCOPE_SEEDS") {
            write_seeds(name, Path::new(&folder));
            // To exit here would be a crash for libFuzzer.
            return |_| {};
        }
        let (_, body) = targets::TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
        *body
    });
    body(bytes);
}

fn write_seeds(name: &str, folder: &Path) {
    for (number, seed) in seeds::of(name).into_iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number:03}")), seed).expect("a folder to write to");
    }
}
