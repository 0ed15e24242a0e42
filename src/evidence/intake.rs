//! What kind of file came back, from its first bytes; and what a message carries.
//!
//! Takes a name and bytes, gives an [`Intake`]. A name decides nothing: whoever renames a message to `.pdf` has sent a message. It does
//! not read what it recognises: a PDF that is cut short is a PDF here, and [`super::pdf`] says what it lacks.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::{
    Observation, Reason,
    accuse::{Accuse, accuse},
};

/// The most that is looked at for a PDF's header (ISO 32000-1, annex H, note 13).
const HEAD: usize = 1024;

/// Attachments of one message: three exemplaires, a letter, and the pictures of a signature block.
const MAX_ATTACHMENTS: usize = 60;

/// Bytes of all attachments of a message: mail servers stop at a tenth.
const MAX_ATTACHED: usize = 256 << 20;

/// Messages inside messages: forwarded, and forwarded again.
const MAX_DEPTH: usize = 5;

/// Parts of a message, of all depths; each has its own `Content-Type`.
const MAX_PARTS: usize = 500;

/// Lines that begin as a boundary between parts, or as a rule in a text.
const MAX_BOUNDARIES: usize = 20_000;

/// Lines that begin as a header field does: each takes some hundred bytes to keep.
const MAX_FIELDS: usize = 100_000;

/// Lines that begin with white space, as those that go on with a header field.
const MAX_FOLDED: usize = 300_000;

/// Pieces of parameters that are too long for a line, `filename*12=`: each is joined with all before it.
const MAX_PIECES: usize = 2_000;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It has no byte.
    Empty,
    /// A message (RFC 5322), as `.eml` files are.
    Message,
    /// Nothing that is read here.
    Other,
    /// A PDF, whole or not.
    Pdf,
    /// A picture.
    Picture(Picture),
}

/// A kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the formats' own names")]
pub enum Picture {
    Jpeg,
    Png,
    Tiff,
}

/// A file that a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without any folder; `piece-2` if it has none.
    pub name: String,
    /// Its bytes, decoded.
    pub bytes: Vec<u8>,
}

/// What a file is, before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// What kind of file it is.
    pub kind: Kind,
    /// What it carries, if it is a message: of all messages inside it, in their order.
    pub attachments: Vec<Attachment>,
    /// What it says of a message that was sent, if it is about one; it then carries nothing else.
    pub accuse: Option<Accuse>,
    /// What was seen; empty when all is well.
    pub observations: Vec<Observation>,
}

/// Tells what a file is. `name` is only used to say what to do with one that is not read.
#[must_use]
pub fn intake(name: &str, bytes: &[u8]) -> Intake {
    let kind = kind(bytes);
    let mut intake = Intake { kind, attachments: Vec::new(), accuse: None, observations: Vec::new() };
    match kind {
        Kind::Empty => intake.observations.push(Observation::new(Reason::Unreadable, "the file is empty")),
        Kind::Message => take_apart(bytes, &mut intake),
        Kind::Other => intake.observations.push(Observation::new(Reason::Unreadable, strange(name, bytes))),
        Kind::Pdf | Kind::Picture(_) => {}
    }
    intake
}

/// What kind of file it is.
pub(super) fn kind(bytes: &[u8]) -> Kind {
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
    match bytes {
        [] => Kind::Empty,
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Kind::Picture(Picture::Png),
        [0xff, 0xd8, 0xff, ..] => Kind::Picture(Picture::Jpeg),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Kind::Picture(Picture::Tiff),
        // An archive may hold a PDF as it is, near its beginning.
        [b'P', b'K', 3, 4, ..] => Kind::Other,
        // So may an envelope: what it holds is not what it is.
        _ if is_tnef(bytes) || is_cms(bytes) => Kind::Other,
        _ if is_message(bytes) => Kind::Message,
        _ if memchr::memmem::find(head, b"%PDF-").is_some() => Kind::Pdf,
        _ => Kind::Other,
    }
}

/// Whether it is what Outlook sends when it does not send attachments: `winmail.dat` (MS-OXTNEF, 2.1.3.1).
fn is_tnef(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x78, 0x9f, 0x3e, 0x22])
}

/// Whether it is a CMS structure that may hold a file and signatures of it: `.p7m` (RFC 5652, 3).
fn is_cms(bytes: &[u8]) -> bool {
    const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    let head = bytes.get(..bytes.len().min(20)).unwrap_or_default();
    head.first() == Some(&0x30) && memchr::memmem::find(head, &SIGNED_DATA).is_some()
}

