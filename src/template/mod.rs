//! Templates and a contract become a document.
//!
//! A [`TemplateSet`] is parsed once ([`TemplateSet::parse`]: every fault of every file at once) and merged with each contract
//! ([`TemplateSet::merge`]). A merge first walks the templates against the contract's data and tells everything that is missing,
//! with the place in the template and the place in the data; then Handlebars writes Djot, and Djot becomes blocks, each with
//! the template line it was made from; then the whole document is numbered and reviewed.
//!
//! This room decides no rule of the trade: what a contract may contain was checked when the campaign was read. It cannot know
//! whether a clause is right, only that it is whole: nothing missing, nothing left over, every reference resolved.

mod avenant;
mod courrier;
pub mod diags;
mod escape;
mod format;
mod helpers;
mod lint;
mod markup;
mod nearest;
mod place;
mod render;
mod review;
mod scan;
mod sheets;
mod source;
mod view;

pub use avenant::{Comparison, SignedDataError, compare};
pub use courrier::{Courriers, Lettre};

use std::collections::{BTreeMap, BTreeSet};

use handlebars::{Context, Handlebars};
use serde_json::Value as Json;

use self::sheets::Sheet;
use crate::{
    diag::{Checked, Diagnostic, Origin},
    document::{Document, number, typography::settled},
    domain::{
        Acte, Avenant, Campaign, Changement, Contract, Modele, Modification, ObjetAvenant, VersionNum, VoletCode,
    },
};

/// The files of a template set, parsed.
pub struct TemplateSet {
    sheets: Vec<Sheet>,
    /// Index of each printed sheet, in printing order.
    order: Vec<usize>,
    /// The same for an avenant.
    avenant: Vec<usize>,
    /// Stops at anything missing: what a contract is printed with.
    strict: Handlebars<'static>,
    /// Prints nothing for what is missing: to see the other faults of a contract that cannot be printed.
    lenient: Handlebars<'static>,
    /// The file that holds the model, as shown.
    head: String,
    /// Whether no file has a fault.
    sound: bool,
}

impl TemplateSet {
    /// Parses a set: the text of each file by its shown name, and the model that says which ones are printed. The value is
    /// absent if any file has a fault; the findings are those of all files.
    pub fn parse(files: &BTreeMap<String, String>, modele: &Modele) -> Checked<Self> {
        let (set, findings) = sheets::compile(files, modele);
        Checked { value: set.sound.then_some(set), findings }
    }

    /// The data that templates read of a contract, to be kept with what was printed: [`compare`] reads it back.
    #[must_use]
    pub fn data(campaign: &Campaign, contract: &Contract, version: VersionNum) -> Json {
        view::view(campaign, contract, version)
    }

    /// The data that templates read of an avenant: that of the contract as amended, and `avenant`.
    #[must_use]
    pub fn avenant_data(campaign: &Campaign, contract: &Contract, version: VersionNum, avenant: &Avenant) -> Json {
        let data = view::view(campaign, contract, version);
        match &campaign.modele.avenant {
            Some(def) => view::with_avenant(data, def, avenant).0,
            None => data,
        }
    }

    /// Makes the document of one contract. The value is absent if anything forbids to print it.
    pub fn merge(&self, campaign: &Campaign, contract: &Contract, version: VersionNum) -> Checked<Document> {
        let act = Act {
            version,
            title: campaign.modele.intitule.as_str(),
            order: &self.order,
            data: view::view(campaign, contract, version),
            renvois: view::Renvois::default(),
        };
        self.document(campaign, contract, act)
    }

    /// Makes the document of an avenant to a signed contract, from the contract as the campaign now has it. The value is
    /// absent if anything forbids to print it.
    pub fn merge_avenant(
        &self,
        campaign: &Campaign,
        contract: &Contract,
        version: VersionNum,
        avenant: &Avenant,
    ) -> Checked<Document> {
        let refused =
            |finding: Diagnostic| Checked { value: None, findings: vec![finding.contract(contract.id.to_string())] };
        let Some(def) = &campaign.modele.avenant else {
            let message = "the template set has no text for an avenant";
            let finding = Diagnostic::new(&diags::AVENANT_ABSENT, Origin::yaml(&self.head, "avenant"), message);
            return refused(
                finding.expected("`avenant:` with its `intitule` and its `corps`").help("add it to `modele.yaml`"),
            );
        };
        let (data, renvois, unknown) = view::with_avenant(view::view(campaign, contract, version), def, avenant);
        if let Some(code) = unknown.first() {
            let message = format!("the avenant speaks of `{code}`, which the campaign does not give the contract");
            let origin = contract.sources.get("indicateurs").cloned();
            let finding =
                Diagnostic::new(&diags::AVENANT_REMOVAL, origin.unwrap_or_else(|| Origin::file(&self.head)), message);
            return refused(finding.help("compare the signed contract with the campaign again"));
        }
        let title = view::title(def, avenant);
        let act = Act { version, title: &title, order: &self.avenant, data, renvois };
        self.document(campaign, contract, act)
    }

