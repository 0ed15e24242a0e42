//! Another type for a printed file: the same text at the same places, drawn with other fonts, so that nothing is tuned to one type.

use std::{collections::BTreeMap, error::Error};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// The file with its fonts replaced by these `TrueType` fonts: one for what is bold, one for the rest.
pub fn refont(pdf: &[u8], regular: &[u8], bold: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Document::load_mem(pdf)?;
    let composite = |object: &Object| {
        object
            .as_dict()
            .is_ok_and(|dict| dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Type0"))
    };
    let fonts: Vec<ObjectId> = file.objects.iter().filter(|(_, object)| composite(object)).map(|(id, _)| *id).collect();
    for id in fonts {
        replace(&mut file, id, regular, bold)?;
    }
    let mut bytes = Vec::new();
    file.save_to(&mut bytes)?;
    Ok(bytes)
}

fn replace(file: &mut Document, id: ObjectId, regular: &[u8], bold: &[u8]) -> Result<(), Box<dyn Error>> {
    let font = file.get_dictionary(id)?.clone();
    let name = String::from_utf8_lossy(font.get(b"BaseFont")?.as_name()?).into_owned();
    let ttf = if name.contains("Bold") { bold } else { regular };
    let characters =
        to_unicode(&file.get_object(font.get(b"ToUnicode")?.as_reference()?)?.as_stream()?.decompressed_content()?);
    let glyphs = character_map(ttf).ok_or("a font without a map of its characters")?;
    let last = characters.keys().next_back().copied().unwrap_or(0);
    let numbers = (0..=last).flat_map(|cid| {
        let glyph = characters.get(&cid).and_then(|character| glyphs.get(character)).copied().unwrap_or(0);
        glyph.to_be_bytes()
    });
    let numbers = file.add_object(Stream::new(Dictionary::new(), numbers.collect()));
    let program = file.add_object(Stream::new(Dictionary::new(), ttf.to_vec()));
    let below = match font.get(b"DescendantFonts")? {
        Object::Reference(list) => file.get_object(*list)?.as_array()?[0].as_reference()?,
        list => list.as_array()?[0].as_reference()?,
    };
    let below = file.get_dictionary_mut(below)?;
    below.set("CIDToGIDMap", numbers);
    let descriptor = below.get(b"FontDescriptor")?.as_reference()?;
    file.get_dictionary_mut(descriptor)?.set("FontFile2", program);
    Ok(())
}

/// Which character each code means, by a `ToUnicode` map: of a ligature, the first.
fn to_unicode(map: &[u8]) -> BTreeMap<u16, u32> {
    let text = String::from_utf8_lossy(map);
    let mut characters = BTreeMap::new();
    let hex = |word: &str| u32::from_str_radix(word.trim_matches(['<', '>']).get(..4)?, 16).ok();
    let mut ranges = false;
    for line in text.lines() {
        ranges = if line.contains("beginbfrange") { true } else { ranges && !line.contains("endbfrange") };
        let words: Vec<u32> = line.split_whitespace().filter(|word| word.starts_with('<')).filter_map(hex).collect();
        match (ranges, words.as_slice()) {
            (true, [first, last, start]) => {
                characters.extend((*first..=*last).map(|code| (code as u16, start + code - first)));
            }
            (false, [code, character]) => drop(characters.insert(*code as u16, *character)),
            _ => {}
        }
    }
    characters
}

/// The glyph of each character of a `TrueType` font, by its map of format 4.
fn character_map(ttf: &[u8]) -> Option<BTreeMap<u32, u16>> {
    let short = |at: usize| Some(u16::from_be_bytes(ttf.get(at..at + 2)?.try_into().ok()?));
    let long = |at: usize| Some(u32::from_be_bytes(ttf.get(at..at + 4)?.try_into().ok()?) as usize);
    let tables = usize::from(short(4)?);
    let table = (0..tables).map(|index| 12 + index * 16).find(|at| ttf.get(*at..at + 4) == Some(b"cmap"))?;
    let cmap = long(table + 8)?;
    let maps = (0..usize::from(short(cmap + 2)?)).filter_map(|index| Some(cmap + long(cmap + 4 + index * 8 + 4)?));
    let map = maps.into_iter().find(|map| short(*map) == Some(4))?;
    let segments = usize::from(short(map + 6)?) / 2;
    let mut glyphs = BTreeMap::new();
    for segment in 0..segments {
        let end = short(map + 14 + segment * 2)?;
        let start = short(map + 16 + (segments + segment) * 2)?;
        let delta = short(map + 16 + (2 * segments + segment) * 2)?;
        let place = map + 16 + (3 * segments + segment) * 2;
        let offset = usize::from(short(place)?);
        for character in start..=end.min(0xfffe) {
            let glyph = match offset {
                0 => character.wrapping_add(delta),
                _ => match short(place + offset + usize::from(character - start) * 2)? {
                    0 => 0,
                    glyph => glyph.wrapping_add(delta),
                },
            };
            glyphs.insert(u32::from(character), glyph);
        }
    }
    Some(glyphs)
}
