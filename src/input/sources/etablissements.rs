//! The établissements, in `etablissements.yaml` or in a workbook.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AdresseSource, AvisSource, EnteteSource, SignataireSource};
use crate::domain::{Statut, Typologie};

/// Where the établissements are listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum EtablissementsSource {
    /// A YAML file, from the campaign folder.
    Fichier(String),
    /// A sheet of a workbook.
    Classeur(EtablissementsClasseur),
}

/// A workbook that lists établissements, one row each.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EtablissementsClasseur {
    /// Workbook, from the campaign folder.
    pub fichier: String,
    /// Sheet.
    pub feuille: String,
    /// Header rows.
    pub entete: EnteteSource,
    /// Field → header of its column, for the fields of [`EtablissementSource`] written with dots (`adresse.commune`,
    /// `representant.nom`); `typologies` may also be one column per typologie (`typologies.MCO`) with a mark.
    pub colonnes: BTreeMap<String, String>,
}

/// `etablissements.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EtablissementsFichier {
    /// One entry per contract.
    pub etablissements: Vec<EtablissementSource>,
}

/// One établissement and what is its own in the contract.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EtablissementSource {
    /// FINESS of the legal person that signs, always between quotes.
    pub finess_ej: String,
    /// FINESS of the sites covered, always between quotes.
    #[serde(default)]
    pub finess_et: Vec<String>,
    /// SIREN of the legal person, nine digits, always between quotes; the SIRET must be one of its own.
    pub siren: Option<String>,
    /// SIRET, fourteen digits, always between quotes.
    pub siret: Option<String>,
    /// Name as printed.
    pub raison_sociale: String,
    /// Legal status.
    pub statut: Option<Statut>,
    /// Fields of activity.
    #[serde(default)]
    pub typologies: Vec<Typologie>,
    /// Address.
    pub adresse: Option<AdresseSource>,
    /// Mailbox to which the contract is sent, `direction@hopital.example`.
    pub courriel: Option<String>,
    /// Département, always between quotes.
    pub departement: String,
    /// Code of its CPAM, always between quotes.
    pub cpam: String,
    /// Who signs: the legal representative, or a person with a delegation.
    pub representant: Option<SignataireSource>,
    /// Opinion of the medical commission (CME or CfME).
    pub avis_cme: Option<AvisSource>,
    /// Opinion of the local insurer, when it differs from the campaign's.
    pub avis_olam: Option<AvisSource>,
    /// First day of effect, when it differs from the campaign's.
    pub date_effet: Option<String>,
    /// Why it was targeted, by volet.
    #[serde(default)]
    pub motifs_ciblage: BTreeMap<String, String>,
    /// Acts put under surveillance, in the volet that allows it.
    #[serde(default)]
    pub surveillance: Vec<SurveillanceSource>,
    /// Why an indicator's target is « sans objet », by indicator code.
    #[serde(default)]
    pub sans_objet: BTreeMap<String, String>,
}

/// An act under surveillance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveillanceSource {
    /// Act or group of acts, as printed.
    pub acte: String,
    /// The volet it belongs to.
    pub volet: String,
    /// Number expected.
    pub nombre_attendu: u32,
    /// Number above which the tariff may be reduced.
    pub nombre_cible: u32,
    /// When the agency seized the établissement.
    pub date_saisine: String,
}
