//! What an avenant's templates read beside the data of the contract: `avenant`, made of parts of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::domain::{Acte, Avenant, AvenantDef, IndicateurCode, Modification};

/// Other names of parts of the data: `avenant.ajouts[0]` is `indicateurs[3]`, and was read where that was.
#[derive(Debug, Default)]
pub(in crate::template) struct Renvois(BTreeMap<String, String>);

impl Renvois {
    /// The first name of a path that has another one; the longest known prefix decides.
    pub(in crate::template) fn first_name(&self, path: &str) -> Option<String> {
        let mut prefix = path;
        loop {
            if let Some(target) = self.0.get(prefix) {
                return Some(format!("{target}{}", path.get(prefix.len()..)?));
            }
            prefix = prefix.get(..prefix.rfind(['.', '['])?)?;
        }
    }
}

/// Adds `avenant` to the data of a contract; the codes that the contract has not are given back.
pub(in crate::template) fn with_avenant(
    mut data: Json,
    def: &AvenantDef,
    avenant: &Avenant,
) -> (Json, Renvois, Vec<IndicateurCode>) {
    let mut renvois = Renvois::default();
    let mut unknown = Vec::new();
    let ranks = ranks(&data);
    let mut list = |name: &str, codes: &mut dyn Iterator<Item = (&IndicateurCode, Option<&Modification>)>| -> Json {
        let mut items = Vec::new();
        for (code, modification) in codes {
            let Some(rank) = ranks.get(code.as_str()) else {
                unknown.push(code.clone());
                continue;
            };
            let indicateur = data.get("indicateurs").and_then(|list| list.get(*rank));
            let mut fields = indicateur.and_then(Json::as_object).cloned().unwrap_or_default();
            fields.extend(modification.map(|modification| ("changements".to_owned(), json!(modification.changements))));
            renvois.0.insert(format!("avenant.{name}[{}]", items.len()), format!("indicateurs[{rank}]"));
            items.push(Json::Object(fields));
        }
        Json::Array(items)
    };
    let objet = avenant.objet();
    let ajouts = list("ajouts", &mut objet.ajouts.iter().map(|code| (code, None)));
    let changed = objet.modifications.iter().map(|modification| (&modification.code, Some(modification)));
    let modifications = list("modifications", &mut { changed });
    let volets = volets(&data, avenant, &mut renvois);
    let ouverts: Vec<Json> = volets.iter().filter(|volet| volet["ouvert"] == json!(true)).cloned().collect();
    let precedents: Vec<Json> =
        avenant.precedents().iter().zip(1_u16..).map(|(acte, numero)| acte_of(*acte, Some(numero))).collect();
    let part = json!({
        "numero": avenant.numero(),
        "intitule": title(def, avenant),
        "date_effet": avenant.date_effet().map(|day| day.to_string()),
        "parent": acte_of(avenant.parent(), None),
        "precedents": precedents,
        "ajouts": ajouts,
        "modifications": modifications,
        "volets": volets,
        "volets_ouverts": ouverts,
    });
    if let Json::Object(fields) = &mut data {
        fields.insert("avenant".to_owned(), part);
    }
    (data, renvois, unknown)
}

/// « Avenant n° 2 au contrat… ».
pub(in crate::template) fn title(def: &AvenantDef, avenant: &Avenant) -> String {
    format!("Avenant n° {} {}", avenant.numero(), def.intitule)
}

fn acte_of(acte: Acte, numero: Option<u16>) -> Json {
    let mut fields = Map::from_iter([
        ("version".to_owned(), json!(acte.version.get())),
        ("date_signature".to_owned(), json!(acte.date_signature.map(|day| day.to_string()))),
    ]);
    fields.extend(numero.map(|numero| ("numero".to_owned(), json!(numero))));
    Json::Object(fields)
}

/// Code of each indicator → its rank among those of the contract.
fn ranks(data: &Json) -> BTreeMap<String, usize> {
    let indicateurs = data["indicateurs"].as_array().into_iter().flatten().enumerate();
    indicateurs.filter_map(|(rank, indicateur)| Some((indicateur["code"].as_str()?.to_owned(), rank))).collect()
}

/// The volets that the avenant touches, each with the indicators it speaks of and no other.
fn volets(data: &Json, avenant: &Avenant, renvois: &mut Renvois) -> Vec<Json> {
    let concerned = |indicateur: &Json| avenant.codes().any(|code| indicateur["code"] == code.as_str());
    let mut touched = Vec::new();
    for (index, volet) in data["volets"].as_array().into_iter().flatten().enumerate() {
        let mut indicateurs = Vec::new();
        let place = format!("avenant.volets[{}]", touched.len());
        for (rank, indicateur) in volet["indicateurs"].as_array().into_iter().flatten().enumerate() {
            if concerned(indicateur) {
                let other = format!("{place}.indicateurs[{}]", indicateurs.len());
                renvois.0.insert(other, format!("volets[{index}].indicateurs[{rank}]"));
                indicateurs.push(indicateur.clone());
            }
        }
        if indicateurs.is_empty() {
            continue;
        }
        let opened = avenant.objet().volets_ouverts.iter().any(|code| volet["code"] == code.0.as_str());
        renvois.0.insert(place, format!("volets[{index}]"));
        let mut fields = volet.as_object().cloned().unwrap_or_default();
        fields.insert("indicateurs".to_owned(), Json::Array(indicateurs));
        fields.insert("ouvert".to_owned(), Json::Bool(opened));
        touched.push(Json::Object(fields));
    }
    touched
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_avenant_has_the_name_of_what_it_is_made_of() {
        let names =
            [("avenant.volets[0]", "volets[2]"), ("avenant.volets[0].indicateurs[0]", "volets[2].indicateurs[5]")];
        let renvois = Renvois(names.map(|(one, other)| (one.to_owned(), other.to_owned())).into());
        for (path, first) in [
            ("avenant.volets[0].intitule", Some("volets[2].intitule")),
            ("avenant.volets[0].indicateurs[0].cibles[1].valeur", Some("volets[2].indicateurs[5].cibles[1].valeur")),
            ("avenant.numero", None),
            ("volets[0].intitule", None),
        ] {
            assert_eq!(renvois.first_name(path).as_deref(), first, "{path}");
        }
    }
}
