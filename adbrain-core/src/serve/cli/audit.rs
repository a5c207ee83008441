//! `audit`: is the journal as it was written? And where did it end, signed?

use std::path::Path;

use serde_json::json;

use super::args::{Audit, NewKey, Sign, Verify};
use super::{database, files};
use crate::clock::{Clock, SystemClock};
use crate::control::{
    SignedHead, Verification, new_signing_key, public_key, sign_journal, verify as walk, verify_signed, verify_to,
};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;
use crate::model::ContentHash;

pub(super) async fn run(args: Audit) -> Result<()> {
    match args {
        Audit::Verify(args) => verify(args).await,
        Audit::Key(args) => make_key(&args),
        Audit::Sign(args) => sign(args).await,
    }
}

/// Walks the journal and prints its length and head.
async fn verify(args: Verify) -> Result<()> {
    let database = database::open(&args.store.db).await?;
    let found = match (args.signed.zip(args.public_key), args.head) {
        (Some((file, key)), _) => verify_signed(&*database, &read_signed(&file)?, &key).await?,
        (None, Some(head)) => verify_to(&*database, &ContentHash::new(head)).await?,
        (None, None) => walk(&*database).await?,
    };
    match told(&found) {
        Ok(text) => super::tell(args.json.as_deref(), &found, &text),
        // What is damaged is told as an error, and written down all the same.
        Err(error) => super::write_json(args.json.as_deref(), &found).and(Err(error)),
    }
}

fn read_signed(file: &Path) -> Result<SignedHead> {
    serde_json::from_slice(&files::read(file)?).map_err(|error| {
        Error::invalid("signed", format!("{} is no signed head: {error}", file.display()))
            .next("give the file that `adbrain audit sign` wrote")
    })
}

/// Makes a key, writes it where nobody else may read it, and prints its public half.
fn make_key(args: &NewKey) -> Result<()> {
    let key = new_signing_key()?;
    write_secret(&args.out, &key)?;
    let public_key = public_key(&key)?;
    super::tell(args.json.as_deref(), &json!({"public_key": public_key}), &public_key)
}

fn write_secret(file: &Path, key: &Secret) -> Result<()> {
    files::write_private(file, &format!("{}\n", key.expose())).map_err(|error| {
        Error::new(ErrorKind::Unavailable, format!("the key cannot be written to {}: {error}", file.display()))
            .next("name a file that is not there yet, in a folder that may be written to")
            .caused_by(error)
    })
}

/// Signs where the journal ends, and prints that or writes it to a file.
async fn sign(args: Sign) -> Result<()> {
    let database = database::open(&args.store.db).await?;
    let key = Secret::new(String::from_utf8_lossy(&files::read(&args.key)?).trim());
    let signed = sign_journal(&*database, &key, SystemClock.now()).await?;
    if args.json.is_some() {
        return super::write_json(args.json.as_deref(), &signed);
    }
    let text = serde_json::to_string_pretty(&signed)
        .map_err(|error| Error::new(ErrorKind::Internal, "a signed head cannot be written as JSON").caused_by(error))?;
    match &args.out {
        Some(file) => files::write(file, format!("{text}\n").as_bytes()),
        None => super::print(&text),
    }
}

/// The end of a journal that is whole, or what is wrong with it as an error.
pub(super) fn told(found: &Verification) -> Result<String> {
    match &found.first_problem {
        None if found.is_intact => Ok(format!("intact: {} entries, head {}", found.entries, found.head)),
        problem => {
            let what = problem.as_ref().map_or("damaged", |problem| problem.kind.as_str());
            let entry = problem.as_ref().map_or_else(String::new, |problem| problem.seq.to_string());
            Err(Error::new(ErrorKind::Corrupt, format!("the journal is not as it was written: {what}"))
                .with("entry", entry)
                .with("entries", found.entries)
                .next("compare the database with a backup"))
        }
    }
}
