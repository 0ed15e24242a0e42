//! The kinds of findings of this room; `docs/diagnostics/input.md` has one heading for each.

use crate::diag::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:expr;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`: see `docs/diagnostics/input.md`.")]
            pub const $name: Code = $code;
        )*

        /// Every kind of finding of this room.
        pub const ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    // Files.
    FILE_MISSING = Code::error("input/file-missing", "a file that the campaign names cannot be had");
    FILE_NAME = Code::error("input/file-name", "a file is not named from the campaign folder");
    FILE_NOT_UTF8 = Code::error("input/file-not-utf8", "a text file is not in UTF-8");
    FILE_TOO_LARGE = Code::error("input/file-too-large", "a file is larger than any file of a campaign");

    // YAML.
    YAML_DUPLICATE_KEY = Code::error("input/yaml-duplicate-key", "a key is written twice in the same place");
    YAML_MISSING_KEY = Code::error("input/yaml-missing-key", "a key that must be there is missing");
    YAML_SYNTAX = Code::error("input/yaml-syntax", "a file is not well-formed YAML");
    YAML_UNKNOWN_KEY = Code::error("input/yaml-unknown-key", "a key is read by nobody");
    YAML_UNKNOWN_WORD = Code::error("input/yaml-unknown-word", "a word is none of those that are expected");
    YAML_WRONG_TYPE = Code::error("input/yaml-wrong-type", "a value is not of the right kind");

    // Values of YAML files and of lists of établissements.
    CODE_POSTAL = Code::error("input/code-postal", "a postal code has not five digits");
    DATE = Code::error("input/date", "a date is not in the calendar or not written AAAA-MM-JJ");
    DATES_ORDER = Code::error("input/dates-order", "a period ends before it begins");
    NUMBER = Code::error("input/number", "a figure cannot be used");
    TEXT = Code::error("input/text", "a text cannot be printed as it is");

    // The campaign and its template set.
    ANNEES = Code::error("input/annees", "the years with targets are not those of the contracts");
    AVIS_OLAM = Code::error("input/avis-olam", "the opinion of the local insurer is not given").rule(15);
    CIBLAGE_DECREE = Code::error("input/ciblage-decree", "the targeting decree or its annex is not given").rule(10);
    CPAM_TWICE = Code::error("input/cpam-twice", "two insurers have the same code");
    CPAM_UNUSED = Code::note("input/cpam-unused", "an insurer is that of no établissement");
    DELEGATION_PERIOD = Code::warning("input/delegation-period", "a delegation does not hold on the date of the documents").rule(18);
    DELEGATION_UNPUBLISHED = Code::warning("input/delegation-unpublished", "a delegation is not said to be published").rule(19);
    DUREE = Code::error("input/duree", "the duration is not one that the generation allows").rule(12);
    DUREE_UNUSUAL = Code::warning("input/duree-unusual", "the duration is not one that is recommended").rule(12);
    EFFET_EARLY = Code::warning("input/effet-early", "the date of effect is before the generation's first day").rule(13);
    EFFET_LATE = Code::error("input/effet-late", "the date of effect is after the generation's last day").rule(13);
    ETABLISSEMENTS_NONE = Code::error("input/etablissements-none", "the campaign lists no établissement");
    GENERATION = Code::error("input/generation", "the campaign and its template set are of two generations");
    MODELE_CODE = Code::error("input/modele-code", "a volet or an annex of the template set is badly named or numbered");
    PAPRAPS_ABSENT = Code::warning("input/papraps-absent", "no regional plan is in force on the date of effect").rule(27);
    VOLET_UNKNOWN = Code::error("input/volet-unknown", "a volet is none of the template set's").rule(11);

    // The catalogue.
    BORNES = Code::error("input/bornes", "the plausible values of an indicator are in the wrong order");
    INDICATEUR_CODE = Code::error("input/indicateur-code", "an indicator's code is not well formed");
    INDICATEUR_LATE = Code::error("input/indicateur-late", "an indicator begins after the last year of the contracts").rule(20);
    INDICATEUR_TWICE = Code::error("input/indicateur-twice", "an indicator is described twice");
    INDICATEUR_UNKNOWN = Code::error("input/indicateur-unknown", "an indicator is not in the catalogue");
    PAPRAPS_UNNAMED = Code::warning("input/papraps-unnamed", "a regional indicator is not said to be in the regional plan").rule(27);
    TAUX_INTERESSEMENT = Code::warning("input/taux-interessement", "a share of savings is not a usual one").rule(25);

    // The procedure.
    COURRIEL = Code::error("input/courriel", "a text is not a mailbox");
    DELAI = Code::error("input/delai", "a deadline is not a length of time");
    TERRITOIRE = Code::error("input/territoire", "a territory has no département, or one that another has");

    // Établissements.
    CPAM_UNKNOWN = Code::error("input/cpam-unknown", "an établissement's insurer is not in the campaign");
    DEPARTEMENT = Code::error("input/departement", "a département's code is not well formed");
    DEPARTEMENT_DIFFERS = Code::warning("input/departement-differs", "number, département and postal code disagree").rule(5);
    EJ_ET_DEPARTEMENT = Code::warning("input/ej-et-departement", "a site and its legal person are in two départements").rule(3);
    EJ_ET_SWAPPED = Code::error("input/ej-et-swapped", "a number is given as a site and as a legal person").rule(3);
    ETABLISSEMENT_TWICE = Code::error("input/etablissement-twice", "an établissement is listed twice").rule(6);
    FIELD_MISSING = Code::error("input/field-missing", "an établissement lacks a field that the contract prints");
    FIELD_UNKNOWN = Code::error("input/field-unknown", "a column is given for a field that does not exist, or none for one that must");
    FINESS_KEY = Code::error("input/finess-key", "the check digit of a FINESS is wrong").rule(1);
    FINESS_SHAPE = Code::error("input/finess-shape", "a text is not a FINESS").rule(1);
    FINESS_ZERO_RESTORED = Code::warning("input/finess-zero-restored", "the lost left zero of a FINESS was restored").rule(2);
    SIREN = Code::error("input/siren", "a text is not a SIREN, or not that of the SIRET").rule(4);
    SIRET = Code::error("input/siret", "a text is not a SIRET").rule(4);
    SITE_TWICE = Code::error("input/site-twice", "a site is listed under two établissements, or twice").rule(3);
    TYPOLOGIES_NONE = Code::error("input/typologies-none", "an établissement has no field of activity").rule(7);
    TYPOLOGIE_UNKNOWN = Code::error("input/typologie-unknown", "a field of activity is not one").rule(7);

    // Workbooks and sheets.
    COLUMN_MISSING = Code::error("input/column-missing", "no column has the header that the campaign names");
    COLUMN_TWICE = Code::error("input/column-twice", "two columns have the same header");
    FOOTNOTE_MISSING = Code::warning("input/footnote-missing", "a footnote mark refers to no footnote");
    HEADER_ROWS = Code::error("input/header-rows", "the header rows are not rows");
    HIDDEN_COLUMN = Code::warning("input/hidden-column", "a hidden column is read");
    HIDDEN_ROW = Code::warning("input/hidden-row", "hidden rows are read");
    SHEET_EMPTY = Code::error("input/sheet-empty", "a sheet holds nothing");
    SHEET_MISSING = Code::error("input/sheet-missing", "a workbook has no sheet of that name");
    WORKBOOK_DAMAGED = Code::error("input/workbook-damaged", "a file is not a workbook, or a damaged one");
    WORKBOOK_PROTECTED = Code::error("input/workbook-protected", "a workbook is protected by a password");

    // Rows.
    ROWS_IGNORED = Code::note("input/rows-ignored", "rows outside the campaign are left out, as asked").rule(28);
    ROW_TOTAL = Code::note("input/row-total", "a row is taken for a total and left out").rule(28);
    ROW_TWICE = Code::error("input/row-twice", "an établissement has two rows in a sheet").rule(28);
    ROW_UNMATCHED = Code::error("input/row-unmatched", "a row belongs to no établissement of the campaign").rule(28);
    ROW_WITHOUT_FINESS = Code::error("input/row-without-finess", "a row holds values and no FINESS").rule(28);

    // Cells.
    CELL_ERROR = Code::error("input/cell-error", "a cell shows an error");
    CELL_MARK = Code::error("input/cell-mark", "a mark is neither yes nor no");
    CELL_NOT_A_VALUE = Code::error("input/cell-not-a-value", "a cell is not a value of its indicator");
    CELL_PERCENT_AMBIGUOUS = Code::error("input/cell-percent-ambiguous", "a percentage can be read in two ways").rule(22);
    CELL_SCALE_CONTRADICTION = Code::error("input/cell-scale-contradiction", "a cell and the declared scale disagree").rule(22);
    CELL_UNCOMPUTED = Code::error("input/cell-uncomputed", "a formula was never computed");
    CELL_WORD = Code::error("input/cell-word", "a word of a list of établissements is not understood");
    CELL_WRONG_UNIT = Code::error("input/cell-wrong-unit", "a figure has the sign of another unit").rule(21);
    TOTAL_DIFFERS = Code::warning("input/total-differs", "a total is not the sum of its rows").rule(26);
    VALUE_OUT_OF_RANGE = Code::error("input/value-out-of-range", "a value is outside its unit or not plausible").rule(21);
    VALUE_TWICE = Code::error("input/value-twice", "an indicator has two values for one établissement").rule(28);

    // Contracts.
    AVIS_CME = Code::warning("input/avis-cme", "the opinion of the medical commission is not given").rule(14);
    AVIS_LATE = Code::warning("input/avis-late", "an opinion is later than the documents that cite it").rule(14);
    CIBLAGE_UNTARGETED = Code::error("input/ciblage-untargeted", "an indicator has targets without being targeted").rule(10);
    CIBLE_DIRECTION = Code::warning("input/cible-direction", "a target goes the wrong way").rule(23);
    CIBLE_EARLY = Code::error("input/cible-early", "a target is given for a year before the indicator's first").rule(20);
    CIBLE_MISSING = Code::error("input/cible-missing", "a target is missing").rule(20);
    CIBLE_UNKNOWN = Code::error("input/cible-unknown", "a target is said to be unknown").rule(20);
    PLAFOND = Code::error("input/plafond", "a contract has too few or too many indicators").rule(9);
    SANS_OBJET_REASON = Code::error("input/sans-objet-reason", "nobody says why a target does not apply").rule(20);
    SANS_OBJET_UNUSED = Code::warning("input/sans-objet-unused", "a reason is given for an indicator that the contract has not").rule(20);
    SURVEILLANCE_VOLET = Code::error("input/surveillance-volet", "a surveillance part stands in a volet that has none").rule(11);
    YEAR_UNKNOWN = Code::error("input/year-unknown", "a column is given for a year that the contracts have not").rule(20);
    YEAR_UNMAPPED = Code::error("input/year-unmapped", "no column gives the targets of a year").rule(20);

    // Engagements and actions.
    ACTION_UNPRINTED = Code::warning("input/action-unprinted", "an action belongs to a volet that the contract has not").rule(11);
    ECHEANCE = Code::error("input/echeance", "a due date is not one");
    ENGAGEMENTS_NONE = Code::error("input/engagements-none", "no engagement applies to an établissement").rule(8);
    ENGAGEMENT_NOBODY = Code::error("input/engagement-nobody", "an engagement applies to nobody").rule(8);
    ENGAGEMENT_NUMBER = Code::error("input/engagement-number", "an engagement is not numbered as an engagement");
    PERSON_NAMED = Code::warning("input/person-named", "a person is named where a function is enough").rule(45);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_of_this_room() {
        let mut names: Vec<&str> = ALL.iter().map(|code| code.name).collect();
        assert!(names.iter().all(|name| name.starts_with("input/")));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
