//! Walks the branches that a template takes for one contract's data, without printing, and tells everything that is missing.
//!
//! Handlebars in strict mode stops at the first missing variable, is silent about a missing one in `{{#if}}`, hands `null` to
//! helpers and prints `null` as nothing. This walk follows the same scopes and sees all of it at once, with the place in the
//! template and the place in the data.

mod scope;
mod telling;

use std::borrow::Cow;

use handlebars::{
    JsonTruthy, Path, Template,
    template::{BlockParam, DecoratorTemplate, HelperTemplate, Parameter, TemplateElement},
};
use serde_json::{Value as Json, json};

use self::scope::{Locals, Lookup, Scopes, Value};
use super::{Sheet, TemplateSet, diags, helpers, nearest::nearest, source::Sources};
use crate::diag::Diagnostic;

/// A tag that prints, as the walk meets it.
pub(super) struct Print<'d> {
    pub(super) sheet: &'d Sheet,
    /// The byte it starts at, when Handlebars says so.
    pub(super) offset: Option<usize>,
    /// The data it prints.
    pub(super) paths: Vec<String>,
}

/// What a walk saw.
pub(super) struct Walked<'d> {
    pub(super) findings: Vec<Diagnostic>,
    /// For each printed sheet, the tags that print, in order.
    pub(super) prints: Vec<Vec<Print<'d>>>,
}

/// How deep partials may include each other.
const MAX_DEPTH: usize = 16;
/// How many tags a contract may print: a hundred times what the largest does. Loops in loops would otherwise not end.
const MAX_TAGS: usize = 500_000;

/// Checks the sheets that are printed against the data of one contract.
pub(super) fn lint<'d>(
    set: &'d TemplateSet,
    order: &'d [usize],
    data: &'d Json,
    sources: &'d Sources<'d>,
) -> Walked<'d> {
    let mut linter = Linter {
        set,
        sources,
        scopes: Scopes::new(data),
        findings: Vec::new(),
        prints: Vec::new(),
        paths: Vec::new(),
        depth: 0,
        tags: 0,
    };
    let mut prints = Vec::new();
    for sheet in set.printed(order) {
        if let Some(template) = &sheet.template {
            linter.template(sheet, template, 0);
        }
        prints.push(std::mem::take(&mut linter.prints));
    }
    Walked { findings: linter.findings, prints }
}

struct Linter<'d> {
    set: &'d TemplateSet,
    sources: &'d Sources<'d>,
    scopes: Scopes<'d>,
    findings: Vec<Diagnostic>,
    /// The tags that print, of the sheet being walked.
    prints: Vec<Print<'d>>,
    /// The data read by the tag being walked.
    paths: Vec<String>,
    depth: usize,
    tags: usize,
}

/// Where a tag is: its sheet and the byte it starts at.
#[derive(Clone, Copy)]
struct At<'d> {
    sheet: &'d Sheet,
    offset: usize,
    /// Whether it is an `{{else if}}`, which Handlebars gives the place of its block.
    chained: bool,
}

impl<'d> Linter<'d> {
    /// `fallback` is the place of the block a template without places of its own stands in: the body of an `{{else if}}`.
    fn template(&mut self, sheet: &'d Sheet, template: &'d Template, fallback: usize) {
        for (index, element) in template.elements.iter().enumerate() {
            let place = template.mapping.get(index).map(|at| sheet.lines.offset(at.0, at.1));
            let at = At { sheet, offset: place.unwrap_or(fallback), chained: place.is_none() };
            self.tags += 1;
            if self.tags > MAX_TAGS {
                if self.tags == MAX_TAGS + 1 {
                    let finding =
                        self.finding(&diags::RENDER, at, "", "the text of this contract does not end".to_owned());
                    self.push(finding.help("look for loops inside loops, or for partials that include many others"));
                }
                return;
            }
            match element {
                TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => self.print(at, call),
                TemplateElement::HelperBlock(block) => self.block(at, block),
                TemplateElement::PartialExpression(partial) => self.partial(at, partial),
                _ => {}
            }
        }
    }

    /// `{{x}}` or `{{helper x}}`.
    fn print(&mut self, at: At<'d>, call: &'d HelperTemplate) {
        self.paths.clear();
        let bare = call.params.is_empty() && call.hash.is_empty();
        let name = call.name.as_name().unwrap_or_default();
        let value = match &call.name {
            Parameter::Path(path) if bare && helpers::find(name).is_none() => self.path(at, path),
            Parameter::Subexpression(_) | Parameter::Literal(_) => self.parameter(at, &call.name),
            _ => self.call(at, call),
        };
        let paths = std::mem::take(&mut self.paths);
        self.prints.push(Print { sheet: at.sheet, offset: (!at.chained).then_some(at.offset), paths });
        let Some(value) = value else { return };
        let expected = "a text, a number or a date";
        match value.json.as_ref() {
            Json::Null => self.null(at, &value, name, "printed"),
            Json::String(_) | Json::Number(_) => {}
            Json::Bool(_) => self.wrong(at, &value, name, expected, "yes or no", "print a word with `{{#if}}`"),
            Json::Array(_) => self.wrong(at, &value, name, expected, "a list", "go through it with `{{#each}}`"),
            Json::Object(_) => {
                let help = format!("print one of its parts: {}", parts(&value));
                self.wrong(at, &value, name, expected, "a group of values", &help);
            }
        }
    }

