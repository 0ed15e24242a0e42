//! What a person has to decide on: each doubtful return, with pictures of what was printed and of what came back.
//!
//! What is shown is what was measured when the file was received, as its archived report says; the pictures are made anew from the
//! archived files, and kept nowhere: a picture of a signature lies in the archived scan and in no other place.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Progress, ReturnsError,
    constat::sentence,
    papier::{Desk, Prints, Shown, pictures},
};
use crate::{
    archive::Store,
    domain::{ContractId, Exemplaire, VersionNum},
    evidence::{
        Reason,
        paper::{DifferenceKind, Ink},
    },
    geometry::Rect,
    ops::{dossier::Dossier, record::piece_object, status::of_register},
    reconcile::Outcome,
    register::{Event, EventKind, EventNumber, Evidence, Retour},
};

/// Places of one return that are shown; the others are counted.
const MOST_VIEWS: usize = 24;

/// The reports of a return are the last of its pieces: for programs, then for people.
const REPORTS: usize = 2;

/// The returns to decide on.
#[derive(Debug, Serialize)]
pub struct Review {
    /// One by one, as they came.
    pub cases: Vec<Case>,
}

/// One return to decide on.
#[derive(Debug, Serialize)]
pub struct Case {
    /// The event of the return: its number is what `paraphe decide` takes.
    pub event: EventNumber,
    /// The contract; none when it is none of the campaign.
    pub contract: Option<String>,
    /// Its version.
    pub version: Option<VersionNum>,
    /// Its exemplaire.
    pub exemplaire: Option<u8>,
    /// The day it came.
    pub day: Option<Date>,
    /// What was made of it.
    pub verdict: Outcome,
    /// Why, in French, the gravest first.
    pub motifs: Vec<Motif>,
    /// The archived file, by its name in the register.
    pub piece: Option<String>,
    /// What is to be looked at.
    pub views: Vec<View>,
    /// How many more places there are.
    pub more: usize,
}

/// A reason, for people.
#[derive(Debug, Serialize)]
pub struct Motif {
    /// Its code.
    pub code: Reason,
    /// What it says, in French.
    pub phrase: &'static str,
    /// The sides or pages where it was seen.
    pub pages: Vec<u32>,
}

/// A place to look at.
#[derive(Debug, Serialize)]
pub struct View {
    /// What it is about, in French: « Page 7, Annexe 1, tableau 4, ligne 2 ».
    pub title: String,
    /// What was measured, in French.
    pub phrase: String,
    /// Pictures in PNG; not in the JSON.
    #[serde(skip)]
    pub pictures: Pictures,
}

/// Pictures of one place, in PNG, side by side.
#[derive(Debug, Default)]
pub struct Pictures {
    /// As it was printed.
    pub printed: Option<Vec<u8>>,
    /// As it came back, laid onto the print.
    pub scanned: Option<Vec<u8>>,
    /// The one over the other: what came in red, what is gone in blue.
    pub difference: Option<Vec<u8>>,
}

// --- the archived report, as far as it is read here

#[derive(Deserialize)]
struct Constat {
    #[serde(rename = "return")]
    returned: Returned,
}

#[derive(Deserialize)]
struct Returned {
    #[serde(default)]
    reasons: Vec<Seen>,
    paper: Option<Paper>,
}

#[derive(Deserialize)]
struct Seen {
    code: Reason,
    page: Option<u32>,
}

#[derive(Deserialize)]
struct Paper {
    sides: Vec<Side>,
}

#[derive(Deserialize)]
struct Side {
    side: u32,
    page: u32,
    contract_page: Option<usize>,
    #[serde(default)]
    proposed: bool,
    registration: Option<Registration>,
    #[serde(default)]
    boxes: Vec<Box>,
    #[serde(default)]
    differences: Vec<Difference>,
}

#[derive(Deserialize)]
struct Registration {
    good: bool,
}

#[derive(Deserialize)]
struct Box {
    field: String,
    ink: Ink,
}

#[derive(Deserialize)]
struct Difference {
    kind: DifferenceKind,
    area: Rect,
    printed: String,
    seen: Option<String>,
    place: Option<String>,
}

