//! A mail server: where it is, how the connection is made safe, who we are there.

use std::net::SocketAddr;
use std::path::PathBuf;

use lettre::transport::smtp::authentication::Credentials as WireCredentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use reqwest::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::http::address::resolve_mail;
use crate::http::{Reach, Secret};

/// The ports where the address names none (RFC 6409, RFC 8314).
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;
const RELAY: u16 = 25;

/// How a connection is made safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS before anything else; a server without it gets nothing.
    StartTls,
    /// None: this machine and private networks alone.
    Plain,
}

/// Who we are at a server.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The name.
    pub user: Secret,
    /// The password.
    pub password: Secret,
}

impl Credentials {
    pub(super) fn for_wire(&self) -> WireCredentials {
        WireCredentials::new(self.user.expose().to_owned(), self.password.expose().to_owned())
    }
}

/// A mail server that letters are handed to.
#[derive(Debug, Clone)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) reach: Reach,
    pub(super) credentials: Option<Credentials>,
    pub(super) authority: Option<Vec<u8>>,
}

impl MailServer {
    /// A server by its address, `smtps://mail.example.com` (TLS from the first byte) or `smtp://mail.example.com:587` (STARTTLS);
    /// `smtp+plain://` is without TLS, for this machine and private networks alone. `field` names it in an error.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for an address of another form; nothing of it is shown, since people write passwords into such addresses.
    pub fn new(address: &str, field: &str, reach: Reach) -> Result<Self> {
        let wrong = |what: &str| {
            Error::invalid(field, what).next("write smtps://HOST for TLS or smtp://HOST:587 for STARTTLS, and no more")
        };
        let url = Url::parse(address.trim()).map_err(|_| wrong("is no address"))?;
        let (security, port) = match url.scheme() {
            "smtps" => (Security::Implicit, SUBMISSIONS),
            "smtp" => (Security::StartTls, SUBMISSION),
            "smtp+plain" if reach > Reach::Public => (Security::Plain, RELAY),
            "smtp+plain" => return Err(wrong("has no TLS, which is for this machine and private networks alone")),
            _ => return Err(wrong("is no address of a mail server")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("holds a name or a password; they belong into variables of their own"));
        }
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let host =
            url.host_str().filter(|host| !host.is_empty() && is_bare).ok_or_else(|| wrong("has no host alone"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port().unwrap_or(port);
        Ok(Self { host, port, security, reach, credentials: None, authority: None })
    }

    /// The same with a name and a password.
    #[must_use]
    pub fn with_credentials(self, credentials: Option<Credentials>) -> Self {
        Self { credentials, ..self }
    }

    /// The same, trusting the certificate of an authority of one's own beside those that the machine trusts.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming `field` where the file holds no certificate.
    pub fn with_authority(self, file: Option<&PathBuf>, field: &str) -> Result<Self> {
        let Some(file) = file else { return Ok(self) };
        let wrong = |why: String| Error::invalid(field, why).next("name a file with a certificate in PEM");
        let bytes =
            std::fs::read(file).map_err(|error| wrong(format!("{} cannot be read: {error}", file.display())))?;
        Certificate::from_pem(&bytes).map_err(|_| wrong(format!("{} holds no certificate", file.display())))?;
        Ok(Self { authority: Some(bytes), ..self })
    }

    /// Host and port, for errors.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The addresses of the host that may be reached.
    pub(super) async fn addresses(&self) -> Result<Vec<SocketAddr>> {
        resolve_mail((&self.host, self.port), (self.reach, self.security != Security::Plain)).await
    }

    /// How the server's certificate is checked: against its name, whatever address the name leads to.
    pub(super) fn tls(&self) -> Result<Option<TlsParameters>> {
        if self.security == Security::Plain {
            return Ok(None);
        }
        let unusable = |_| {
            Error::new(ErrorKind::Unavailable, format!("TLS to {} cannot be set up", self.name()))
                .next("check the name of the host and the certificates that this machine trusts")
        };
        let mut builder = TlsParameters::builder(self.host.clone());
        for certificate in self.authority.iter().map(|bytes| Certificate::from_pem(bytes)) {
            builder = builder.add_root_certificate(certificate.map_err(unusable)?);
        }
        builder.build_rustls().map(Some).map_err(unusable)
    }

    /// A text without our name and password.
    pub(super) fn redact(&self, text: &str) -> String {
        let Some(known) = &self.credentials else { return text.to_owned() };
        known.user.redact(&known.password.redact(text))
    }
}
