//! The bodies of the fuzz targets, shared with `cargo test --test mutation` of the main package.

#[path = "../../tests/mutation/targets.rs"]
mod targets;

/// Runs the target of this name.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, target) = targets::TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    target(bytes);
}
