//! `modele.yaml`: the head of a template set.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ReferenceSource;
use crate::domain::Generation;

/// `modele.yaml`, the head of a template set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModeleSource {
    /// Name of the set.
    pub nom: String,
    /// Version of its text.
    pub version: u16,
    /// Generation.
    pub generation: Generation,
    /// Title of the contract.
    pub intitule: String,
    /// Acts printed as visas, in order.
    pub visas: Vec<ReferenceSource>,
    /// Every other legal reference that the text may cite (`L. 162-30-4`, `n° 2017-584`); what the visas name need not be repeated.
    #[serde(default)]
    pub references: Vec<String>,
    /// Template files, in printing order.
    pub corps: Vec<String>,
    /// The text of an avenant to a signed contract; without it none can be printed.
    pub avenant: Option<AvenantSource>,
    /// Volets.
    pub volets: Vec<VoletSource>,
    /// Annexes.
    pub annexes: Vec<AnnexeSource>,
    /// Caps on indicators.
    pub plafonds: PlafondsSource,
    /// Duration.
    pub duree: ReglesDureeSource,
    /// Date of effect.
    #[serde(default)]
    pub effet: ReglesEffetSource,
    /// Deadlines, as printed.
    pub delais: DelaisSource,
    /// Opinion of the medical commission required.
    pub avis_cme: bool,
    /// Opinion of the local insurer required.
    pub avis_olam: bool,
    /// Targeting decree required.
    pub ciblage: bool,
    /// Scoring.
    pub evaluation: EvaluationSource,
}

/// The text of an avenant to a signed contract.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AvenantSource {
    /// What follows « Avenant n° 1 » in its title: « au contrat d'amélioration de la qualité et de l'efficience des soins ».
    pub intitule: String,
    /// Template files, in printing order.
    pub corps: Vec<String>,
}

/// One volet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoletSource {
    /// Short name, used in catalogues and templates: lower-case letters and `_`.
    pub code: String,
    /// Title.
    pub intitule: String,
    /// Printed in every contract.
    #[serde(default)]
    pub obligatoire: bool,
    /// May carry a surveillance part.
    #[serde(default)]
    pub surveillance: bool,
    /// Longest duration in years, when it has its own.
    pub duree_max_ans: Option<u8>,
}

/// One annex.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnexeSource {
    /// Number, 1 to 4.
    pub numero: u8,
    /// Title.
    pub intitule: String,
    /// The volet without which it is not printed.
    pub volet: Option<String>,
}

/// Caps on indicators.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlafondsSource {
    /// At least.
    pub min: usize,
    /// At most, in all.
    pub max: usize,
    /// At most, national.
    pub nationaux: usize,
    /// At most, regional.
    pub regionaux: usize,
}

/// Duration a contract may have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReglesDureeSource {
    /// May have no end.
    #[serde(default)]
    pub indeterminee: bool,
    /// Longest, in years.
    pub max_ans: u8,
    /// Recommended, in years.
    pub recommandee: Option<[u8; 2]>,
}

/// Dates of effect a contract may have.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReglesEffetSource {
    /// First day allowed.
    pub au_plus_tot: Option<String>,
    /// Last day allowed.
    pub au_plus_tard: Option<String>,
}

/// Deadlines of the procedure, as printed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelaisSource {
    /// To answer the proposal: « trois semaines ».
    pub reponse: String,
    /// To answer the second notification.
    pub seconde_proposition: Option<String>,
    /// To answer an evaluation report.
    pub observations: Option<String>,
}

/// Scoring.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationSource {
    /// Levels of achievement, best first.
    pub niveaux: Vec<NiveauSource>,
    /// What a total rate leads to, highest first.
    #[serde(default)]
    pub seuils: Vec<SeuilSource>,
    /// Shares of savings that may be paid back, in percent.
    #[serde(default)]
    pub taux_interessement: Vec<f64>,
}

/// One level of achievement.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NiveauSource {
    /// Name as printed.
    pub libelle: String,
    /// When an indicator is at this level.
    pub condition: String,
    /// Points; none when the indicator is left out of the total.
    pub points: Option<f64>,
}

/// What a total rate leads to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeuilSource {
    /// From this rate on, in percent.
    pub a_partir_de: f64,
    /// What follows.
    pub consequence: String,
}
