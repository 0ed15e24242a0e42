//! `indicateurs.yaml`: the catalogue of indicators.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::{Niveau, Sens, Unite};

/// A file of the indicator catalogue, `annexes/2022/indicateurs.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFichier {
    /// Indicators, in printing order.
    pub indicateurs: Vec<IndicateurSource>,
}

/// One indicator of the catalogue.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicateurSource {
    /// Short name: `NAT-3`.
    pub code: String,
    /// Who decided it.
    pub niveau: Niveau,
    /// The volet it belongs to.
    pub volet: String,
    /// What it measures, as printed.
    pub libelle: String,
    /// Unit.
    pub unite: Unite,
    /// Which way is better.
    pub sens: Sens,
    /// Where the figures come from.
    pub source: String,
    /// How it is computed.
    pub methode: String,
    /// Period of the reference value, as printed.
    pub periode_reference: String,
    /// Smallest and largest plausible values, percent as 0..100.
    pub bornes: Option<[f64; 2]>,
    /// Share of the savings paid back, in percent.
    pub taux_interessement: Option<f64>,
    /// Whether the regional plan in force names it.
    #[serde(default)]
    pub papraps: bool,
    /// First year with a target, for an indicator added to contracts that run already; without it, the contract's first.
    pub premiere_annee: Option<i16>,
}
