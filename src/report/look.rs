//! How the cells of every workbook look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The title of a column.
pub(super) fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(0x0017_365D))
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

/// A cell, on one line.
pub(super) fn body() -> Format {
    Format::new()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin)
        .set_border_color(Color::RGB(0x009F_B0C6))
}

/// A cell, on as many lines as it needs.
pub(super) fn wrapped() -> Format {
    body().set_text_wrap()
}
