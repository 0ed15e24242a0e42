//! Signature fields, added to the finished file.
//!
//! Each signature box becomes an empty signature field whose widget covers the frame: an entry of the form (`AcroForm`), an
//! annotation of the page, and an element of the structure tree, without which the file would be neither PDF/A-2a nor PDF/UA-1
//! (ISO 14289-1, 7.18.1 and 7.18.4: each widget is inside a `Form` element; 7.18.3: tab order follows structure).

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream, StringFormat, dictionary, text_string};

use super::{PrintError, survey::Placed};
use crate::{domain::Partie, geometry::A4_HEIGHT};

/// Adds one field for each box.
pub(super) fn add(mut pdf: Pdf, boxes: &[Placed]) -> Result<Pdf, PrintError> {
    let pages: Vec<ObjectId> = pdf.get_pages().into_values().collect();
    let tree = Tree::of(&pdf, boxes.len())?;
    let mut widgets = Vec::new();
    for placed in boxes {
        let page =
            pages.get(usize::from(placed.page) - 1).copied().ok_or(PrintError::Structure { what: "page of a box" })?;
        widgets.push((page, widget(&mut pdf, placed, page)));
    }
    for (page, widget) in &widgets {
        attach(&mut pdf, *page, *widget)?;
    }
    // The structure tree has the boxes in reading order, which is not bound to be the signing order.
    let mut read: Vec<_> = boxes.iter().zip(&widgets).collect();
    read.sort_by_key(|(placed, _)| (placed.page, placed.area.y, placed.area.x));
    for ((_, (page, widget)), parent) in read.into_iter().zip(&tree.boxes) {
        tree.adopt(&mut pdf, *parent, *page, *widget)?;
    }
    let fields: Vec<Object> = widgets.iter().map(|(_, widget)| Object::Reference(*widget)).collect();
    // SigFlags 3: signatures may come, and whoever adds one appends and does not rewrite (ISO 32000-1, table 219).
    let form = pdf.add_object(dictionary! { "Fields" => fields, "SigFlags" => 3 });
    pdf.catalog_mut()?.set("AcroForm", form);
    forget_suspects(&mut pdf)?;
    Ok(pdf)
}

/// Drops `/MarkInfo /Suspects false`: it says what its absence says, and poppler takes it for a fault.
pub(super) fn forget_suspects(pdf: &mut Pdf) -> Result<(), PrintError> {
    let marked = match pdf.catalog_mut()?.get_mut(b"MarkInfo") {
        Ok(Object::Reference(marked)) => {
            let marked = *marked;
            pdf.get_dictionary_mut(marked)?
        }
        Ok(marked) => marked.as_dict_mut()?,
        Err(_) => return Ok(()),
    };
    marked.remove(b"Suspects");
    Ok(())
}

/// The field and its widget, one object.
fn widget(pdf: &mut Pdf, placed: &Placed, page: ObjectId) -> ObjectId {
    let area = placed.area;
    let (width, height) = (area.width.pt(), area.height.pt());
    let bottom = A4_HEIGHT.pt() - area.y.pt() - height;
    let appearance = pdf.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => numbers(&[0.0, 0.0, width, height]),
            "Resources" => Dictionary::new(),
        },
        Vec::new(),
    ));
    let meaning = match placed.partie {
        Partie::Ars => "Signature de l’agence régionale de santé",
        Partie::Cpam => "Signature de la caisse primaire d’assurance maladie",
        Partie::Etablissement => "Signature de l’établissement",
    };
    pdf.add_object(dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => Object::String(placed.field().into_bytes(), StringFormat::Literal),
        "TU" => text_string(meaning),
        "Rect" => numbers(&[area.x.pt(), bottom, area.x.pt() + width, bottom + height]),
        "P" => page,
        "F" => 4,
        "AP" => dictionary! { "N" => appearance },
    })
}

