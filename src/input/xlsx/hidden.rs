//! Hidden rows and columns, which the workbook library does not show: read in the sheet's own XML.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read as _},
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// A sheet with more hidden columns than this has its right side hidden, which is a way of trimming the view.
const MAX_COLUMNS: u32 = 1_000;

/// Hidden rows and columns of one sheet, from 0.
#[derive(Debug, Default, Clone)]
pub(crate) struct Hidden {
    pub(crate) rows: BTreeSet<u32>,
    pub(crate) columns: BTreeSet<u32>,
}

/// What is hidden in each sheet of a workbook; nothing for what cannot be read that way.
pub(crate) fn hidden(bytes: &[u8]) -> BTreeMap<String, Hidden> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return BTreeMap::new() };
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).ok()?.read_to_string(&mut text).ok()?;
        Some(text)
    };
    let workbook = part("xl/workbook.xml").unwrap_or_default();
    let relations = part("xl/_rels/workbook.xml.rels").unwrap_or_default();
    let targets: BTreeMap<String, String> = elements(&relations, "Relationship")
        .filter_map(|e| Some((e.get("Id")?.clone(), e.get("Target")?.clone())))
        .collect();
    elements(&workbook, "sheet")
        .filter_map(|sheet| {
            let target = targets.get(sheet.get("id")?)?;
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            Some((sheet.get("name")?.clone(), of_sheet(&part(&path)?)))
        })
        .collect()
}

fn of_sheet(xml: &str) -> Hidden {
    let mut hidden = Hidden::default();
    for column in elements(xml, "col").filter(is_hidden) {
        let number = |key: &str| column.get(key).and_then(|text| text.parse::<u32>().ok());
        if let (Some(first), Some(last)) = (number("min"), number("max")) {
            hidden.columns.extend((first..=last.min(first.saturating_add(MAX_COLUMNS))).map(|n| n.saturating_sub(1)));
        }
    }
    let rows = elements(xml, "row").filter(is_hidden);
    hidden.rows.extend(rows.filter_map(|row| row.get("r")?.parse::<u32>().ok()?.checked_sub(1)));
    hidden
}

fn is_hidden(element: &BTreeMap<String, String>) -> bool {
    element.get("hidden").is_some_and(|value| value == "1" || value == "true")
}

/// The attributes, by local name, of each element of a name.
fn elements<'a>(xml: &'a str, name: &'a str) -> impl Iterator<Item = BTreeMap<String, String>> + 'a {
    let mut reader = Reader::from_str(xml);
    std::iter::from_fn(move || {
        loop {
            match reader.read_event() {
                Ok(Event::Start(e) | Event::Empty(e)) if e.local_name().as_ref() == name => {
                    return Some(attributes(&e));
                }
                Ok(Event::Eof) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    })
}

fn attributes(element: &BytesStart<'_>) -> BTreeMap<String, String> {
    let text = |value: &str| quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), Into::into);
    let attributes = element.attributes().flatten();
    attributes.map(|a| (a.key.local_name().as_ref().to_owned(), text(a.value.as_ref()))).collect()
}
