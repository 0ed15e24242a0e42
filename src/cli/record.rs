//! `paraphe record`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::json;

use super::{Failure, Format, Status, order::By, show};
use crate::{
    domain::{ContractId, Partie, Texte, VersionNum},
    input::Sources,
    ops::{self, Dossier, Telling},
    register::{ContractState, Etape, EventKind, EventNumber, Moyen, Preuve, Seance},
};

/// Records what happened outside: a proposal sent, a receipt, observations, a hearing, a refusal, exemplaires passed on, signed,
/// given back.
///
/// What does not follow from what was recorded is refused, unless it is forced with a motive, which stays beside it. Given
/// several contracts, it is recorded for all of them or for none.
#[derive(Debug, clap::Args)]
pub(super) struct Record {
    /// Campaign folder, the one that holds `campagne.yaml`.
    campaign: PathBuf,
    /// What happened.
    #[arg(value_enum)]
    what: What,
    /// The contracts, `960000016-2022`.
    #[arg(required_unless_present = "all")]
    contracts: Vec<ContractId>,
    /// Every contract that was made and has not ended.
    #[arg(long, conflicts_with = "contracts")]
    all: bool,
    /// The day it happened, `2022-06-15`.
    #[arg(long, value_name = "DATE")]
    day: Option<Date>,
    /// A version other than the last one.
    #[arg(long, value_name = "N")]
    version: Option<VersionNum>,
    /// How a proposal or a reminder was sent.
    #[arg(long, value_enum, required_if_eq_any([("what", "propose"), ("what", "seconde-proposition")]))]
    moyen: Option<How>,
    /// What proves a receipt.
    #[arg(long, value_enum, required_if_eq("what", "recu"))]
    preuve: Option<Proof>,
    /// Which party was given its exemplaire.
    #[arg(long, value_enum, required_if_eq("what", "notifie"))]
    partie: Option<Party>,
    /// Rank of a reminder, from 1.
    #[arg(long, value_name = "N", required_if_eq("what", "relance"))]
    rang: Option<u16>,
    /// Number of the event that was recorded by mistake.
    #[arg(long, value_name = "N", required_if_eq("what", "annule"))]
    event: Option<u64>,
    /// Why: of a refusal, a termination, an annulment.
    #[arg(long, value_name = "TEXT", required_if_eq_any([("what", "caduc"), ("what", "resilie"), ("what", "annule")]))]
    motif: Option<String>,
    /// A file that shows it; it is archived.
    #[arg(long, value_name = "FILE")]
    piece: Option<PathBuf>,
    /// Record it although it does not follow from what was recorded, for this reason.
    #[arg(long, value_name = "MOTIVE")]
    force: Option<String>,
    /// How findings are shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    by: By,
}

/// What may be told. The words are those of the register; English ones are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The proposal was sent.
    #[value(alias = "sent")]
    Propose,
    /// Its receipt is proven.
    #[value(alias = "received")]
    Recu,
    /// The établissement wrote observations.
    Observations,
    /// It asked for a hearing.
    #[value(alias = "hearing-asked")]
    AuditionDemandee,
    /// The hearing was held.
    #[value(alias = "hearing")]
    AuditionTenue,
    /// A reminder was sent.
    #[value(alias = "reminder")]
    Relance,
    /// The second proposal was sent.
    SecondeProposition,
    /// The établissement refuses.
    #[value(alias = "refusal")]
    Refus,
    /// The établissement sent its signed exemplaires.
    #[value(alias = "returned")]
    RetourneEtablissement,
    /// The exemplaires were passed to the CPAM.
    #[value(alias = "transmitted")]
    TransmisCpam,
    /// The CPAM gave them back, signed.
    RetourneCpam,
    /// They were put before the director general.
    PresenteDg,
    /// The three parties have signed.
    #[value(alias = "signed")]
    Signe,
    /// A party was given its exemplaire.
    #[value(alias = "notified")]
    Notifie,
    /// The signed exemplaires were archived.
    Archive,
    /// The penalty was pronounced.
    Penalite,
    /// The contract lost its object.
    Caduc,
    /// The contract was terminated.
    Resilie,
    /// An event was recorded by mistake.
    Annule,
}

/// How a proposal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum How {
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

/// What proves a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Proof {
    /// Read receipt of an e-mail.
    AccuseLecture,
    /// Acknowledgement of a registered letter.
    AvisReception,
    /// Trace of an exchange platform.
    Plateforme,
    /// Signed receipt.
    Recepisse,
    /// An answer that shows it.
    Reponse,
}

/// A party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Party {
    Ars,
    Cpam,
    Etablissement,
}

