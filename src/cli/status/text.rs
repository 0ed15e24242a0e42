//! The board in a terminal of a hundred columns.

use std::fmt::Write as _;

use crate::{
    domain::Partie,
    ops::{Board, ContractLine, Doubtful, OfExemplaire, Phase, Share, Totals, Unplaced},
    reconcile::EtatSignature,
};

/// The width that a line keeps to.
const WIDTH: usize = 100;
/// The most of a stage's name that is shown.
const STAGE: usize = 28;
/// The most of an établissement's name that is shown.
const NAME: usize = 20;
/// The most of the name of a département, CPAM or volet that is shown.
const NAMES: usize = 28;
/// The most doubtful returns of one contract that are shown; all of them are in the other forms.
const SHOWN: usize = 3;
/// Where what is doubtful is told, below its contract.
const INDENT: usize = 4;

/// What is shown of what is not known.
const UNKNOWN: &str = "?";

pub(super) fn text(board: &Board) -> String {
    let mut out = String::new();
    // Writing to a text does not fail.
    let _written = write(&mut out, board);
    out
}

fn write(out: &mut String, board: &Board) -> std::fmt::Result {
    row(out, ["contrat", "v", "dép", "CPAM", "établissement", "étape", "depuis", "1   2   3"])?;
    for line in &board.contracts {
        contract(out, line)?;
    }
    for one in &board.unplaced {
        unplaced(out, one)?;
    }
    if !board.contracts.is_empty() {
        writeln!(out, "\nexemplaires 1, 2, 3 ; sur chacun, établissement, CPAM, agence :")?;
        writeln!(
            out,
            "  + signature valable ou admise   e encre dans le cadre   ? à vérifier   x non valable   - absente"
        )?;
    }
    totals(out, &board.totals, board.unplaced.len())
}

/// One line of the list; each column as wide as it may be.
fn row(
    out: &mut String,
    [contract, version, departement, cpam, name, stage, day, signs]: [&str; 8],
) -> std::fmt::Result {
    let (name, stage) = (cut(name, NAME), cut(stage, STAGE));
    let line = format!(
        "{contract:<14} {version:>2} {departement:<3} {cpam:<4} {name:<NAME$} {stage:<STAGE$} {day:<10} {signs}"
    );
    writeln!(out, "{}", line.trim_end())
}

fn contract(out: &mut String, line: &ContractLine) -> std::fmt::Result {
    let fiche = line.fiche.as_ref();
    let cpam = fiche.map(|fiche| fiche.cpam.as_ref().map_or("", |caisse| caisse.code.as_str()));
    let day = line.depuis.map(|day| day.to_string()).unwrap_or_default();
    let signs: Vec<String> = line
        .exemplaires
        .iter()
        .map(|exemplaire| exemplaire.parties.values().map(|etat| sign(*etat)).collect())
        .collect();
    row(
        out,
        [
            &line.contract,
            &line.version.to_string(),
            fiche.map_or(UNKNOWN, |fiche| &fiche.departement),
            cpam.unwrap_or(UNKNOWN),
            // What tells one from another comes after the words that most have.
            &fiche.map_or(UNKNOWN, |fiche| &fiche.etablissement).replace("Centre hospitalier", "CH"),
            &line.etape.to_string().replace("(seconde proposition)", "(2de prop.)"),
            &day,
            &signs.join(" "),
        ],
    )?;
    for doubtful in line.doubtful.iter().rev().take(SHOWN) {
        doubt(out, doubtful)?;
    }
    match line.doubtful.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "{:INDENT$}et {more} plus anciens", ""),
    }
}

/// « retour 42, version 1, exemplaire 2 (douteux) : », and why below.
fn doubt(out: &mut String, doubtful: &Doubtful) -> std::fmt::Result {
    let exemplaire = doubtful.exemplaire.map(|number| format!(", exemplaire {number}")).unwrap_or_default();
    let (event, version, verdict) = (doubtful.event, doubtful.version, doubtful.verdict.word());
    writeln!(out, "{:INDENT$}retour {event}, version {version}{exemplaire}\u{a0}: {verdict}", "")?;
    doubtful.reasons().try_for_each(|(code, phrase)| reason(out, code, phrase))
}

fn unplaced(out: &mut String, unplaced: &Unplaced) -> std::fmt::Result {
    writeln!(out, "hors campagne")?;
    writeln!(out, "{:INDENT$}retour {}\u{a0}: {}", "", unplaced.event, unplaced.verdict.word())?;
    unplaced.reasons().try_for_each(|(code, phrase)| reason(out, code, phrase))
}

