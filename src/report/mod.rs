//! What was found out, in the forms that people pass around: workbooks and pages, in French.
//!
//! Takes values of the jobs; gives bytes. It judges nothing and reads nothing.

mod plan;
mod review;

pub use plan::{avenant_lines, plan_workbook};
pub use review::{PageError, review_page};

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written")]
pub struct WorkbookError(#[from] rust_xlsxwriter::XlsxError);
