//! What a message says of another one: that it was read (RFC 8098), delivered or not (RFC 3464).
//!
//! It tells what the message claims, and of which message. It cannot tell who made it.

use jiff::civil::Date;
use mail_parser::{Message, MessagePart, MimeHeaders as _, PartType};

/// What is said of a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// It could not be delivered.
    NonRemis,
    /// It was put into the mailbox.
    Remis,
    /// It was displayed to somebody.
    Lu,
    /// It was removed, or processed otherwise, without being displayed.
    NonLu,
}

/// A message about another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accuse {
    /// What it says.
    pub sort: Sort,
    /// The identifier of the message it speaks of, without its brackets.
    pub original: Option<String>,
    /// The object of that message, or its own when it does not quote it.
    pub objet: String,
    /// The mailbox that it comes from.
    pub de: Option<String>,
    /// The day it bears, where it was written.
    pub jour: Option<Date>,
}

/// Reads a message about another one; none when it is an ordinary message.
pub(super) fn accuse(message: &Message<'_>) -> Option<Accuse> {
    let sort = message.parts.iter().find_map(sort)?;
    let quoted = message.parts.iter().find_map(quoted);
    let field = |part: &MessagePart<'_>| value(&text(part)?, "original-message-id");
    let named = message.parts.iter().filter(|part| sort_of(part).is_some()).find_map(field);
    let original = named.or_else(|| value(quoted.as_deref()?, "message-id"));
    let own = message.subject().unwrap_or_default().to_owned();
    let objet = quoted.as_deref().and_then(subject).unwrap_or(own);
    let de = message.from().and_then(|from| from.first()).and_then(|from| from.address());
    let jour = message.date().and_then(|date| {
        Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
    });
    Some(Accuse {
        sort,
        original: original.map(|id| id.trim_matches(['<', '>', ' ']).to_owned()).filter(|id| !id.is_empty()),
        objet,
        de: de.map(str::to_lowercase),
        jour,
    })
}

/// What kind of report a part is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Report {
    Delivery,
    Disposition,
}

fn sort_of(part: &MessagePart<'_>) -> Option<Report> {
    let kind = part.content_type()?;
    let is = |subtype| {
        kind.ctype().eq_ignore_ascii_case("message")
            && kind.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    };
    if is("disposition-notification") {
        Some(Report::Disposition)
    } else if is("delivery-status") || is("global-delivery-status") {
        Some(Report::Delivery)
    } else {
        None
    }
}

fn sort(part: &MessagePart<'_>) -> Option<Sort> {
    let report = sort_of(part)?;
    let text = text(part)?;
    Some(match report {
        // « manual-action/MDN-sent-manually; displayed »
        Report::Disposition => {
            let disposition = value(&text, "disposition")?.to_ascii_lowercase();
            let kind = disposition.rsplit(';').next().unwrap_or_default().trim();
            if kind.starts_with("displayed") { Sort::Lu } else { Sort::NonLu }
        }
        Report::Delivery => match value(&text, "action")?.to_ascii_lowercase().as_str() {
            "delivered" | "relayed" | "expanded" => Sort::Remis,
            "failed" => Sort::NonRemis,
            // « delayed »: the server still tries.
            _ => return None,
        },
    })
}

/// The headers of the message that a report quotes, whole or not.
fn quoted(part: &MessagePart<'_>) -> Option<String> {
    if let PartType::Message(inner) = &part.body {
        return Some(String::from_utf8_lossy(inner.raw_message()).into_owned());
    }
    let kind = part.content_type()?;
    let headers = kind.ctype().eq_ignore_ascii_case("text")
        && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("rfc822-headers"));
    if headers { text(part) } else { None }
}

fn text(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(text.to_string()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        PartType::Message(inner) => Some(String::from_utf8_lossy(inner.raw_message()).into_owned()),
        PartType::Multipart(_) => None,
    }
}

/// The first value of a header field, its folded lines joined.
fn value(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines();
    let first = lines.by_ref().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })?;
    let folded = lines.take_while(|line| line.starts_with([' ', '\t'])).map(str::trim);
    Some(std::iter::once(first.as_str()).chain(folded).collect::<Vec<_>>().join(" ").trim().to_owned())
}

/// The object among quoted headers, decoded.
fn subject(headers: &str) -> Option<String> {
    // Headers end with a blank line, which a quotation of them may lack.
    let ended = format!("{}\r\n\r\n", headers.trim_end());
    let message = mail_parser::MessageParser::default().parse_headers(ended.as_bytes())?;
    message.subject().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{
        super::intake::{Kind, intake},
        *,
    };

    fn read(message: &str) -> Option<Accuse> {
        let taken = intake("accuse.eml", message.replace('\n', "\r\n").as_bytes());
        assert_eq!(taken.kind, Kind::Message);
        assert!(taken.accuse.is_none() || taken.attachments.is_empty(), "what a report quotes is no return");
        taken.accuse
    }

    const READ: &str = "From: CAQES <CAQES@hopital.example>\nTo: caqes@ars.example\nSubject: Lu : Proposition\nDate: Fri, 20 May 2022 09:12:00 +0200\n\
        MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n\
        --b\nContent-Type: text/plain\n\nVotre message a été lu.\n\
        --b\nContent-Type: message/disposition-notification\n\nReporting-UA: poste\nFinal-Recipient: rfc822;caqes@hopital.example\n\
        Original-Message-ID: <960000016-2022-v1-proposition.0123456789ab@ars.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n";

    #[test]
    fn a_message_that_was_read_says_of_which_and_when() {
        let accuse = read(READ).unwrap();
        assert_eq!(accuse.sort, Sort::Lu);
        assert_eq!(accuse.original.as_deref(), Some("960000016-2022-v1-proposition.0123456789ab@ars.example"));
        assert_eq!(accuse.de.as_deref(), Some("caqes@hopital.example"));
        assert_eq!(accuse.jour, Some(date(2022, 5, 20)));
        let removed = READ.replace("; displayed", "; deleted");
        assert_eq!(read(&removed).unwrap().sort, Sort::NonLu, "removed unread is not read");
    }

    #[test]
    fn a_bounce_is_known_by_the_headers_that_it_quotes() {
        let bounce = "From: MAILER-DAEMON@relais.example\nSubject: Undelivered Mail Returned to Sender\nDate: Thu, 19 May 2022 10:00:00 +0200\n\
            MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
            --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relais.example\n\nFinal-Recipient: rfc822; caqes@hopital.example\nAction: failed\nStatus: 5.1.1\n\
            --b\nContent-Type: text/rfc822-headers\n\nMessage-ID:\n <960000016-2022-v1-proposition.0123456789ab@ars.example>\nSubject: =?utf-8?q?Proposition_=C3=A0?=\n =?utf-8?q?_signer?=\n--b--\n";
        let accuse = read(bounce).unwrap();
        assert_eq!((accuse.sort, accuse.objet.as_str()), (Sort::NonRemis, "Proposition à signer"));
        assert_eq!(accuse.original.as_deref(), Some("960000016-2022-v1-proposition.0123456789ab@ars.example"));
        assert_eq!(read(&bounce.replace("failed", "delayed")), None, "the server still tries");
    }

    #[test]
    fn an_ordinary_message_says_nothing_of_another() {
        assert_eq!(read("From: a@b.example\nSubject: Lu\n\nJ'ai lu votre message.\n"), None);
    }
}
