//! Archived data read back: what a contract prints of its indicators, and the rest.

use serde_json::{Map, Value as Json};

use super::super::view::NOT_FOLLOWED;
use crate::domain::{Changement, Contract, ContractId, Generation, IndicateurCode};

/// Why the archived data of a contract cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedDataError {
    /// It is that of another contract.
    #[error("the archived data is that of `{found}`, not of `{expected}`")]
    Contract {
        /// The identifier it holds.
        found: String,
        /// The contract.
        expected: ContractId,
    },
    /// It is that of a contract of another generation.
    #[error(
        "the archived data is that of a contract of generation {found}, and the campaign is of generation {expected}"
    )]
    Generation {
        /// The generation it holds.
        found: u64,
        /// That of the campaign.
        expected: u8,
    },
    /// The program that wrote it did not keep this, or the file is damaged.
    #[error("the archived data has no `{path}`: an older program wrote it, or it is damaged")]
    Missing {
        /// What it lacks.
        path: String,
    },
    /// Something is not of the kind it should be.
    #[error("`{path}` is not {expected} in the archived data")]
    WrongType {
        /// What.
        path: String,
        /// What it should be.
        expected: &'static str,
    },
}

/// How the reference value is named.
pub(super) const REFERENCE: &str = "Valeur de référence";

/// How the target of a year is named.
pub(super) fn cible(annee: i64) -> String {
    format!("Cible {annee}")
}

/// Fields of an indicator that a contract prints, and how an avenant names them.
const FIELDS: [(&str, &str); 10] = [
    ("libelle", "Intitulé"),
    ("niveau", "Niveau"),
    ("unite", "Unité"),
    ("sens", "Sens"),
    ("methode", "Méthode de calcul"),
    ("source", "Source"),
    ("periode_reference", "Période de référence"),
    ("reference", REFERENCE),
    ("taux_interessement", "Taux d'intéressement"),
    ("motif_sans_objet", "Motif de l'absence de cible"),
];

/// One thing that a contract says of an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// How it is named in an avenant.
    pub(super) objet: String,
    /// As printed.
    pub(super) valeur: Option<String>,
}

/// What a contract says of its indicators.
pub(super) struct Printed<'d> {
    contrat: Value<'d>,
    /// Codes of the volets, in order.
    pub(super) volets: Vec<String>,
    /// Indicators in printing order.
    pub(super) indicateurs: Vec<(IndicateurCode, Vec<Fact>)>,
    /// The volet of each indicator, with its title.
    of: Vec<(IndicateurCode, String, String)>,
}

/// A value with its path, so that what is missing can be named.
struct Value<'d> {
    json: &'d Json,
    path: String,
}

impl<'d> Printed<'d> {
    /// Reads the data of a contract; all that is compared must be there.
    pub(super) fn read(data: &'d Json) -> Result<Self, SignedDataError> {
        let data = Value { json: data, path: String::new() };
        let mut printed =
            Self { contrat: data.field("contrat")?, volets: Vec::new(), indicateurs: Vec::new(), of: Vec::new() };
        for volet in data.field("volets")?.items()? {
            let name = volet.field("code")?.text()?;
            let title = volet.field("intitule")?.text()?;
            for indicateur in volet.field("indicateurs")?.items()? {
                let code = indicateur.field("code")?;
                let code = IndicateurCode::new(&code.text()?)
                    .ok_or(SignedDataError::WrongType { path: code.path, expected: "the code of an indicator" })?;
                printed.of.push((code.clone(), name.clone(), title.clone()));
                printed.indicateurs.push((code, indicateur.facts()?));
            }
            printed.volets.push(name);
        }
        Ok(printed)
    }

