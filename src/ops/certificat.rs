//! The certificate of integrity that goes with an exported contract, in French.
//!
//! It says what was verified, when, by what digests, and what the register has of the signatures; it says as plainly what it does
//! not prove.

use jiff::civil::Date;

use super::version::ContractRecord;
use crate::{
    archive::Inventory,
    document::{
        Align, Marker, Note,
        note::{Run, heading, list, paragraph, remark, strong, subheading, table, verbatim},
    },
    domain::{ContractId, VersionNum, jour},
    register::{ContractState, Event, EventKind, Jalon, Pas, VersionState},
};

/// What a certificate is made of.
pub(super) struct Certificat<'a> {
    pub(super) contract: &'a ContractId,
    pub(super) inventory: &'a Inventory,
    pub(super) records: &'a [ContractRecord],
    pub(super) state: &'a ContractState,
    pub(super) events: &'a [Event],
    pub(super) today: Date,
}

impl Certificat<'_> {
    /// The certificate, to be printed.
    pub(super) fn note(&self) -> Note {
        let mut blocks = vec![
            paragraph(text(&format!(
                "Les fichiers archivés du contrat {} ont été relus et leurs empreintes recalculées le {}. Chacune est celle qui a été notée lors de l'archivage, et chaque version est celle que le registre de la campagne désigne.",
                self.contract,
                jour(self.today)
            ))),
            heading(text("Versions")),
            self.versions(),
            heading(text("Signatures et suites")),
            self.steps(),
            remark(text(
                "Ces faits sont ceux que les agents ont inscrits au registre, avec leur date ; le certificat ne les constate pas lui-même.",
            )),
        ];
        for record in self.records {
            blocks.push(heading(text(&format!("Fichiers de la version {}", record.version))));
            blocks.extend(self.version(record));
        }
        blocks.extend(self.reach());
        Note {
            title: "Certificat d’intégrité".to_owned(),
            subject: format!("Contrat CAQES {}", self.contract),
            author: String::new(),
            reference: format!("Certificat d’intégrité, CAQES {}", self.contract),
            date: self.today,
            blocks,
        }
    }

    fn versions(&self) -> crate::document::Block {
        let rows = self.state.versions.values().map(|version| {
            let created =
                self.inventory.version(version.number).map_or_else(String::new, |kept| kept.created.to_string());
            [version.number.to_string(), nature(version), created, version.etape.to_string()].map(|cell| text(&cell))
        });
        let columns = [
            ("Version", 10, Align::Left),
            ("Nature", 40, Align::Left),
            ("Archivée (temps universel)", 28, Align::Left),
            ("Situation", 22, Align::Left),
        ];
        table("versions", "Versions du contrat", columns, rows)
    }

    fn steps(&self) -> crate::document::Block {
        let steps = self.state.versions.values().flat_map(|version| {
            version.jalons.iter().map(move |jalon| {
                let day = jalon.day.map_or_else(|| "date non inscrite".to_owned(), jour);
                format!("version {}, {} : {day}", version.number, self.what(jalon))
            })
        });
        let mut steps: Vec<_> = steps.map(|step| text(&step)).collect();
        if steps.is_empty() {
            steps.push(text("aucun envoi ni aucune signature ne sont inscrits au registre"));
        }
        list(Marker::Dash, steps)
    }

    /// « notifié à la CPAM ».
    fn what(&self, jalon: &Jalon) -> String {
        let word = jalon.pas.word();
        let event = self.events.iter().find(|event| event.number == jalon.event);
        match event.map(|event| &event.kind) {
            Some(EventKind::Notifie { partie }) => format!("{word} à {}", partie.with_article()),
            _ => word.to_owned(),
        }
    }

    fn version(&self, record: &ContractRecord) -> Vec<crate::document::Block> {
        let number = VersionNum::new(record.version);
        let entered = number.and_then(|number| self.state.versions.get(&number));
        let inventory = entered.map_or_else(String::new, |version| version.genere.inventory.to_string());
        let facts = [
            ("Empreinte du contenu (SHA-256)", record.content_hash.clone()),
            ("Empreinte de l’inventaire, inscrite au registre (SHA-256)", inventory),
        ];
        let mut blocks: Vec<_> =
            facts.iter().map(|(name, digest)| paragraph(strong(text(name)).and_below(verbatim(digest)))).collect();
        let rows = record
            .files
            .iter()
            .map(|file| [verbatim(&file.name), text(&file.size.to_string()), verbatim(&file.sha256)]);
        let columns = [("Fichier", 36, Align::Left), ("Octets", 12, Align::Right), ("SHA-256", 52, Align::Left)];
        blocks.push(table(&format!("fichiers-{}", record.version), "Empreintes des fichiers", columns, rows));
        blocks
    }

    /// What the certificate proves, and what it does not.
    fn reach(&self) -> Vec<crate::document::Block> {
        let last = self.events.last();
        let chain = last.map_or_else(String::new, |event| {
            format!("Dernier événement du contrat au registre : n° {}, empreinte {}.", event.number, event.digest)
        });
        vec![
            heading(text("Portée")),
            subheading(text("Ce que ce certificat établit")),
            list(
                Marker::Dash,
                [
                    text("les fichiers exportés sont, octet pour octet, ceux qui ont été archivés ;"),
                    text(
                        "leurs empreintes sont celles que le registre chaîné de la campagne a retenues lors de l’archivage.",
                    ),
                ],
            ),
            subheading(text("Ce qu’il n’établit pas")),
            list(
                Marker::Dash,
                [
                    text("l’identité ni la qualité des signataires ;"),
                    text(
                        "une copie fiable au sens de l’article 1379 du code civil et du décret n° 2016-1673 du 5 décembre 2016 : les originaux sont à conserver ;",
                    ),
                    text(
                        "un versement d’archives publiques : cet export n’est pas un paquet SEDA, et aucune élimination n’est permise sans visa.",
                    ),
                ],
            ),
            paragraph(verbatim(&chain)),
        ]
    }
}

/// A text, set as French wants it.
fn text(text: &str) -> Run {
    text.into()
}

fn nature(version: &VersionState) -> String {
    let genere = &version.genere;
    let made = match genere.avenant {
        Some(avenant) => format!("avenant n° {} à la version {}", avenant.numero, avenant.parent),
        None => "contrat".to_owned(),
    };
    let signed = if version.jalon(Pas::Signe).is_some() { ", signé" } else { "" };
    match genere.remplace {
        Some(old) => format!("{made}, remplace la version {old}{signed}"),
        None => format!("{made}{signed}"),
    }
}
