//! The reasons of a verdict, as they are gathered.

use super::{
    policy::{Effect, Policy},
    verdict::Weighed,
};
use crate::evidence::{Observation, Reason};

/// What was seen so far, with what follows from it.
pub(super) struct Reasons<'a> {
    policy: &'a Policy,
    weighed: Vec<Weighed>,
}

impl<'a> Reasons<'a> {
    pub(super) const fn new(policy: &'a Policy) -> Self {
        Self { policy, weighed: Vec::new() }
    }

    /// Adds what was seen; what follows from it, the policy says.
    pub(super) fn see(&mut self, observation: Observation) {
        self.add(self.policy.effect(observation.reason), observation);
    }

    /// Adds what was seen, nowhere in particular.
    pub(super) fn say(&mut self, reason: Reason, detail: impl Into<String>) {
        self.see(Observation::new(reason, detail));
    }

    /// Adds what was seen, with what follows from it here.
    pub(super) fn add(&mut self, effect: Effect, observation: Observation) {
        self.weighed.push(Weighed { observation, effect });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Weighed> {
        self.weighed.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Weighed> {
        self.weighed.iter_mut()
    }

    /// All of them, each once, the gravest first.
    pub(super) fn sorted(self) -> Vec<Weighed> {
        sorted(self.weighed)
    }
}

/// Reasons, each once, the gravest first.
pub(super) fn sorted(mut reasons: Vec<Weighed>) -> Vec<Weighed> {
    reasons.sort_by(|a, b| b.effect.cmp(&a.effect).then_with(|| a.observation.cmp(&b.observation)));
    reasons.dedup();
    reasons
}
