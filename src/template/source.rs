//! Where a value of the data was read in the campaign's files: the other way through [`super::view`].

use super::view::Renvois;
use crate::{
    diag::Origin,
    domain::{Adresse, Campaign, Contract, Engagement, Objectif, Volet},
};

/// The places of one contract.
#[derive(Clone, Copy)]
pub(super) struct Sources<'d> {
    /// The file that holds the model, as shown.
    pub(super) head: &'d str,
    pub(super) campaign: &'d Campaign,
    pub(super) contract: &'d Contract,
    /// Other names of parts of the data, in an avenant.
    pub(super) renvois: &'d Renvois,
}

impl Sources<'_> {
    /// The places that a value was made from, by its path in the data (`volets[0].indicateurs[2].libelle`); none when the program
    /// gives it itself.
    pub(super) fn of(&self, path: &str) -> Vec<Origin> {
        if let Some(first) = self.renvois.first_name(path) {
            return self.of(&first);
        }
        if path == "contrat.version" {
            return Vec::new();
        }
        let mut origins: Vec<Origin> = match self.made_of(path) {
            Some(parts) => parts.iter().filter_map(|part| self.nearest(part)).collect(),
            None => self.nearest(path).into_iter().collect(),
        };
        origins.dedup();
        origins
    }

    /// The one place that speaks for a path: that of the longest known prefix.
    pub(super) fn nearest(&self, path: &str) -> Option<Origin> {
        if let Some(first) = self.renvois.first_name(path) {
            return self.nearest(&first);
        }
        let names: Vec<&str> = path.split(['.', '[', ']']).filter(|name| !name.is_empty()).collect();
        let found = match names.as_slice() {
            ["modele", inside @ ..] if !inside.is_empty() => Some(self.modele(path, inside)),
            ["volets", index, inside @ ..] => {
                self.volet(number(index).and_then(|index| self.contract.volets.get(index))?, inside)
            }
            ["volet", code, inside @ ..] => {
                let printed = self.contract.volets.iter().find(|volet| volet.def.code.0 == *code);
                printed.map_or_else(|| self.titre(code, inside), |volet| self.volet(volet, inside))
            }
            ["indicateurs", rank, inside @ ..] => self.indicateur(number(rank)?, inside),
            ["engagements", list, rank, field] => self.engagement(list, number(rank)?, field),
            ["actions", rank, field] => {
                self.contract.actions.get(number(rank)?).and_then(|action| action.origins.get(field)).cloned()
            }
            _ => None,
        };
        found.or_else(|| self.stored(path))
    }

    /// The longest known prefix among the places that came with the contract.
    fn stored(&self, path: &str) -> Option<Origin> {
        // They are named as templates name them: `volets.[0].indicateurs.[2]`.
        let path = path.replace('[', ".[");
        let mut prefix = path.as_str();
        loop {
            if let Some(origin) = self.contract.sources.get(prefix) {
                return Some(origin.clone());
            }
            prefix = prefix.get(..prefix.rfind('.')?)?;
        }
    }

    /// The values that a value is made of, when it is not read as it is.
    fn made_of(&self, path: &str) -> Option<Vec<String>> {
        let below = |base: &str, fields: &[&str]| fields.iter().map(|field| format!("{base}.{field}")).collect();
        if let Some(base) = path.strip_suffix(".adresse.complete") {
            let second: &[&str] = if self.adresse(base)?.ligne2.is_some() { &["ligne2"] } else { &[] };
            let fields = [&["ligne1"], second, &["code_postal", "commune"]].concat();
            return Some(below(&format!("{base}.adresse"), &fields));
        }
        if let Some(base) = path.strip_suffix(".nom_complet") {
            return Some(below(base, &["civilite", "prenom", "nom"]));
        }
        if let Some(base) = path.strip_suffix(".feminin") {
            return Some(below(base, &["civilite"]));
        }
        if let Some(base) = path.strip_suffix(".date_fin") {
            return Some(vec!["contrat.date_effet".to_owned(), format!("{base}.duree_ans")]);
        }
        match path {
            "contrat.id" | "contrat.reference" => {
                Some(vec!["etablissement.finess_ej".to_owned(), "contrat.date_effet".to_owned()])
            }
            "engagements.total_poids" => {
                let all = 0..self.contract.engagements.len();
                Some(all.map(|rank| format!("engagements.tous[{rank}].poids")).collect())
            }
            path if path.contains(".surveillance[") => {
                path.strip_suffix(".echeance").map(|base| below(base, &["date_saisine"]))
            }
            path if path.starts_with("engagements.") => self.own_target(path.strip_suffix(".cible")?),
            _ => None,
        }
    }

    fn adresse(&self, base: &str) -> Option<&Adresse> {
        let cpam = || self.campaign.cpams.iter().find(|cpam| cpam.code == self.contract.etablissement.cpam);
        match base {
            "ars" => Some(&self.campaign.ars.adresse),
            "cpam" => cpam().map(|cpam| &cpam.adresse),
            "etablissement" => Some(&self.contract.etablissement.adresse),
            _ => None,
        }
    }

    /// What `modele.yaml` says.
    fn modele(&self, path: &str, inside: &[&str]) -> Origin {
        let modele = &self.campaign.modele;
        let inside = match inside {
            // Only the annexes that are printed are in the data.
            ["annexes", rank, field] => {
                let printed = |code| self.contract.volets.iter().any(|volet| &volet.def.code == code);
                let mut annexes = modele.annexes.iter().enumerate();
                let all = annexes.by_ref().filter(|(_, annexe)| annexe.volet.as_ref().is_none_or(printed));
                let index = number(rank).and_then(|rank| all.map(|(index, _)| index).nth(rank));
                format!("annexes[{}].{field}", index.unwrap_or_default())
            }
            _ => path.trim_start_matches("modele.").to_owned(),
        };
        Origin::Yaml { file: self.head.to_owned(), at: modele.lines.get(&inside).copied(), path: inside }
    }

    fn volet(&self, volet: &Volet, inside: &[&str]) -> Option<Origin> {
        match inside {
            ["indicateurs", rank, inside @ ..] => indicateur(volet.objectifs.get(number(rank)?)?, inside),
            // A duration that the campaign does not give is the longest one of the model.
            ["duree_ans"] if volet.duree_ans.is_some() => {
                let key = format!("volet.{}.duree_ans", volet.def.code.0);
                if self.contract.sources.contains_key(&key) {
                    return None;
                }
                self.in_def(&volet.def.code.0, "duree_max_ans")
            }
            inside => self.titre(&volet.def.code.0, inside),
        }
    }

    /// What the model says of a volet.
    fn titre(&self, code: &str, inside: &[&str]) -> Option<Origin> {
        let [field @ ("code" | "intitule")] = inside else { return None };
        self.in_def(code, field)
    }

    /// A field of a volet's definition.
    fn in_def(&self, code: &str, field: &str) -> Option<Origin> {
        let index = self.campaign.modele.volets.iter().position(|def| def.code.0 == code)?;
        Some(self.modele(&format!("modele.volets[{index}].{field}"), &[]))
    }

    /// An indicator by its rank among those of all volets.
    fn indicateur(&self, rank: usize, inside: &[&str]) -> Option<Origin> {
        let mut all = self.contract.volets.iter().flat_map(|volet| volet.objectifs.iter().map(move |one| (volet, one)));
        let (volet, objectif) = all.nth(rank)?;
        match inside {
            ["volet"] => self.titre(&volet.def.code.0, &["intitule"]),
            inside => indicateur(objectif, inside),
        }
    }

    /// An engagement of `tous`, or of `theme_3`.
    fn find_engagement(&self, list: &str, rank: usize) -> Option<&Engagement> {
        let theme: Option<u8> = list.strip_prefix("theme_").and_then(|theme| theme.parse().ok());
        let mut all = self.contract.engagements.iter();
        all.by_ref().filter(|engagement| theme.is_none_or(|theme| engagement.theme == theme)).nth(rank)
    }

    fn engagement(&self, list: &str, rank: usize, field: &str) -> Option<Origin> {
        self.find_engagement(list, rank)?.origins.get(field).cloned()
    }

    /// The targets of the établissement that an engagement prints instead of its own.
    fn own_target(&self, path: &str) -> Option<Vec<String>> {
        let (list, rank) = path.strip_prefix("engagements.")?.strip_suffix(']')?.split_once('[')?;
        let code = self.find_engagement(list, number(rank)?)?.objectif.as_ref()?;
        let mut all = self.contract.volets.iter().flat_map(|volet| &volet.objectifs).enumerate();
        let (rank, objectif) = all.find(|(_, objectif)| &objectif.indicateur.code == code)?;
        let targets = 0..objectif.cibles.len();
        (!targets.is_empty())
            .then(|| targets.map(|index| format!("indicateurs[{rank}].cibles[{index}].valeur")).collect())
    }
}

/// What the catalogue says of an indicator; its figures came with the contract.
fn indicateur(objectif: &Objectif, inside: &[&str]) -> Option<Origin> {
    match inside {
        [field] => objectif.indicateur.origins.get(field).cloned(),
        _ => None,
    }
}

fn number(name: &str) -> Option<usize> {
    name.parse().ok()
}
