//! The page: one file that asks the network for nothing, and that is read without script, without colour and by keyboard.

use handlebars::Handlebars;
use jiff::civil::Date;
use serde::Serialize;

use super::{UNKNOWN, code, columns, selection, to_examine};
use crate::{
    domain::{Partie, jour},
    ops::{Board, ContractLine, ExemplaireLine, Filter, Phase, Share, Totals},
    reconcile::EtatSignature,
    report::PageError,
};

/// The most returns to examine that are shown one by one; the workbook has them all.
const MOST: usize = 500;

#[derive(Serialize)]
struct Page<'a> {
    campagne: &'a str,
    date: String,
    selection: Option<String>,
    totals: Figures<'a>,
    examen: Vec<Examen<'a>>,
    more: usize,
    motifs: Vec<(&'static str, usize)>,
    etapes: Chart,
    legend: Vec<Legend>,
    groups: Vec<Group>,
    signatures: Group,
    departements: Vec<&'a str>,
    contrats: Vec<Row<'a>>,
    unknown: &'static str,
}

#[derive(Serialize)]
struct Figures<'a> {
    #[serde(flatten)]
    totals: &'a Totals,
    unplaced: usize,
    phases_said: Vec<Said>,
}

/// A phase, in the overview.
#[derive(Serialize)]
struct Said {
    word: &'static str,
    etapes: Option<String>,
    count: usize,
}

#[derive(Serialize)]
struct Examen<'a> {
    event: Option<u64>,
    contract: &'a str,
    etablissement: &'a str,
    version: Option<u16>,
    exemplaire: Option<u8>,
    day: Option<String>,
    constat: &'static str,
    motifs: Vec<String>,
}

/// A chart with its table.
#[derive(Serialize)]
struct Group {
    id: &'static str,
    title: &'static str,
    note: Option<&'static str>,
    legend: Vec<Legend>,
    chart: Chart,
    heads: Vec<&'static str>,
    rows: Vec<TableRow>,
}

#[derive(Serialize)]
struct Legend {
    fill: usize,
    word: &'static str,
}

#[derive(Serialize)]
struct TableRow {
    head: String,
    counts: Vec<usize>,
}

/// Bars one below the other; lengths are in hundredths of the width, heights in pixels.
#[derive(Serialize)]
struct Chart {
    height: usize,
    bars: Vec<Bar>,
}

#[derive(Serialize)]
struct Bar {
    /// Where its words stand, and where it begins.
    text: usize,
    top: usize,
    label: String,
    total: usize,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    x: String,
    width: String,
    fill: usize,
    /// The number and where it stands, when there is room for it.
    value: Option<usize>,
    middle: String,
}

#[derive(Serialize)]
struct Row<'a> {
    contrat: &'a str,
    nom: &'a str,
    departement: &'a str,
    cpam: &'a str,
    volets: String,
    etape: String,
    depuis: String,
    recu: String,
    relances: usize,
    examen: usize,
    exemplaires: Vec<String>,
}

/// Writes the page. `today` is the day it is written.
///
/// # Errors
/// When the template of the page is not sound.
pub fn board_page(board: &Board, filter: &Filter, today: Date) -> Result<String, PageError> {
    let totals = &board.totals;
    let all = to_examine(board);
    let more = all.len().saturating_sub(MOST);
    let page = Page {
        campagne: board.campagne.as_deref().unwrap_or("Campagne"),
        date: jour(today),
        selection: selection(filter),
        totals: Figures { totals, unplaced: board.unplaced.len(), phases_said: phases(totals) },
        examen: all.into_iter().take(MOST).map(examen).collect(),
        more,
        motifs: totals.motifs.iter().map(|motif| (motif.phrase, motif.retours)).collect(),
        etapes: stages(totals),
        legend: of_phases(),
        groups: vec![
            of_shares("departements", "Par département", None, &totals.departements, Share::label),
            of_shares("cpam", "Par CPAM", None, &totals.cpam, Share::label),
            of_shares(
                "volets",
                "Par volet",
                Some("Un contrat compte dans chacun de ses volets : les lignes ne s’additionnent pas."),
                &totals.volets,
                Share::title,
            ),
        ],
        signatures: signatures(totals),
        departements: totals.departements.iter().map(code).collect(),
        contrats: board.contracts.iter().map(row).collect(),
        unknown: UNKNOWN,
    };
    // Everything that is put in is escaped, which is what Handlebars does unless it is told otherwise.
    Ok(Handlebars::new().render_template(include_str!("../board.html.hbs"), &page)?)
}

fn phases(totals: &Totals) -> Vec<Said> {
    let said = |(phase, count): (&Phase, &usize)| {
        let (word, etapes) = (phase.word(), phase.etapes());
        Said { word, etapes: (etapes != word).then_some(etapes), count: *count }
    };
    totals.phases.iter().map(said).collect()
}

