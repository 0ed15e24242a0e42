//! What fields and pages are made of: a value that is not what its field shows, a page that is a picture.

use lopdf::{Dictionary, Object, Stream};

use super::{
    PageNature,
    shape::{Field, Page, Shape},
    syntax::{Budget, Cursor, is_space},
    view::{View, fields_of},
};
use crate::{
    evidence::{Observation, Reason},
    stamp::stream_content,
};

/// The most of an appearance that is read: a field is a few lines.
const MAX_APPEARANCE: usize = 1 << 20;

/// Text fields whose value is not the text that they show.
pub(super) fn mismatches(shape: &Shape<'_>) -> Vec<Observation> {
    let view = shape.view;
    let regenerated = shape.form().and_then(|form| view.value(form, b"NeedAppearances"));
    if regenerated.is_some_and(|told| told.as_bool().unwrap_or(false)) {
        return Vec::new();
    }
    let mut told = Vec::new();
    for (key, field) in shape.fields.iter().filter(|(_, field)| matches!(field.kind, b"Tx" | b"Ch")) {
        let Some(value) = field.value.and_then(|value| view.decoded(value)) else { continue };
        // A script that formats what is typed shows something else on purpose.
        if field.fields.has(b"AA") || is_password(view, field) {
            continue;
        }
        for widget in &field.widgets {
            let Some(shown) = shown(view, widget.fields) else { continue };
            if letters(&value) != letters(&shown) {
                let detail = format!("the value is `{}`, and `{}` is shown", short(&value), short(&shown));
                let mut observation = Observation::new(Reason::FormValueMismatch, detail).in_field(&key.0);
                observation.place.page = widget.page;
                told.push(observation);
            }
        }
    }
    told
}

fn is_password(view: View<'_>, field: &Field<'_>) -> bool {
    let flags = view.value(field.fields, b"Ff").and_then(|flags| flags.as_i64().ok());
    flags.is_some_and(|flags| flags & (1 << 13) != 0)
}

/// What is left of a text when spaces and signs do not count.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The text that a widget shows; none when it cannot be told.
fn shown<'f>(view: View<'f>, widget: &'f Dictionary) -> Option<String> {
    let appearances = view.dictionary(widget, b"AP")?;
    let Object::Stream(appearance) = view.value(appearances, b"N")? else { return None };
    if has_composite_font(view, appearance) {
        return None;
    }
    let content = looked_at(&view.file.budget, appearance, MAX_APPEARANCE)?;
    let mut text = String::new();
    for (operator, operands) in operations(&content) {
        let strings: &[Object] = match (operator, operands.last()) {
            (b"TJ", Some(Object::Array(parts))) => parts,
            (b"Tj" | b"'" | b"\"", Some(last)) => std::slice::from_ref(last),
            // Another drawing may show text too.
            (b"Do", _) => return None,
            _ => continue,
        };
        for string in strings {
            if let Object::String(bytes, _) = string {
                // Simple fonts: the letters that matter are where Latin-1 has them.
                text.extend(bytes.iter().map(|byte| char::from(*byte)));
            }
        }
    }
    Some(text)
}

fn has_composite_font<'f>(view: View<'f>, appearance: &'f Stream) -> bool {
    let resources = view.dictionary(&appearance.dict, b"Resources");
    let Some(fonts) = resources.and_then(|resources| view.dictionary(resources, b"Font")) else { return false };
    if view.file.budget.walk(fonts.len()).is_none() {
        return true;
    }
    fonts.iter().any(|(name, _)| {
        view.dictionary(fonts, name).is_some_and(|font| {
            view.name(font, b"Subtype") == Some(b"Type0")
                || font.get(b"Encoding").is_ok_and(|encoding| !matches!(encoding, Object::Name(_)))
        })
    })
}

/// What a stream holds, decoded and counted: a thousand fields may show the same one.
fn looked_at(budget: &Budget, stream: &Stream, most: usize) -> Option<Vec<u8>> {
    // Once too much was looked at, nothing more is.
    budget.show(1)?;
    let content = stream_content(stream, most);
    // What is larger was decoded as far as that.
    budget.show(content.as_ref().map_or(most, Vec::len))?;
    content
}

/// Whether a stream would draw something: a picture, or operators that draw. Fonts, profiles and certificates that a program left
/// behind do not.
pub(super) fn draws(budget: &Budget, stream: &Stream) -> bool {
    if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image") {
        return true;
    }
    // A font's program has its lengths, a colour profile its number of components.
    if stream.dict.has(b"Length1") || stream.dict.has(b"N") {
        return false;
    }
    let drawing =
        [b"Tj".as_slice(), b"TJ", b"'", b"\"", b"Do", b"f", b"F", b"f*", b"B", b"b", b"S", b"s", b"sh", b"BI"];
    looked_at(budget, stream, MAX_APPEARANCE)
        .is_some_and(|content| operations(&content).iter().any(|(operator, _)| drawing.contains(operator)))
}

