//! Templates and a contract become a document.
//!
//! A [`TemplateSet`] is parsed once ([`TemplateSet::parse`]: every fault of every file at once) and merged with each contract
//! ([`TemplateSet::merge`]). A merge first walks the templates against the contract's data and tells everything that is missing,
//! with the place in the template and the place in the data; then Handlebars writes Djot, and Djot becomes blocks, each with
//! the template line it was made from; then the whole document is numbered and reviewed.
//!
//! This room decides no rule of the trade: what a contract may contain was checked when the campaign was read. It cannot know
//! whether a clause is right, only that it is whole: nothing missing, nothing left over, every reference resolved.

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

use std::collections::BTreeMap;

use handlebars::{Context, Handlebars};

use self::sheets::Sheet;
use crate::{
    diag::{Checked, Diagnostic},
    document::{Document, number, typography::settled},
    domain::{Campaign, Contract, Modele, VersionNum},
};

/// The files of a template set, parsed.
pub struct TemplateSet {
    sheets: Vec<Sheet>,
    /// Index of each printed sheet, in printing order.
    order: Vec<usize>,
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

    /// Makes the document of one contract. The value is absent if anything forbids to print it.
    pub fn merge(&self, campaign: &Campaign, contract: &Contract, version: VersionNum) -> Checked<Document> {
        let data = view::view(campaign, contract, version);
        let sources = source::Sources { head: &self.head, campaign, contract };
        let lint::Walked { mut findings, prints } = lint::lint(self, &data, &sources);
        let complete = self.sound && !findings.iter().any(Diagnostic::is_error);
        let registry = if complete { &self.strict } else { &self.lenient };
        let context = Context::from(data.clone());
        let mut blocks = Vec::new();
        let mut ids = markup::Ids::default();
        let endless = findings.iter().any(|finding| finding.code.name == diags::RENDER.name);
        for (sheet, prints) in self.corps().zip(prints).filter(|_| !endless) {
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
            title: settled(modele.intitule.as_str()),
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
        findings
    }

    /// The printed sheets, in order.
    fn corps(&self) -> impl Iterator<Item = &Sheet> {
        self.order.iter().filter_map(|index| self.sheets.get(*index))
    }

    /// The partial of a name.
    fn partial(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.is_partial && sheet.name == name)
    }
}
