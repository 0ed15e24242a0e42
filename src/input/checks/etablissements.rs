//! The établissements of a campaign, and each of them as a party to a contract.

use jiff::civil::Date;

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Etablissement, Siren, Siret, SiretError},
    input::{
        Sources,
        checks::{
            campagne::Common,
            fiche::{Fiche, FichePlace},
            liste, parts,
            roster::{Member, Roster},
            workbooks,
        },
        diags,
        findings::Findings,
        folder::CAMPAGNE,
        names,
        places::Atlas,
        sources::{CampagneSource, EtablissementsFichier, EtablissementsSource},
        xlsx::Book,
        yaml,
    },
};

/// Reads the list of établissements, whichever form it has.
pub(crate) fn read(
    sources: &Sources,
    campagne: &CampagneSource,
    effet: Option<Date>,
    atlas: &mut Atlas,
    findings: &mut Findings,
) -> Roster {
    let year = |fiche: &Fiche| {
        let own = fiche.source.date_effet.as_deref().and_then(|text| text.trim().parse::<Date>().ok());
        own.or(effet).map(Date::year)
    };
    let listed = match &campagne.etablissements {
        EtablissementsSource::Classeur(classeur) => {
            let Some((file, bytes)) = sources.file(&classeur.fichier) else { return Roster::default() };
            let place = Origin::yaml(CAMPAGNE, "etablissements.feuille");
            let mark = findings.mark();
            let sheet =
                Book::open(&file, bytes).and_then(|mut book| workbooks::sheet(&mut book, &classeur.feuille, place));
            match sheet {
                Ok(sheet) => {
                    let fiches = liste::read(classeur, &sheet, findings);
                    // Without columns nobody is known, and nobody must be called a stranger.
                    if fiches.is_empty() && findings.errors_since(mark) {
                        return Roster::default();
                    }
                    (fiches, Vec::new())
                }
                Err(finding) => {
                    findings.push(*finding);
                    return Roster::default();
                }
            }
        }
        EtablissementsSource::Fichier(name) => match from_yaml(sources, name, &year, effet, atlas, findings) {
            Some(listed) => listed,
            None => return Roster::default(),
        },
    };
    let (fiches, faulty) = listed;
    if fiches.is_empty() && faulty.is_empty() {
        findings.push(
            Diagnostic::new(
                &diags::ETABLISSEMENTS_NONE,
                Origin::yaml(CAMPAGNE, "etablissements"),
                "no établissement is listed",
            )
            .expected("at least one")
            .help("fill the list, or check the header rows of the sheet"),
        );
        return Roster::default();
    }
    Roster::new(fiches, faulty, year, findings)
}

/// The entries of a YAML list, and the numbers of those that could not be read.
fn from_yaml(
    sources: &Sources,
    name: &str,
    year: &impl Fn(&Fiche) -> Option<i16>,
    effet: Option<Date>,
    atlas: &mut Atlas,
    findings: &mut Findings,
) -> Option<(Vec<Fiche>, Vec<String>)> {
    const LIST: &str = "etablissements";
    let (file, bytes) = sources.file(name)?;
    let mark = findings.mark();
    let parsed = yaml::parse::<EtablissementsFichier>(&file, bytes, findings);
    let number = |index: usize| {
        let place = parsed.places.get(&format!("{LIST}[{index}].finess_ej"));
        place.and_then(|place| place.scalar.clone())
    };
    let mut faulty = Vec::new();
    for index in parsed.erased_items(LIST) {
        faulty.extend(number(index));
        let key = super::roster::contract_key(&number(index).unwrap_or_default(), effet.map(Date::year));
        if number(index).is_some() {
            findings.assign_place_since(mark, &format!("{LIST}[{index}]"), &key);
        }
    }
    let index: Vec<usize> = (0..parsed.value.as_ref().map_or(0, |value| value.etablissements.len()))
        .map(|i| parsed.original_index(LIST, i))
        .collect();
    let erased = parsed.erased_keys();
    let told = |index: usize| {
        let prefix = format!("{LIST}[{index}].");
        let fields = erased.iter().filter_map(|key| key.strip_prefix(&prefix)?.split(['.', '[']).next());
        fields.map(str::to_owned).collect()
    };
    let value = parsed.value;
    atlas.insert(&file, parsed.places);
    let fiches = value?.etablissements.into_iter().zip(index).map(|(source, index)| Fiche {
        source,
        told: told(index),
        place: FichePlace::Yaml { file: file.clone(), path: format!("{LIST}[{index}]") },
    });
    let fiches: Vec<Fiche> = fiches.collect();
    for fiche in &fiches {
        // What was erased inside an entry that is otherwise read.
        if let FichePlace::Yaml { path, .. } = &fiche.place {
            let key = super::roster::contract_key(&fiche.source.finess_ej, year(fiche));
            findings.assign_place_since(mark, path, &key);
        }
    }
    Some((fiches, faulty))
}

