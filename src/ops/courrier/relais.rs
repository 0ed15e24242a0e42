//! A mail server to which messages are handed over (SMTP, RFC 5321).

use std::time::Duration;

use lettre::{SmtpTransport, Transport as _, address::Envelope};

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// A mail server.
pub struct Relais(SmtpTransport);

/// Why a message was not handed over.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct RelaisError {
    /// Whether the server said no, so that the message certainly did not leave.
    pub refused: bool,
    source: lettre::transport::smtp::Error,
}

impl Relais {
    /// Names a server: `smtps://user:password@host`, `smtp://host:587?tls=required`, `smtp://host:25` inside of the agency.
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// When it is not such an address.
    pub fn new(url: &str) -> Result<Self, RelaisError> {
        let transport = SmtpTransport::from_url(url).map_err(|source| RelaisError { refused: true, source })?;
        Ok(Self(transport.timeout(Some(SILENCE)).build()))
    }

    /// Hands a message over.
    pub(super) fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<(), RelaisError> {
        let sent = self.0.send_raw(envelope, message);
        sent.map(drop).map_err(|source| RelaisError { refused: source.is_permanent() || source.is_transient(), source })
    }
}
