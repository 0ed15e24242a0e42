//! What a template may call: one table, read by Handlebars when it merges and by the linter when it checks.

use handlebars::{
    Context, Handlebars, Helper as Call, HelperDef, HelperResult, JsonTruthy, Output, RenderContext, RenderError,
    RenderErrorReason, ScopedJson,
};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::format;
use crate::domain::jour;

/// One helper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Helper {
    /// Name in templates.
    pub(super) name: &'static str,
    /// Fewest and most arguments.
    pub(super) arity: (usize, usize),
    /// Whether it is a condition: conditions take `null`, as `#if` does.
    pub(super) condition: bool,
    /// What it gives, or what it expected.
    pub(super) call: fn(&[&Json]) -> Result<Json, &'static str>,
}

/// Every helper, by name.
pub(super) const ALL: &[Helper] = &[
    Helper { name: "date", arity: (1, 1), condition: false, call: date },
    Helper { name: "eq", arity: (2, 2), condition: true, call: eq },
    Helper { name: "et", arity: (2, 9), condition: true, call: et },
    Helper { name: "euros", arity: (1, 1), condition: false, call: euros },
    Helper { name: "lettres", arity: (1, 1), condition: false, call: lettres },
    Helper { name: "majuscule", arity: (1, 1), condition: false, call: majuscule },
    Helper { name: "nombre", arity: (1, 1), condition: false, call: nombre },
    Helper { name: "non", arity: (1, 1), condition: true, call: non },
    Helper { name: "ordinal", arity: (1, 2), condition: false, call: ordinal },
    Helper { name: "ou", arity: (2, 9), condition: true, call: ou },
    Helper { name: "taux", arity: (1, 1), condition: false, call: taux },
];

/// The blocks of Handlebars that templates may use.
pub(super) const BLOCKS: &[&str] = &["each", "if", "unless", "with"];

/// The helper of a name.
pub(super) fn find(name: &str) -> Option<&'static Helper> {
    ALL.iter().find(|helper| helper.name == name)
}

/// Gives the helpers to Handlebars; a lenient registry prints nothing where a helper refuses its argument, and a mark where a
/// name is missing, so that a paragraph made of it is still one.
pub(super) fn register(handlebars: &mut Handlebars<'static>, lenient: bool) {
    for helper in ALL {
        handlebars.register_helper(helper.name, Box::new(Registered { helper, lenient }));
    }
    if lenient {
        handlebars.register_helper("helperMissing", Box::new(mark_missing));
    }
}

fn mark_missing(
    _: &Call<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    Ok(out.write("…")?)
}

struct Registered {
    helper: &'static Helper,
    lenient: bool,
}

impl HelperDef for Registered {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        call: &Call<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let arguments: Vec<&Json> = call.params().iter().map(|parameter| parameter.value()).collect();
        let (least, most) = self.helper.arity;
        let result = if (least..=most).contains(&arguments.len()) {
            (self.helper.call)(&arguments)
        } else {
            Err("another number of arguments")
        };
        match result {
            Ok(value) => Ok(ScopedJson::Derived(value)),
            Err(_) if self.lenient => Ok(ScopedJson::Derived(Json::String(String::new()))),
            Err(expected) => {
                Err(RenderErrorReason::Other(format!("`{}` expected {expected}", self.helper.name)).into())
            }
        }
    }
}

fn text(text: impl Into<String>) -> Result<Json, &'static str> {
    Ok(Json::String(text.into()))
}

fn first<'a>(arguments: &[&'a Json]) -> &'a Json {
    arguments.first().copied().unwrap_or(&Json::Null)
}

fn date(arguments: &[&Json]) -> Result<Json, &'static str> {
    let day: Option<Date> = first(arguments).as_str().and_then(|text| text.parse().ok());
    text(jour(day.ok_or("a date, `2022-07-01`")?))
}

/// A number, also written as a text (`"12.50"`): figures never go through floating point.
fn decimal(arguments: &[&Json]) -> Result<Decimal, &'static str> {
    let number = match first(arguments) {
        Json::Number(number) => number.to_string().parse().ok(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    number.ok_or("a number")
}

fn euros(arguments: &[&Json]) -> Result<Json, &'static str> {
    decimal(arguments).and_then(|number| text(format::euros(number)))
}

fn taux(arguments: &[&Json]) -> Result<Json, &'static str> {
    decimal(arguments).and_then(|number| text(format::taux(number)))
}

fn nombre(arguments: &[&Json]) -> Result<Json, &'static str> {
    decimal(arguments).and_then(|number| text(format::nombre(number, 0)))
}

