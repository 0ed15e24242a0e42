//! The files of a template set, compiled, and every fault that shows without any data.

use std::collections::{BTreeMap, BTreeSet};

use handlebars::{Handlebars, Template};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    TemplateSet, diags, escape, helpers,
    nearest::nearest,
    place::Lines,
    scan::{self, Kind, Scan},
};
use crate::{
    diag::{Diagnostic, Origin},
    domain::{Modele, Texte},
};

const SUFFIX: &str = ".dj.hbs";
const PARTIALS: &str = "partials/";

/// One file of the set.
pub(super) struct Sheet {
    /// As shown to people.
    pub(super) file: String,
    /// Name in the set: `socle.dj.hbs`, or a partial's name.
    pub(super) name: String,
    /// Whether it is included by others and not printed by itself.
    pub(super) is_partial: bool,
    /// Its text.
    pub(super) lines: Lines,
    /// What Handlebars made of it; absent when it could not.
    pub(super) template: Option<Template>,
}

/// Compiles every file; a file with faults is repaired so that the rest of it can be looked at.
pub(super) fn compile(files: &BTreeMap<String, String>, modele: &Modele) -> (TemplateSet, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut sheets = Vec::new();
    let mut scans = Vec::new();
    let texts = files.iter().filter(|(file, _)| file.ends_with(SUFFIX));
    // Whatever the editor, one line end and one character for a letter and its accent.
    let texts: Vec<(&String, String)> =
        texts.map(|(file, text)| (file, text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect())).collect();
    let inline = included_inline(&texts);
    for (file, mut text) in texts {
        let (name, is_partial) = name(file, modele);
        if is_partial && !text.ends_with('\n') && !inline.contains(&name) {
            text.push('\n');
        }
        unprintable(file, &text, &mut findings);
        let scan = scan::scan(file, &text, &mut findings);
        let template = compile_one(file, &scan, sheets.len(), &mut findings);
        sheets.push(Sheet { file: file.clone(), name, is_partial, lines: Lines::new(&text), template });
        scans.push(scan);
    }
    let Orders { contract: order, avenant } = orders(&sheets, files, modele, &mut findings);
    names(&sheets, &scans, &mut findings);
    for index in loops(&sheets, &scans, &mut findings) {
        if let Some(sheet) = sheets.get_mut(index) {
            sheet.template = None;
        }
    }
    let strict = registry(&sheets, false);
    let lenient = registry(&sheets, true);
    let head = format!("{}modele.yaml", folder(files, modele));
    let sound = !findings.iter().any(Diagnostic::is_error);
    (TemplateSet { sheets, order, avenant, strict, lenient, head, sound }, findings)
}

/// The partials that some line includes among other text. The others end with a line feed even where their author forgot it:
/// their last line would otherwise run into what follows.
fn included_inline(texts: &[(&String, String)]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (file, text) in texts {
        for tag in scan::scan(file, text, &mut Vec::new()).tags.into_iter().filter(|tag| tag.kind == Kind::Partial) {
            let before = text.get(..tag.span.start).and_then(|text| text.rsplit('\n').next()).unwrap_or_default();
            let after = text.get(tag.span.end..).and_then(|text| text.split('\n').next()).unwrap_or_default();
            if !before.trim().is_empty() || !after.trim().is_empty() {
                found.insert(tag.name);
            }
        }
    }
    found
}

/// A file's name in its set, and whether it is a partial.
fn name(file: &str, modele: &Modele) -> (String, bool) {
    if let Some((_, partial)) = file.rsplit_once(PARTIALS) {
        return (partial.trim_end_matches(SUFFIX).to_owned(), true);
    }
    let listed = listed(modele).find(|corps| is_suffix(file, corps));
    let last = || file.rsplit('/').next().unwrap_or(file).to_owned();
    (listed.cloned().unwrap_or_else(last), false)
}

/// The names of the files that are printed, in a contract or in an avenant.
fn listed(modele: &Modele) -> impl Iterator<Item = &String> {
    modele.corps.iter().chain(modele.avenant.iter().flat_map(|avenant| &avenant.corps))
}

/// Whether a shown name ends with a name relative to the set's folder.
fn is_suffix(file: &str, name: &str) -> bool {
    file.strip_suffix(name).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}

