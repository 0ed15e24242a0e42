//! One letter: its text, what goes with it, and the trace that is kept of it.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{CourrierError, Envoi, Envoye, Nature, Order, Piece, choix::Choisi, message};
use crate::{
    archive::Store,
    diag::{Checked, Diagnostic, Origin},
    digest::FileDigest,
    document::{Block, Note, plain},
    domain::{Contract, ContractId, Delai, Exemplaire, VersionNum},
    ops::{
        diags,
        plan::kept,
        suivi::Suivi,
        version::{DONNEES, pdf_names},
    },
    register::Moyen,
    template::{Courriers, Lettre},
};

/// With what letters are written.
pub(super) struct Atelier<'a> {
    pub(super) suivi: &'a Suivi,
    pub(super) courriers: &'a Courriers,
    pub(super) envoi: &'a Envoi<'a>,
    pub(super) order: &'a Order,
}

/// One letter, ready to leave.
pub(super) struct Pli {
    pub(super) contract: ContractId,
    pub(super) version: VersionNum,
    pub(super) nature: Nature,
    pub(super) etablissement: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) author: String,
    /// « CAQES 960000016-2022, version 1 ».
    pub(super) reference: String,
    pub(super) objet: String,
    pub(super) blocks: Vec<Block>,
    pub(super) rang: Option<u16>,
    pub(super) date: Date,
    pub(super) instant: jiff::Timestamp,
    pub(super) pieces: Vec<(Piece, Vec<u8>)>,
}

/// What the register's archive keeps of a letter: the files that went with it are in the archive already.
#[derive(Serialize)]
struct Trace<'a> {
    format: u8,
    nature: Nature,
    reference: &'a str,
    message_id: Option<String>,
    to: Option<&'a str>,
    objet: String,
    texte: String,
    pieces: Vec<&'a Piece>,
}

