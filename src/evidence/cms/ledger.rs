//! What was seen of one signature, and what it means: several things may be wrong, all are said, the worst decides.

use crate::evidence::{Indication, Observation, Reason, SubIndication};

/// The indications that a rule can come to, the worst first. Among those of one kind, the earlier step of ETSI EN 319 102-1 (5.3 to 5.6)
/// comes first: what is found wrong with the form or the value of a signature says more than a time that is missing.
const ORDER: [(Indication, SubIndication); 17] = {
    use Indication::{Indeterminate, TotalFailed};
    [
        (TotalFailed, SubIndication::FormatFailure),
        (TotalFailed, SubIndication::HashFailure),
        (TotalFailed, SubIndication::SigCryptoFailure),
        (TotalFailed, SubIndication::NotYetValid),
        (TotalFailed, SubIndication::Revoked),
        (TotalFailed, SubIndication::Expired),
        (Indeterminate, SubIndication::SignedDataNotFound),
        (Indeterminate, SubIndication::NoSigningCertificateFound),
        (Indeterminate, SubIndication::CertificateChainGeneralFailure),
        (Indeterminate, SubIndication::SigConstraintsFailure),
        (Indeterminate, SubIndication::ChainConstraintsFailure),
        (Indeterminate, SubIndication::NoCertificateChainFound),
        (Indeterminate, SubIndication::CryptoConstraintsFailure),
        (Indeterminate, SubIndication::CryptoConstraintsFailureNoPoe),
        (Indeterminate, SubIndication::RevokedNoPoe),
        (Indeterminate, SubIndication::OutOfBoundsNoPoe),
        (Indeterminate, SubIndication::TryLater),
    ]
};

/// Something that was seen, and what it makes of the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) reason: Reason,
    pub(super) detail: String,
    /// None for what is only to be known.
    pub(super) meaning: Option<(Indication, SubIndication)>,
}

impl Fault {
    /// Something that forbids to call the signature sound: with what was given, nothing more can be said.
    pub(super) fn indeterminate(reason: Reason, sub: SubIndication, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), meaning: Some((Indication::Indeterminate, sub)) }
    }

    /// Something that breaks the signature.
    pub(super) fn failed(reason: Reason, sub: SubIndication, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), meaning: Some((Indication::TotalFailed, sub)) }
    }

    /// Something to be known, that changes nothing.
    pub(super) fn note(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), meaning: None }
    }

    /// How bad it is; smaller is worse.
    pub(super) fn rank(&self) -> usize {
        let meaning = |known: &&(Indication, SubIndication)| Some(**known) == self.meaning;
        ORDER.iter().position(|known| meaning(&known)).unwrap_or(ORDER.len())
    }
}

/// What was seen of one signature, in the order in which it was looked at.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    faults: Vec<Fault>,
}

impl Ledger {
    pub(super) fn add(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    pub(super) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        faults.into_iter().for_each(|fault| self.add(fault));
    }

    /// The details of what forbids to call it sound.
    pub(super) fn objections(&self) -> Vec<&Fault> {
        self.faults.iter().filter(|fault| fault.meaning.is_some()).collect()
    }

    /// What is only to be known.
    pub(super) fn notes(&self) -> Vec<Fault> {
        self.faults.iter().filter(|fault| fault.meaning.is_none()).cloned().collect()
    }

    /// Says under the names of time stamps what was seen of one: broken, or nobody's whom the campaign trusts.
    pub(super) fn for_time_stamp(&mut self) {
        let named = |fault: &Fault| match fault.meaning {
            Some((Indication::TotalFailed, _)) => Some(Reason::TimestampInvalid),
            Some(_) => Some(Reason::TimestampUntrusted),
            None => None,
        };
        for fault in &mut self.faults {
            if let Some(reason) = named(fault).filter(|_| fault.reason != Reason::ContentsMalformed) {
                fault.reason = reason;
            }
        }
    }

    /// What it all means, and what was seen.
    pub(super) fn close(self) -> (Indication, Option<SubIndication>, Vec<Observation>) {
        let worst = self.faults.iter().filter(|fault| fault.meaning.is_some()).min_by_key(|fault| fault.rank());
        let (indication, sub) = worst
            .and_then(|fault| fault.meaning)
            .map_or((Indication::TotalPassed, None), |(indication, sub)| (indication, Some(sub)));
        let observations = self.faults.into_iter().map(|fault| Observation::new(fault.reason, fault.detail)).collect();
        (indication, sub, observations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides_and_all_are_said() {
        let mut ledger = Ledger::default();
        ledger.add(Fault::indeterminate(Reason::RevocationUnknown, SubIndication::TryLater, "no list"));
        ledger.add(Fault::failed(Reason::SignatureInvalid, SubIndication::SigCryptoFailure, "not the key"));
        ledger.add(Fault::note(Reason::TimestampUntrusted, "nobody known"));
        ledger.add(Fault::note(Reason::TimestampUntrusted, "nobody known"));
        let (indication, sub, observations) = ledger.close();
        assert_eq!((indication, sub), (Indication::TotalFailed, Some(SubIndication::SigCryptoFailure)));
        assert_eq!(observations.len(), 3);
    }

    #[test]
    fn nothing_against_it_is_passed() {
        let mut ledger = Ledger::default();
        ledger.add(Fault::note(Reason::TimestampUntrusted, "nobody known"));
        assert_eq!(ledger.close().0, Indication::TotalPassed);
    }
}
