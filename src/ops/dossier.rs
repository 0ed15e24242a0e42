//! Where a campaign keeps what was made and what happened: in its own folder, beside what people write.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    archive::{self, Store, Writer},
    domain::{ContractId, Texte},
    register::{Agent, ContractState, Event, Moment, Register, RegisterError},
};

/// The folder of a campaign.
#[derive(Debug, Clone)]
pub struct Dossier {
    folder: PathBuf,
}

/// Who gives an order, and when: the library knows neither.
#[derive(Debug, Clone)]
pub struct Order {
    /// Short name of the agent.
    pub agent: Agent,
    /// The instant and the civil day.
    pub now: Moment,
}

impl Dossier {
    const ARCHIVE: &'static str = "archive";
    const CONTRATS: &'static str = "contrats";
    /// Out of sight: what is being made.
    const STAGING: &'static str = ".paraphe";
    /// In sight: somebody has to look.
    pub(super) const LEAVING: &'static str = "envois-en-cours";

    /// Names the folder; nothing is looked at.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where contracts are put for people, unless they say otherwise.
    #[must_use]
    pub fn contrats(&self) -> PathBuf {
        self.folder.join(Self::CONTRATS)
    }

    /// Where the traces of messages stand that are being handed over to a mail server.
    pub(super) fn leaving(&self) -> PathBuf {
        self.folder.join(Self::LEAVING)
    }

    /// The archive, to read it.
    ///
    /// # Errors
    /// When there is none.
    pub fn archive(&self) -> Result<Store, archive::Error> {
        Store::open(&self.folder.join(Self::ARCHIVE), &self.folder.join(Self::STAGING))
    }

    /// The archive, made if there is none.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn archive_to_write(&self) -> Result<Store, archive::Error> {
        Store::create(&self.folder.join(Self::ARCHIVE), &self.folder.join(Self::STAGING))
    }

    /// The register, to write to it, made if there is none.
    ///
    /// # Errors
    /// When it cannot be opened or made.
    pub fn register(&self, identity: &Texte, now: Moment) -> Result<Register, RegisterError> {
        Register::open_or_create(&self.folder, identity, now)
    }

    /// Where every contract is; nowhere when there is no register yet.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn states(&self) -> Result<BTreeMap<ContractId, ContractState>, RegisterError> {
        self.states_and(&mut |_| {})
    }

    /// As [`Self::states`], in the same reading of the register: `visit` is shown every event.
    ///
    /// # Errors
    /// As [`Self::states`].
    pub fn states_and(
        &self,
        visit: &mut dyn FnMut(&Event),
    ) -> Result<BTreeMap<ContractId, ContractState>, RegisterError> {
        self.looked_at()?.map_or_else(|| Ok(BTreeMap::new()), |register| register.states_and(visit))
    }

    /// The name of the campaign, as the register has it; none when there is no register yet.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn libelle(&self) -> Result<Option<String>, RegisterError> {
        self.looked_at()?.map(|register| register.libelle()).transpose()
    }

    /// The register, to read it.
    fn looked_at(&self) -> Result<Option<Register>, RegisterError> {
        match Register::open_read_only(&self.folder) {
            // A killed command left its journal: opening to write undoes what it had begun.
            Err(RegisterError::RollbackNeeded) => Register::open(&self.folder).map(Some),
            Err(RegisterError::Missing(_)) => Ok(None),
            opened => opened.map(Some),
        }
    }
}

/// Ends what a killed command left: what the register knows is put in place, half-written versions are removed. What is whole
/// and not in the register stays staged, for a next run that would make the same.
///
/// # Errors
/// When the archive cannot be written.
pub(super) fn recover(
    store: &Store,
    writer: &Writer<'_>,
    states: &BTreeMap<ContractId, ContractState>,
) -> Result<(), archive::Error> {
    for staged in store.staged()? {
        let contract = staged.id.as_str().parse::<ContractId>().ok();
        let head = contract.and_then(|contract| states.get(&contract)?.head());
        if head.is_some_and(|head| head.number == staged.version && head.genere.inventory == staged.inventory) {
            writer.settle(&staged.id)?;
        }
    }
    writer.sweep()
}
