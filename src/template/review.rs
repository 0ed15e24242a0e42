//! What a whole document must be: nothing left to fill in, no reference to nothing, no heading over nothing.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{diags, nearest::nearest};
use crate::{
    diag::{Diagnostic, Origin},
    document::{Block, BlockKind, Document, Heading, Inline, NumberingError, Role, plain_text},
    domain::Modele,
};

/// The finding of a numbering fault.
pub(super) fn numbering(error: NumberingError) -> Diagnostic {
    match error {
        NumberingError::Duplicate { id, origin, first } => {
            Diagnostic::new(&diags::DUPLICATE_ID, origin, format!("the identifier `#{id}` is declared twice"))
                .related(first, "first declared here")
                .help("give each heading and table its own identifier")
        }
        NumberingError::Orphan { origin } => {
            Diagnostic::new(&diags::ORPHAN_PART, origin, "a part of an article stands before any article")
                .help("put it below a heading with `{.article}`")
        }
        NumberingError::Unresolved { id, origin, known } => {
            let finding = Diagnostic::new(
                &diags::BROKEN_REFERENCE,
                origin,
                format!("nothing printed has the identifier `#{id}`"),
            );
            match nearest(&id, &known) {
                Some(near) => finding.help(format!("did you mean `[](#{near})`?")),
                None => finding.help("refer to it inside the `{{#if}}` that prints it, or declare it above a heading"),
            }
        }
    }
}

/// Reviews a numbered document; what is under a heading is looked at only if no block was refused.
pub(super) fn review(document: &Document, modele: &Modele, data: &Json, whole: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if whole {
        headings(&document.blocks, &mut findings);
    }
    let known = known_references(modele, data);
    let mut told = BTreeSet::new();
    document.walk(&mut |block| {
        each_text(block, &mut |text, origin| {
            placeholders(text, origin, &mut findings);
            for cited in references(text).into_iter().filter(|cited| !known.contains(cited)) {
                if told.insert((origin.clone(), cited.clone())) {
                    let message = format!("`{cited}` is not among the legal references of the model");
                    let names: Vec<String> = known.iter().cloned().collect();
                    let near = nearest(&cited, &names).map(|near| format!("did you mean `{near}`? otherwise, "));
                    let finding = Diagnostic::new(&diags::UNKNOWN_REFERENCE, origin.clone(), message)
                        .expected("a reference of `visas` or `references` in modele.yaml")
                        .found(format!("`{cited}`"))
                        .help(format!("{}add it to `references` once it is checked", near.unwrap_or_default()));
                    findings.push(finding);
                }
            }
        });
        parties(block, &mut findings);
    });
    findings
}

/// Visits the texts of one block, not those of the blocks inside it.
fn each_text(block: &Block, visit: &mut impl FnMut(&str, &Origin)) {
    let mut see = |content: &[Inline]| visit(&plain_text(content), &block.origin);
    match &block.kind {
        BlockKind::Heading(heading) => see(&heading.title),
        BlockKind::Paragraph { content, .. } => see(content),
        BlockKind::Signatures { boxes } => {
            boxes.iter().flat_map(|signature| &signature.caption).for_each(|line| see(line));
        }
        BlockKind::Table(table) => {
            see(&table.caption);
            table.header.iter().chain(table.rows.iter().flatten()).for_each(|cell| see(&cell.content));
        }
        BlockKind::Contents | BlockKind::Frame { .. } | BlockKind::List { .. } | BlockKind::PageBreak => {}
    }
}

fn placeholders(text: &str, origin: &Origin, findings: &mut Vec<Diagnostic>) {
    for found in left_over(text) {
        findings.push(
            Diagnostic::new(&diags::PLACEHOLDER, origin.clone(), format!("`{found}` is left in the text")).help(
                "replace it by its text, or by a name of the data between `{{ }}`; or correct the data printed here",
            ),
        );
    }
}

