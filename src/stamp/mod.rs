//! What is printed on each page so that it can be recognised, and where: the treaty between the way out and the way back.
//!
//! Takes nothing but values; gives the text of a page's code ([`PageTag`]) and the shape of the map that is kept beside each
//! printed file ([`PageMap`]). It draws nothing and reads no picture. A code is no proof of authenticity (anyone can copy
//! one): it only says which expectation a page is to be compared with.

mod page_hash;
mod page_map;
mod tag;

pub use page_hash::{Objects, PageHash, PageHashError, PageHasher, cost_of_failing, page_hashes, stream_content};
pub use page_map::{BlockArea, BoxArea, CodeArea, PageArea, PageMap, TableArea};
pub use tag::{Corner, PageTag, TagError};

use crate::geometry::{A4_HEIGHT, A4_WIDTH, Length, Rect};

/// Modules on a side of the code: QR version 3, whatever the payload, so that layout never depends on it.
pub const CODE_MODULES: u8 = 29;
/// Width of one module: three pixels at 150 dpi, the worst scan that must be read.
pub const CODE_MODULE: Length = Length::from_um(600);
/// Side of the printed code, without its quiet zone.
pub const CODE_SIDE: Length = Length::from_um(17_400);
/// Width of the initials zone (« Paraphes »), bottom right.
pub const INITIALS_WIDTH: Length = Length::from_mm(60);
/// Height of the initials zone.
pub const INITIALS_HEIGHT: Length = Length::from_mm(20);

/// Distance of the codes from the side edges: nothing nearer survives an office printer's margins.
const SIDE: Length = Length::from_mm(12);
/// Distance of the codes from the top and bottom edges.
const END: Length = Length::from_mm(8);

/// Where the code of a corner is printed on an A4 page. Top left is the staple's, the left middle the punch holes', bottom right
/// the initials': the two other corners remain.
#[must_use]
pub const fn code_area(corner: Corner) -> Rect {
    let (x, y) = match corner {
        Corner::Bottom => (SIDE, Length::from_um(A4_HEIGHT.um() - END.um() - CODE_SIDE.um())),
        Corner::Top => (Length::from_um(A4_WIDTH.um() - SIDE.um() - CODE_SIDE.um()), END),
    };
    Rect { x, y, width: CODE_SIDE, height: CODE_SIDE }
}

/// Where the initials zone is printed on an A4 page.
#[must_use]
pub const fn initials_area() -> Rect {
    Rect {
        x: Length::from_um(A4_WIDTH.um() - SIDE.um() - INITIALS_WIDTH.um()),
        y: Length::from_um(A4_HEIGHT.um() - END.um() - INITIALS_HEIGHT.um()),
        width: INITIALS_WIDTH,
        height: INITIALS_HEIGHT,
    }
}
