//! The circuit of a contract, from draft to archive: which event may follow which, as one table.
//!
//! It says what makes sense for an officer, not what is complete: a receipt can be recorded after the letter that answers it,
//! and an établissement may send its exemplaires straight to the CPAM. `docs/formats/registre.md` shows the table; a test
//! holds the two together.

use super::{
    etape::{Etape, Proposition},
    kind::{EventKind, Seance},
};

/// What an event does in the circuit: its kind without its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pas {
    /// Sent.
    Propose,
    /// Receipt proven.
    Recu,
    /// Observations.
    Observations,
    /// Hearing asked for.
    AuditionDemandee,
    /// Hearing held.
    AuditionTenue,
    /// Reminder.
    Relance,
    /// Second proposal sent.
    SecondeProposition,
    /// Refused.
    Refus,
    /// Returned by the établissement.
    RetourneEtablissement,
    /// Sent to the CPAM.
    TransmisCpam,
    /// Returned by the CPAM.
    RetourneCpam,
    /// Put before the director general.
    PresenteDg,
    /// Signed by the three.
    Signe,
    /// Given to a party.
    Notifie,
    /// Archived.
    Archive,
    /// Penalty.
    Penalite,
    /// Replaced.
    Remplace,
    /// Without object.
    Caduc,
    /// Terminated.
    Resilie,
}

impl Pas {
    /// Every step, in the order of the circuit.
    pub const ALL: [Self; 19] = [
        Self::Propose,
        Self::Recu,
        Self::Observations,
        Self::AuditionDemandee,
        Self::AuditionTenue,
        Self::Relance,
        Self::SecondeProposition,
        Self::Refus,
        Self::RetourneEtablissement,
        Self::TransmisCpam,
        Self::RetourneCpam,
        Self::PresenteDg,
        Self::Signe,
        Self::Notifie,
        Self::Archive,
        Self::Penalite,
        Self::Remplace,
        Self::Caduc,
        Self::Resilie,
    ];

    /// The step of an event; `None` for those that make versions, undo events, or are not known.
    #[must_use]
    pub const fn of(kind: &EventKind) -> Option<Self> {
        Some(match kind {
            EventKind::Propose { .. } => Self::Propose,
            EventKind::Recu { .. } => Self::Recu,
            EventKind::Observations => Self::Observations,
            EventKind::Audition { seance: Seance::Demandee } => Self::AuditionDemandee,
            EventKind::Audition { seance: Seance::Tenue } => Self::AuditionTenue,
            EventKind::Relance { .. } => Self::Relance,
            EventKind::SecondeProposition { .. } => Self::SecondeProposition,
            EventKind::Refus { .. } => Self::Refus,
            EventKind::RetourneEtablissement => Self::RetourneEtablissement,
            EventKind::TransmisCpam => Self::TransmisCpam,
            EventKind::RetourneCpam => Self::RetourneCpam,
            EventKind::PresenteDg => Self::PresenteDg,
            EventKind::Signe => Self::Signe,
            EventKind::Notifie { .. } => Self::Notifie,
            EventKind::Archive => Self::Archive,
            EventKind::Penalite => Self::Penalite,
            EventKind::Remplace { .. } => Self::Remplace,
            EventKind::Caduc { .. } => Self::Caduc,
            EventKind::Resilie { .. } => Self::Resilie,
            EventKind::Annule { .. }
            | EventKind::Decision(_)
            | EventKind::Genere(_)
            | EventKind::Inconnu { .. }
            | EventKind::NonRemis
            | EventKind::Retour(_) => return None,
        })
    }

