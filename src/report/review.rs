//! The returns to decide on, as one page for people: a file of its own that asks the network for nothing.

use base64ct::{Base64, Encoding as _};
use handlebars::Handlebars;
use jiff::civil::Date;
use serde::Serialize;

use super::PageError;
use crate::{
    domain::jour,
    ops::{Case, Motif, Review, View},
    reconcile::Outcome,
};

#[derive(Serialize)]
struct Page {
    date: String,
    count: String,
    cases: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    event: u64,
    titre: String,
    verdict: &'static str,
    constat: &'static str,
    day: Option<String>,
    piece: Option<String>,
    motifs: Vec<Reason>,
    views: Vec<Place>,
    more: Option<String>,
}

#[derive(Serialize)]
struct Reason {
    code: String,
    phrase: &'static str,
    pages: String,
}

#[derive(Serialize)]
struct Place {
    title: String,
    phrase: String,
    images: Vec<Image>,
}

#[derive(Serialize)]
struct Image {
    caption: &'static str,
    png: String,
}

/// Writes the page. `today` is the day it is written.
///
/// # Errors
/// When the template of the page is not sound.
pub fn review_page(review: &Review, today: Date) -> Result<String, PageError> {
    let count = match review.cases.len() {
        0 => "Aucun retour".to_owned(),
        1 => "Un retour".to_owned(),
        many => format!("{many} retours"),
    };
    let page = Page { date: jour(today), count, cases: review.cases.iter().map(shown).collect() };
    // Everything that is put in is escaped, which is what Handlebars does unless it is told otherwise.
    Ok(Handlebars::new().render_template(include_str!("review.html.hbs"), &page)?)
}

fn shown(case: &Case) -> Shown {
    let Case { event, contract, version, exemplaire, day, verdict, motifs, piece, views, more } = case;
    let titre = match (contract, version, exemplaire) {
        (Some(contract), Some(version), Some(exemplaire)) => {
            format!("Contrat {contract}, version {version}, exemplaire {exemplaire}/3")
        }
        _ => "Document qui n’est reconnu comme aucun contrat de la campagne".to_owned(),
    };
    Shown {
        event: event.0,
        titre,
        verdict: verdict.name(),
        constat: found(*verdict),
        day: day.map(jour),
        piece: piece.clone(),
        motifs: motifs.iter().map(reason).collect(),
        views: views.iter().map(place).collect(),
        more: (*more > 0)
            .then(|| format!("{more} autres endroits ne sont pas montrés ici ; ils sont dans le constat archivé.")),
    }
}

const fn found(verdict: Outcome) -> &'static str {
    match verdict {
        Outcome::Accept | Outcome::AcceptNote => "Le constat est favorable.",
        Outcome::Unsigned => "C’est bien le contrat, et personne ne l’a signé.",
        Outcome::Review => "Le constat est douteux.",
        Outcome::Reject => "Le constat est défavorable.",
        Outcome::Unreadable => "Le fichier n’a pas pu être jugé.",
    }
}

fn reason(motif: &Motif) -> Reason {
    let pages: Vec<String> = motif.pages.iter().map(ToString::to_string).collect();
    let pages = match pages.as_slice() {
        [] => String::new(),
        [one] => format!("page {one} du fichier"),
        many => format!("pages {} du fichier", many.join(", ")),
    };
    Reason { code: motif.code.to_string(), phrase: motif.phrase, pages }
}

fn place(view: &View) -> Place {
    let pictures = &view.pictures;
    let images = [
        ("Tel qu’imprimé", &pictures.printed),
        ("Tel que revenu", &pictures.scanned),
        ("Différence", &pictures.difference),
    ];
    let image = |(caption, png): (&'static str, &Option<Vec<u8>>)| {
        png.as_ref().map(|png| Image { caption, png: Base64::encode_string(png) })
    };
    Place {
        title: view.title.clone(),
        phrase: view.phrase.clone(),
        images: images.into_iter().filter_map(image).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence, ops::Pictures, register::EventNumber};

    #[test]
    fn a_case_is_shown_with_its_pictures_and_what_to_type_and_nothing_of_it_is_markup() {
        let view = View {
            title: "Page 7, Annexe 1 <tableau>".to_owned(),
            phrase: "Imprimé : « 94,5 ». On y lit plutôt : « 91,5 ».".to_owned(),
            pictures: Pictures { printed: Some(vec![1, 2, 3]), ..Pictures::default() },
        };
        let motif = Motif {
            code: evidence::Reason::PageAltered,
            phrase: "une page n’est pas comme elle a été imprimée",
            pages: vec![7],
        };
        let case = Case {
            event: EventNumber(42),
            contract: Some("960000016-2022".to_owned()),
            version: "2".parse().ok(),
            exemplaire: Some(1),
            day: None,
            verdict: Outcome::Review,
            motifs: vec![motif],
            piece: None,
            views: vec![view],
            more: 0,
        };
        let page = review_page(&Review { cases: vec![case] }, jiff::civil::date(2026, 6, 15)).unwrap();
        assert!(page.contains("paraphe decide DOSSIER 42 accepte"), "{page}");
        assert!(page.contains("Annexe 1 &lt;tableau&gt;") && page.contains("base64,AQID"), "{page}");
        assert!(page.contains("Un retour, au 15 juin 2026"), "{page}");
        assert!(
            review_page(&Review { cases: Vec::new() }, jiff::civil::date(2026, 6, 1)).unwrap().contains("1er juin")
        );
    }
}
