//! Mail to the outside, by SMTP: one letter over one connection, to addresses that may be reached.
//!
//! TLS from the first byte (`smtps://`), or by STARTTLS before anything else is said (`smtp://`). Without TLS (`smtp+plain://`) only this machine
//! and private networks are talked to, as with plain HTTP.

mod mail;
mod server;
#[cfg(test)]
pub(crate) mod tests;

pub use mail::{Attachment, Mail};
pub use server::{Credentials, MailServer};

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use crate::error::{Error, ErrorKind, Result};
use server::Security;

/// How long the whole exchange may take, attachments included.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may take to say good-bye.
const GOODBYE: Duration = Duration::from_secs(2);
/// Answers about who we are, which a person mends: they say nothing of the letter (RFC 4954).
const ABOUT_US: [&str; 4] = ["530", "534", "535", "538"];

/// How far an exchange has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No byte of the letter has left.
    Before,
    /// The letter is on its way, and the server has not said yet whether it takes it.
    Sending,
}

/// Sends a mail once; gives the addresses that the server refused for good while it took the mail for others.
///
/// # Errors
/// [`ErrorKind::Refused`] for an address that may not be reached; [`ErrorKind::Unavailable`] where nothing was sent, and for an answer that
/// asks to come again (4xx); [`ErrorKind::InvalidInput`] with `is_final` in its context where the mail is refused for good (5xx);
/// [`ErrorKind::Unauthorized`] where the server does not take the name or the password; [`ErrorKind::OutcomeUnknown`] where the connection
/// was lost after the letter had left.
pub async fn send(server: &MailServer, mail: &Mail) -> Result<Vec<String>> {
    let mut stage = Stage::Before;
    let exchange = async {
        let mut connection = connect(server).await?;
        let refused = deliver(&mut connection, mail, &mut stage).await;
        Ok::<_, Failure>((connection, refused))
    };
    let outcome = tokio::time::timeout(TIMEOUT, exchange).await;
    let refused = match outcome {
        Err(_) => return Err(lost(server, stage, "it took longer than a minute")),
        Ok(Err(failure)) => Err(failure),
        Ok(Ok((mut connection, refused))) => {
            // How the server says good-bye changes nothing.
            let _ = tokio::time::timeout(GOODBYE, connection.quit()).await;
            refused
        }
    };
    refused.map_err(|failure| match failure {
        Failure::Ours(error) => error,
        Failure::Server(error) => failed(server, stage, &error),
    })
}

/// Why an exchange failed.
enum Failure {
    Ours(Error),
    Server(SmtpError),
}

impl From<SmtpError> for Failure {
    fn from(error: SmtpError) -> Self {
        Self::Server(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// A connection that is encrypted where it has to be, with the name and the password told.
async fn connect(server: &MailServer) -> std::result::Result<AsyncSmtpConnection, Failure> {
    let addresses = server.addresses().await?;
    let hello = ClientId::default();
    let tls = server.tls()?;
    let first = tls.clone().filter(|_| server.security == Security::Implicit);
    let mut connection =
        AsyncSmtpConnection::connect_tokio1(&addresses[..], Some(CONNECT_TIMEOUT), &hello, first, None).await?;
    if let Some(tls) = tls.filter(|_| server.security == Security::StartTls) {
        connection.starttls(tls, &hello).await?;
    }
    if let Some(credentials) = &server.credentials {
        let secret = credentials.for_wire();
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &secret).await?;
    }
    Ok(connection)
}

/// Names sender and receivers, and sends the letter to those whom the server takes.
async fn deliver(
    connection: &mut AsyncSmtpConnection,
    mail: &Mail,
    stage: &mut Stage,
) -> std::result::Result<Vec<String>, Failure> {
    let (from, to, bytes) = mail.for_wire()?;
    connection.command(MailFrom::new(Some(from), Vec::new())).await?;
    let mut refused: Vec<(Address, SmtpError)> = Vec::new();
    for address in &to {
        match connection.command(Rcpt::new(address.clone(), Vec::new())).await {
            Ok(_) => {}
            Err(error) if error.is_permanent() => refused.push((address.clone(), error)),
            Err(error) => return Err(error.into()),
        }
    }
    if refused.len() == to.len() {
        let first = refused.into_iter().next().map(|(_, error)| error);
        return Err(first.map_or_else(|| Failure::Ours(Mail::no_receiver()), Failure::Server));
    }
    connection.command(Data).await?;
    *stage = Stage::Sending;
    connection.message(&bytes).await?;
    Ok(refused.into_iter().map(|(address, _)| address.to_string()).collect())
}

/// What an answer or a broken connection means for the caller. Answers may quote what we said, so that only their codes are shown.
fn failed(server: &MailServer, stage: Stage, error: &SmtpError) -> Error {
    let Some(status) = error.status().map(|status| status.to_string()) else {
        return broken(server, stage, error);
    };
    let what = format!("the mail server {} answered {status}", server.name());
    let (kind, next) = if ABOUT_US.contains(&status.as_str()) {
        (ErrorKind::Unauthorized, "check the variables of user_env and secret_env, and whether the account may send")
    } else if error.is_permanent() {
        (ErrorKind::InvalidInput, "check sender and receivers; the mail is not sent again")
    } else {
        (ErrorKind::Unavailable, "the server asks to come again later")
    };
    let told = Error::new(kind, what).with("smtp_status", &status).next(next);
    if kind == ErrorKind::InvalidInput { told.with("is_final", true) } else { told }
}

fn broken(server: &MailServer, stage: Stage, error: &SmtpError) -> Error {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let why = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    lost(server, stage, &server.redact(&why))
}

fn lost(server: &MailServer, stage: Stage, why: &str) -> Error {
    let what = format!("the mail server {}: {why}", server.name());
    match stage {
        Stage::Before => Error::new(ErrorKind::Unavailable, what)
            .next("nothing was sent: check address, port, TLS and the network, then try again"),
        Stage::Sending => {
            Error::new(ErrorKind::OutcomeUnknown, what).next("the mail may have arrived: look there first")
        }
    }
}
