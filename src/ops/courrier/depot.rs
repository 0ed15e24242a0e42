//! Where letters are handed over: a folder, or a mail server.
//!
//! Before a message goes to a server its trace is put into a folder of what is leaving, and taken out once the register has the event.
//! What is found there later may have left or not: that is told, and nothing is sent again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use lettre::Message;

use super::{CourrierError, Relais, Vers, message, pli::Pli};
use crate::{
    diag::{Diagnostic, Origin},
    domain::ContractId,
    ops::{diags, dossier::Dossier, place},
    register::{ContractState, Moyen},
    writer::pdf::Press,
};

/// Where letters are handed over.
pub(super) struct Depot<'a> {
    vers: &'a Vers<'a>,
    leaving: PathBuf,
}

impl<'a> Depot<'a> {
    pub(super) fn new(dossier: &Dossier, vers: &'a Vers<'a>) -> Self {
        Self { vers, leaving: dossier.leaving() }
    }

    pub(super) const fn is_trial(&self) -> bool {
        matches!(self.vers, Vers::Essai)
    }

    pub(super) fn folder(&self) -> Option<&Path> {
        if let Vers::Dossier(folder) = self.vers { Some(folder) } else { None }
    }

    /// What was leaving when the program stopped.
    pub(super) fn doubtful(
        &self,
        states: &BTreeMap<ContractId, ContractState>,
    ) -> Result<Vec<Diagnostic>, CourrierError> {
        let mut findings = Vec::new();
        for contract in self.left() {
            if !states.contains_key(&contract) {
                continue;
            }
            findings.push(may_have_left(&self.place(&contract)).contract(contract.to_string()));
        }
        Ok(findings)
    }

    /// Whether a message of this contract may have left.
    pub(super) fn is_doubtful(&self, contract: &ContractId) -> bool {
        self.place(contract).exists()
    }

    fn left(&self) -> BTreeSet<ContractId> {
        let entries = fs::read_dir(&self.leaving).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect()
    }

    fn place(&self, contract: &ContractId) -> PathBuf {
        self.leaving.join(format!("{contract}.json"))
    }

    /// Hands a letter over; a finding says why it could not be, none is well.
    pub(super) fn hand_over(
        &self,
        pli: &Pli,
        press: &Press,
        moyen: Moyen,
    ) -> Result<Option<Diagnostic>, CourrierError> {
        match self.vers {
            Vers::Essai => Ok(None),
            Vers::Dossier(folder) if moyen == Moyen::Courriel => match message::message(pli, true)? {
                Some(draft) => {
                    let place = folder.join(pli.contract.to_string()).join(format!("{}.eml", pli.stem()));
                    write(&place, &draft.formatted()).map(|_| None)
                }
                None => Ok(Some(no_sender(pli))),
            },
            Vers::Dossier(folder) => put(folder, pli, press).map(|()| None),
            Vers::Relais(relais) => match message::message(pli, false)? {
                Some(message) => self.transmit(relais, pli, &message),
                None => Ok(Some(no_sender(pli))),
            },
        }
    }

    fn transmit(&self, relais: &Relais, pli: &Pli, message: &Message) -> Result<Option<Diagnostic>, CourrierError> {
        write(&self.place(&pli.contract), &pli.record())?;
        let Err(error) = relais.send(message.envelope(), &message.formatted()) else { return Ok(None) };
        let finding = if error.refused {
            self.settled(pli)?;
            Diagnostic::new(&diags::NOT_SENT, Origin::file("SMTP"), "the mail server did not take the message")
                .help("nothing is recorded; send it again when the cause is removed")
        } else {
            may_have_left(&self.place(&pli.contract))
        };
        Ok(Some(finding.found(error.to_string()).contract(pli.contract.to_string())))
    }

    /// The event is recorded: nothing is in doubt any more.
    pub(super) fn settled(&self, pli: &Pli) -> Result<(), CourrierError> {
        let path = self.place(&pli.contract);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(CourrierError::Write { path, source }),
            _ => Ok(()),
        }
    }
}

/// Something stopped between the server and the register: nobody but the server knows.
fn may_have_left(trace: &Path) -> Diagnostic {
    let name = trace.file_name().unwrap_or_default().to_string_lossy();
    let place = Origin::file(format!("{}/{name}", Dossier::LEAVING));
    Diagnostic::new(&diags::MAY_HAVE_LEFT, place, "a message may have left, and nothing is recorded").help(
        "look for it among the sent messages, record it with `paraphe record` if it is there, then remove this file",
    )
}

fn no_sender(pli: &Pli) -> Diagnostic {
    Diagnostic::new(&diags::NO_MAILBOX, Origin::yaml("campagne.yaml", "ars"), "the agency has no mailbox to send from")
        .expected("`courriel` of the agency")
        .help("give it in `campagne.yaml`")
        .contract(pli.contract.to_string())
}

/// Puts a letter into a folder of its contract, with the files to print.
fn put(folder: &Path, pli: &Pli, press: &Press) -> Result<(), CourrierError> {
    let own = folder.join(pli.contract.to_string());
    let stem = pli.stem();
    let note = pli.note();
    write(&own.join(format!("{stem}.pdf")), &press.note(&note)?)?;
    write(&own.join(format!("{stem}.docx")), &crate::writer::docx::note(&note)?)?;
    for (piece, bytes) in &pli.pieces {
        write(&own.join(&piece.nom), bytes)?;
    }
    Ok(())
}

/// As [`place::put`]; the error names the file.
pub(in crate::ops) fn write(path: &Path, bytes: &[u8]) -> Result<PathBuf, CourrierError> {
    place::put(path, bytes).map_err(|source| CourrierError::Write { path: path.to_owned(), source })?;
    Ok(path.to_owned())
}