/// Checks one établissement as a party to a contract.
pub(crate) fn check(member: &Member, common: &Common, findings: &mut Findings) -> Option<Etablissement> {
    let (fiche, source) = (&member.fiche, &member.fiche.source);
    let raison_sociale = (!fiche.is_told("raison_sociale"))
        .then(|| parts::texte(&source.raison_sociale, &fiche.at("raison_sociale"), findings))
        .flatten();
    let siret = match source.siret.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(siret(text, fiche, findings)?),
        None => None,
    };
    let siren = parts::siren(source.siren.as_deref(), &fiche.at("siren"), findings);
    one_person(siren.as_ref(), siret.as_ref(), fiche, findings);
    let statut = required(source.statut, "statut", fiche, findings);
    if source.typologies.is_empty() && !fiche.is_told("typologies") {
        findings.push(
            Diagnostic::new(
                &diags::TYPOLOGIES_NONE,
                fiche.at("typologies"),
                "the établissement has no field of activity",
            )
            .expected("at least one of MCO, HAD, dialyse, SMR, PSY, USLD")
            .help("give its `typologies`: they decide which engagements apply"),
        );
    }
    let adresse = required(source.adresse.as_ref(), "adresse", fiche, findings)
        .and_then(|adresse| parts::adresse(adresse, &|field| fiche.at(&format!("adresse.{field}")), findings));
    let representant = required(source.representant.as_ref(), "representant", fiche, findings).and_then(|person| {
        parts::signatory(person, common.date_edition, &|field| fiche.at(&format!("representant.{field}")), findings)
    });
    let courriel = parts::courriel(source.courriel.as_deref(), &fiche.at("courriel"), findings);
    departement(member, findings);
    cpam(&source.cpam, common, fiche, findings);
    let mut typologies = source.typologies.clone();
    typologies.sort_unstable();
    typologies.dedup();
    Some(Etablissement {
        finess_ej: member.ej.clone()?,
        finess_et: member.et.clone(),
        siren: siren.or_else(|| siret.as_ref().map(Siret::siren)),
        siret,
        raison_sociale: raison_sociale?,
        statut: statut?,
        typologies,
        adresse: adresse?,
        courriel,
        departement: source.departement.clone(),
        cpam: source.cpam.clone(),
        representant: representant?,
    })
}

fn required<T>(value: Option<T>, field: &str, fiche: &Fiche, findings: &mut Findings) -> Option<T> {
    if value.is_none() && !fiche.is_told(field) {
        findings.push(
            Diagnostic::new(&diags::FIELD_MISSING, fiche.at(""), format!("the établissement has no `{field}`"))
                .expected(format!("`{field}`"))
                .help(format!("give its `{field}`; `paraphe schema etablissements` describes every field")),
        );
    }
    value
}

/// The SIRET must be one of the SIREN's (rule 4).
fn one_person(siren: Option<&Siren>, siret: Option<&Siret>, fiche: &Fiche, findings: &mut Findings) {
    let (Some(siren), Some(siret)) = (siren, siret) else { return };
    if *siren != siret.siren() {
        findings.push(
            Diagnostic::new(&diags::SIREN, fiche.at("siren"), "the SIRET is not one of this SIREN")
                .expected(format!("a SIRET that begins with `{}`", siren.as_str()))
                .found(format!("`{siret}`"))
                .related(fiche.at("siret"), "the SIRET")
                .help(parts::SIREN_HELP),
        );
    }
}

