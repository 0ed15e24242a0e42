//! What was found out, in the forms that people pass around: workbooks and pages, in French.
//!
//! Takes values of the jobs; gives bytes. It judges nothing and reads nothing.

mod board;
mod look;
mod plan;
mod review;

pub use board::{board_csv, board_page, board_workbook};
pub use plan::{avenant_lines, plan_workbook};
pub use review::review_page;

/// A page could not be written: its template is not sound.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be written")]
pub struct PageError(#[from] handlebars::RenderError);

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written")]
pub struct WorkbookError(#[from] rust_xlsxwriter::XlsxError);