/// A sentence and its code, on as many lines as it needs.
fn reason(out: &mut String, code: impl std::fmt::Display, phrase: &str) -> std::fmt::Result {
    let mut line = format!("{:width$}-", "", width = INDENT + 2);
    let indent = " ".repeat(line.len() + 1);
    for word in format!("{phrase} ({code})").split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}")?;
            line = indent.clone();
            line.pop();
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(out, "{line}")
}

fn totals(out: &mut String, totals: &Totals, unplaced: usize) -> std::fmt::Result {
    writeln!(out)?;
    for stage in &totals.etapes {
        writeln!(out, "{:>6}  {}", stage.contracts, stage.etape)?;
    }
    writeln!(out, "{:>6}  contrats", totals.contracts)?;
    let notes = [
        (totals.doubtful, "avec un retour à examiner"),
        (unplaced, "hors campagne à examiner"),
        (totals.unknown, "dont la version archivée ne peut pas être lue (paraphe archive verify)"),
    ];
    for (count, what) in notes.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "{count:>6}  {what}")?;
    }
    for (title, list) in [("département", &totals.departements), ("CPAM", &totals.cpam), ("volet", &totals.volets)] {
        shares(out, title, list)?;
    }
    if totals.contracts > 0 {
        signatures(out, &totals.exemplaires)?;
    }
    Ok(())
}

/// The contracts of each département, CPAM or volet, by phase.
fn shares(out: &mut String, title: &str, shares: &[Share]) -> std::fmt::Result {
    if shares.is_empty() {
        return Ok(());
    }
    let heads: Vec<String> =
        Phase::ALL.iter().map(|phase| format!("{:>w$}", short(*phase), w = column(*phase))).collect();
    writeln!(out, "\n{title:<NAMES$} {:>5} {}  à examiner", "total", heads.join(" "))?;
    for share in shares {
        let name = if title == "volet" { share.title() } else { share.label() };
        let counts: Vec<String> =
            share.phases.iter().map(|(phase, count)| format!("{count:>w$}", w = column(*phase))).collect();
        writeln!(
            out,
            "{:<NAMES$} {:>5} {}  {:>10}",
            cut(&name, NAMES),
            share.contracts,
            counts.join(" "),
            share.doubtful
        )?;
    }
    Ok(())
}

fn column(phase: Phase) -> usize {
    short(phase).chars().count().max(6)
}

/// A heading that has room.
const fn short(phase: Phase) -> &'static str {
    match phase {
        Phase::Sorti => "sorti",
        other => other.word(),
    }
}

/// What is known of each party's signature, by exemplaire.
fn signatures(out: &mut String, exemplaires: &[OfExemplaire]) -> std::fmt::Result {
    let short = |etat: EtatSignature| match etat {
        EtatSignature::Admise => "admise",
        EtatSignature::Encre => "encre",
        other => other.word(),
    };
    let heads: Vec<String> = EtatSignature::ALL.iter().map(|etat| format!("{:>11}", short(*etat))).collect();
    writeln!(out, "\n{:<NAMES$}{}", "signatures", heads.join(" "))?;
    for exemplaire in exemplaires {
        for partie in Partie::ALL {
            let counts = exemplaire.parties.get(&partie);
            let counts: Vec<String> =
                counts.into_iter().flat_map(|counts| counts.values()).map(|count| format!("{count:>11}")).collect();
            let name = format!("exemplaire {}, {}", exemplaire.exemplaire, partie.word());
            writeln!(out, "{name:<NAMES$}{}", counts.join(" "))?;
        }
    }
    Ok(())
}

/// A text no longer than this; what is left out is told.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// Signed, ink, to look at, refused, not signed.
const fn sign(etat: EtatSignature) -> char {
    match etat {
        EtatSignature::AVerifier => '?',
        EtatSignature::Encre => 'e',
        EtatSignature::Admise | EtatSignature::Valable => '+',
        EtatSignature::Absente => '-',
        EtatSignature::Refusee => 'x',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_goes_on_below_itself() {
        let mut out = String::new();
        reason(&mut out, "BOX-DOUBTFUL", &"un mot ".repeat(30)).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= WIDTH), "{out}");
        assert!(lines[0].starts_with("      - un") && lines[1].starts_with("        "), "{out}");
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!((cut("réanimation", 11), cut("réanimation", 5)), ("réanimation".to_owned(), "réan…".to_owned()));
    }
}