fn attach(pdf: &mut Pdf, page: ObjectId, widget: ObjectId) -> Result<(), PrintError> {
    let annotations = match pdf.get_dictionary(page)?.get(b"Annots") {
        Ok(Object::Reference(list)) => Some(*list),
        Ok(_) => None,
        Err(_) => {
            pdf.get_dictionary_mut(page)?.set("Annots", Vec::new());
            None
        }
    };
    let list = match annotations {
        Some(list) => pdf.get_object_mut(list)?,
        None => pdf.get_dictionary_mut(page)?.get_mut(b"Annots")?,
    };
    list.as_array_mut()?.push(widget.into());
    pdf.get_dictionary_mut(page)?.set("Tabs", "S");
    Ok(())
}

/// The parts of the structure tree that a new element hangs on.
struct Tree {
    root: ObjectId,
    /// The element of each signature box, in reading order.
    boxes: Vec<ObjectId>,
}

impl Tree {
    fn of(pdf: &Pdf, count: usize) -> Result<Self, PrintError> {
        let root = pdf.catalog()?.get(b"StructTreeRoot").and_then(Object::as_reference)?;
        let mut boxes = Vec::new();
        cells(pdf, root, false, &mut boxes);
        if boxes.len() == count {
            Ok(Self { root, boxes })
        } else {
            Err(PrintError::Structure { what: "structure element for each signature box" })
        }
    }

    /// Puts a widget into the structure tree, as a form element of its box, after the caption.
    fn adopt(&self, pdf: &mut Pdf, parent: ObjectId, page: ObjectId, widget: ObjectId) -> Result<(), PrintError> {
        let element = pdf.add_object(dictionary! {
            "Type" => "StructElem",
            "S" => "Form",
            "P" => parent,
            "Pg" => page,
            // Not an array of one: pyHanko finds a field in the structure tree only so, and calls it tampered with otherwise.
            "K" => dictionary! { "Type" => "OBJR", "Obj" => widget, "Pg" => page },
        });
        let parent = pdf.get_dictionary_mut(parent)?;
        match parent.get_mut(b"K") {
            Ok(Object::Array(children)) => children.push(element.into()),
            Ok(other) => *other = vec![other.clone(), element.into()].into(),
            Err(_) => parent.set("K", vec![element.into()]),
        }
        let key = self.enter(pdf, element)?;
        pdf.get_dictionary_mut(widget)?.set("StructParent", key);
        Ok(())
    }

    /// Enters an element into the parent tree, and gives its key.
    fn enter(&self, pdf: &mut Pdf, element: ObjectId) -> Result<i64, PrintError> {
        let root = pdf.get_dictionary(self.root)?;
        let nums = match root.get(b"ParentTree")? {
            Object::Reference(tree) => pdf.get_dictionary(*tree)?.get(b"Nums")?,
            direct => direct.as_dict()?.get(b"Nums")?,
        };
        let last = nums.as_array()?.iter().step_by(2).filter_map(|key| key.as_i64().ok()).max();
        let key = last.map_or(0, |last| last + 1);
        let root = pdf.get_dictionary_mut(self.root)?;
        root.set("ParentTreeNextKey", key + 1);
        let nums = match root.get_mut(b"ParentTree")? {
            Object::Reference(tree) => {
                let tree = *tree;
                pdf.get_dictionary_mut(tree)?.get_mut(b"Nums")?
            }
            direct => direct.as_dict_mut()?.get_mut(b"Nums")?,
        };
        nums.as_array_mut()?.extend([key.into(), element.into()]);
        Ok(key)
    }
}

/// Finds the cells of the one grid of the theme, that of the signature boxes: divisions inside a division.
fn cells(pdf: &Pdf, element: ObjectId, in_grid: bool, found: &mut Vec<ObjectId>) {
    let Ok(fields) = pdf.get_dictionary(element) else { return };
    let is_division = fields.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == b"Div");
    if is_division && in_grid {
        found.push(element);
        return;
    }
    let children = match fields.get(b"K") {
        Ok(Object::Array(children)) => children.as_slice(),
        Ok(one) => std::slice::from_ref(one),
        Err(_) => &[],
    };
    for child in children.iter().filter_map(|child| child.as_reference().ok()) {
        cells(pdf, child, is_division, found);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "points on a sheet of paper")]
fn numbers(values: &[f64]) -> Vec<Object> {
    values.iter().map(|value| Object::Real(*value as f32)).collect()
}
