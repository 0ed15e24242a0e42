//! The list of what was sent: contracts, versions, files and their digests, in French.

use super::{Envoye, Nature, pli::Atelier};
use crate::{
    document::{
        Align, Note,
        note::{Run, heading, paragraph, table, verbatim},
    },
    domain::jour,
};

/// What was sent, as a list.
pub(super) fn of_envoi(atelier: &Atelier<'_>, plis: &[Envoye]) -> Note {
    let title = match atelier.envoi.nature {
        Nature::Proposition => "Bordereau des propositions envoyées",
        Nature::Relance => "Bordereau des relances envoyées",
        Nature::SecondeProposition => "Bordereau des secondes propositions envoyées",
    };
    let rows = plis.iter().map(|pli| {
        let event = pli.event.map(|event| event.to_string()).unwrap_or_default();
        let to = pli.courriel.as_deref().unwrap_or(atelier.envoi.moyen.word());
        [
            verbatim(&pli.contract),
            verbatim(&pli.version.to_string()),
            Run::from(pli.etablissement.as_str()),
            verbatim(to),
            verbatim(&event),
        ]
    });
    let columns = [
        ("Contrat", 17, Align::Left),
        ("Version", 9, Align::Left),
        ("Établissement", 36, Align::Left),
        ("Destinataire", 28, Align::Left),
        ("Événement", 11, Align::Right),
    ];
    let mut blocks = vec![
        paragraph(format!(
            "Campagne : {}. Envois du {}, au nombre de {}.",
            atelier.suivi.campaign.libelle,
            jour(atelier.order.now.today),
            plis.len()
        )),
        table("envois", "", columns, rows),
    ];
    let pieces: Vec<[Run; 2]> = plis
        .iter()
        .flat_map(|pli| &pli.pieces)
        .map(|piece| [verbatim(&piece.nom), verbatim(&piece.sha256.to_string())])
        .collect();
    if !pieces.is_empty() {
        blocks.push(heading("Pièces jointes"));
        blocks.push(table("pieces", "", [("Fichier", 36, Align::Left), ("SHA-256", 64, Align::Left)], pieces));
    }
    Note {
        title: title.to_owned(),
        subject: atelier.suivi.campaign.libelle.to_string(),
        author: atelier.suivi.campaign.ars.nom.to_string(),
        reference: format!("{title}, {}", jour(atelier.order.now.today)),
        date: atelier.order.now.today,
        blocks,
    }
}
