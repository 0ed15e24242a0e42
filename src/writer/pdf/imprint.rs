//! What differs from one exemplaire to the next, printed under the common sheets: the two codes of each page and the line that
//! names the exemplaire.
//!
//! The text of the three exemplaires is laid out and written once; an imprint is a few strokes and one line of text for each
//! page. All of it is marked as a pagination artifact: it is no part of what the contract says (ISO 14289-1, 7.8).

use std::{collections::BTreeMap, fmt::Write as _, io::Write as _};

use flate2::{Compression, write::ZlibEncoder};
use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, SaveOptions, Stream, StringFormat, dictionary};
use sha2::{Digest as _, Sha256};
use typst::foundations::Bytes;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use super::{Press, PrintError, code, finished, job, sheet};
use crate::{
    domain::Exemplaire,
    geometry::{A4_HEIGHT, A4_WIDTH},
    stamp::{Corner, code_area},
};

/// The name under which a page calls the line of its exemplaire.
const LINE: &str = "Exemplaire";

/// The lines that name the exemplaires, the same in all contracts: typeset once, with the font they need.
#[derive(Default)]
pub(super) struct Lines {
    /// Fonts and colours, numbered from 1.
    objects: BTreeMap<ObjectId, Object>,
    /// One sheet for each exemplaire, in their order: what it draws, and with what.
    sheets: Vec<(Vec<u8>, Dictionary)>,
}

impl Lines {
    /// Typesets them.
    pub(super) fn new(press: &Press) -> Result<Self, PrintError> {
        let lines = Exemplaire::ALL.map(sheet::line);
        let files = BTreeMap::from([("/lines.json".to_owned(), Bytes::new(serde_json::to_vec(&lines)?))]);
        let job = job::Job::new(press, job::LINES, files)?;
        let laid_out = finished(typst::compile::<PagedDocument>(&job))?;
        let options = PdfOptions { tagged: false, ..PdfOptions::default() };
        let bytes = typst_pdf::pdf(&laid_out, &options).map_err(|errors| PrintError::layout(&errors))?;
        let pdf = Pdf::load_mem(&bytes)?;
        let mut objects = BTreeMap::new();
        let mut sheets = Vec::new();
        for page in pdf.get_pages().into_values() {
            let (direct, inherited) = pdf.get_page_resources(page)?;
            let resources = match (direct, inherited.first()) {
                (Some(resources), _) => resources,
                (None, Some(id)) => pdf.get_dictionary(*id)?,
                (None, None) => return Err(PrintError::Structure { what: "resources of a page" }),
            };
            reachable(&pdf, &Object::Dictionary(resources.clone()), &mut objects);
            sheets.push((pdf.get_page_content(page), resources.clone()));
        }
        Ok(Self { objects, sheets })
    }

    /// Adds the line of one exemplaire to a file, as a form that its pages can draw.
    fn add_to(&self, pdf: &mut Pdf, exemplaire: Exemplaire) -> Result<ObjectId, PrintError> {
        let first = pdf.max_id;
        for ((number, generation), object) in &self.objects {
            pdf.objects.insert((number + first, *generation), shifted(object, first));
            pdf.max_id = pdf.max_id.max(number + first);
        }
        let index = usize::from(exemplaire.number()) - 1;
        let (content, resources) =
            self.sheets.get(index).ok_or(PrintError::Structure { what: "line of an exemplaire" })?;
        let mut form = Stream::new(
            dictionary! {
                "Type" => "XObject",
                "Subtype" => "Form",
                "BBox" => [0.into(), 0.into(), points(A4_WIDTH.pt()), points(A4_HEIGHT.pt())].to_vec(),
                "Resources" => shifted(&Object::Dictionary(resources.clone()), first),
            },
            content.clone(),
        );
        form.compress()?;
        Ok(pdf.add_object(form))
    }
}

/// Prints the codes and the line of one exemplaire on every page, and gives the file an identity of its own.
pub(super) fn press(
    mut pdf: Pdf,
    lines: &Lines,
    copy: &sheet::Copy,
    exemplaire: Exemplaire,
) -> Result<Pdf, PrintError> {
    let line = lines.add_to(&mut pdf, exemplaire)?;
    let pages = pdf.get_pages();
    let count = u16::try_from(pages.len()).unwrap_or(u16::MAX);
    for (number, page) in (1..).zip(pages.into_values()) {
        let mut drawn = String::from("/Artifact <</Type /Pagination>> BDC\nq 0 g\n");
        for corner in [Corner::Top, Corner::Bottom] {
            let area = code_area(corner);
            let bottom = A4_HEIGHT.pt() - area.y.pt() - area.height.pt();
            // Writing to a string cannot fail.
            let _ = writeln!(drawn, "q {} 0 0 {} {} {bottom} cm", area.width.pt(), area.height.pt(), area.x.pt());
            drawn.push_str(&code::strokes(&copy.tag(corner, number, count))?);
            drawn.push_str("Q\n");
        }
        let _ = writeln!(drawn, "Q\n/{LINE} Do\nEMC");
        let stream = pdf.add_object(deflated(drawn.as_bytes())?);
        underlay(&mut pdf, page, stream, line)?;
    }
    identify(&mut pdf, copy)?;
    Ok(pdf)
}

