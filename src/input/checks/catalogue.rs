//! The catalogue of indicators.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    diag::{Diagnostic, FieldOrigins, Origin},
    domain::{Indicateur, IndicateurCode, Modele, Niveau, VoletCode},
    input::{
        checks::{modele, parts},
        diags,
        findings::Findings,
        locate::Places,
        names,
        sources::{CatalogueFichier, IndicateurSource},
    },
};

/// The indicators that a campaign may use.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    indicateurs: BTreeMap<IndicateurCode, Entry>,
    /// Codes of entries that are wrong: known, so that they are not told a second time.
    faulty: Vec<String>,
    /// Whether a file of the catalogue is absent or unreadable: then no code is said to be unknown.
    incomplete: bool,
}

#[derive(Debug)]
struct Entry {
    rank: usize,
    indicateur: Indicateur,
    origin: Origin,
}

impl Catalogue {
    /// A file that could not be read.
    pub(crate) fn miss(&mut self) {
        self.incomplete = true;
    }

    /// Adds a file; `index` gives the index in the file of an item of the list.
    pub(crate) fn add(
        &mut self,
        source: &CatalogueFichier,
        file: &str,
        index: impl Fn(usize) -> usize,
        places: &Places,
        rules: Option<&Modele>,
        findings: &mut Findings,
    ) {
        for (i, source) in source.indicateurs.iter().enumerate() {
            let place = Origin::yaml(file, format!("indicateurs[{}]", index(i)));
            let mark = findings.mark();
            let indicateur = indicateur(source, &place, rules, findings);
            let indicateur = indicateur.map(|indicateur| Indicateur { origins: origins(&place, places), ..indicateur });
            match indicateur.filter(|_| !findings.errors_since(mark)) {
                Some(indicateur) => self.insert(indicateur, place, findings),
                None => self.faulty.push(source.code.clone()),
            }
        }
    }

    /// The code of a faulty entry that could not be read at all.
    pub(crate) fn add_faulty(&mut self, code: &str) {
        self.faulty.push(code.to_owned());
    }

    /// The indicator of a code; when there is none, says so at the place that names it.
    pub(crate) fn find(&self, code: &str, at: &Origin, findings: &mut Findings) -> Option<&Indicateur> {
        let code = code.trim();
        if let Some(entry) = IndicateurCode::new(code).and_then(|code| self.indicateurs.get(&code)) {
            return Some(&entry.indicateur);
        }
        if !self.incomplete && !self.faulty.iter().any(|faulty| faulty == code) {
            let codes = || self.indicateurs.keys().map(IndicateurCode::as_str);
            findings.push(
                Diagnostic::new(
                    &diags::INDICATEUR_UNKNOWN,
                    at.clone(),
                    format!("no indicator of the catalogue is `{code}`"),
                )
                .expected(format!("one of {}", names::listed(codes())))
                .found(format!("`{code}`"))
                .help(names::did_you_mean(code, codes())),
            );
        }
        None
    }

    /// The indicator of a checked code.
    pub(crate) fn get(&self, code: &IndicateurCode) -> Option<&Indicateur> {
        self.indicateurs.get(code).map(|entry| &entry.indicateur)
    }

    /// Where an indicator stands in printing order.
    pub(crate) fn rank(&self, code: &IndicateurCode) -> usize {
        self.indicateurs.get(code).map_or(usize::MAX, |entry| entry.rank)
    }

    fn insert(&mut self, indicateur: Indicateur, origin: Origin, findings: &mut Findings) {
        if let Some(first) = self.indicateurs.get(&indicateur.code) {
            findings.push(
                Diagnostic::new(
                    &diags::INDICATEUR_TWICE,
                    origin.child("code"),
                    format!("the indicator `{}` is described twice", indicateur.code),
                )
                .related(first.origin.child("code"), "first described here")
                .help("remove one of the two, or give it another code"),
            );
            return;
        }
        let rank = self.indicateurs.len();
        self.indicateurs.insert(indicateur.code.clone(), Entry { rank, indicateur, origin });
    }
}