impl Record {
    pub(super) fn run(self) -> Result<Status, Failure> {
        let order = self.by.order()?;
        if self.force.is_some() && (self.all || self.contracts.len() > 1) {
            return Err("`--force` is for one contract at a time: its motive stays beside that contract's event".into());
        }
        let contracts = if self.all { self.every_contract()? } else { self.contracts.clone() };
        let telling = Telling {
            contracts,
            version: self.version,
            kind: self.kind()?,
            day: self.day,
            piece: self.piece.clone(),
            force: self.force.as_deref().map(Texte::new).transpose()?,
        };
        let recorded = ops::record(&self.campaign, &telling, &order)?;
        let done = recorded.value.as_ref().map_or(0, Vec::len);
        if self.format == Format::Json {
            let numbers = recorded.value.iter().flatten().map(|number| number.0).collect::<Vec<_>>();
            show::json(&show::Json { format: 1, findings: &recorded.findings, summary: json!({ "events": numbers }) })?;
        } else {
            show::findings(&mut io::stderr().lock(), &recorded.findings, &Sources::default())?;
            let mut out = io::stdout().lock();
            match done {
                0 => writeln!(out, "nothing was recorded; {}", show::tally(&recorded.findings))?,
                n => writeln!(out, "{} recorded", show::count(n, "event"))?,
            }
        }
        Ok(if done == telling.contracts.len() { Status::Clean } else { Status::Findings })
    }

    fn every_contract(&self) -> Result<Vec<ContractId>, Failure> {
        let states = Dossier::new(&self.campaign).states()?;
        let alive = |state: &ContractState| {
            state.head().is_some_and(|head| !matches!(head.etape, Etape::Caduc | Etape::Resilie | Etape::Penalite))
        };
        Ok(states.into_values().filter(alive).map(|state| state.id).collect())
    }

    fn kind(&self) -> Result<EventKind, Failure> {
        let motif = self.motif.as_deref().map(Texte::new).transpose()?;
        let missing = |option: &str| format!("`--{option}` is missing");
        Ok(match self.what {
            What::Annule => EventKind::Annule {
                event: EventNumber(self.event.ok_or_else(|| missing("event"))?),
                motif: motif.ok_or_else(|| missing("motif"))?,
            },
            What::Archive => EventKind::Archive,
            What::AuditionDemandee => EventKind::Audition { seance: Seance::Demandee },
            What::AuditionTenue => EventKind::Audition { seance: Seance::Tenue },
            What::Caduc => EventKind::Caduc { motif: motif.ok_or_else(|| missing("motif"))? },
            What::Notifie => EventKind::Notifie { partie: self.partie.ok_or_else(|| missing("partie"))?.into() },
            What::Observations => EventKind::Observations,
            What::Penalite => EventKind::Penalite,
            What::PresenteDg => EventKind::PresenteDg,
            What::Propose => EventKind::Propose { moyen: self.moyen.ok_or_else(|| missing("moyen"))?.into() },
            What::Recu => EventKind::Recu { preuve: self.preuve.ok_or_else(|| missing("preuve"))?.into() },
            What::Refus => EventKind::Refus { motif },
            What::Relance => EventKind::Relance {
                rang: self.rang.ok_or_else(|| missing("rang"))?,
                moyen: self.moyen.map(Into::into),
            },
            What::Resilie => EventKind::Resilie { motif: motif.ok_or_else(|| missing("motif"))? },
            What::RetourneCpam => EventKind::RetourneCpam,
            What::RetourneEtablissement => EventKind::RetourneEtablissement,
            What::SecondeProposition => {
                EventKind::SecondeProposition { moyen: self.moyen.ok_or_else(|| missing("moyen"))?.into() }
            }
            What::Signe => EventKind::Signe,
            What::TransmisCpam => EventKind::TransmisCpam,
        })
    }
}

impl From<How> for Moyen {
    fn from(how: How) -> Self {
        match how {
            How::Courriel => Self::Courriel,
            How::Courrier => Self::Courrier,
            How::LettreRecommandee => Self::LettreRecommandee,
            How::MainPropre => Self::MainPropre,
            How::Plateforme => Self::Plateforme,
        }
    }
}

impl From<Proof> for Preuve {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::AccuseLecture => Self::AccuseLecture,
            Proof::AvisReception => Self::AvisReception,
            Proof::Plateforme => Self::Plateforme,
            Proof::Recepisse => Self::Recepisse,
            Proof::Reponse => Self::Reponse,
        }
    }
}

impl From<Party> for Partie {
    fn from(party: Party) -> Self {
        match party {
            Party::Ars => Self::Ars,
            Party::Cpam => Self::Cpam,
            Party::Etablissement => Self::Etablissement,
        }
    }
}
