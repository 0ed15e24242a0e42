//! Files as scanners write them.

use std::{error::Error, fmt::Write as _};

use fax::{Color, VecWriter, encoder::Encoder};
use jpeg_encoder::ColorType;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::picture::Picture;

/// How the pixels of a side are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// CCITT group 4: black and white only.
    G4,
    /// JPEG of this quality.
    Jpeg(u8),
    /// Zipped pixels, as PNG and `FlateDecode` have them.
    Flate,
}

/// A JPEG file.
pub fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, Box<dyn Error>> {
    let kind = if picture.channels == 1 { ColorType::Luma } else { ColorType::Rgb };
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.encode(&picture.data, picture.width.try_into()?, picture.height.try_into()?, kind)?;
    Ok(bytes)
}

/// A PNG file.
pub fn png(picture: &Picture) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width.try_into()?, picture.height.try_into()?);
    encoder.set_color(if picture.channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb });
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(&picture.data)?;
    Ok(bytes)
}

/// Lines of black and white, as CCITT group 4 has them.
pub fn g4(picture: &Picture) -> Vec<u8> {
    let mut encoder = Encoder::new(VecWriter::new());
    for line in picture.data.chunks_exact(picture.width) {
        let pixels = line.iter().map(|grey| if *grey < 128 { Color::Black } else { Color::White });
        encoder.encode_line(pixels, picture.width as u16).unwrap();
    }
    encoder.finish().unwrap().finish()
}

/// A TIFF file of several pictures: black and white ones as CCITT group 4, others as they are.
pub fn tiff(pictures: &[Picture], dpi: f64, codec: Codec) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for picture in pictures {
        let (compression, data) = if codec == Codec::G4 { (4, g4(picture)) } else { (1, picture.data.clone()) };
        let bits = if codec == Codec::G4 { 1 } else { 8 };
        // Of 1 bit, 0 is white, as a fax has it; of 8 bits, 0 is black.
        let photometric = match (codec, picture.channels) {
            (Codec::G4, _) => 0,
            (_, 1) => 1,
            _ => 2,
        };
        let strip = bytes.len() as u32;
        bytes.extend_from_slice(&data);
        let extra = bytes.len() as u32;
        [dpi as u32, 1].iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        [bits; 3].iter().for_each(|number: &u16| bytes.extend_from_slice(&number.to_le_bytes()));
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        let directory = bytes.len() as u32;
        bytes[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let several = if picture.channels == 1 { u32::from(bits) } else { extra + 8 };
        let fields: [(u16, u16, u32, u32); 12] = [
            (256, 4, 1, picture.width as u32),
            (257, 4, 1, picture.height as u32),
            (258, 3, picture.channels as u32, several),
            (259, 3, 1, compression),
            (262, 3, 1, photometric),
            (273, 4, 1, strip),
            (277, 3, 1, picture.channels as u32),
            (278, 4, 1, picture.height as u32),
            (279, 4, 1, data.len() as u32),
            (282, 5, 1, extra),
            (283, 5, 1, extra),
            (296, 3, 1, 2),
        ];
        bytes.extend_from_slice(&(fields.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in fields {
            bytes.extend_from_slice(&tag.to_le_bytes());
            bytes.extend_from_slice(&kind.to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        link = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes
}

/// A PDF with one picture a page, as a scanner writes it.
pub struct ScannedPdf {
    file: Document,
    kids: Vec<Object>,
    tree: ObjectId,
}

impl ScannedPdf {
    pub fn new() -> Self {
        let mut file = Document::with_version("1.4");
        let tree = file.new_object_id();
        Self { file, kids: Vec::new(), tree }
    }

    /// Adds a page of the size that its pixels have at `dpi`, in one picture.
    pub fn push(&mut self, picture: &Picture, codec: Codec, dpi: f64) -> Result<(), Box<dyn Error>> {
        self.push_strips(picture, codec, dpi, 1)
    }

    /// Adds a page that is cut into strips, as some scanners send it.
    pub fn push_strips(
        &mut self,
        picture: &Picture,
        codec: Codec,
        dpi: f64,
        strips: usize,
    ) -> Result<(), Box<dyn Error>> {
        let [width, height] = [picture.width, picture.height].map(|pixels| pixels as f64 * 72.0 / dpi);
        let rows = picture.height.div_ceil(strips);
        let line = picture.width * picture.channels;
        let (mut drawing, mut images) = (String::new(), Dictionary::new());
        for (number, data) in picture.data.chunks(rows * line).enumerate() {
            let strip = Picture {
                height: data.len() / line,
                data: data.to_vec(),
                width: picture.width,
                channels: picture.channels,
            };
            let (name, high) = (format!("Im{number}"), strip.height as f64 * 72.0 / dpi);
            let below = height - (number * rows) as f64 * 72.0 / dpi - high;
            writeln!(drawing, "q {width:.3} 0 0 {high:.3} 0 {below:.3} cm /{name} Do Q")?;
            images.set(name, self.image(&strip, codec)?);
        }
        let drawing = self.file.add_object(Stream::new(dictionary! {}, drawing.into_bytes()));
        let page = self.file.add_object(dictionary! {
            "Type" => "Page", "Parent" => self.tree, "Contents" => drawing,
            "Resources" => dictionary! { "XObject" => images },
            "MediaBox" => vec![0.into(), 0.into(), Object::Real(width as f32), Object::Real(height as f32)],
        });
        self.kids.push(page.into());
        Ok(())
    }

    fn image(&mut self, picture: &Picture, codec: Codec) -> Result<ObjectId, Box<dyn Error>> {
        let (w, h) = (picture.width as i64, picture.height as i64);
        let space = if picture.channels == 1 { "DeviceGray" } else { "DeviceRGB" };
        let mut fields = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => w, "Height" => h, "ColorSpace" => space, "BitsPerComponent" => 8,
        };
        let content = match codec {
            Codec::Jpeg(quality) => {
                fields.set("Filter", "DCTDecode");
                jpeg(picture, quality)?
            }
            Codec::G4 => {
                fields.set("Filter", "CCITTFaxDecode");
                fields.set("BitsPerComponent", 1);
                fields.set("DecodeParms", dictionary! { "K" => -1, "Columns" => w, "Rows" => h });
                g4(picture)
            }
            Codec::Flate => picture.data.clone(),
        };
        let mut image = Stream::new(fields, content);
        if codec == Codec::Flate {
            image.compress()?;
        }
        Ok(self.file.add_object(image.with_compression(false)))
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, Box<dyn Error>> {
        let count = self.kids.len() as i64;
        let tree = dictionary! { "Type" => "Pages", "Kids" => self.kids, "Count" => count };
        self.file.objects.insert(self.tree, tree.into());
        let catalog = self.file.add_object(dictionary! { "Type" => "Catalog", "Pages" => self.tree });
        self.file.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        self.file.save_to(&mut bytes)?;
        Ok(bytes)
    }
}