/// Where the fields of an entry stand: those that are written.
fn origins(place: &Origin, places: &Places) -> FieldOrigins {
    const FIELDS: [&str; 10] = [
        "code",
        "niveau",
        "volet",
        "libelle",
        "unite",
        "sens",
        "source",
        "methode",
        "periode_reference",
        "taux_interessement",
    ];
    let origin = |field: &'static str| {
        let mut origin = place.child(field);
        let Origin::Yaml { path, at, .. } = &mut origin else { return None };
        *at = Some(places.get(path)?.at);
        Some((field, origin))
    };
    Arc::new(FIELDS.into_iter().filter_map(origin).collect())
}

fn indicateur(
    source: &IndicateurSource,
    place: &Origin,
    rules: Option<&Modele>,
    findings: &mut Findings,
) -> Option<Indicateur> {
    let at = |field: &str| place.child(field);
    let code = IndicateurCode::new(&source.code);
    if code.is_none() {
        findings.push(
            Diagnostic::new(
                &diags::INDICATEUR_CODE,
                at("code"),
                format!("{} is not a code", parts::shortened(&source.code)),
            )
            .expected("capital letters, digits, `-` and `_`, as in `NAT-3`")
            .help("write the code in capital letters, without spaces or accents"),
        );
    }
    if let Some(rules) = rules {
        modele::check_volet(&source.volet, &rules.volets, at("volet"), findings);
    }
    let libelle = parts::texte(&source.libelle, &at("libelle"), findings);
    let origine = parts::texte(&source.source, &at("source"), findings);
    let methode = parts::texte(&source.methode, &at("methode"), findings);
    let periode_reference = parts::texte(&source.periode_reference, &at("periode_reference"), findings);
    let bornes = match source.bornes {
        Some([low, high]) => {
            let low = parts::decimal(low, &at("bornes"), findings)?;
            let high = parts::decimal(high, &at("bornes"), findings)?;
            if low > high {
                findings.push(
                    Diagnostic::new(&diags::BORNES, at("bornes"), "the smallest plausible value is above the largest")
                        .expected("the smallest first")
                        .found(format!("{low} and {high}"))
                        .help("exchange the two"),
                );
            }
            Some((low, high))
        }
        None => None,
    };
    let taux_interessement =
        source.taux_interessement.and_then(|taux| parts::decimal(taux, &at("taux_interessement"), findings));
    let indicateur = Indicateur {
        code: code?,
        niveau: source.niveau,
        volet: VoletCode(source.volet.clone()),
        libelle: libelle?,
        unite: source.unite,
        sens: source.sens,
        source: origine?,
        methode: methode?,
        periode_reference: periode_reference?,
        bornes,
        taux_interessement,
        papraps: source.papraps,
        origins: FieldOrigins::default(),
        premiere_annee: source.premiere_annee,
    };
    warn(&indicateur, place, rules, findings);
    Some(indicateur)
}

/// What does not block: an unusual share of savings (rule 25), a regional indicator that the regional plan does not name (rule 27).
fn warn(indicateur: &Indicateur, place: &Origin, rules: Option<&Modele>, findings: &mut Findings) {
    let usual = rules.map(|rules| rules.evaluation.taux_interessement.as_slice()).unwrap_or_default();
    if let Some(taux) = indicateur.taux_interessement
        && indicateur.niveau == Niveau::National
        && !usual.is_empty()
        && !usual.contains(&taux)
    {
        let usual: Vec<String> = usual.iter().map(|taux| format!("{taux} %")).collect();
        findings.push(
            Diagnostic::new(
                &diags::TAUX_INTERESSEMENT,
                place.child("taux_interessement"),
                "an unusual share of savings",
            )
            .expected(format!("one of {}", usual.join(", ")))
            .found(format!("{taux} %"))
            .help("check it against the order that lists the national indicators"),
        );
    }
    let regional_plan = rules.is_some_and(|rules| rules.ciblage);
    if indicateur.niveau == Niveau::Regional && regional_plan && !indicateur.papraps {
        findings.push(
            Diagnostic::new(
                &diags::PAPRAPS_UNNAMED,
                place.child("papraps"),
                format!("the regional indicator `{}` is not said to be in the regional plan", indicateur.code),
            )
            .expected("`papraps: true`")
            .help("check that the plan in force names it, then write `papraps: true`"),
        );
    }
}
