//! The workbooks of a campaign, and what is to be read in each sheet.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// One workbook and what is to be read in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClasseurSource {
    /// Workbook, from the campaign folder.
    pub fichier: String,
    /// Sheets to read.
    pub feuilles: Vec<FeuilleSource>,
}

/// Header rows of a sheet, numbered from 1 as the spreadsheet shows them. With two rows, a column is named by both: the upper
/// (merged) title, ` / `, the lower one (`IPP / Cible 2022`).
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnteteSource {
    /// First header row.
    pub premiere: u32,
    /// Last header row.
    pub derniere: u32,
}

/// One sheet, or all sheets of one kind, and what its rows say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeuilleSource {
    /// Sheet; `*` for every sheet that no other entry names (one sheet per département).
    pub feuille: String,
    /// Header rows.
    pub entete: EnteteSource,
    /// What the rows say.
    pub lecture: LectureSource,
    /// Rows of établissements that are not in the campaign: an error, unless `ignorer`.
    #[serde(default)]
    pub hors_campagne: HorsCampagne,
}

/// What to do with rows of établissements that are not in the campaign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HorsCampagne {
    /// Leave them, and say how many.
    Ignorer,
    /// Each is an error.
    #[default]
    Refuser,
}

/// What the rows of a sheet say. Columns are named by their header.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "contenu", rename_all = "snake_case", deny_unknown_fields)]
pub enum LectureSource {
    /// One row per établissement and one mark (`X`, `oui`, `1`) per targeted indicator.
    Ciblage {
        /// Column of the FINESS.
        finess: String,
        /// Indicator code → column of its mark.
        marques: BTreeMap<String, String>,
    },
    /// One row per établissement, one group of columns per indicator.
    Indicateurs {
        /// Column of the FINESS.
        finess: String,
        /// Indicator code → its columns.
        indicateurs: BTreeMap<String, ColonnesIndicateur>,
    },
    /// One row per établissement and indicator.
    IndicateursListe {
        /// Column of the FINESS.
        finess: String,
        /// Column of the indicator's code.
        code: String,
        /// The columns of values.
        colonnes: ColonnesIndicateur,
    },
    /// The first generation's Annexe 1, for all établissements: engagement → plan d'action → indicateur → cible.
    Engagements {
        /// Column of the number (`10.1.a`).
        numero: String,
        /// Column of the engagement, merged over its rows.
        engagement: String,
        /// Column of the plan of action.
        plan_action: String,
        /// Column of the indicator.
        indicateur: String,
        /// Column of the target.
        cible: String,
        /// Column of the indicator code whose own target applies.
        code: Option<String>,
        /// Column of the weight.
        poids: Option<String>,
        /// Typologie → column of its mark.
        typologies: BTreeMap<String, String>,
    },
    /// The plan of action (Annexe 4).
    Actions {
        /// Column of the FINESS; without it the rows apply to every contract that has the volet.
        finess: Option<String>,
        /// Volet that the plan belongs to; without it the rows apply to every contract.
        volet: Option<String>,
        /// Column of the theme, merged over its rows.
        axe: String,
        /// Column of the action.
        action: String,
        /// Column of the function in charge.
        pilote: String,
        /// Column of the due date: a date, or `T2 2018`.
        echeance: String,
        /// Column of what is followed.
        indicateur: String,
        /// Column of what is to be reached.
        cible: String,
    },
}

/// The columns of one indicator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColonnesIndicateur {
    /// Column of the reference value.
    pub reference: Option<String>,
    /// Year → column of its target.
    pub cibles: BTreeMap<i16, String>,
    /// How percents are written; without it each cell must say it (a `%` format, or a `%` sign), and 0 < value ≤ 1 is refused.
    pub echelle: Option<Echelle>,
}

/// How percents are written in a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Echelle {
    /// 0.31 is 31 %.
    Fraction,
    /// 31 is 31 %.
    Pourcent,
}