/// Compiles a text; each tag that Handlebars refuses is told, blanked, and the rest compiled again.
fn compile_one(file: &str, scan: &Scan, index: usize, findings: &mut Vec<Diagnostic>) -> Option<Template> {
    const MAX_FAULTS: usize = 50;
    let mut text = scan.repaired.clone();
    for _ in 0..MAX_FAULTS {
        // The repaired text is scanned again for its own places; its faults are known.
        let tags = scan::scan(file, &text, &mut Vec::new()).tags;
        let error = match Template::compile(&scan::mark(&text, &tags, index)) {
            Ok(mut template) => {
                template.name = Some(index.to_string());
                return Some(template);
            }
            Err(error) => error,
        };
        let lines = Lines::new(&text);
        let (line, column) = error.pos().unwrap_or((1, 1));
        let at = lines.offset(line, column);
        // Handlebars points inside or behind the tag that it cannot read.
        let culprit = tags.iter().rev().find(|tag| tag.span.start <= at && tag.kind != Kind::Comment)?;
        let written = text.get(culprit.span.clone()).unwrap_or_default().to_owned();
        let finding = Diagnostic::new(
            &diags::SYNTAX,
            lines.origin(file, culprit.span.start),
            format!("`{written}` is not a tag that can be read"),
        )
        .expected("`{{name}}`, `{{helper name}}`, `{{#block name}}`, `{{> partial}}`");
        findings.push(finding);
        let blank: String = written.chars().map(|c| if c == '\n' { c } else { ' ' }).collect();
        // A block goes with its end, or the end would be one fault more.
        text.replace_range(culprit.span.clone(), &blank);
        if culprit.kind == Kind::Open {
            text = scan::scan(file, &text, &mut Vec::new()).repaired;
        }
    }
    None
}

fn unprintable(file: &str, text: &str, findings: &mut Vec<Diagnostic>) {
    let lines = Lines::new(text);
    for (at, c) in text.char_indices().filter(|(_, c)| !Texte::allows(*c)) {
        let finding = Diagnostic::new(
            &diags::UNPRINTABLE,
            lines.origin(file, at),
            format!("the character `{}` cannot be printed", c.escape_debug()),
        )
        .found(format!("U+{:04X}", u32::from(c)))
        .help("replace it: the fonts of contracts have Latin and Greek letters and the signs of French texts");
        findings.push(finding);
    }
}

/// Indices of the printed sheets.
struct Orders {
    contract: Vec<usize>,
    avenant: Vec<usize>,
}

/// The printed sheets in order; tells those that are not there and those that nothing prints.
fn orders(
    sheets: &[Sheet],
    files: &BTreeMap<String, String>,
    modele: &Modele,
    findings: &mut Vec<Diagnostic>,
) -> Orders {
    let folder = folder(files, modele);
    let contract = order(sheets, folder, ("corps", &modele.corps), findings);
    let avenant =
        modele.avenant.as_ref().map(|avenant| order(sheets, folder, ("avenant.corps", &avenant.corps), findings));
    let orders = Orders { contract, avenant: avenant.unwrap_or_default() };
    for (index, sheet) in sheets.iter().enumerate() {
        if !sheet.is_partial && !orders.contract.contains(&index) && !orders.avenant.contains(&index) {
            let message = format!("`{}` is never printed", sheet.name);
            findings.push(
                Diagnostic::new(&diags::UNUSED_FILE, Origin::file(&sheet.file), message)
                    .help("add it to `corps`, or move it to `partials`"),
            );
        }
    }
    orders
}

/// The sheets of a list of `modele.yaml`, in order.
fn order(
    sheets: &[Sheet],
    folder: &str,
    (key, names): (&str, &[String]),
    findings: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let known: Vec<String> = sheets.iter().filter(|sheet| !sheet.is_partial).map(|sheet| sheet.name.clone()).collect();
    let mut order = Vec::new();
    for (position, corps) in names.iter().enumerate() {
        match sheets.iter().position(|sheet| !sheet.is_partial && &sheet.name == corps) {
            Some(index) => {
                order.push(index);
                findings.extend(sheets.get(index).filter(|sheet| sheet.lines.text().trim().is_empty()).map(|sheet| {
                    let message = format!("`{corps}` is empty: nothing of it would be printed");
                    Diagnostic::new(&diags::MISSING_FILE, Origin::file(&sheet.file), message)
                        .help(format!("write its text, put the right file in its place, or remove it from `{key}`"))
                }));
            }
            None => {
                let origin = Origin::yaml(format!("{folder}modele.yaml"), format!("{key}[{position}]"));
                let finding = Diagnostic::new(&diags::MISSING_FILE, origin, format!("`{corps}` is not in the set"))
                    .expected(format!("a file `{folder}{corps}`"));
                findings.push(match nearest(corps, &known) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!("add the file, or remove it from `{key}`")),
                });
            }
        }
    }
    order
}

/// The folder of the set, as shown, with its last slash.
fn folder<'a>(files: &'a BTreeMap<String, String>, modele: &Modele) -> &'a str {
    let of_corps = files.keys().find_map(|file| {
        listed(modele).find(|corps| is_suffix(file, corps)).and_then(|corps| file.strip_suffix(corps.as_str()))
    });
    let of_any = || files.keys().next().and_then(|file| file.rfind('/').and_then(|slash| file.get(..=slash)));
    of_corps.or_else(of_any).unwrap_or_default()
}