impl Atelier<'_> {
    /// Writes the letter of a contract. The value is absent when something that it says is missing.
    pub(super) fn compose(&self, store: &Store, choisi: &Choisi<'_>) -> Result<Checked<Pli>, CourrierError> {
        let id = &choisi.suivie.state.id;
        let version = choisi.version.number;
        // A contract that the campaign does not have was left out before.
        let Some(contract) = choisi.suivie.contract else { return Ok(Checked { value: None, findings: Vec::new() }) };
        let mut data: Json = kept(store, id, version, DONNEES)?;
        if let Some(missing) = self.missing(contract) {
            return Ok(Checked { value: None, findings: vec![missing] });
        }
        let pieces = self.pieces(store, id, version)?;
        if let Some(fields) = data.as_object_mut() {
            fields.insert("courrier".to_owned(), self.facts(choisi, &pieces));
        }
        let name = format!("{}.dj.hbs", self.envoi.nature.nom());
        let written = self.courriers.write(&self.suivi.campaign, contract, &name, &data);
        let mut findings = written.findings;
        let lettre = written.value.filter(|lettre| self.mentions(contract, lettre, &mut findings));
        let value = lettre.map(|lettre| self.pli(contract, choisi, lettre, pieces));
        Ok(Checked { value, findings })
    }

    fn pli(&self, contract: &Contract, choisi: &Choisi<'_>, lettre: Lettre, pieces: Vec<(Piece, Vec<u8>)>) -> Pli {
        let version = choisi.version.number;
        let ars = &self.suivi.campaign.ars;
        Pli {
            contract: contract.id.clone(),
            version,
            nature: self.envoi.nature,
            etablissement: contract.etablissement.raison_sociale.to_string(),
            from: ars.courriel.as_ref().map(ToString::to_string),
            to: (contract.etablissement.courriel.as_ref())
                .filter(|_| self.envoi.moyen == Moyen::Courriel)
                .map(ToString::to_string),
            author: ars.nom.to_string(),
            reference: format!("CAQES {}, version\u{a0}{version}", contract.id),
            objet: lettre.objet,
            blocks: lettre.blocks,
            rang: choisi.rang,
            date: self.order.now.today,
            instant: self.order.now.instant,
            pieces,
        }
    }

    /// What must be known before a second proposal is written (rule 17).
    fn missing(&self, contract: &Contract) -> Option<Diagnostic> {
        let needed = self.envoi.nature == Nature::SecondeProposition;
        (needed && self.suivi.campaign.procedure.exercice_clos.is_none()).then(|| {
            let place = Origin::yaml("campagne.yaml", "procedure");
            Diagnostic::new(&diags::EXERCICE, place, "the last closed financial year is not given")
                .expected("`exercice_clos: 2021` under `procedure`")
                .help("give it: the second proposal names the year on which the penalty is computed")
                .contract(contract.id.to_string())
        })
    }

    /// A second proposal says what may follow it: the penalty of 1 % and the year on which it is computed (rule 17, D. 162-15 CSS).
    fn mentions(&self, contract: &Contract, lettre: &Lettre, findings: &mut Vec<Diagnostic>) -> bool {
        if self.envoi.nature != Nature::SecondeProposition {
            return true;
        }
        let text = plain(&lettre.blocks).replace(['\u{a0}', '\u{202f}'], " ");
        let year = self.suivi.campaign.procedure.exercice_clos.map(|year| year.to_string()).unwrap_or_default();
        let absent: Vec<&str> = ["1 %", year.as_str()].into_iter().filter(|mention| !text.contains(mention)).collect();
        if let Some(first) = absent.first() {
            let message = format!("the second proposal does not mention `{first}`");
            findings.push(
                Diagnostic::new(&diags::MENTIONS, Origin::file("courriers/seconde-proposition.dj.hbs"), message)
                    .expected("the penalty of 1 % and the closed year `{{courrier.exercice_clos}}` (D. 162-15 CSS)")
                    .help("put both back into the text")
                    .contract(contract.id.to_string()),
            );
        }
        absent.is_empty()
    }

    /// The exemplaires, which go with a proposal and not with a reminder.
    fn pieces(
        &self,
        store: &Store,
        id: &ContractId,
        version: VersionNum,
    ) -> Result<Vec<(Piece, Vec<u8>)>, CourrierError> {
        let mut pieces = Vec::new();
        if self.envoi.nature == Nature::Relance {
            return Ok(pieces);
        }
        for exemplaire in Exemplaire::ALL {
            let [nom, _] = pdf_names(id, version, exemplaire);
            let Ok(path) = nom.parse() else { continue };
            let bytes = store.file(&id.into(), version, &path)?;
            pieces.push((Piece { sha256: FileDigest::of(&bytes), nom }, bytes));
        }
        Ok(pieces)
    }

    /// What the texts read beside the data of the contract (`docs/formats/courriers.md`).
    fn facts(&self, choisi: &Choisi<'_>, pieces: &[(Piece, Vec<u8>)]) -> Json {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        json!({
            "date": self.order.now.today.to_string(),
            "par_courriel": self.envoi.moyen == Moyen::Courriel,
            "rang": choisi.rang,
            "envoye_le": day(choisi.version.sent()),
            "recu_le": day(choisi.receipt.and_then(|receipt| receipt.day)),
            "echeance": day(choisi.echeance),
            "delai": choisi.receipt.and_then(|receipt| self.suivi.delai(receipt.proposition)).map(Delai::texte),
            "exercice_clos": self.suivi.campaign.procedure.exercice_clos,
            "pieces": pieces.iter().map(|(piece, _)| piece).collect::<Vec<_>>(),
        })
    }
}

impl Pli {
    /// The letter, to be printed.
    pub(super) fn note(&self) -> Note {
        Note {
            title: self.objet.clone(),
            subject: self.reference.clone(),
            author: self.author.clone(),
            reference: self.reference.clone(),
            date: self.date,
            blocks: self.blocks.clone(),
        }
    }

    /// How files made of it begin.
    pub(super) fn stem(&self) -> String {
        let rang = self.rang.map(|rang| format!("-{rang}")).unwrap_or_default();
        format!("{}-v{}-{}{rang}", self.contract, self.version, self.nature.nom())
    }

    pub(super) fn envoye(&self) -> Envoye {
        Envoye {
            contract: self.contract.to_string(),
            version: self.version,
            etablissement: self.etablissement.clone(),
            courriel: self.to.clone(),
            objet: self.objet.clone(),
            rang: self.rang,
            pieces: self.pieces.iter().map(|(piece, _)| piece.clone()).collect(),
            event: None,
        }
    }

    /// What is kept of it.
    pub(super) fn record(&self) -> Vec<u8> {
        let trace = Trace {
            format: 1,
            nature: self.nature,
            reference: &self.reference,
            message_id: message::id(self),
            to: self.to.as_deref(),
            objet: message::subject(self),
            texte: plain(&self.blocks),
            pieces: self.pieces.iter().map(|(piece, _)| piece).collect(),
        };
        crate::ops::version::to_pretty_json(&trace)
    }
}