    fn document(&self, campaign: &Campaign, contract: &Contract, act: Act<'_>) -> Checked<Document> {
        let Act { version, title, order, data, renvois } = act;
        let sources = source::Sources { head: &self.head, campaign, contract, renvois: &renvois };
        let lint::Walked { mut findings, prints } = lint::lint(self, order, &data, &sources);
        let complete = self.sound && !findings.iter().any(Diagnostic::is_error);
        let registry = if complete { &self.strict } else { &self.lenient };
        let context = Context::from(data.clone());
        let mut blocks = Vec::new();
        let mut ids = markup::Ids::default();
        let endless = findings.iter().any(|finding| finding.code.name == diags::RENDER.name);
        for (sheet, prints) in self.printed(order).zip(prints).filter(|_| !endless) {
            match render::render(registry, &self.sheets, sheet, &context) {
                Ok(mut rendered) => {
                    if complete {
                        rendered.trace(prints, &sources);
                    }
                    blocks.extend(markup::blocks(&rendered, &mut ids, &mut findings));
                }
                // What stops a lenient merge was told by the parser or the linter.
                Err(finding) if complete => findings.push(*finding),
                Err(_) => {}
            }
        }
        let modele = &campaign.modele;
        let mut document = Document {
            contract: contract.id.clone(),
            version,
            modele: modele.edition(),
            title: settled(title),
            subject: settled(contract.etablissement.raison_sociale.as_str()),
            author: settled(campaign.ars.nom.as_str()),
            date: campaign.date_edition,
            blocks,
        };
        let faults = number(&mut document);
        if complete {
            // Of a contract with holes, only what is not a consequence of them is worth telling.
            findings.extend(faults.into_iter().map(review::numbering));
            let whole = !findings.iter().any(Diagnostic::is_error);
            findings.extend(review::review(&document, modele, &data, whole));
        }
        for finding in &mut findings {
            finding.contract = Some(contract.id.to_string());
        }
        let blocked = findings.iter().any(Diagnostic::is_error);
        Checked { value: (!blocked).then_some(document), findings }
    }

    /// Everything that is wrong with a set and with what it makes of every contract of a campaign, in one run: also where a
    /// file has faults that forbid to parse it, which are repaired to see the rest.
    #[must_use]
    pub fn inspect(files: &BTreeMap<String, String>, campaign: &Campaign) -> Vec<Diagnostic> {
        let (set, mut findings) = sheets::compile(files, &campaign.modele);
        for contract in &campaign.contracts {
            findings.extend(set.merge(campaign, contract, VersionNum::FIRST).findings);
        }
        findings.extend(set.rehearse(campaign));
        findings
    }

    /// What an avenant would meet: for the first contract of each set of volets, one avenant that adds all its indicators and
    /// one that changes them all, so that a fault of the text is known before the day it is needed. The findings are those of
    /// the set, and of no contract.
    #[must_use]
    pub fn rehearse(&self, campaign: &Campaign) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> = Vec::new();
        let mut seen = BTreeSet::new();
        if campaign.modele.avenant.is_none() {
            return findings;
        }
        for contract in &campaign.contracts {
            let volets: Vec<&VoletCode> = contract.volets.iter().map(|volet| &volet.def.code).collect();
            if !seen.insert(volets) {
                continue;
            }
            for avenant in rehearsals(contract) {
                let told = self.merge_avenant(campaign, contract, VersionNum::FIRST, &avenant).findings;
                for finding in told.into_iter().map(|finding| Diagnostic { contract: None, ..finding }) {
                    if !findings.contains(&finding) {
                        findings.push(finding);
                    }
                }
            }
        }
        findings
    }

    /// Printed sheets, in order.
    fn printed<'s>(&'s self, order: &'s [usize]) -> impl Iterator<Item = &'s Sheet> {
        order.iter().filter_map(|index| self.sheets.get(*index))
    }

    /// The partial of a name.
    fn partial(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.is_partial && sheet.name == name)
    }
}

/// What is printed of a contract: the whole, or an avenant.
struct Act<'a> {
    version: VersionNum,
    title: &'a str,
    order: &'a [usize],
    data: Json,
    renvois: view::Renvois,
}

/// An avenant that adds every indicator of a contract, on an unknown day; one that changes them all, after another. None when
/// the contract has no indicator.
fn rehearsals(contract: &Contract) -> Vec<Avenant> {
    let codes =
        || contract.volets.iter().flat_map(|volet| &volet.objectifs).map(|objectif| objectif.indicateur.code.clone());
    let opened = contract.volets.iter().filter(|volet| !volet.def.obligatoire).map(|volet| volet.def.code.clone());
    let adding =
        ObjetAvenant { ajouts: codes().collect(), volets_ouverts: opened.collect(), ..ObjetAvenant::default() };
    let change = |avant: Option<&str>, apres: Option<&str>| Changement {
        objet: "Cible".to_owned(),
        avant: avant.map(str::to_owned),
        apres: apres.map(str::to_owned),
    };
    let changements = || vec![change(Some("1"), Some("2")), change(None, Some("2")), change(Some("1"), None)];
    let modified = codes().map(|code| Modification { code, changements: changements() });
    let changing = ObjetAvenant { modifications: modified.collect(), ..ObjetAvenant::default() };
    let acte = |number, date_signature| VersionNum::new(number).map(|version| Acte { version, date_signature });
    let day = Some(contract.date_effet);
    let before = || acte(2, day).into_iter().chain(acte(3, None)).collect();
    let parent = |day| Acte { version: VersionNum::FIRST, date_signature: day };
    let adding = Avenant::new(parent(None), Vec::new(), None, adding);
    let changing = Avenant::new(parent(day), before(), day, changing);
    adding.into_iter().chain(changing).collect()
}
