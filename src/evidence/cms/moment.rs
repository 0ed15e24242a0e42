//! The instant at which a signature is judged.

use jiff::Timestamp;

/// How it is known that a signature existed at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It exists now; nothing proves that it is older.
    Now,
    /// Something outside of it proves that it existed: a time stamp over the document, the receipt of the file.
    Outside,
    /// A trusted authority stamped it, and the signer's tool put the stamp into the signature: it was made then.
    Stamped,
}

/// The decisive instant: the earliest at which the signature is proven to have existed (ETSI EN 319 102-1, 5.5.4, *best-signature-time*).
/// The time that a signer claims proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) time: Timestamp,
    pub(super) proof: Proof,
}

impl Moment {
    /// The earliest of the stamps in the signature, of the proofs from outside, and of now.
    pub(super) fn of(stamps: impl Iterator<Item = Timestamp>, proofs: &[Timestamp], now: Timestamp) -> Self {
        let stamps = stamps.map(|time| Self { time, proof: Proof::Stamped });
        let proofs = proofs.iter().map(|time| Self { time: *time, proof: Proof::Outside });
        let earlier = stamps.chain(proofs).filter(|moment| moment.time <= now).min_by_key(|moment| moment.time);
        earlier.unwrap_or(Self { time: now, proof: Proof::Now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_proof_decides_and_what_is_to_come_proves_nothing() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let moment = Moment::of([at(50)].into_iter(), &[at(60), at(200)], at(100));
        assert_eq!(moment, Moment { time: at(50), proof: Proof::Stamped });
        assert_eq!(Moment::of(std::iter::empty(), &[at(200)], at(100)), Moment { time: at(100), proof: Proof::Now });
        assert_eq!(Moment::of([at(70)].into_iter(), &[at(60)], at(100)).proof, Proof::Outside);
    }
}
