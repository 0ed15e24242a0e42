//! Letters and messages that go with contracts: the same tags and the same markup as a contract, in texts of their own.
//!
//! They stand apart from the template set: a letter that is rewritten changes no contract. The first heading of a text is its object;
//! the rest is its body, printed as a letter or written as a message.

use std::collections::BTreeMap;

use handlebars::Context;
use serde_json::Value as Json;

use super::{TemplateSet, diags, lint, markup, render, sheets, source, view};
use crate::{
    diag::{Checked, Diagnostic, Origin},
    document::{Block, BlockKind, plain_text},
    domain::{Campaign, Contract, Modele},
};

/// The texts of letters, parsed.
pub struct Courriers(TemplateSet);

/// A letter: what it is about, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lettre {
    /// Its object, in plain text.
    pub objet: String,
    /// Its body.
    pub blocks: Vec<Block>,
}

impl Courriers {
    /// Parses texts by their shown names, all of which are letters (`relance.dj.hbs`) except partials. The value is absent if any
    /// has a fault.
    pub fn parse(files: &BTreeMap<String, String>, modele: &Modele) -> Checked<Self> {
        let name = |file: &String| file.rsplit('/').next().unwrap_or(file).to_owned();
        let corps = files.keys().filter(|file| !file.contains("partials/")).map(name).collect();
        let (set, findings) = sheets::compile(files, &Modele { corps, avenant: None, ..modele.clone() });
        Checked { value: set.sound.then_some(Self(set)), findings }
    }

    /// Writes the letter of a name with the data of a contract, to which `courrier` was added. The value is absent when something is
    /// missing, in the text or in the data.
    pub fn write(&self, campaign: &Campaign, contract: &Contract, name: &str, data: &Json) -> Checked<Lettre> {
        let Self(set) = self;
        let sources = source::Sources { head: &set.head, campaign, contract, renvois: &view::Renvois::default() };
        let Some(index) = set.sheets.iter().position(|sheet| !sheet.is_partial && sheet.name == name) else {
            let finding =
                Diagnostic::new(&diags::MISSING_FILE, Origin::file(name), format!("there is no text `{name}`"));
            return refused(vec![finding.help("put it in the folder `courriers` of the campaign")], contract);
        };
        let order = [index];
        let mut findings = lint::lint(set, &order, data, &sources).findings;
        let Some(sheet) = set.sheets.get(index).filter(|_| !findings.iter().any(Diagnostic::is_error)) else {
            return refused(findings, contract);
        };
        let rendered = match render::render(&set.strict, &set.sheets, sheet, &Context::from(data.clone())) {
            Ok(rendered) => rendered,
            Err(finding) => return refused([findings, vec![*finding]].concat(), contract),
        };
        let mut blocks = markup::blocks(&rendered, &mut markup::Ids::default(), &mut findings);
        let objet = match blocks.first().map(|block| &block.kind) {
            Some(BlockKind::Heading(heading)) => plain_text(&heading.title),
            _ => {
                let finding = Diagnostic::new(&diags::RENDER, Origin::file(&sheet.file), "the letter has no object");
                findings.push(finding.expected("a heading first, `# Objet`").help("write it above the text"));
                String::new()
            }
        };
        if findings.iter().any(Diagnostic::is_error) {
            return refused(findings, contract);
        }
        blocks.remove(0);
        Checked { value: Some(Lettre { objet, blocks }), findings }
    }
}

fn refused(findings: Vec<Diagnostic>, contract: &Contract) -> Checked<Lettre> {
    let findings = findings.into_iter().map(|finding| finding.contract(contract.id.to_string())).collect();
    Checked { value: None, findings }
}
