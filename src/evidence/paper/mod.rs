//! Paper that came back: pictures of pages become facts, page by page, and nothing is judged here.
//!
//! A file gives `Source` its sides, one picture each ([`Raster`]). `read_codes` names a side by what was printed on it. `Original`
//! is the page as it was sent; `register` lays a side onto it, and says how well. Then `box_ink` measures the ink in each signature box
//! and `differences` finds what is not as it was printed. What cannot be known is said: *unknown* is a fact like others.

mod alterations;
mod bitmap;
mod blocks;
mod blots;
mod boxes;
mod codes;
mod digits;
mod excess;
mod expected;
mod facts;
mod field;
mod foreign;
mod ground;
mod homography;
mod ink;
mod judged;
mod letters;
mod levels;
mod likeness;
mod map;
mod marks;
mod measure;
mod original;
mod part;
mod raster;
mod registration;
mod runs;
mod side;
mod source;
mod split;
mod starts;
mod streaks;
mod strokes;
mod suspect;
mod views;
mod warp;
mod wear;

pub use alterations::{COMPARED_MM, differences, left_out};
pub use boxes::{box_ink, measure};
pub use codes::{CodeSeen, Point, dpi, read_codes, turn};
pub use facts::{BoxInk, Compared, Difference, DifferenceKind, Face, Ink, Registration, SideEvidence};
pub use ink::InkMap;
pub use letters::{Font, Letter};
pub use marks::Marks;
pub use original::{Original, Originals, PAGE_HEIGHT, PAGE_WIDTH, PIXELS_PER_MM};
pub use raster::{Raster, Turn};
pub use registration::{Glance, Registered, register};
pub use side::{ReadSide, read_side};
pub use source::{Side, Source};
pub use split::{join, split};