/// Rule 4.
fn siret(text: &str, fiche: &Fiche, findings: &mut Findings) -> Option<Siret> {
    text.parse()
        .map_err(|error: SiretError| {
            findings.push(
                Diagnostic::new(
                    &diags::SIRET,
                    fiche.at("siret"),
                    format!("{} is not a SIRET: {error}", parts::shortened(text)),
                )
                .expected("fourteen digits, under Luhn's key")
                .found(parts::shortened(text))
                .help(parts::SIREN_HELP),
            );
        })
        .ok()
}

/// Rule 5: the number, the département and the postal code usually agree.
fn departement(member: &Member, findings: &mut Findings) {
    let (fiche, source) = (&member.fiche, &member.fiche.source);
    let declared = source.departement.trim();
    if fiche.is_told("departement") {
        return;
    }
    if declared.is_empty() || declared.len() > 3 || !declared.bytes().all(|b| b.is_ascii_alphanumeric()) {
        findings.push(
            Diagnostic::new(
                &diags::DEPARTEMENT,
                fiche.at("departement"),
                format!("{} is not a département", parts::shortened(declared)),
            )
            .expected("`96`, `2A`, `974`")
            .help("write its code between quotes"),
        );
        return;
    }
    let mut warn = |origin: Origin, what: &str, found: String| {
        if found != declared {
            findings.push(
                Diagnostic::new(&diags::DEPARTEMENT_DIFFERS, origin, format!("{what} is that of another département"))
                    .expected(declared.to_owned())
                    .found(found)
                    .help("check it: sites move, but numbers are also mistyped"),
            );
        }
    };
    if let Some(ej) = &member.ej {
        warn(fiche.at("finess_ej"), "the FINESS", ej.departement());
    }
    if let Some(adresse) = &source.adresse
        && let Some(found) = other_departement(declared, adresse.code_postal.trim())
    {
        warn(fiche.at("adresse.code_postal"), "the postal code", found);
    }
}

/// The département a postal code belongs to, when it cannot be the one declared.
///
/// Postal codes have no letters: those of Corsica start with 20 on both sides of the island (20303 is Ajaccio, 2A), and
/// nothing is known of those of another département named with a letter.
fn other_departement(declared: &str, postal: &str) -> Option<String> {
    let prefix = match postal.get(..2)? {
        "97" | "98" => postal.get(..3)?,
        two => two,
    };
    let expected = match declared {
        "2A" | "2B" => "20",
        _ if declared.bytes().any(|b| b.is_ascii_alphabetic()) => return None,
        _ => declared,
    };
    (postal.len() == 5 && prefix != expected).then(|| prefix.to_owned())
}

fn cpam(code: &str, common: &Common, fiche: &Fiche, findings: &mut Findings) {
    if !common.cpam_codes.contains(code) && !fiche.is_told("cpam") {
        let codes = || common.cpam_codes.iter().map(String::as_str);
        findings.push(
            Diagnostic::new(
                &diags::CPAM_UNKNOWN,
                fiche.at("cpam"),
                format!("no insurer of the campaign has the code `{code}`"),
            )
            .expected(format!("one of {}", names::listed(codes())))
            .found(format!("`{code}`"))
            .help("correct the code, or add the insurer to `cpams` in `campagne.yaml`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postal_code_tells_another_departement_when_it_has_two_digits() {
        assert_eq!(other_departement("96", "96100"), None);
        assert_eq!(other_departement("96", "69003"), Some("69".to_owned()));
        assert_eq!(other_departement("974", "97400"), None);
        assert_eq!(other_departement("974", "97200"), Some("972".to_owned()));
        assert_eq!(other_departement("96", "6900"), None, "a code of four digits is told elsewhere");
    }

    #[test]
    fn a_postal_code_never_tells_one_lettered_departement_from_another() {
        for (declared, postal) in [("2A", "20000"), ("2A", "20303"), ("2B", "20200"), ("3A", "96100")] {
            assert_eq!(other_departement(declared, postal), None, "{declared} {postal}");
        }
        assert_eq!(other_departement("2A", "13008"), Some("13".to_owned()));
        assert_eq!(other_departement("13", "20000"), Some("20".to_owned()));
    }
}