/// Tells unknown helpers and partials, partials never included and partials that include themselves.
fn names(sheets: &[Sheet], scans: &[Scan], findings: &mut Vec<Diagnostic>) {
    let partials: Vec<String> =
        sheets.iter().filter(|sheet| sheet.is_partial).map(|sheet| sheet.name.clone()).collect();
    let mut used = BTreeSet::new();
    for (sheet, scan) in sheets.iter().zip(scans) {
        for tag in &scan.tags {
            let text = sheet.lines.text().get(tag.span.clone()).unwrap_or_default();
            if tag.kind == Kind::Partial {
                used.insert(tag.name.clone());
                if !partials.contains(&tag.name) {
                    let message = format!("there is no partial `{}`", tag.name);
                    findings.push(unknown(
                        sheet,
                        tag.span.start,
                        &diags::UNKNOWN_PARTIAL,
                        message,
                        &tag.name,
                        &partials,
                    ));
                }
            }
            for (at, name) in called(tag.kind, text) {
                if helpers::find(name).is_none() {
                    let known: Vec<String> = helpers::ALL.iter().map(|helper| helper.name.to_owned()).collect();
                    let message = format!("there is no helper `{name}`");
                    findings.push(unknown(sheet, tag.span.start + at, &diags::UNKNOWN_HELPER, message, name, &known));
                }
            }
            if tag.kind == Kind::Open && !helpers::BLOCKS.contains(&tag.name.as_str()) {
                let known: Vec<String> = helpers::BLOCKS.iter().map(|name| (*name).to_owned()).collect();
                let message = format!("there is no block `#{}`", tag.name);
                findings.push(unknown(sheet, tag.span.start + 3, &diags::UNKNOWN_HELPER, message, &tag.name, &known));
            }
        }
    }
    for sheet in sheets.iter().filter(|sheet| sheet.is_partial) {
        if !used.contains(&sheet.name) {
            let message = format!("the partial `{}` is never included", sheet.name);
            findings.push(
                Diagnostic::new(&diags::UNUSED_PARTIAL, Origin::file(&sheet.file), message)
                    .help(format!("include it with `{{{{> {}}}}}`, or remove the file", sheet.name)),
            );
        }
    }
}

fn unknown(
    sheet: &Sheet,
    at: usize,
    code: &'static crate::diag::Code,
    message: String,
    name: &str,
    known: &[String],
) -> Diagnostic {
    let finding = Diagnostic::new(code, sheet.lines.origin(&sheet.file, at), message);
    match nearest(name, known) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => finding.help("add the file under `partials`"),
        None => finding.help(format!("known: {}", known.join(", "))),
    }
}

/// Names in a tag that stand where a helper does: first of several words, or first in parentheses.
fn called(kind: Kind, text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let word = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        let start = at + rest.len() - rest.trim_start().len();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | '(' | '}' | '=')).unwrap_or(rest.len());
        (start, rest.get(..end).unwrap_or_default())
    };
    if kind == Kind::Comment {
        return found;
    }
    if kind == Kind::Expression {
        let (start, name) = word(2);
        let rest = text.get(start + name.len()..).unwrap_or_default().trim_start();
        if !rest.is_empty() && !rest.starts_with("}}") && !name.is_empty() {
            found.push((start, name));
        }
    }
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => found.push(word(at + 1)),
            _ => {}
        }
    }
    found
}

/// Tells partials that include themselves, directly or not, and gives their indices.
fn loops(sheets: &[Sheet], scans: &[Scan], findings: &mut Vec<Diagnostic>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut includes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (sheet, scan) in sheets.iter().zip(scans).filter(|(sheet, _)| sheet.is_partial) {
        let partials = scan.tags.iter().filter(|tag| tag.kind == Kind::Partial).map(|tag| tag.name.as_str());
        includes.entry(&sheet.name).or_default().extend(partials);
    }
    for (index, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.is_partial) {
        let mut reached = BTreeSet::new();
        let mut pending = vec![sheet.name.as_str()];
        while let Some(name) = pending.pop() {
            pending.extend(includes.get(name).into_iter().flatten().filter(|name| reached.insert(**name)));
        }
        if reached.contains(sheet.name.as_str()) {
            found.push(index);
            let message = format!("the partial `{}` includes itself", sheet.name);
            findings.push(Diagnostic::new(&diags::PARTIAL_LOOP, Origin::file(&sheet.file), message));
        }
    }
    found
}

fn registry(sheets: &[Sheet], lenient: bool) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(!lenient);
    registry.register_escape_fn(escape::escape);
    helpers::register(&mut registry, lenient);
    for (index, sheet) in sheets.iter().enumerate() {
        if let Some(template) = &sheet.template {
            let name = if sheet.is_partial { sheet.name.clone() } else { index.to_string() };
            let mut template = template.clone();
            template.name = Some(name.clone());
            registry.register_template(&name, template);
        }
    }
    registry
}

impl Sheet {
    /// Its name in the registry: its index, or a partial's name.
    pub(super) fn key(&self, sheets: &[Self]) -> String {
        if self.is_partial {
            return self.name.clone();
        }
        sheets.iter().position(|sheet| sheet.file == self.file).unwrap_or_default().to_string()
    }
}