    /// Where a version is after this step, when the step may be taken from there. **The table of the circuit.**
    #[must_use]
    pub const fn from(self, etape: Etape) -> Option<Etape> {
        use Etape as E;
        use Proposition::{Premiere, Seconde};
        Some(match (self, etape) {
            (Self::Propose, E::Brouillon) => E::Propose(Premiere),
            // Sent again: a wrong address, a second means.
            (Self::Propose, E::Propose(n)) => E::Propose(n),

            (Self::Recu, E::Propose(n)) => E::Recu(n),
            // The proof comes after the answer.
            (
                Self::Recu,
                E::Observations(_)
                | E::Audition(_)
                | E::Refuse(_)
                | E::RetourneEtablissement
                | E::TransmisCpam
                | E::RetourneCpam
                | E::PresenteDg,
            ) => etape,

            (Self::Observations, E::Propose(n) | E::Recu(n) | E::Observations(n) | E::Audition(n)) => E::Observations(n),
            (
                Self::AuditionDemandee | Self::AuditionTenue,
                E::Propose(n) | E::Recu(n) | E::Observations(n) | E::Audition(n) | E::Refuse(n),
            ) => E::Audition(n),
            (Self::Relance, E::Propose(_) | E::Recu(_) | E::Observations(_) | E::Audition(_)) => etape,
            (Self::Refus, E::Propose(n) | E::Recu(n) | E::Observations(n) | E::Audition(n)) => E::Refuse(n),
            (
                Self::SecondeProposition,
                // From a draft: the second proposal is amended, hence a new version.
                E::Brouillon
                | E::Propose(Premiere)
                | E::Recu(Premiere)
                | E::Observations(Premiere)
                | E::Audition(Premiere)
                | E::Refuse(Premiere),
            ) => E::Propose(Seconde),

            (
                Self::RetourneEtablissement,
                E::Propose(_)
                | E::Recu(_)
                | E::Observations(_)
                | E::Audition(_)
                // It changed its mind.
                | E::Refuse(_)
                // The missing exemplaires came.
                | E::RetourneEtablissement,
            ) => E::RetourneEtablissement,
            (Self::TransmisCpam, E::RetourneEtablissement) => E::TransmisCpam,
            (
                Self::RetourneCpam,
                E::TransmisCpam
                // The établissement sent its exemplaires straight to the CPAM.
                | E::RetourneEtablissement
                | E::Propose(_)
                | E::Recu(_)
                | E::Observations(_)
                | E::Audition(_)
                | E::RetourneCpam,
            ) => E::RetourneCpam,
            (Self::PresenteDg, E::RetourneCpam) => E::PresenteDg,
            (Self::Signe, E::PresenteDg | E::RetourneCpam) => E::Signe,
            (Self::Notifie, E::Signe | E::Notifie) => E::Notifie,
            (Self::Archive, E::Notifie) => E::Archive,

            (Self::Penalite, E::Recu(Seconde) | E::Observations(Seconde) | E::Audition(Seconde) | E::Refuse(Seconde)) => {
                E::Penalite
            }
            (
                Self::Remplace,
                E::Propose(_)
                | E::Recu(_)
                | E::Observations(_)
                | E::Audition(_)
                | E::Refuse(_)
                | E::RetourneEtablissement
                | E::TransmisCpam
                | E::RetourneCpam
                | E::PresenteDg
                | E::Penalite,
            ) => E::Remplace,
            // A generation may end by law after the signature, or an établissement be merged: any version still alive.
            (Self::Caduc, E::Archive | E::Notifie | E::Signe) => E::Caduc,
            (
                Self::Caduc,
                E::Brouillon
                | E::Propose(_)
                | E::Recu(_)
                | E::Observations(_)
                | E::Audition(_)
                | E::Refuse(_)
                | E::RetourneEtablissement
                | E::TransmisCpam
                | E::RetourneCpam
                | E::PresenteDg
                | E::Penalite,
            ) => E::Caduc,
            (Self::Resilie, E::Signe | E::Notifie | E::Archive) => E::Resilie,
            _ => return None,
        })
    }

    /// Where a version is after this step when it was forced: where the step leads anyone.
    pub(super) const fn forced(self, etape: Etape, proposition: Proposition) -> Etape {
        match self {
            Self::Propose => Etape::Propose(proposition),
            Self::Recu => Etape::Recu(proposition),
            Self::Observations => Etape::Observations(proposition),
            Self::AuditionDemandee | Self::AuditionTenue => Etape::Audition(proposition),
            Self::Relance => etape,
            Self::SecondeProposition => Etape::Propose(Proposition::Seconde),
            Self::Refus => Etape::Refuse(proposition),
            Self::RetourneEtablissement => Etape::RetourneEtablissement,
            Self::TransmisCpam => Etape::TransmisCpam,
            Self::RetourneCpam => Etape::RetourneCpam,
            Self::PresenteDg => Etape::PresenteDg,
            Self::Signe => Etape::Signe,
            Self::Notifie => Etape::Notifie,
            Self::Archive => Etape::Archive,
            Self::Penalite => Etape::Penalite,
            Self::Remplace => Etape::Remplace,
            Self::Caduc => Etape::Caduc,
            Self::Resilie => Etape::Resilie,
        }
    }