    /// A helper with arguments; `None` once a fault was told.
    fn call(&mut self, at: At<'d>, call: &'d HelperTemplate) -> Option<Value<'d>> {
        let name = call.name.as_name().unwrap_or_default();
        let values: Vec<Option<Value<'d>>> = call.params.iter().map(|p| self.parameter(at, p)).collect();
        let helper = helpers::find(name)?; // An unknown one was told when the set was parsed.
        let (least, most) = helper.arity;
        if !(least..=most).contains(&values.len()) {
            let count = match (least, most) {
                (1, 1) => "1 argument".to_owned(),
                (least, most) if least == most => format!("{least} arguments"),
                _ => format!("{least} to {most} arguments"),
            };
            let finding = self
                .finding(&diags::HELPER_ARGUMENT, at, name, format!("`{name}` takes {count}"))
                .expected(count)
                .found(values.len().to_string())
                .help(format!(
                    "write `{{{{{name} x}}}}`; to print a field called `{name}`, write `{{{{this.{name}}}}}`"
                ));
            self.push(finding);
            return None;
        }
        let values: Vec<Value<'d>> = values.into_iter().collect::<Option<_>>()?;
        if !helper.condition
            && let Some((value, parameter)) = values.iter().zip(&call.params).find(|(value, _)| value.json.is_null())
        {
            let raw = parameter.as_name().unwrap_or_default().to_owned();
            self.null(at, value, &raw, &format!("given to `{name}`"));
            return None;
        }
        let arguments: Vec<&Json> = values.iter().map(|value| value.json.as_ref()).collect();
        match (helper.call)(&arguments) {
            Ok(result) => Some(Value::made(result)),
            Err(expected) => {
                let raw = call.params.first().and_then(Parameter::as_name).unwrap_or_default().to_owned();
                let found = arguments.first().map(|value| value.to_string()).unwrap_or_default();
                let finding = self
                    .finding(&diags::HELPER_ARGUMENT, at, &raw, format!("`{name}` cannot print this value"))
                    .expected(expected)
                    .found(format!("`{found}`"));
                let finding = self.with_data(finding, values.first());
                self.push(finding);
                None
            }
        }
    }

    fn block(&mut self, at: At<'d>, block: &'d HelperTemplate) {
        let name = block.name.as_name().unwrap_or_default();
        let values: Vec<Option<Value<'d>>> = block.params.iter().map(|p| self.parameter(at, p)).collect();
        let Some(first) = values.into_iter().next() else {
            let finding = self
                .finding(&diags::HELPER_ARGUMENT, at, name, format!("`#{name}` has no argument"))
                .expected("a name");
            self.push(finding);
            return;
        };
        let raw = block.params.first().and_then(Parameter::as_name).unwrap_or_default().to_owned();
        match (name, first) {
            ("if" | "unless", value) => {
                // An unknown condition was told; its first branch is read all the same, for its own faults.
                let truth = value.is_none_or(|value| value.json.is_truthy(false) == (name == "if"));
                self.branch(at, block, truth);
            }
            ("each", Some(value)) => self.each(at, block, &value, &raw),
            ("with", Some(value)) => {
                if value.json.is_truthy(false) {
                    let params = block_params(block).map(|(name, _)| vec![(name.to_owned(), value.clone())]);
                    let locals = self.scopes.locals();
                    self.scoped(at, block, value, locals, params.unwrap_or_default());
                } else {
                    if block.inverse.is_none() {
                        self.null(at, &value, &raw, "opened with `#with`");
                    }
                    self.branch(at, block, false);
                }
            }
            _ => {}
        }
    }

    fn each(&mut self, at: At<'d>, block: &'d HelperTemplate, list: &Value<'d>, raw: &str) {
        let items: Vec<(Json, Value<'d>)> = match list.json.as_ref() {
            Json::Array(items) => (0..items.len()).map(|index| (json!(index), list.item(index))).collect(),
            Json::Object(map) => map.keys().map(|key| (json!(key), list.field(key))).collect(),
            Json::Null if block.inverse.is_none() => {
                self.null(at, list, raw, "repeated");
                return;
            }
            Json::Null => Vec::new(),
            _ => {
                self.wrong(at, list, raw, "a list", "a single value", "print it with `{{ }}`");
                return;
            }
        };
        if items.is_empty() {
            self.branch(at, block, false);
        }
        let count = items.len();
        for (index, (key, item)) in items.into_iter().enumerate() {
            let locals = Locals { index, key: key.clone(), first: index == 0, last: index + 1 == count, is_set: true };
            let mut params = Vec::new();
            if let Some((value_name, key_name)) = block_params(block) {
                params.push((value_name.to_owned(), item.clone()));
                params.extend(key_name.map(|name| (name.to_owned(), Value::made(key))));
            }
            self.scoped(at, block, item, locals, params);
        }
    }

    fn scoped(
        &mut self,
        at: At<'d>,
        block: &'d HelperTemplate,
        value: Value<'d>,
        locals: Locals,
        params: Vec<(String, Value<'d>)>,
    ) {
        self.scopes.push(value, locals, params);
        self.branch(at, block, true);
        self.scopes.pop();
    }

    fn branch(&mut self, at: At<'d>, block: &'d HelperTemplate, truth: bool) {
        let branch = if truth { &block.template } else { &block.inverse };
        if let Some(template) = branch {
            self.template(at.sheet, template, at.offset);
        }
    }

    fn partial(&mut self, at: At<'d>, partial: &'d DecoratorTemplate) {
        let name = partial.name.as_name().unwrap_or_default();
        let mut value = match partial.params.first() {
            None => Some(self.scopes.current()),
            Some(parameter) => self.parameter(at, parameter),
        };
        if let Some(null) = value.take_if(|value| value.json.is_null()) {
            let raw = partial.params.first().and_then(Parameter::as_name).unwrap_or_default().to_owned();
            self.null(at, &null, &raw, "given to a partial");
        }
        let mut given: Vec<(String, Value<'d>)> = Vec::new();
        let mut names: Vec<&'d String> = partial.hash.keys().collect();
        names.sort();
        for name in names {
            let value = partial.hash.get(name).and_then(|parameter| self.parameter(at, parameter));
            // What was told missing is not told again inside the partial.
            given.push((name.clone(), value.unwrap_or_else(|| Value::made(Json::String(String::new())))));
        }
        let (Some(value), Some(sheet)) = (value, self.set.partial(name)) else { return };
        let Some(template) = sheet.template.as_ref().filter(|_| self.depth < MAX_DEPTH) else { return };
        self.depth += 1;
        let locals = self.scopes.locals();
        self.scopes.push(value, locals, given);
        self.template(sheet, template, 0);
        self.scopes.pop();
        self.depth -= 1;
    }

    /// The value of a parameter; `None` once a fault was told.
    fn parameter(&mut self, at: At<'d>, parameter: &'d Parameter) -> Option<Value<'d>> {
        match parameter {
            Parameter::Literal(json) => Some(Value { json: Cow::Borrowed(json), path: None }),
            Parameter::Path(path) => self.path(at, path),
            Parameter::Subexpression(expression) => match expression.as_element() {
                TemplateElement::Expression(call) if call.params.is_empty() => match &call.name {
                    Parameter::Path(path) => self.path(at, path),
                    _ => None,
                },
                TemplateElement::Expression(call) => self.call(at, call),
                _ => None,
            },
            _ => None,
        }
    }

    fn path(&mut self, at: At<'d>, path: &'d Path) -> Option<Value<'d>> {
        let (Path::Relative((_, raw)) | Path::Local((_, _, raw))) = path;
        match self.scopes.find(raw) {
            Lookup::Found(value) => {
                self.paths.extend(value.path.clone());
                Some(value)
            }
            Lookup::Missing { parent: Some(parent), is_null: true, .. } => {
                let null = Value { json: Cow::Owned(Json::Null), path: Some(parent) };
                self.null(at, &null, raw, "read");
                None
            }
            Lookup::Missing { parent, name, known, .. } => {
                let mut finding = self.finding(&diags::MISSING_PATH, at, raw, format!("`{raw}` does not exist"));
                if let Some(path) = parent.as_ref().filter(|path| !path.is_empty()) {
                    finding = finding.found(format!("`{path}`, which has no `{name}`"));
                }
                finding = match nearest(&name, &known) {
                    Some(near) => finding.help(format!("did you mean `{}`?", raw.replace(&name, near))),
                    None if known.is_empty() => finding.help("there is no name inside a text, a number or a list"),
                    None => finding.help(format!("known here: {}", list(&known))),
                };
                let value = parent.map(|path| Value { json: Cow::Owned(Json::Null), path: Some(path) });
                let finding = self.with_data(finding, value.as_ref());
                self.push(finding);
                None
            }
        }
    }
}

fn block_params(block: &HelperTemplate) -> Option<(&str, Option<&str>)> {
    match block.block_param.as_ref()? {
        BlockParam::Single(value) => Some((value.as_name()?, None)),
        BlockParam::Pair((value, key)) => Some((value.as_name()?, key.as_name())),
        _ => None,
    }
}

fn parts(value: &Value<'_>) -> String {
    let names: Vec<String> = value.json.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    list(&names)
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