    /// Whether the data is that of this contract.
    pub(super) fn is_of(&self, contract: &Contract, generation: Generation) -> Result<(), SignedDataError> {
        let found = self.contrat.field("id")?.text()?;
        if found != contract.id.to_string() {
            return Err(SignedDataError::Contract { found, expected: contract.id.clone() });
        }
        let found = self.contrat.field("generation")?;
        let expected = u8::from(generation);
        match found.json.as_u64() {
            Some(found) if found == u64::from(expected) => Ok(()),
            Some(found) => Err(SignedDataError::Generation { found, expected }),
            None => Err(SignedDataError::WrongType { path: found.path, expected: "a number" }),
        }
    }

    /// What it says of an indicator.
    pub(super) fn facts(&self, code: &IndicateurCode) -> Option<&[Fact]> {
        self.indicateurs.iter().find(|(other, _)| other == code).map(|(_, facts)| facts.as_slice())
    }

    /// The indicators of a volet.
    pub(super) fn of_volet(&self, volet: &str) -> impl Iterator<Item = &IndicateurCode> {
        self.of.iter().filter(move |(_, other, _)| other == volet).map(|(code, _, _)| code)
    }

    /// The code and the title of an indicator's volet.
    pub(super) fn volet(&self, code: &IndicateurCode) -> Option<(&str, &str)> {
        self.of.iter().find(|(other, _, _)| other == code).map(|(_, code, title)| (code.as_str(), title.as_str()))
    }
}

impl<'d> Value<'d> {
    fn field(&self, name: &str) -> Result<Self, SignedDataError> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        match self.json.get(name) {
            Some(json) => Ok(Self { json, path }),
            None => Err(SignedDataError::Missing { path }),
        }
    }

    fn items(&self) -> Result<Vec<Self>, SignedDataError> {
        let items = self.json.as_array().ok_or_else(|| self.wrong("a list"))?;
        let item = |(index, json): (usize, &'d Json)| Self { json, path: format!("{}[{index}]", self.path) };
        Ok(items.iter().enumerate().map(item).collect())
    }

    fn text(&self) -> Result<String, SignedDataError> {
        self.json.as_str().map(str::to_owned).ok_or_else(|| self.wrong("a text"))
    }

    /// A text, or nothing.
    fn optional(&self) -> Result<Option<String>, SignedDataError> {
        if self.json.is_null() { Ok(None) } else { self.text().map(Some) }
    }

    fn wrong(&self, expected: &'static str) -> SignedDataError {
        SignedDataError::WrongType { path: self.path.clone(), expected }
    }

    /// What a contract says of an indicator.
    fn facts(&self) -> Result<Vec<Fact>, SignedDataError> {
        let mut facts = Vec::new();
        for (field, objet) in FIELDS {
            facts.push(Fact { objet: objet.to_owned(), valeur: self.field(field)?.optional()? });
        }
        for year in self.field("cibles")?.items()? {
            let annee = year.field("annee")?;
            let annee = annee.json.as_i64().ok_or_else(|| annee.wrong("a year"))?;
            let valeur = year.field("valeur")?.text()?;
            // A year before the indicator's first says nothing.
            if valeur != NOT_FOLLOWED {
                facts.push(Fact { objet: cible(annee), valeur: Some(valeur) });
            }
        }
        let notes = self.field("notes")?.items()?;
        let notes = notes.iter().map(Self::text).collect::<Result<Vec<String>, _>>()?;
        facts.push(Fact { objet: "Note".to_owned(), valeur: (!notes.is_empty()).then(|| notes.join(" ; ")) });
        Ok(facts)
    }
}

/// Whether two texts are printed alike: the kinds of spaces and of apostrophes make no difference.
pub(super) fn same(one: Option<&str>, other: Option<&str>) -> bool {
    let plain = |text: &str| -> String {
        let plain = text.chars().map(|c| match c {
            c if c.is_whitespace() => ' ',
            '\u{2019}' => '\'',
            '\u{2011}' => '-',
            c => c,
        });
        plain.collect()
    };
    one.map(plain) == other.map(plain)
}

