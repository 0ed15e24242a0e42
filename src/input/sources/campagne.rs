//! `campagne.yaml`: what is common to all contracts, and where the rest is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AdresseSource, AvisSource, ClasseurSource, EtablissementsSource, ReferenceSource, SignataireSource};
use crate::domain::Generation;

/// `campagne.yaml`: what is common to all contracts, and where the rest is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampagneSource {
    /// Title of the campaign, for people.
    pub libelle: String,
    /// 1 (contracts of 2017) or 2 (contracts of 2022).
    pub generation: Generation,
    /// Folder of the template set, from the campaign folder.
    pub modele: String,
    /// Files of the indicator catalogue, from the campaign folder.
    pub catalogues: Vec<String>,
    /// The établissements: a YAML file, or a workbook with its mapping.
    pub etablissements: EtablissementsSource,
    /// Workbooks of the campaign.
    #[serde(default)]
    pub classeurs: Vec<ClasseurSource>,
    /// Name of the region as printed.
    pub region: String,
    /// Date of the documents, `2022-05-16`.
    pub date_edition: String,
    /// First day of effect, `2022-07-01`.
    pub date_effet: String,
    /// Duration of the contracts.
    pub duree: DureeSource,
    /// Volet → its duration in years, for the volets that the template set gives a longest one (`duree_max_ans`); without it they
    /// run for that longest one.
    #[serde(default)]
    pub durees_volets: BTreeMap<String, u8>,
    /// Years that must have a target.
    pub annees: Vec<i16>,
    /// Town of « Fait à … ».
    pub lieu_signature: String,
    /// The agency.
    pub ars: ArsSource,
    /// The insurers.
    pub cpams: Vec<CpamSource>,
    /// The decree that lists the targeted établissements.
    pub arrete_ciblage: Option<ReferenceSource>,
    /// The regional plan of action in force.
    pub papraps: Option<PaprapsSource>,
    /// Opinion of the local insurer on the proposals, unless an établissement has its own.
    pub avis_olam: Option<AvisSource>,
    /// Documents sent along for information, outside the contract.
    #[serde(default)]
    pub documents_non_contractuels: Vec<String>,
    /// How the procedure is followed.
    #[serde(default)]
    pub procedure: ProcedureSource,
}

/// How the procedure is followed: what no contract prints.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProcedureSource {
    /// On which day a deadline ends that would end on a Saturday, a Sunday or a holiday.
    pub report: ReportSource,
    /// Holidays of the place, `2022-12-26`, beside those of the whole country.
    pub jours_feries: Vec<String>,
    /// Groups of départements, for hearings and meetings.
    pub territoires: Vec<TerritoireSource>,
    /// The last closed financial year, which a second proposal names.
    pub exercice_clos: Option<i16>,
}

/// On which day a deadline ends that would end on a day of rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportSource {
    /// On that day.
    Aucun,
    /// On the next working day.
    #[default]
    JourOuvre,
}

/// A group of départements.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerritoireSource {
    /// Its name.
    pub nom: String,
    /// Codes of its départements, always between quotes.
    pub departements: Vec<String>,
    /// When its hearings are.
    pub auditions: Option<AuditionsSource>,
}

/// When hearings are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditionsSource {
    /// First day.
    pub debut: String,
    /// Last day.
    pub fin: String,
}

/// Duration: a number of years, or `indeterminee`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DureeSource {
    /// Years.
    Ans(u8),
    /// No end.
    Indeterminee(Indeterminee),
}

/// The word `indeterminee`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Indeterminee {
    /// No end.
    Indeterminee,
}

/// The agency.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArsSource {
    /// Full name.
    pub nom: String,
    /// Address.
    pub adresse: AdresseSource,
    /// Mailbox for questions.
    pub courriel: Option<String>,
    /// SIREN of the agency, between quotes: its electronic signature is recognised by it.
    pub siren: Option<String>,
    /// Who signs.
    pub signataire: SignataireSource,
}

/// A local insurer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CpamSource {
    /// Code, always between quotes.
    pub code: String,
    /// Full name.
    pub nom: String,
    /// Address.
    pub adresse: AdresseSource,
    /// Mailbox to which bordereaux are sent.
    pub courriel: Option<String>,
    /// SIREN of the insurer, between quotes: its electronic signature is recognised by it.
    pub siren: Option<String>,
    /// Who signs.
    pub signataire: SignataireSource,
}

/// The regional plan of action.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaprapsSource {
    /// The decree that adopted it.
    pub arrete: ReferenceSource,
    /// First day.
    pub debut: String,
    /// Last day.
    pub fin: String,
}
