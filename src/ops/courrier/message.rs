//! A letter as a message (RFC 5322): plain text, its files attached, confirmation of reading asked for (RFC 8098).

use std::time::{Duration, SystemTime};

use lettre::{
    Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};

use super::pli::Pli;
use crate::{digest::FileDigest, document::plain};

/// Its object, with the reference by which an answer is recognised.
pub(super) fn subject(pli: &Pli) -> String {
    format!("{} [{}]", pli.objet, pli.reference)
}

/// Its identifier: which contract, version and letter it is, and no name; none without a mailbox to answer to.
pub(super) fn id(pli: &Pli) -> Option<String> {
    let domain = pli.from.as_deref()?.split_once('@')?.1;
    let digest = FileDigest::of(format!("{}\n{}\n{}", pli.stem(), pli.instant, plain(&pli.blocks)).as_bytes());
    let short: String = digest.to_string().chars().take(12).collect();
    Some(format!("<{}.{short}@{domain}>", pli.stem()))
}

/// Confirmation of reading, asked for.
#[derive(Clone)]
struct ReceiptTo(String);

impl Header for ReceiptTo {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Disposition-Notification-To")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// Says to mail programs that the message is a draft, to be opened for sending.
#[derive(Clone)]
struct Unsent;

impl Header for Unsent {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Unsent")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "1".to_owned())
    }
}

/// The message; none without the two mailboxes. The same letter gives the same bytes.
pub(super) fn message(pli: &Pli, draft: bool) -> Result<Option<Message>, lettre::error::Error> {
    let (Some(from), Some(to)) = (mailbox(pli.from.as_deref()), mailbox(pli.to.as_deref())) else { return Ok(None) };
    let seconds = u64::try_from(pli.instant.as_second()).unwrap_or(0);
    let mut builder = Message::builder()
        .header(ReceiptTo(from.email.to_string()))
        .from(Mailbox::new(Some(pli.author.clone()), from.email))
        .to(to)
        .subject(subject(pli))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(id(pli));
    if draft {
        builder = builder.header(Unsent);
    }
    let text = SinglePart::plain(format!("{}\n", plain(&pli.blocks)));
    if pli.pieces.is_empty() {
        return builder.singlepart(text).map(Some);
    }
    let boundary: String = FileDigest::of(pli.stem().as_bytes()).to_string().chars().take(32).collect();
    let mut parts = MultiPart::mixed().boundary(boundary).singlepart(text);
    for (piece, bytes) in &pli.pieces {
        let pdf = ContentType::parse("application/pdf").unwrap_or(ContentType::TEXT_PLAIN);
        parts = parts.singlepart(Attachment::new(piece.nom.clone()).body(bytes.clone(), pdf));
    }
    builder.multipart(parts).map(Some)
}

fn mailbox(address: Option<&str>) -> Option<Mailbox> {
    Some(Mailbox::new(None, address?.parse().ok()?))
}