/// Gathers the returns on which nobody has decided, with their pictures if `pictured`.
///
/// # Errors
/// When the campaign cannot be read. A return whose archived file cannot be shown is listed without pictures.
pub fn review(
    folder: &Path,
    only: &[ContractId],
    pictured: bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Review, ReturnsError> {
    let dossier = Dossier::new(folder);
    let mut events: BTreeMap<EventNumber, Event> = BTreeMap::new();
    let states = dossier.states_and(&mut |event| {
        if matches!(event.kind, EventKind::Retour(_)) {
            events.insert(event.number, event.clone());
        }
    })?;
    if states.is_empty() {
        return Err(ReturnsError::NothingMade(folder.to_owned()));
    }
    let board = of_register(folder)?;
    let doubtful = board.contracts.iter().flat_map(|line| &line.doubtful).map(|doubtful| doubtful.event);
    let open = doubtful.chain(board.unplaced.iter().map(|unplaced| unplaced.event));
    let mut open: Vec<&Event> = open.filter_map(|number| events.get(&number)).collect();
    open.retain(|event| only.is_empty() || event.contract.as_ref().is_some_and(|id| only.contains(id)));
    open.sort_by_key(|event| event.number);
    let (store, prints) = (dossier.archive()?, Prints::new());
    let desk = Desk { store: &store, states: &states, prints: &prints };
    progress(Progress::Files(open.len()));
    let mut cases = Vec::new();
    for event in open {
        let EventKind::Retour(retour) = &event.kind else { continue };
        cases.push(case(desk, event, retour, pictured));
        progress(Progress::Judged);
    }
    Ok(Review { cases })
}

fn case(desk: Desk<'_>, event: &Event, retour: &Retour, pictured: bool) -> Case {
    let constat = constat(desk.store, &event.evidence);
    let reasons = constat.as_ref().map(|constat| constat.reasons.as_slice()).unwrap_or_default();
    let mut views = Vec::new();
    if let Some(paper) = constat.as_ref().and_then(|constat| constat.paper.as_ref()) {
        let of = event.contract.as_ref().zip(event.version);
        let leaves = paper.sides.iter().filter(|side| side.contract_page.is_some());
        for (index, side) in leaves.enumerate() {
            views.extend(of_leaf(side).into_iter().map(|place| (place, side, Some(index))));
        }
        let strangers = paper.sides.iter().filter(|side| side.contract_page.is_none());
        views.extend(strangers.map(|side| (stranger(side), side, None)));
        let more = views.len().saturating_sub(MOST_VIEWS);
        let shown = views.into_iter().take(MOST_VIEWS);
        let files = Files::of(desk.store, &event.evidence);
        let views = shown.map(|(place, side, leaf)| View {
            pictures: if pictured { look(desk, &files, of, &place, side, leaf) } else { Pictures::default() },
            title: place.title,
            phrase: place.phrase,
        });
        return Case { views: views.collect(), more, ..plain(event, retour, reasons) };
    }
    plain(event, retour, reasons)
}

fn plain(event: &Event, retour: &Retour, reasons: &[Seen]) -> Case {
    let mut motifs: Vec<Motif> = Vec::new();
    let codes = reasons.iter().map(|seen| (seen.code, seen.page));
    // A report that cannot be read leaves what the register says.
    let codes: Vec<_> =
        if reasons.is_empty() { retour.motifs.iter().map(|code| (*code, None)).collect() } else { codes.collect() };
    for (code, page) in codes {
        match motifs.iter_mut().find(|motif| motif.code == code) {
            Some(motif) => motif.pages.extend(page),
            None => motifs.push(Motif { code, phrase: sentence(code), pages: page.into_iter().collect() }),
        }
    }
    for motif in &mut motifs {
        motif.pages.sort_unstable();
        motif.pages.dedup();
    }
    Case {
        event: event.number,
        contract: event.contract.as_ref().map(ToString::to_string),
        version: event.version,
        exemplaire: retour.exemplaire.map(Exemplaire::number),
        day: event.day,
        verdict: retour.verdict,
        motifs,
        piece: event.evidence.first().map(|piece| piece.name.clone()),
        views: Vec::new(),
        more: 0,
    }
}

/// A place to look at, before its pictures are made.
struct Place {
    title: String,
    phrase: String,
    /// The part of the page; none for the whole of it.
    area: Option<Area>,
}

enum Area {
    Part(Rect),
    /// A signature box, by the name of its field.
    Box(String),
}

/// What is to be looked at on a page of the contract.
fn of_leaf(side: &Side) -> Vec<Place> {
    let page = side.contract_page.unwrap_or_default();
    if side.registration.as_ref().is_none_or(|registration| !registration.good) {
        let phrase = "La page n’a pas pu être comparée à l’original.".to_owned();
        return vec![Place { title: format!("Page {page}"), phrase, area: None }];
    }
    let proposed = side.proposed.then(|| Place {
        title: format!("Page {page}, proposée"),
        phrase: format!("Aucun code n’a pu être lu. D’après son contenu, ce serait la page {page}\u{a0}: à confirmer."),
        area: None,
    });
    let doubtful = side.boxes.iter().filter(|seen| matches!(seen.ink, Ink::Doubtful | Ink::Unreadable));
    let boxes = doubtful.map(|seen| Place {
        title: format!("Page {page}, cadre de signature «\u{a0}{}\u{a0}»", party(&seen.field)),
        phrase: match seen.ink {
            Ink::Doubtful => "Peu d’encre, ou de l’encre qui vient du cadre voisin.".to_owned(),
            _ => "Le cadre n’a pas pu être comparé à l’original.".to_owned(),
        },
        area: Some(Area::Box(seen.field.clone())),
    });
    // Ink in free space is told and is no matter for a decision.
    let altered = side.differences.iter().filter(|difference| difference.kind != DifferenceKind::Ink);
    let altered = altered.map(|difference| {
        let place = difference.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
        Place {
            title: format!("Page {page}{place}"),
            phrase: measured(difference),
            area: Some(Area::Part(difference.area)),
        }
    });
    proposed.into_iter().chain(boxes).chain(altered).collect()
}

fn stranger(side: &Side) -> Place {
    Place {
        title: format!("Face {} de la pile", side.side),
        phrase: "Cette face n’est d’aucune page attendue : lettre, page d’un autre contrat ou page non reconnue."
            .to_owned(),
        area: None,
    }
}

fn party(field: &str) -> &str {
    match field.strip_prefix("signature_") {
        Some("etablissement") => "établissement",
        Some("cpam") => "CPAM",
        Some("ars") => "ARS",
        _ => field,
    }
}

fn measured(difference: &Difference) -> String {
    let quoted = |text: &str| format!("«\u{a0}{text}\u{a0}»");
    let printed = quoted(&difference.printed);
    match (difference.kind, &difference.seen) {
        (DifferenceKind::Altered, Some(seen)) => {
            format!("Imprimé\u{a0}: {printed}. On y lit plutôt\u{a0}: {}.", quoted(seen))
        }
        (DifferenceKind::Altered, None) => format!("Imprimé\u{a0}: {printed}. Autre chose s’y trouve."),
        (DifferenceKind::Missing, _) => format!("Imprimé\u{a0}: {printed}. On ne l’y voit plus."),
        (DifferenceKind::Covered, _) => format!("De l’encre recouvre {printed}."),
        (DifferenceKind::Added, _) => "Quelque chose a été ajouté là où rien n’était imprimé.".to_owned(),
        (DifferenceKind::Ink, _) => "De l’encre, là où rien n’était imprimé.".to_owned(),
        (DifferenceKind::Unclear, _) if printed.is_empty() => "Rien n’a pu y être comparé à l’original.".to_owned(),
        (DifferenceKind::Unclear, _) => format!("{printed} n’a pas pu être comparé à l’original."),
    }
}

/// The archived files of a return.
struct Files {
    /// The pages of the set, in their order; the file itself when it is one set.
    own: Option<Vec<u8>>,
    /// The file that was scanned.
    whole: Option<Vec<u8>>,
    is_split: bool,
}

impl Files {
    fn of(store: &Store, evidence: &[Evidence]) -> Self {
        let scans = evidence.get(..evidence.len().saturating_sub(REPORTS)).unwrap_or_default();
        let own = scans.first().and_then(|piece| bytes(store, piece));
        let whole = scans.get(1).and_then(|piece| bytes(store, piece));
        Self { own, is_split: whole.is_some(), whole }
    }
}

fn look(
    desk: Desk<'_>,
    files: &Files,
    of: Option<(&ContractId, VersionNum)>,
    place: &Place,
    side: &Side,
    leaf: Option<usize>,
) -> Pictures {
    let index = (side.page as usize).saturating_sub(1);
    let (file, index) = match (leaf, files.is_split) {
        (Some(leaf), true) => (files.own.as_ref(), leaf),
        (None, true) => (files.whole.as_ref(), index),
        (_, false) => (files.own.as_ref(), index),
    };
    let Some(file) = file else { return Pictures::default() };
    let page = of.zip(side.contract_page).map(|((contract, version), page)| (contract, version, page));
    let part = match &place.area {
        Some(Area::Box(field)) => Shown::Box(field),
        Some(Area::Part(area)) => Shown::Area(*area),
        None => Shown::Whole,
    };
    pictures(desk, (file, index), page, part).unwrap_or_default()
}

/// The archived report of a return.
fn constat(store: &Store, evidence: &[Evidence]) -> Option<Returned> {
    let report = evidence.get(evidence.len().checked_sub(REPORTS)?)?;
    serde_json::from_slice::<Constat>(&bytes(store, report)?).ok().map(|constat| constat.returned)
}

/// The bytes of an archived piece.
fn bytes(store: &Store, piece: &Evidence) -> Option<Vec<u8>> {
    let id = piece_object(piece.sha256);
    let head = store.read(&id).ok()?.head();
    store.file(&id, head, &crate::archive::LogicalPath::piece(&piece.name)).ok()
}