/// The operators of a content, each with its operands.
fn operations(content: &[u8]) -> Vec<(&[u8], Vec<Object>)> {
    let budget = Budget::new();
    let mut cursor = Cursor::new(content, 0);
    let mut operations = Vec::new();
    let mut operands = Vec::new();
    loop {
        cursor.space();
        let start = cursor.at();
        let Some(first) = cursor.peek() else { return operations };
        let is_operator = first.is_ascii_alphabetic() || matches!(first, b'\'' | b'"');
        if !is_operator {
            match cursor.object(&budget) {
                Some(object) if cursor.at() > start => operands.push(object),
                _ => return operations,
            }
            continue;
        }
        let rest = content.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| !is_space(**byte) && !b"()<>[]{}/%".contains(byte)).count();
        let Some(operator) = rest.get(..length.max(1)) else { return operations };
        cursor = Cursor::new(content, start + operator.len());
        operations.push((operator, std::mem::take(&mut operands)));
        // What an inline picture holds is no text.
        if operator == b"ID" {
            return operations;
        }
    }
}

/// Whether a page is a picture: one that covers most of it, and no text but what a text recogniser puts under it.
pub(super) fn nature(view: View<'_>, page: &Page<'_>) -> PageNature {
    let is_picture = (|| {
        let resources = inherited(view, page.fields, b"Resources")?;
        let pictures = view.dictionary(resources, b"XObject")?;
        view.file.budget.walk(pictures.len())?;
        let has_picture = pictures.iter().any(|(_, picture)| {
            fields_of(view.follow(picture)).is_some_and(|fields| view.name(fields, b"Subtype") == Some(b"Image"))
        });
        if !has_picture {
            return None;
        }
        let has_fonts = view.dictionary(resources, b"Font").is_some_and(|fonts| !fonts.is_empty());
        let content = content(view, page.fields)?;
        // Only the first operators: whoever draws a page of text draws it at once.
        let operations = operations(&content);
        let draws = operations.iter().any(|(operator, _)| *operator == b"Do");
        let shows = has_fonts && shows_text(&operations);
        (draws && !shows).then_some(())
    })();
    if is_picture.is_some() { PageNature::Picture } else { PageNature::Text }
}

/// Whether a content shows text that is not invisible (rendering mode 3).
fn shows_text(operations: &[(&[u8], Vec<Object>)]) -> bool {
    let mut invisible = false;
    for (operator, operands) in operations {
        match *operator {
            b"Tr" => invisible = operands.last().is_some_and(|mode| mode.as_i64().is_ok_and(|mode| mode == 3)),
            b"Tj" | b"TJ" | b"'" | b"\"" if !invisible => return true,
            _ => {}
        }
    }
    false
}

fn content(view: View<'_>, page: &Dictionary) -> Option<Vec<u8>> {
    let contents = match page.get(b"Contents").ok()? {
        Object::Reference((number, _)) => view.file.get(view.revision, *number)?,
        direct => direct,
    };
    let parts = match contents {
        Object::Stream(stream) => vec![stream],
        Object::Array(parts) => parts
            .iter()
            .take(64)
            .filter_map(|part| view.file.get(view.revision, part.as_reference().ok()?.0)?.as_stream().ok())
            .collect(),
        _ => return None,
    };
    let mut text = Vec::new();
    for part in parts {
        // A scan's content is one line; a long one is text.
        text.extend(looked_at(&view.file.budget, part, MAX_APPEARANCE.saturating_sub(text.len()))?);
        text.push(b'\n');
    }
    Some(text)
}

/// A value that a page or a field has, or a node above it.
pub(super) fn inherited_value<'f>(view: View<'f>, fields: &'f Dictionary, key: &[u8]) -> Option<&'f Object> {
    let mut node = fields;
    for _ in 0..64 {
        if let Ok(found) = node.get(key) {
            return Some(found);
        }
        node = view.dictionary(node, b"Parent")?;
    }
    None
}

fn inherited<'f>(view: View<'f>, page: &'f Dictionary, key: &[u8]) -> Option<&'f Dictionary> {
    let mut node = page;
    for _ in 0..64 {
        if let Some(found) = view.dictionary(node, key) {
            return Some(found);
        }
        node = view.dictionary(node, b"Parent")?;
    }
    None
}
