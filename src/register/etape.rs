//! Where a version can be.

use std::fmt;

/// Which of the two proposals of the procedure (D. 162-15 CSS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proposition {
    /// The first.
    Premiere,
    /// The second, which announces the penalty.
    Seconde,
}

/// Where a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Etape {
    /// Made and checked, not sent.
    Brouillon,
    /// Sent, its receipt not proven.
    Propose(Proposition),
    /// Received.
    Recu(Proposition),
    /// The établissement wrote observations.
    Observations(Proposition),
    /// A hearing was asked for, or held.
    Audition(Proposition),
    /// Refused.
    Refuse(Proposition),
    /// Signed by the établissement.
    RetourneEtablissement,
    /// Sent to the CPAM.
    TransmisCpam,
    /// Signed by the CPAM.
    RetourneCpam,
    /// Before the director general.
    PresenteDg,
    /// Signed by the three.
    Signe,
    /// Given to one party at least.
    Notifie,
    /// In the archive.
    Archive,
    /// The penalty was pronounced.
    Penalite,
    /// Another version took its place.
    Remplace,
    /// Lost its object.
    Caduc,
    /// Terminated.
    Resilie,
}

impl Etape {
    /// Whether the three parties have signed, whatever happened since.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Signe | Self::Notifie | Self::Archive)
    }

    /// Whether an answer of the établissement is awaited.
    #[must_use]
    pub const fn is_awaiting(self) -> bool {
        matches!(self, Self::Propose(_) | Self::Recu(_) | Self::Observations(_) | Self::Audition(_))
    }

    /// Every stage, in order.
    #[must_use]
    pub fn all() -> Vec<Self> {
        use Proposition::{Premiere, Seconde};
        let mut all = vec![Self::Brouillon];
        for proposition in [Premiere, Seconde] {
            let awaiting = [Self::Propose, Self::Recu, Self::Observations, Self::Audition, Self::Refuse];
            all.extend(awaiting.map(|stage| stage(proposition)));
        }
        all.extend([Self::RetourneEtablissement, Self::TransmisCpam, Self::RetourneCpam, Self::PresenteDg]);
        all.extend([Self::Signe, Self::Notifie, Self::Archive]);
        all.extend([Self::Penalite, Self::Remplace, Self::Caduc, Self::Resilie]);
        all
    }
}

impl fmt::Display for Etape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, proposition) = match self {
            Self::Brouillon => ("brouillon", None),
            Self::Propose(n) => ("proposé", Some(n)),
            Self::Recu(n) => ("reçu", Some(n)),
            Self::Observations(n) => ("observations", Some(n)),
            Self::Audition(n) => ("audition", Some(n)),
            Self::Refuse(n) => ("refusé", Some(n)),
            Self::RetourneEtablissement => ("retourné par l’établissement", None),
            Self::TransmisCpam => ("transmis à la CPAM", None),
            Self::RetourneCpam => ("retourné par la CPAM", None),
            Self::PresenteDg => ("présenté au DG", None),
            Self::Signe => ("signé", None),
            Self::Notifie => ("notifié", None),
            Self::Archive => ("archivé", None),
            Self::Penalite => ("pénalité", None),
            Self::Remplace => ("remplacé", None),
            Self::Caduc => ("caduc", None),
            Self::Resilie => ("résilié", None),
        };
        f.write_str(word)?;
        if proposition == Some(&Proposition::Seconde) { f.write_str(" (seconde proposition)") } else { Ok(()) }
    }
}