/// What people write where something is still to be written.
fn left_over(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ["???", "{{", "}}"] {
        if text.contains(mark) {
            found.push(mark.to_owned());
        }
    }
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let crosses = word.len() > 1 && word.bytes().all(|b| b == b'X');
        let letters = word.len() > 2 && word.bytes().all(|b| b == b'x');
        if crosses || letters || matches!(word, "TODO" | "FIXME" | "TBD") {
            found.push(word.to_owned());
        }
    }
    for (at, _) in text.match_indices('[') {
        let inside = text.get(at..).and_then(|rest| rest.split_once(']')).map(|(inside, _)| inside);
        let inside = inside.unwrap_or_default();
        let lower = inside.to_lowercase();
        if ["[à ", "[a ", "[…", "[...", "[nom", "[date", "[insérer"].iter().any(|start| lower.starts_with(start)) {
            found.push(format!("{inside}]"));
        }
    }
    found
}

fn parties(block: &Block, findings: &mut Vec<Diagnostic>) {
    let mut tell = |message: &str| {
        findings.push(
            Diagnostic::new(&diags::EMPTY_PARTY, block.origin.clone(), message)
                .help("print the name, the seat and the signatory of the party"),
        );
    };
    match &block.kind {
        BlockKind::Paragraph { role: Role::Party, content } if plain_text(content).trim().is_empty() => {
            tell("the paragraph of a party is empty");
        }
        BlockKind::Signatures { boxes } => {
            for signature in boxes {
                if signature.caption.iter().all(|line| plain_text(line).trim().is_empty()) {
                    tell(&format!("the signature box of `{}` is empty", signature.partie));
                }
            }
        }
        _ => {}
    }
}

/// Tells jumps of depth and headings over nothing.
fn headings(blocks: &[Block], findings: &mut Vec<Diagnostic>) {
    let mut previous: Option<&Heading> = None;
    for (index, block) in blocks.iter().enumerate() {
        let BlockKind::Heading(heading) = &block.kind else { continue };
        let deepest = previous.map_or(1, |previous| previous.level + 1);
        if heading.level > deepest {
            findings.push(
                Diagnostic::new(
                    &diags::HEADING_JUMP,
                    block.origin.clone(),
                    "a heading is too deep for the one above it",
                )
                .expected(format!("at most {}", "#".repeat(deepest.into())))
                .found("#".repeat(heading.level.into())),
            );
        }
        previous = Some(heading);
        let next = blocks.get(index + 1..).unwrap_or_default().iter();
        let next = next.map(|block| &block.kind).find(|kind| !matches!(kind, BlockKind::PageBreak));
        let bare = match next {
            None => true,
            Some(BlockKind::Heading(next)) => next.level <= heading.level,
            Some(_) => false,
        };
        if bare {
            let message = format!("nothing is printed under « {} »", heading.full_text());
            findings.push(
                Diagnostic::new(&diags::EMPTY_HEADING, block.origin.clone(), message)
                    .help("print the heading inside the `{{#if}}` of its text, or say that there is none"),
            );
        }
    }
}

/// The references that a contract may cite: those of the model, and those of the acts in its data.
fn known_references(modele: &Modele, data: &Json) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = modele.references.iter().flat_map(|text| references(text)).collect();
    known.extend(modele.visas.iter().flat_map(|visa| references(visa.intitule.as_str())));
    each_string(data, &mut |text| known.extend(references(text)));
    known
}

fn each_string(json: &Json, visit: &mut impl FnMut(&str)) {
    match json {
        Json::String(text) => visit(text),
        Json::Array(items) => items.iter().for_each(|item| each_string(item, visit)),
        Json::Object(map) => map.values().for_each(|value| each_string(value, visit)),
        Json::Bool(_) | Json::Null | Json::Number(_) => {}
    }
}