/// A stream, compressed at the usual level: the highest, which [`Stream::compress`] takes, costs twice as much here and saves nothing.
fn deflated(content: &[u8]) -> Result<Stream, PrintError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    Ok(Stream::new(dictionary! { "Filter" => "FlateDecode" }, encoder.finish()?))
}

/// Writes a file, compact.
pub(super) fn save(mut pdf: Pdf) -> Result<Vec<u8>, PrintError> {
    let mut bytes = Vec::new();
    pdf.save_with_options(
        &mut bytes,
        SaveOptions::builder().use_object_streams(true).use_xref_streams(true).compression_level(6).build(),
    )?;
    Ok(bytes)
}

/// Draws a stream before what a page holds.
fn underlay(pdf: &mut Pdf, page: ObjectId, stream: ObjectId, line: ObjectId) -> Result<(), PrintError> {
    let mut resources = match pdf.get_dictionary(page)?.get(b"Resources")? {
        Object::Reference(shared) => pdf.get_dictionary(*shared)?.clone(),
        direct => direct.as_dict()?.clone(),
    };
    let mut forms = match resources.get(b"XObject") {
        Ok(Object::Reference(shared)) => pdf.get_dictionary(*shared)?.clone(),
        Ok(direct) => direct.as_dict()?.clone(),
        Err(_) => Dictionary::new(),
    };
    forms.set(LINE, line);
    resources.set("XObject", forms);
    let page = pdf.get_dictionary_mut(page)?;
    let mut contents = match page.get(b"Contents")? {
        Object::Array(streams) => streams.clone(),
        one => vec![one.clone()],
    };
    contents.insert(0, stream.into());
    page.set("Contents", contents);
    page.set("Resources", resources);
    Ok(())
}

/// Gives an exemplaire its own instance identifier, in the trailer and in the metadata; the three keep one document identifier.
fn identify(pdf: &mut Pdf, copy: &sheet::Copy) -> Result<(), PrintError> {
    const NO_IDENTITY: PrintError = PrintError::Structure { what: "instance identifier" };
    let digest = Sha256::digest(copy.identity().as_bytes());
    let own = digest.get(..16).unwrap_or_default();
    let Ok(Object::Array(identity)) = pdf.trailer.get_mut(b"ID") else { return Err(NO_IDENTITY) };
    let [_, instance] = identity.as_mut_slice() else { return Err(NO_IDENTITY) };
    *instance = Object::String(own.to_vec(), StringFormat::Hexadecimal);
    let metadata = pdf.catalog()?.get(b"Metadata").and_then(Object::as_reference)?;
    let metadata = pdf.get_object_mut(metadata)?.as_stream_mut()?;
    let text = String::from_utf8_lossy(&metadata.content).into_owned();
    let (start, end) = ("<xmpMM:InstanceID>", "</xmpMM:InstanceID>");
    let common = text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(id, _)| id);
    let own: String = own.iter().map(|byte| format!("{byte:02x}")).collect();
    metadata.set_content(text.replace(common.ok_or(NO_IDENTITY)?, &own).into_bytes());
    Ok(())
}

/// Collects what an object refers to, directly or not.
fn reachable(pdf: &Pdf, object: &Object, found: &mut BTreeMap<ObjectId, Object>) {
    match object {
        Object::Array(items) => items.iter().for_each(|item| reachable(pdf, item, found)),
        Object::Dictionary(fields) => fields.iter().for_each(|(_, field)| reachable(pdf, field, found)),
        Object::Reference(id) if !found.contains_key(id) => {
            if let Ok(object) = pdf.get_object(*id) {
                found.insert(*id, object.clone());
                reachable(pdf, object, found);
            }
        }
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, field)| reachable(pdf, field, found)),
        _ => {}
    }
}

/// The same object, with the numbers it refers to raised.
fn shifted(object: &Object, by: u32) -> Object {
    let fields = |fields: &Dictionary| -> Dictionary {
        fields.iter().map(|(name, field)| (name.clone(), shifted(field, by))).collect()
    };
    match object {
        Object::Array(items) => items.iter().map(|item| shifted(item, by)).collect::<Vec<_>>().into(),
        Object::Dictionary(dictionary) => fields(dictionary).into(),
        Object::Reference((number, generation)) => Object::Reference((number + by, *generation)),
        Object::Stream(stream) => Object::Stream(Stream { dict: fields(&stream.dict), ..stream.clone() }),
        other => other.clone(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "points on a sheet of paper")]
fn points(value: f64) -> Object {
    Object::Real(value as f32)
}