    /// The place of its day among the days of a version: a step of a lower rank happened on the same day or before. Steps of
    /// one rank come in any order; `None` when the day says nothing of the others.
    pub(super) const fn rank(self, proposition: Proposition) -> Option<u8> {
        let first = matches!(proposition, Proposition::Premiere);
        Some(match self {
            Self::Propose => 1,
            Self::Recu if first => 2,
            Self::Observations | Self::AuditionDemandee | Self::AuditionTenue | Self::Relance | Self::Refus
                if first =>
            {
                3
            }
            Self::SecondeProposition => 4,
            Self::Recu => 5,
            Self::Observations | Self::AuditionDemandee | Self::AuditionTenue | Self::Relance | Self::Refus => 6,
            Self::RetourneEtablissement | Self::Penalite => 7,
            Self::TransmisCpam => 8,
            Self::RetourneCpam => 9,
            Self::PresenteDg => 10,
            Self::Signe => 11,
            Self::Notifie => 12,
            Self::Archive | Self::Remplace => return None,
            Self::Caduc | Self::Resilie => 13,
        })
    }

    /// Whether its day must be given: what happens outside has a day, what the program does has the moment of its recording.
    pub(super) const fn happens_outside(self) -> bool {
        !matches!(self, Self::Archive | Self::Remplace)
    }

    /// The word officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Propose => "proposé",
            Self::Recu => "reçu",
            Self::Observations => "observations",
            Self::AuditionDemandee => "audition demandée",
            Self::AuditionTenue => "audition tenue",
            Self::Relance => "relancé",
            Self::SecondeProposition => "seconde proposition",
            Self::Refus => "refusé",
            Self::RetourneEtablissement => "retourné par l’établissement",
            Self::TransmisCpam => "transmis à la CPAM",
            Self::RetourneCpam => "retourné par la CPAM",
            Self::PresenteDg => "présenté au DG",
            Self::Signe => "signé",
            Self::Notifie => "notifié",
            Self::Archive => "archivé",
            Self::Penalite => "pénalité",
            Self::Remplace => "remplacé",
            Self::Caduc => "caduc",
            Self::Resilie => "résilié",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_done_may_also_be_forced_to_the_same_place_or_stays() {
        for etape in Etape::all() {
            for pas in Pas::ALL {
                if let Some(after) = pas.from(etape) {
                    let proposition = [Proposition::Premiere, Proposition::Seconde];
                    let forced = proposition.map(|proposition| pas.forced(etape, proposition));
                    assert!(after == etape || forced.contains(&after), "{etape} + {} = {after}", pas.word());
                }
            }
        }
    }

    #[test]
    fn nothing_leaves_the_ends_and_every_stage_is_reached() {
        let mut reached = vec![Etape::Brouillon];
        let mut next = 0;
        while let Some(etape) = reached.get(next).copied() {
            for after in Pas::ALL.iter().filter_map(|pas| pas.from(etape)) {
                if !reached.contains(&after) {
                    reached.push(after);
                }
            }
            next += 1;
        }
        reached.sort_unstable();
        let mut all = Etape::all();
        all.sort_unstable();
        assert_eq!(reached, all);
        for end in [Etape::Remplace, Etape::Caduc, Etape::Resilie] {
            assert!(Pas::ALL.iter().all(|pas| pas.from(end).is_none()), "{end}");
        }
    }

    #[test]
    fn a_signed_version_is_never_replaced() {
        for signed in Etape::all().into_iter().filter(|etape| etape.is_signed()) {
            assert_eq!(Pas::Remplace.from(signed), None);
        }
    }
}
