//! How much is computed for one signature: a bound, and each computation once.
//!
//! Whoever sends a document chooses how many certificates, lists and responses it carries. Honest ones need some fifty steps; the bound
//! is reached only on purpose, and is told then.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use crate::digest::FileDigest;

/// How many steps one signature may cost, its time stamps included: verifications of a value, and steps from a certificate to the next.
const MOST: usize = 600;

/// What can be signed: a certificate, or a source of revocations by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Certificate(FileDigest),
    Source(usize),
}

/// The steps that are left, and the verifications made so far.
#[derive(Debug)]
pub(super) struct Work {
    left: Cell<usize>,
    made: RefCell<BTreeMap<(What, FileDigest), Option<bool>>>,
}

impl Default for Work {
    fn default() -> Self {
        Self { left: Cell::new(MOST), made: RefCell::default() }
    }
}

impl Work {
    /// Whether something is signed with the key of a certificate; none when that cannot be computed, or may not be any more.
    pub(super) fn verified(&self, what: What, by: FileDigest, compute: impl FnOnce() -> Option<bool>) -> Option<bool> {
        if let Some(known) = self.made.borrow().get(&(what, by)) {
            return *known;
        }
        self.spend(1)?;
        let verified = compute();
        self.made.borrow_mut().insert((what, by), verified);
        verified
    }

    /// Takes steps from those that are left; none when there are not enough.
    pub(super) fn spend(&self, steps: usize) -> Option<()> {
        let left = self.left.get().checked_sub(steps);
        self.left.set(left.unwrap_or(0));
        left.map(drop)
    }

    /// Whether the bound was reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verification_is_made_once_and_no_more_than_the_bound() {
        let (work, by) = (Work::default(), FileDigest::of(b"key"));
        let count = Cell::new(0);
        for source in (0..1000).chain(0..1000) {
            work.verified(What::Source(source), by, || {
                count.set(count.get() + 1);
                Some(true)
            });
        }
        assert_eq!((count.get(), work.is_exhausted()), (MOST, true));
    }
}
