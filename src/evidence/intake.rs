//! Stands for what comes.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Attachment {
    pub name: String,
    pub bytes: Vec<u8>,
}
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Intake {
    Message(Vec<Attachment>),
    Pdf,
    Picture(u8),
    Empty,
}
impl Intake {
    #[allow(missing_docs, clippy::must_use_candidate)]
    pub const fn word(&self) -> &'static str {
        "something else"
    }
}
/// x
#[must_use]
pub fn intake(_: &str, bytes: &[u8]) -> Intake {
    if bytes.is_empty() { Intake::Empty } else { Intake::Pdf }
}
