//! What may happen to a contract: the words of the register and their fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::EventNumber;
use crate::{
    digest::{ContentHash, FileDigest},
    domain::{Exemplaire, Partie, Texte, VersionNum},
    evidence::Reason,
    reconcile::{EtatSignature, Outcome},
};

/// By what means a proposal was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moyen {
    /// E-mail.
    Courriel,
    /// Ordinary letter.
    Courrier,
    /// Registered letter with acknowledgement.
    LettreRecommandee,
    /// Handed over.
    MainPropre,
    /// Exchange platform.
    Plateforme,
}

impl Moyen {
    /// The words officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Courriel => "courriel",
            Self::Courrier => "courrier",
            Self::LettreRecommandee => "lettre recommandée",
            Self::MainPropre => "remise en main propre",
            Self::Plateforme => "plateforme",
        }
    }
}

/// What proves the date of receipt (D. 162-15 CSS: « par tout moyen permettant de rapporter la preuve de la date de réception »).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preuve {
    /// Read receipt of an e-mail.
    AccuseLecture,
    /// Acknowledgement of a registered letter.
    AvisReception,
    /// Trace of an exchange platform.
    Plateforme,
    /// Signed receipt.
    Recepisse,
    /// An answer of the établissement that shows it.
    Reponse,
}

impl Preuve {
    /// The words officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AccuseLecture => "accusé de lecture",
            Self::AvisReception => "avis de réception",
            Self::Plateforme => "trace de la plateforme",
            Self::Recepisse => "récépissé",
            Self::Reponse => "réponse de l’établissement",
        }
    }
}

/// Where a hearing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seance {
    /// The établissement asked for it.
    Demandee,
    /// It was held.
    Tenue,
}

/// The version that an amendment changes, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avenant {
    /// Number of the amendment, from 1.
    pub numero: u16,
    /// The signed version it amends.
    pub parent: VersionNum,
}

/// What a version was made of, and what it takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genere {
    /// Digest of the canonical document.
    pub content_hash: ContentHash,
    /// Digest of everything that the content depends on: the same when nothing has to be made again.
    pub empreinte: FileDigest,
    /// Digest of the archived inventory.
    pub inventory: FileDigest,
    /// Whether it takes the place of the draft of the same number.
    #[serde(default)]
    pub replaces_draft: bool,
    /// The proposed version it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remplace: Option<VersionNum>,
    /// The amendment it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avenant: Option<Avenant>,
}

/// A file that came back, as it was judged: codes only, no name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retour {
    /// What is to be done with it.
    pub verdict: Outcome,
    /// Which exemplaire it is; none when it is none of this campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemplaire: Option<Exemplaire>,
    /// What it shows of each party's electronic signature.
    pub parties: BTreeMap<Partie, EtatSignature>,
    /// Why.
    pub motifs: Vec<Reason>,
}

/// What a person makes of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suite {
    /// It counts as the signed exemplaire.
    Accepte,
    /// It is asked for again.
    Redemande,
    /// It does not count.
    Refuse,
}

impl Suite {
    /// The word officers use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepte => "accepté",
            Self::Redemande => "à redemander",
            Self::Refuse => "refusé",
        }
    }
}

/// A person's decision on a return. It stands beside what was measured, and changes nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The event of the return.
    pub retour: EventNumber,
    /// What is made of it.
    pub suite: Suite,
    /// Which exemplaire it is, when its number says otherwise: one file printed three times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemplaire: Option<Exemplaire>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif: Option<Texte>,
}

/// What happened. The names of the variants, in kebab-case, are those stored in the register and never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// A version was made, checked and archived.
    Genere(Genere),
    /// The proposal was sent.
    Propose {
        /// How.
        moyen: Moyen,
    },
    /// A message came back: it was not delivered to the mailbox that it was sent to.
    NonRemis,
    /// The receipt of the proposal is proven, on the day of the event.
    Recu {
        /// By what.
        preuve: Preuve,
    },
    /// The établissement sent written observations.
    Observations,
    /// A hearing.
    Audition {
        /// Asked for or held.
        seance: Seance,
    },
    /// A reminder was sent.
    Relance {
        /// The first, the second…
        rang: u16,
        /// How, when that was recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moyen: Option<Moyen>,
    },
    /// The second proposal was sent, amended (then it is the proposal of a new version) or not.
    SecondeProposition {
        /// How.
        moyen: Moyen,
    },
    /// The établissement refuses to sign.
    Refus {
        /// Its reason, when it gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        motif: Option<Texte>,
    },
    /// A file came back, was archived and judged.
    Retour(Retour),
    /// A person decided on a return.
    Decision(Decision),
    /// The établissement sent its signed exemplaires.
    RetourneEtablissement,
    /// The exemplaires were sent to the CPAM.
    TransmisCpam,
    /// The CPAM sent the exemplaires with its signature.
    RetourneCpam,
    /// The exemplaires were put before the director general.
    PresenteDg,
    /// The three parties have signed.
    Signe,
    /// A party was given its exemplaire.
    Notifie {
        /// Which.
        partie: Partie,
    },
    /// The signed exemplaires are in the archive.
    Archive,
    /// The penalty was pronounced.
    Penalite,
    /// Another version took its place.
    Remplace {
        /// Which.
        par: VersionNum,
    },
    /// It lost its object: the établissement was merged or closed, the generation ended.
    Caduc {
        /// Why.
        motif: Texte,
    },
    /// It was terminated.
    Resilie {
        /// Why.
        motif: Texte,
    },
    /// An event was recorded by mistake and does not count.
    Annule {
        /// Which.
        event: EventNumber,
        /// Why.
        motif: Texte,
    },
    /// A kind that this program does not know: a newer one wrote it. Shown, kept, never written by this program.
    #[serde(skip)]
    Inconnu {
        /// Its name, as stored.
        nature: String,
        /// Its fields, as stored.
        details: Option<String>,
    },
}