fn ordinal(arguments: &[&Json]) -> Result<Json, &'static str> {
    let number = first(arguments).as_u64().filter(|number| *number > 0).ok_or("a whole number from 1")?;
    let feminine = match arguments.get(1) {
        None => false,
        Some(Json::String(gender)) if gender == "f" || gender == "m" => gender == "f",
        Some(_) => return Err("\"f\" or \"m\" after the number"),
    };
    text(match (number, feminine) {
        (1, true) => "1re".to_owned(),
        (1, false) => "1er".to_owned(),
        _ => format!("{number}e"),
    })
}

fn lettres(arguments: &[&Json]) -> Result<Json, &'static str> {
    const EXPECTED: &str = "a whole number from 0 to 99";
    let number = first(arguments).as_u64().and_then(|number| usize::try_from(number).ok()).ok_or(EXPECTED)?;
    text(in_words(number).ok_or(EXPECTED)?)
}

/// A number from 0 to 99 in words, with the hyphens of the 1990 spelling.
fn in_words(number: usize) -> Option<String> {
    const UNITS: [&str; 20] = [
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
        "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
    ];
    const TENS: [&str; 10] =
        ["", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt"];
    if let Some(unit) = UNITS.get(number) {
        return Some((*unit).to_owned());
    }
    let ten = TENS.get(number / 10)?;
    // Seventy and ninety count on from sixty and eighty: soixante-dix, quatre-vingt-onze.
    let rest = if matches!(number / 10, 7 | 9) { number % 10 + 10 } else { number % 10 };
    let unit = UNITS.get(rest)?;
    Some(match (number, rest) {
        (80, _) => "quatre-vingts".to_owned(),
        (_, 0) => (*ten).to_owned(),
        (..80, 1 | 11) => format!("{ten}-et-{unit}"),
        _ => format!("{ten}-{unit}"),
    })
}

fn majuscule(arguments: &[&Json]) -> Result<Json, &'static str> {
    let whole = first(arguments).as_str().ok_or("a text")?;
    let mut chars = whole.chars();
    text(chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect()))
}

fn eq(arguments: &[&Json]) -> Result<Json, &'static str> {
    Ok(Json::Bool(arguments.first() == arguments.get(1)))
}

fn et(arguments: &[&Json]) -> Result<Json, &'static str> {
    Ok(Json::Bool(arguments.iter().all(|value| value.is_truthy(false))))
}

fn ou(arguments: &[&Json]) -> Result<Json, &'static str> {
    Ok(Json::Bool(arguments.iter().any(|value| value.is_truthy(false))))
}

fn non(arguments: &[&Json]) -> Result<Json, &'static str> {
    Ok(Json::Bool(!first(arguments).is_truthy(false)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(name: &str, arguments: &[Json]) -> Result<Json, &'static str> {
        (find(name).unwrap().call)(&arguments.iter().collect::<Vec<_>>())
    }

    #[test]
    fn numbers_are_written_in_words() {
        for (number, words) in [
            (0, "zéro"),
            (3, "trois"),
            (17, "dix-sept"),
            (20, "vingt"),
            (21, "vingt-et-un"),
            (71, "soixante-et-onze"),
            (77, "soixante-dix-sept"),
            (80, "quatre-vingts"),
            (81, "quatre-vingt-un"),
            (91, "quatre-vingt-onze"),
            (99, "quatre-vingt-dix-neuf"),
        ] {
            assert_eq!(call("lettres", &[json!(number)]).unwrap(), json!(words));
        }
        assert!(call("lettres", &[json!(100)]).is_err());
    }

    #[test]
    fn values_are_printed_in_french() {
        assert_eq!(call("date", &[json!("2022-07-01")]).unwrap(), json!("1er juillet 2022"));
        assert_eq!(call("euros", &[json!(1_234_567.89)]).unwrap(), json!("1 234 567,89 €"));
        assert_eq!(call("taux", &[json!(31)]).unwrap(), json!("31,0 %"));
        assert_eq!(call("ordinal", &[json!(1), json!("f")]).unwrap(), json!("1re"));
        assert_eq!(call("ordinal", &[json!(2)]).unwrap(), json!("2e"));
        assert_eq!(call("majuscule", &[json!("écrit")]).unwrap(), json!("Écrit"));
    }

    #[test]
    fn null_and_wrong_types_are_refused() {
        for helper in ALL.iter().filter(|helper| !helper.condition) {
            assert!((helper.call)(&[&Json::Null]).is_err(), "{}", helper.name);
            assert!((helper.call)(&[&json!({})]).is_err(), "{}", helper.name);
        }
        assert!(call("date", &[json!("1er juillet 2022")]).is_err());
    }
}
