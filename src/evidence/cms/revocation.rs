//! Whether a certificate was revoked (RFC 5280, 6.3; RFC 6960; ETSI EN 319 102-1, 5.2.5 and 5.5).
//!
//! Only lists and responses that were given are asked: files of the campaign, the validation material of the document, the signature's own
//! attributes. The rules of freshness, in full:
//!
//! 1. What bears a date after *now* is not believed.
//! 2. *Revoked* is believed at any age, and from any one of the sources, whatever the others say.
//! 3. *Not revoked* is believed when it was made at or after the decisive instant, or when that instant lies before its `nextUpdate`;
//!    without `nextUpdate`, it holds for a day.
//! 4. *Not revoked* is not believed when it was made after the certificate had expired, for revoked certificates leave the lists when they
//!    expire, unless the source says that it keeps them (`expiredCertsOnCRL`, `archiveCutoff`).
//!
//! Lists of changes, of some reasons or of several issuers, and lists signed by another than the issuer, prove
//! nothing here. What nothing proves is unknown, and said to be.

use jiff::{SignedDuration, Timestamp};

use super::{
    certificate::Certificate,
    crl::List,
    moment::Moment,
    ocsp::Response,
    work::{What, Work},
};
use crate::evidence::Revocation;

/// How many sources are asked about one certificate: each costs the verification of a signature.
const MOST: usize = 32;
/// How long an answer holds that does not say how long.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What a source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Good,
    Revoked { since: Timestamp },
}

/// What a source says, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) status: Status,
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
    /// Since when it keeps certificates that have expired, if it does.
    pub(super) expired_since: Option<Timestamp>,
}

/// What is known of a certificate.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) revocation: Revocation,
    /// Why nothing is known.
    pub(super) why: String,
    /// Whether what travels with the document suffices to know it.
    pub(super) embedded: bool,
}

/// Lists and responses, those of the campaign first.
#[derive(Debug, Default)]
pub(super) struct Sources<'a> {
    sources: Vec<Source<'a>>,
}

#[derive(Debug)]
struct Source<'a> {
    number: usize,
    kind: Kind<'a>,
    embedded: bool,
}

#[derive(Debug)]
enum Kind<'a> {
    List(List<'a>),
    Response(Response<'a>),
}

impl<'a> Sources<'a> {
    /// Takes a list or a response in, if it is one; `embedded` when it travels with the document.
    pub(super) fn add(&mut self, bytes: &'a [u8], embedded: bool) {
        let response = || Response::read(bytes).ok().map(Kind::Response);
        if let Some(kind) = List::read(bytes).ok().map(Kind::List).or_else(response) {
            self.sources.push(Source { number: self.sources.len(), kind, embedded });
        }
    }

    /// What is known of a certificate, at a moment. Of its issuers the first is the one whose key signed it, the others bear the same name
    /// and may sign lists.
    pub(super) fn ask(
        &self,
        certificate: &Certificate,
        issuers: &[&Certificate],
        moment: Moment,
        now: Timestamp,
        work: &Work,
    ) -> Known {
        let mut known = Known {
            revocation: Revocation::Unknown,
            why: "no list and no response about it was given".to_owned(),
            embedded: false,
        };
        let Some(issuer) = issuers.first() else { return known };
        for source in self.about(certificate, issuer) {
            let this = What::Source(source.number);
            let unfit = |delegate: &Certificate| self.lists_revoke(delegate, issuer, now, work);
            let answer = match &source.kind {
                Kind::List(list) => list.answer(certificate, issuers, this, work),
                Kind::Response(response) => response.answer(certificate, issuer, unfit, this, work),
            };
            match answer.and_then(|answer| believed(&answer, certificate, moment, now)) {
                Ok(said) => {
                    known.revocation = worse(known.revocation, said);
                    known.embedded |= source.embedded;
                }
                Err(why) => known.why = why.to_owned(),
            }
        }
        known
    }

    fn about(&self, certificate: &Certificate, issuer: &Certificate) -> impl Iterator<Item = &Source<'a>> {
        let is_about = |source: &&Source<'a>| match &source.kind {
            Kind::List(list) => list.is_for(certificate),
            Kind::Response(response) => response.is_for(certificate, issuer),
        };
        self.sources.iter().filter(is_about).take(MOST)
    }

    /// Whether a list says that a responder was revoked.
    fn lists_revoke(&self, responder: &Certificate, issuer: &Certificate, now: Timestamp, work: &Work) -> bool {
        let mut lists = self.about(responder, issuer).filter_map(|source| match &source.kind {
            Kind::List(list) => list.answer(responder, &[issuer], What::Source(source.number), work).ok(),
            Kind::Response(_) => None,
        });
        lists.any(|answer| answer.this_update <= now && answer.status != Status::Good)
    }
}

/// What an answer proves, by the rules above.
fn believed(
    answer: &Answer,
    certificate: &Certificate,
    moment: Moment,
    now: Timestamp,
) -> Result<Revocation, &'static str> {
    if answer.this_update > now {
        return Err("what was given bears a date in the future");
    }
    if let Status::Revoked { since } = answer.status {
        return Ok(Revocation::Revoked { since });
    }
    let next = answer.next_update.or_else(|| answer.this_update.checked_add(DAY).ok()).unwrap_or(answer.this_update);
    let fresh = answer.this_update >= moment.time || next >= moment.time;
    let (_, expiry) = certificate.validity();
    let kept = answer.this_update <= expiry || answer.expired_since.is_some_and(|since| since <= expiry);
    match (fresh, kept) {
        (true, true) => Ok(Revocation::Good { as_of: answer.this_update }),
        (false, _) => Err("what was given about it is out of date"),
        (true, false) => Err("what was given was made after it had expired, and does not keep such certificates"),
    }
}

/// The worse of two facts; of two that are alike, the earlier revocation or the later proof.
fn worse(one: Revocation, other: Revocation) -> Revocation {
    match (one, other) {
        (Revocation::Revoked { since: one }, Revocation::Revoked { since: other }) => {
            Revocation::Revoked { since: one.min(other) }
        }
        (revoked @ Revocation::Revoked { .. }, _) | (_, revoked @ Revocation::Revoked { .. }) => revoked,
        (Revocation::Good { as_of: one }, Revocation::Good { as_of: other }) => {
            Revocation::Good { as_of: one.max(other) }
        }
        (good @ Revocation::Good { .. }, _) | (_, good @ Revocation::Good { .. }) => good,
        (Revocation::Unknown, Revocation::Unknown) => Revocation::Unknown,
    }
}
