//! The campaign folder as people write it: the YAML files, field by field, before anything is checked.
//!
//! `paraphe schema` prints the JSON Schema of these types, so that an editor completes and checks the files. Identifiers and
//! dates are texts here: what is wrong in them is told as a finding, with all the others, and not as a parser's first error.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::{Civilite, Generation, Niveau, Sens, Statut, Typologie, Unite};

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

/// A postal address.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdresseSource {
    /// Street line.
    pub ligne1: String,
    /// Second line.
    pub ligne2: Option<String>,
    /// Five digits, always between quotes.
    pub code_postal: String,
    /// Town.
    pub commune: String,
}

/// A person who signs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignataireSource {
    /// `M.` or `Mme`.
    pub civilite: Civilite,
    /// First name.
    pub prenom: String,
    /// Family name.
    pub nom: String,
    /// Function as printed.
    pub fonction: String,
    /// The act by which the person signs, when not the legal representative.
    pub delegation: Option<DelegationSource>,
}

/// A delegation of signature.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegationSource {
    /// The act, as printed.
    pub acte: String,
    /// Its date.
    pub date: Option<String>,
    /// First day of effect.
    pub debut: String,
    /// Last day of effect, when known.
    pub fin: Option<String>,
    /// Whether it was published.
    #[serde(default)]
    pub publiee: bool,
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
    /// Who signs.
    pub signataire: SignataireSource,
}

/// An act: its name and its date.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceSource {
    /// As printed.
    pub intitule: String,
    /// Its date, when it has one.
    pub date: Option<String>,
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

/// An opinion that the procedure asks for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AvisSource {
    /// Its date.
    pub date: String,
    /// What it says, as printed.
    pub sens: String,
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
}

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