/// What changed outside the indicators, by its path in the data. What one of the two does not speak of is left aside: the
/// programs that wrote them are not the same.
pub(super) fn other_changes(signed: &Json, now: &Json) -> Vec<Changement> {
    let mut found = Vec::new();
    let (Some(before), Some(after)) = (signed.as_object(), now.as_object()) else { return found };
    for (name, after) in after {
        let Some(before) = before.get(name) else { continue };
        match name.as_str() {
            "indicateurs" | "volet" => {}
            "volets" => volets(before, after, &mut found),
            "contrat" => fields(name, before, after, &|field| !matches!(field, "version" | "date_edition"), &mut found),
            // Their numbers are printed nowhere.
            "ars" | "cpam" | "etablissement" => fields(name, before, after, &|field| field != "siren", &mut found),
            // A new version of the text comes with many changes that concern nobody's contract.
            "modele" => fields(name, before, after, &|field| matches!(field, "nom" | "version"), &mut found),
            // The parts of article 10 are in `tous`.
            "engagements" => fields(name, before, after, &|field| !field.starts_with("theme_"), &mut found),
            _ => differences(name, before, after, &mut found),
        }
    }
    found
}

fn fields(base: &str, before: &Json, after: &Json, keep: &dyn Fn(&str) -> bool, found: &mut Vec<Changement>) {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    for (field, after) in after.iter().filter(|(field, _)| keep(field)) {
        if let Some(before) = before.get(field) {
            differences(&format!("{base}.{field}"), before, after, found);
        }
    }
}

/// What changed in the volets, apart from their indicators.
fn volets(before: &Json, after: &Json, found: &mut Vec<Changement>) {
    let list = |json: &Json| json.as_array().cloned().unwrap_or_default();
    let title = |volet: &Json| volet["intitule"].as_str().map(str::to_owned);
    let (before, after) = (list(before), list(after));
    for volet in &after {
        let path = format!("volets.{}", volet["code"].as_str().unwrap_or_default());
        let has_indicators = volet["indicateurs"].as_array().is_some_and(|list| !list.is_empty());
        match before.iter().find(|other| other["code"] == volet["code"]) {
            Some(other) => fields(&path, other, volet, &|field| field != "indicateurs", found),
            None if has_indicators => {}
            None => found.push(Changement { objet: path, avant: None, apres: title(volet) }),
        }
    }
    for volet in before.iter().filter(|volet| !after.iter().any(|other| other["code"] == volet["code"])) {
        let path = format!("volets.{}", volet["code"].as_str().unwrap_or_default());
        found.push(Changement { objet: path, avant: title(volet), apres: None });
    }
}

fn differences(path: &str, before: &Json, after: &Json, found: &mut Vec<Changement>) {
    match (before, after) {
        (Json::Object(_), Json::Object(_)) => fields(path, before, after, &|_| true, found),
        (Json::Array(olds), Json::Array(news)) if olds.len() == news.len() => {
            for (index, (old, new)) in olds.iter().zip(news).enumerate() {
                differences(&format!("{path}[{index}]"), old, new, found);
            }
        }
        (before, after) => {
            let (avant, apres) = (shown(before), shown(after));
            if !same(avant.as_deref(), apres.as_deref()) {
                found.push(Changement { objet: path.to_owned(), avant, apres });
            }
        }
    }
}

/// A value as a person reads it.
fn shown(json: &Json) -> Option<String> {
    match json {
        Json::Null => None,
        Json::Bool(yes) => Some(if *yes { "oui" } else { "non" }.to_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => Some(text.clone()),
        Json::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
            match (items.len(), texts) {
                (0, _) => None,
                (_, Some(texts)) => Some(texts.join(", ")),
                (1, None) => Some("1 ligne".to_owned()),
                (count, None) => Some(format!("{count} lignes")),
            }
        }
        // The whole of an optional part: its first text names it best.
        Json::Object(map) => {
            map.values().find_map(Json::as_str).map_or_else(|| Some("…".to_owned()), |text| Some(text.to_owned()))
        }
    }
}