fn examen(one: super::ToExamine<'_>) -> Examen<'_> {
    Examen {
        event: one.event,
        contract: one.contract.unwrap_or("hors campagne"),
        etablissement: one.etablissement.unwrap_or(UNKNOWN),
        version: one.version,
        exemplaire: one.exemplaire,
        day: one.day.map(french),
        constat: one.constat,
        motifs: one.motifs,
    }
}

/// « 01/06/2022 »: a column of them is read at a glance.
fn french(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn stages(totals: &Totals) -> Chart {
    let bars = totals.etapes.iter().map(|stage| (stage.etape.clone(), vec![(fill(stage.phase), stage.contracts)]));
    chart(bars.collect())
}

/// The pattern of a phase, in the page.
const fn fill(phase: Phase) -> usize {
    match phase {
        Phase::AEnvoyer => 0,
        Phase::Proposition => 1,
        Phase::Signature => 2,
        Phase::Signe => 3,
        Phase::Sorti => 4,
    }
}

/// The pattern of what is known of a signature; only what is valid is filled whole.
const fn fill_of(etat: EtatSignature) -> usize {
    match etat {
        EtatSignature::Absente => 0,
        EtatSignature::Encre => 1,
        EtatSignature::AVerifier => 2,
        EtatSignature::Valable => 3,
        EtatSignature::Refusee => 4,
        EtatSignature::Admise => 5,
    }
}

fn of_phases() -> Vec<Legend> {
    Phase::ALL.map(|phase| Legend { fill: fill(phase), word: phase.word() }).into()
}

fn of_shares(
    id: &'static str,
    title: &'static str,
    note: Option<&'static str>,
    shares: &[Share],
    label: impl Fn(&Share) -> String,
) -> Group {
    let parts = |share: &Share| share.phases.iter().map(|(phase, count)| (fill(*phase), *count)).collect();
    let mut heads = vec!["contrats"];
    heads.extend(Phase::ALL.map(Phase::word));
    heads.push("à examiner");
    let row = |share: &Share| {
        let mut counts = vec![share.contracts];
        counts.extend(share.phases.values());
        counts.push(share.doubtful);
        TableRow { head: label(share), counts }
    };
    Group {
        id,
        title,
        note,
        legend: of_phases(),
        chart: chart(shares.iter().map(|share| (label(share), parts(share))).collect()),
        heads,
        rows: shares.iter().map(row).collect(),
    }
}

fn signatures(totals: &Totals) -> Group {
    let mut bars = Vec::new();
    let mut rows = Vec::new();
    for exemplaire in &totals.exemplaires {
        for partie in Partie::ALL {
            let label = format!("Exemplaire {}, {}", exemplaire.exemplaire, partie.word());
            let counts = || exemplaire.parties.get(&partie).into_iter().flatten();
            bars.push((label.clone(), counts().map(|(etat, count)| (fill_of(*etat), *count)).collect()));
            rows.push(TableRow { head: label, counts: counts().map(|(_, count)| *count).collect() });
        }
    }
    Group {
        id: "signatures",
        title: "Signatures constatées",
        note: Some(
            "De chaque partie, sur chaque exemplaire. L’encre dans un cadre dit que quelqu’un y a écrit ; elle ne dit pas qui.",
        ),
        legend: EtatSignature::ALL.map(|etat| Legend { fill: fill_of(etat), word: etat.word() }).into(),
        chart: chart(bars),
        heads: EtatSignature::ALL.map(EtatSignature::word).into(),
        rows,
    }
}

/// Lays bars out. A bar is a label and its parts: pattern and number.
fn chart(bars: Vec<(String, Vec<(usize, usize)>)>) -> Chart {
    /// From one bar to the next; from its top to the foot of its words, and to the bar.
    const STEP: usize = 54;
    const TEXT: usize = 16;
    const TOP: usize = 22;
    /// The least part in which a number of three figures has room on a telephone.
    const ROOM: f64 = 11.0;
    let most = bars.iter().map(|(_, parts)| parts.iter().map(|(_, count)| count).sum()).max().unwrap_or(0);
    let height = bars.len() * STEP;
    let laid = (0..).zip(bars).map(|(rank, (label, parts))| {
        let total = parts.iter().map(|(_, count)| count).sum();
        let mut from = 0;
        let parts = parts.into_iter().filter(|(_, count)| *count > 0).map(|(fill, count)| {
            let (x, width) = (share(from, most), share(count, most));
            from += count;
            let value = (width >= ROOM).then_some(count);
            Part { x: percent(x), width: percent(width), fill, value, middle: percent(x + width / 2.0) }
        });
        Bar { text: rank * STEP + TEXT, top: rank * STEP + TOP, label: cut(&label), total, parts: parts.collect() }
    });
    Chart { height, bars: laid.collect() }
}

#[expect(clippy::cast_precision_loss, reason = "a length on a screen")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

fn percent(length: f64) -> String {
    format!("{length:.2}%")
}

/// A label that has room on a telephone; the table has the whole of it.
fn cut(label: &str) -> String {
    const MOST: usize = 38;
    if label.chars().count() <= MOST {
        return label.to_owned();
    }
    let kept: String = label.chars().take(MOST - 1).collect();
    format!("{}…", kept.trim_end())
}

fn row(line: &ContractLine) -> Row<'_> {
    let fiche = line.fiche.as_ref();
    let cpam = fiche.map(|fiche| fiche.cpam.as_ref().map_or("", |caisse| caisse.code.as_str()));
    let recu = match (line.recu, line.envoye) {
        (Some(day), _) => french(day),
        (None, Some(_)) => "non prouvée".to_owned(),
        (None, None) => String::new(),
    };
    Row {
        contrat: &line.contract,
        nom: fiche.map_or(UNKNOWN, |fiche| &fiche.etablissement),
        departement: fiche.map_or(UNKNOWN, |fiche| &fiche.departement),
        cpam: cpam.unwrap_or(UNKNOWN),
        volets: columns::volets(line),
        etape: line.etape.to_string(),
        depuis: line.depuis.map(french).unwrap_or_default(),
        recu,
        relances: line.relances,
        examen: line.doubtful.len(),
        exemplaires: line.exemplaires.iter().map(exemplaire).collect(),
    }
}

/// « partiel (encre dans le cadre : établissement, CPAM) »: parties without any signature are not named.
fn exemplaire(line: &ExemplaireLine) -> String {
    let mut seen: Vec<String> = Vec::new();
    for etat in EtatSignature::ALL.into_iter().filter(|etat| *etat != EtatSignature::Absente) {
        let parties = line.parties.iter().filter(|(_, found)| **found == etat);
        let parties: Vec<&str> = parties.map(|(partie, _)| partie.word()).collect();
        if !parties.is_empty() {
            seen.push(format!("{}\u{a0}: {}", etat.word(), parties.join(", ")));
        }
    }
    let word = line.etat.word();
    if seen.is_empty() { word.to_owned() } else { format!("{word} ({})", seen.join(" ; ")) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        domain::{Exemplaire, VersionNum},
        ops::{Caisse, Doubtful, Fiche, Volet},
        reconcile::Outcome,
        register::{Etape, EtatExemplaire, EventNumber, Proposition},
    };

    /// As long as a line gets: everything is signed, and everything is doubtful.
    fn longest(number: u64) -> ContractLine {
        let day = "2022-06-03".parse().ok();
        let volet = |code: &str| Volet { code: code.to_owned(), intitule: format!("Volet relatif aux {code}") };
        ContractLine {
            contract: format!("{number:09}-2022"),
            version: VersionNum::FIRST,
            fiche: Some(Fiche {
                etablissement: "Centre hospitalier intercommunal <de la Haute-Vernaise> & du Littoral".to_owned(),
                departement: "96".to_owned(),
                cpam: Some(Caisse { code: "961".to_owned(), nom: "Caisse".to_owned() }),
                volets: ["produits", "organisation", "pertinence"].map(volet).into(),
            }),
            etape: Etape::Observations(Proposition::Seconde),
            depuis: day,
            envoye: day,
            recu: day,
            relances: 2,
            exemplaires: Exemplaire::ALL
                .map(|exemplaire| ExemplaireLine {
                    exemplaire: exemplaire.number(),
                    etat: EtatExemplaire::Complet,
                    parties: BTreeMap::from(Partie::ALL.map(|partie| (partie, EtatSignature::Admise))),
                })
                .into(),
            doubtful: vec![Doubtful {
                event: EventNumber(number),
                version: VersionNum::FIRST,
                exemplaire: Some(1),
                day,
                verdict: Outcome::AcceptNote,
                motifs: Vec::new(),
                phrases: vec!["peu d’encre dans un cadre de signature, ou de l’encre qui vient du cadre voisin"; 3],
            }],
        }
    }

    #[test]
    fn three_thousand_contracts_at_their_longest_stay_below_two_megabytes() {
        let contracts = (1..=3000).map(longest).collect();
        let board = Board { campagne: None, contracts, unplaced: Vec::new(), totals: Totals::default() };
        let page = board_page(&board, &Filter::default(), jiff::civil::date(2022, 11, 30)).unwrap();
        assert!(page.len() < 2_000_000, "{} bytes", page.len());
        assert!(page.contains("Et 2500 autres"), "what is left out is told");
        assert!(page.contains("&lt;de la Haute-Vernaise&gt; &amp; du Littoral"), "names are no markup");
    }

    #[test]
    fn parts_of_a_bar_follow_one_another_and_small_ones_have_no_number() {
        let chart = chart(vec![("a".to_owned(), vec![(0, 95), (1, 0), (3, 5)]), ("b".to_owned(), vec![(2, 50)])]);
        let [first, second] = chart.bars.as_slice() else { panic!("two bars") };
        let parts: Vec<_> = first.parts.iter().map(|part| (part.x.as_str(), part.width.as_str(), part.value)).collect();
        assert_eq!(parts, [("0.00%", "95.00%", Some(95)), ("95.00%", "5.00%", None)]);
        assert_eq!((second.total, second.parts[0].width.as_str()), (50, "50.00%"));
    }
}