/// Whether it begins with header fields, one of which every message has.
fn is_message(bytes: &[u8]) -> bool {
    const MAIL: [&str; 6] = ["date", "delivered-to", "from", "mime-version", "received", "return-path"];
    let head = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut is_mail = false;
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_folded = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        if line.is_empty() {
            break;
        }
        if is_folded || line.starts_with(b"From ") {
            continue;
        }
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        if name.len() == line.len() || !name.iter().all(|byte| byte.is_ascii_graphic()) {
            return false;
        }
        is_mail |= MAIL.iter().any(|mail| name.eq_ignore_ascii_case(mail.as_bytes()));
    }
    is_mail
}

fn strange(name: &str, bytes: &[u8]) -> String {
    let is_compound = bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    let is_archive = bytes.starts_with(b"PK\x03\x04");
    let lower = name.to_lowercase();
    if is_compound && lower.ends_with(".msg") {
        "a message of Outlook's own format, expected a message saved as `.eml`".to_owned()
    } else if is_tnef(bytes) {
        "a message in Outlook's own format (`winmail.dat`), expected the attachments themselves".to_owned()
    } else if is_cms(bytes) {
        "a file in an envelope that signs it (`.p7m`), expected a PDF that was signed itself".to_owned()
    } else if is_archive {
        "an archive or an office document, expected a PDF".to_owned()
    } else {
        "neither a PDF, a picture nor a message".to_owned()
    }
}

fn take_apart(bytes: &[u8], intake: &mut Intake) {
    let exceeded = |what: &str| Observation::new(Reason::LimitExceeded, format!("the message has {what}"));
    // Counted before it is read: parts in parts are freed one inside the other.
    let signs = Signs::count(bytes);
    for (found, most, what) in [
        (signs.parts, MAX_PARTS, "parts"),
        (signs.boundaries, MAX_BOUNDARIES, "boundaries between parts"),
        (signs.fields, MAX_FIELDS, "header fields"),
        (signs.folded, MAX_FOLDED, "folded lines"),
        (signs.pieces, MAX_PIECES, "pieces of parameters"),
    ] {
        if found > most {
            intake.observations.push(exceeded(&format!("more than {most} {what}")));
            return;
        }
    }
    let Some(message) = MessageParser::default().parse(bytes) else {
        intake.observations.push(Observation::new(Reason::Unreadable, "the message cannot be read"));
        return;
    };
    intake.accuse = accuse(&message);
    if intake.accuse.is_some() {
        return;
    }
    let mut left = MAX_ATTACHED;
    if let Err(what) = gather(&message, 0, &mut left, &mut intake.attachments) {
        intake.observations.push(exceeded(what));
    }
}

/// What makes a message long to read, counted in its bytes: at least as often as it is there.
#[derive(Debug, Default)]
struct Signs {
    parts: usize,
    boundaries: usize,
    fields: usize,
    folded: usize,
    pieces: usize,
}

impl Signs {
    fn count(bytes: &[u8]) -> Self {
        let mut signs = Self::default();
        let is_type = |at: &usize| {
            let around = at.checked_sub(7).and_then(|start| bytes.get(start..at + 5));
            around.is_some_and(|around| around.eq_ignore_ascii_case(b"content-type"))
        };
        signs.parts = memchr::memchr_iter(b'-', bytes).filter(is_type).count();
        let is_piece = |at: &usize| {
            let after = bytes.get(at + 1..).unwrap_or_default();
            let digits = after.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
            digits > 0 && matches!(after.get(digits..), Some([b'=', ..] | [b'*', b'=', ..]))
        };
        signs.pieces = memchr::memchr_iter(b'*', bytes).filter(is_piece).count();
        for line in bytes.split(|byte| *byte == b'\n') {
            match line {
                [b' ' | b'\t', ..] => signs.folded += 1,
                [b'-', b'-', ..] => signs.boundaries += 1,
                line => {
                    let name =
                        line.iter().take(80).take_while(|byte| byte.is_ascii_graphic() && **byte != b':').count();
                    signs.fields += usize::from(line.get(name) == Some(&b':'));
                }
            }
        }
        signs
    }
}

fn gather(
    message: &Message<'_>,
    depth: usize,
    left: &mut usize,
    attachments: &mut Vec<Attachment>,
) -> Result<(), &'static str> {
    if depth > MAX_DEPTH {
        return Err("messages inside messages, too deep");
    }
    let carries_pdf = message.attachments().any(|part| kind(part.contents()) == Kind::Pdf);
    for part in message.attachments().filter(|part| !(carries_pdf && is_drawn_in(part, message))) {
        if let PartType::Message(inner) = &part.body {
            gather(inner, depth + 1, left, attachments)?;
            continue;
        }
        let bytes = part.contents();
        *left = left.checked_sub(bytes.len()).ok_or("attachments that are too large")?;
        if attachments.len() == MAX_ATTACHMENTS {
            return Err("too many attachments");
        }
        let name = part.attachment_name().map(plain_name).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("piece-{}", attachments.len() + 1));
        attachments.push(Attachment { name, bytes: bytes.to_vec() });
    }
    Ok(())
}