/// The legal references in a text, with plain spaces: `L. 162-30-2`, `n° 2021-1231`, `n° DSS/A1/2017/234`, `article 81 de la loi`.
fn references(text: &str) -> Vec<String> {
    let mut found = articles_of_laws(text);
    for (start, mark) in text.match_indices(['.', '°']) {
        let rest = text.get(start + mark.len()..).unwrap_or_default().trim_start_matches(char::is_whitespace);
        let number: String = rest
            .chars()
            .map(|c| if c == '\u{2011}' { '-' } else { c })
            .take_while(|c| c.is_ascii_digit() || *c == '-')
            .collect();
        let number = number.trim_matches('-');
        let head = text.get(..start).unwrap_or_default();
        let word: String = head.chars().rev().take_while(|c| c.is_alphanumeric()).collect();
        match (mark, word.as_str()) {
            (".", "L" | "R" | "D" | "A" | "OL") if number.contains('-') => {
                let letters: String = word.chars().rev().collect();
                found.push(format!("{letters}. {number}"));
            }
            ("°", "n" | "N") if number.contains('-') => found.push(format!("n° {number}")),
            ("°", "n" | "N") => found.extend(instruction(rest).map(|number| format!("n° {number}"))),
            _ => {}
        }
    }
    found
}

/// The number of an instruction at the beginning of a text: services and numbers between slashes, `DSS/A1/CNAMTS/2017/234`.
fn instruction(text: &str) -> Option<String> {
    let number: String = text
        .chars()
        .map(|c| if c == '\u{2011}' { '-' } else { c })
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-'))
        .collect();
    let number = number.trim_matches(['/', '-']);
    let is_one = number.contains('/') && number.starts_with(|c: char| c.is_ascii_uppercase());
    (is_one && number.contains(|c: char| c.is_ascii_digit())).then(|| number.to_owned())
}

/// The articles of laws that a text cites, with the year of a loi de financement de la sécurité sociale.
fn articles_of_laws(text: &str) -> Vec<String> {
    const FINANCING: &str = "de financement de la sécurité sociale pour";
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let word = word.to_lowercase();
        let [number, "de", "la", law, after @ ..] = words.get(at + 1..).unwrap_or_default() else { continue };
        let names_article = word == "article" || word.ends_with("'article") || word.ends_with("’article");
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        if !names_article || !digits || law.trim_end_matches(|c: char| !c.is_alphabetic()) != "loi" {
            continue;
        }
        let mut reference = format!("article {number} de la loi");
        let title = after.get(..7).map(|title| title.join(" "));
        if title.as_deref() == Some(FINANCING)
            && let Some(year) = after.get(7)
        {
            let year: String = year.chars().take_while(char::is_ascii_digit).collect();
            reference = format!("{reference} {FINANCING} {year}");
        }
        found.push(reference);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_references_are_read_with_any_space() {
        assert_eq!(
            references(
                "aux articles L. 162-30-2, D.\u{a0}162-16 et R.162-1 ; le décret n°\u{a0}2021-1231 ; M. 5-6 ; art. 64."
            ),
            ["L. 162-30-2", "D. 162-16", "R. 162-1", "n° 2021-1231"]
        );
    }

    #[test]
    fn instructions_and_articles_of_laws_are_references() {
        let text = "Vu l’article 81 de la loi de financement de la sécurité sociale pour\u{a0}2016, l'article 64 de la loi n° 2019-1446 \
            et l'instruction n°\u{a0}DSS/A1/CNAMTS/2017/234 ; le dossier n° 3/4, l’article 3 de la présente convention.";
        assert_eq!(
            references(text),
            [
                "article 81 de la loi de financement de la sécurité sociale pour 2016",
                "article 64 de la loi",
                "n° 2019-1446",
                "n° DSS/A1/CNAMTS/2017/234",
            ]
        );
    }

    #[test]
    fn placeholders_are_seen_and_words_are_not() {
        assert_eq!(
            left_over("Fait à XX, le ??? par [à compléter], TODO : {{nom}}"),
            ["???", "{{", "}}", "XX", "TODO", "[à compléter]"]
        );
        assert!(left_over("le XXIe siècle, MAXX, X, Fait à ……, [1]").is_empty());
    }
}
