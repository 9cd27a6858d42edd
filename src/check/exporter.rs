//! What a served plan answers with: which check a request may have run, and the numbers of the exporter itself.

use super::plan::{Entry, Kind, Plan};

/// Why a request for a probe is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No check has this name.
    #[error("no check of the plan is called `{module}`")]
    Module {
        /// What was asked for.
        module: String,
    },
    /// The check has other targets.
    #[error("this target is not in the plan: only what the plan names is probed")]
    Target,
    /// Several have it.
    #[error("several checks of the plan have this target: name one as `module`")]
    Ambiguous,
    /// Neither of both was given.
    #[error("say what to probe, as in /probe?module=NAME or /probe?module=NAME&target=turn:turn.example.org")]
    Nothing,
}

impl Plan {
    /// The check that a request may have run: of the name `module`, and of its targets that one alone. No word of the
    /// request gets into it.
    ///
    /// # Errors
    /// The plan has no such check, or not with this target.
    pub fn asked(&self, module: Option<&str>, target: Option<&str>) -> Result<Entry, Refusal> {
        let mut found = match (module, target) {
            (Some(module), _) => {
                let entry = self.entries.iter().find(|entry| entry.name == module);
                entry.ok_or_else(|| Refusal::Module { module: module.to_owned() })?.clone()
            }
            (None, Some(target)) => {
                let mut having = self.entries.iter().filter(|entry| entry.targets().any(|own| own == target));
                match (having.next(), having.next()) {
                    (Some(entry), None) => entry.clone(),
                    (Some(_), Some(_)) => return Err(Refusal::Ambiguous),
                    (None, _) => return Err(Refusal::Target),
                }
            }
            (None, None) => return Err(Refusal::Nothing),
        };
        let Some(target) = target else { return Ok(found) };
        if !found.targets().any(|own| own == target) {
            return Err(Refusal::Target);
        }
        let name = target_key(found.kind);
        found.settings.iter_mut().filter(|setting| Some(setting.key.name) == name).for_each(|setting| {
            setting.values.retain(|own| own == target);
        });
        // What was to be tried again is tried again by the next scrape.
        found.retries = 0;
        Ok(found)
    }
}

impl Entry {
    /// The servers that it names.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        let name = target_key(self.kind);
        let own = self.settings.iter().filter(move |setting| Some(setting.key.name) == name);
        own.flat_map(|setting| setting.values.iter().map(String::as_str))
    }
}

fn target_key(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Probe => Some("targets"),
        Kind::Call => Some("relay"),
        Kind::Sdp | Kind::Capture => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const PLAN: &str = "[[probe]]\nname = \"a\"\ntargets = [\"turn:one\", \"turn:two\"]\nretries = 3\n\
                        [[probe]]\nname = \"b\"\ntargets = \"turn:two\"\n\
                        [[call]]\nname = \"c\"\nrelay = \"turn:three\"\n";

    fn asked(module: &str, target: &str) -> Result<(String, Vec<String>), Refusal> {
        let plan = Plan::from_toml(PLAN, "plan", Path::new("")).unwrap();
        let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let entry = plan.asked(some(module), some(target))?;
        assert_eq!(entry.retries == 0, !target.is_empty() || entry.name != "a");
        Ok((entry.name.clone(), entry.targets().map(str::to_owned).collect()))
    }

    #[test]
    fn only_what_the_plan_names_is_probed() {
        let found = |name: &str, targets: &[&str]| {
            Ok((name.to_owned(), targets.iter().map(|target| (*target).to_owned()).collect()))
        };
        assert_eq!(asked("a", "turn:two"), found("a", &["turn:two"]));
        assert_eq!(asked("a", ""), found("a", &["turn:one", "turn:two"]));
        assert_eq!(asked("", "turn:one"), found("a", &["turn:one"]));
        assert_eq!(asked("", "turn:three"), found("c", &["turn:three"]));
        assert_eq!(asked("", "turn:two"), Err(Refusal::Ambiguous));
        assert_eq!(asked("a", "turn:three"), Err(Refusal::Target));
        assert_eq!(asked("", "turn:four"), Err(Refusal::Target));
        assert_eq!(asked("z", "turn:one"), Err(Refusal::Module { module: "z".to_owned() }));
        assert_eq!(asked("", ""), Err(Refusal::Nothing));
    }
}