impl EventKind {
    /// The event that this one annuls.
    #[must_use]
    pub const fn annuls(&self) -> Option<EventNumber> {
        if let Self::Annule { event, .. } = self { Some(*event) } else { None }
    }

    /// How a proposal or a reminder was sent, if it is one and that was recorded.
    #[must_use]
    pub const fn moyen(&self) -> Option<Moyen> {
        match self {
            Self::Propose { moyen } | Self::SecondeProposition { moyen } => Some(*moyen),
            Self::Relance { moyen, .. } => *moyen,
            _ => None,
        }
    }

    /// The kind as stored: its name and its fields as compact JSON, absent when it has none; `None` for a kind that this
    /// program does not know.
    pub(super) fn stored(&self) -> Option<(String, Option<String>)> {
        match serde_json::to_value(self).ok()? {
            Value::String(nature) => Some((nature, None)),
            Value::Object(map) => {
                let (nature, details) = map.into_iter().next()?;
                Some((nature, Some(details.to_string())))
            }
            _ => None,
        }
    }

    /// The kind that was stored so; what cannot be read is kept as it is.
    pub(super) fn read(nature: &str, details: Option<&str>) -> Self {
        let tagged = match details {
            None => Some(Value::String(nature.to_owned())),
            Some(details) => serde_json::from_str(details)
                .ok()
                .map(|fields: Value| Value::Object(std::iter::once((nature.to_owned(), fields)).collect())),
        };
        tagged
            .and_then(|tagged| serde_json::from_value(tagged).ok())
            .unwrap_or_else(|| Self::Inconnu { nature: nature.to_owned(), details: details.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_stored_and_read_back() {
        let digest = FileDigest::of(b"");
        let kinds = [
            EventKind::Signe,
            EventKind::Refus { motif: None },
            EventKind::Retour(Retour {
                verdict: Outcome::AcceptNote,
                exemplaire: Some(Exemplaire::Cpam),
                parties: BTreeMap::from([(Partie::Etablissement, EtatSignature::Valable)]),
                motifs: vec![Reason::Incomplete],
            }),
            EventKind::Decision(Decision {
                retour: EventNumber(4),
                suite: Suite::Redemande,
                exemplaire: None,
                motif: Some(Texte::new("page 7 illisible").unwrap()),
            }),
            EventKind::Notifie { partie: Partie::Cpam },
            EventKind::Relance { rang: 2, moyen: None },
            EventKind::Relance { rang: 2, moyen: Some(Moyen::Courriel) },
            EventKind::Annule { event: EventNumber(7), motif: Texte::new("erreur de « saisie »").unwrap() },
            EventKind::Genere(Genere {
                content_hash: ContentHash::of(b""),
                empreinte: digest,
                inventory: digest,
                replaces_draft: false,
                remplace: VersionNum::new(2),
                avenant: Some(Avenant { numero: 1, parent: VersionNum::FIRST }),
            }),
        ];
        for kind in kinds {
            let (nature, details) = kind.stored().unwrap();
            assert_eq!(EventKind::read(&nature, details.as_deref()), kind);
        }
    }

    #[test]
    fn a_kind_of_a_newer_program_is_kept_as_it_is() {
        for (nature, details) in [
            ("constat", Some(r#"{"pages":14}"#)),
            ("signe", Some(r#"{"par":"x"}"#)),
            ("recu", None),
            ("recu", Some("not JSON")),
            ("inconnu", Some(r#"{"nature":"x","details":null}"#)),
        ] {
            let kind = EventKind::read(nature, details);
            let expected = EventKind::Inconnu { nature: nature.to_owned(), details: details.map(str::to_owned) };
            assert_eq!(kind, expected);
            assert_eq!(kind.stored(), None);
        }
    }
}