/// Whether a part is a picture that the message draws in its own text, as the logo of a signature block.
fn is_drawn_in(part: &MessagePart<'_>, message: &Message<'_>) -> bool {
    let Some(id) = part.content_id().map(|id| id.trim_matches(['<', '>'])).filter(|id| !id.is_empty()) else {
        return false;
    };
    let name = format!("cid:{id}");
    matches!(kind(part.contents()), Kind::Picture(_))
        && message.html_bodies().any(|body| body.text_contents().is_some_and(|text| text.contains(&name)))
}

/// A name without folders and without what no file name has.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|letter| !letter.is_control()).take(200).collect();
    plain.trim().trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MESSAGE: &str = "From: cpam@example.fr\r\nSubject: =?utf-8?q?sign=C3=A9?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n\
        --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"../a/contrat.pdf\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
        From: x@example.fr\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\n\
        Content-Disposition: attachment\r\n\r\nabc\r\n--b--\r\n";

    #[test]
    fn a_file_is_known_by_its_bytes() {
        let kinds = |bytes: &[u8]| intake("contrat.pdf", bytes).kind;
        assert_eq!(kinds(b""), Kind::Empty);
        assert_eq!(kinds(b"%PDF-1.7\n"), Kind::Pdf);
        assert_eq!(kinds(b"\n\njunk %PDF-1.7\n"), Kind::Pdf);
        assert_eq!(kinds(b"\xff\xd8\xff\xe0"), Kind::Picture(Picture::Jpeg));
        assert_eq!(kinds(b"MM\0\x2a"), Kind::Picture(Picture::Tiff));
        assert_eq!(kinds(MESSAGE.as_bytes()), Kind::Message);
        assert_eq!(kinds(b"hello"), Kind::Other);
        assert_eq!(intake("a", b"hello").observations[0].reason, Reason::Unreadable);
    }

    #[test]
    fn a_message_gives_what_it_carries_at_every_depth() {
        let found = intake("m.eml", MESSAGE.as_bytes());
        let names: Vec<_> = found.attachments.iter().map(|one| (one.name.as_str(), one.bytes.as_slice())).collect();
        assert_eq!(names[0], ("contrat.pdf", &b"%PDF-1.7\n"[..]));
        assert_eq!(names.len(), 2, "{names:?}");
        assert_eq!(names[1].0, "piece-2");
        assert!(found.observations.is_empty());
    }

    #[test]
    fn what_wraps_a_pdf_is_not_taken_for_it() {
        let tnef = intake("winmail.dat", b"\x78\x9f\x3e\x22\x01\x00 %PDF-1.7\n");
        assert_eq!(tnef.kind, Kind::Other);
        assert!(tnef.observations[0].detail.contains("winmail.dat"), "{tnef:?}");
        let cms = b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02 %PDF-1.7\n";
        let cms = intake("contrat.pdf.p7m", cms);
        assert_eq!(cms.kind, Kind::Other);
        assert!(cms.observations[0].detail.contains(".p7m"), "{cms:?}");
    }

    #[test]
    fn a_logo_that_the_message_draws_is_no_return() {
        let message = |html: &str| {
            format!(
                "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n\
                 Content-Type: text/html\r\n\r\n{html}\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <logo@b>\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b\r\nContent-Type: application/pdf\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n--b--\r\n"
            )
        };
        let carried = |html: &str| intake("m.eml", message(html).as_bytes()).attachments.len();
        assert_eq!(carried("<img src=\"cid:logo@b\">"), 1);
        assert_eq!(carried("<p>Ci-joint</p>"), 2);
    }

    #[test]
    fn messages_without_end_are_refused() {
        let bomb = "From: a@b\r\nContent-Type: message/rfc822\r\n\r\n".repeat(100_000);
        assert_eq!(intake("m.eml", bomb.as_bytes()).observations[0].reason, Reason::LimitExceeded);
        let deep = "From: a@b\r\nContent-Type: message/rfc822\r\n\r\n".repeat(100);
        assert!(intake("m.eml", deep.as_bytes()).attachments.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_kind(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _any = intake("x", &bytes);
        }

        #[test]
        fn any_spoiled_message_is_read(at in 0..MESSAGE.len(), byte in any::<u8>()) {
            let mut bytes = MESSAGE.as_bytes().to_vec();
            bytes[at] = byte;
            let _any = intake("m.eml", &bytes);
        }
    }
}
