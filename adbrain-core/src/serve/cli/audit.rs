//! `audit verify`: is the journal as it was written?

use super::args::Verify;
use super::database;
use crate::control::{Verification, verify as walk, verify_to};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ContentHash;

/// Walks the journal and prints its length and head.
pub(super) async fn verify(args: Verify) -> Result<()> {
    let database = database::open(&args.db).await?;
    let found = match args.head {
        Some(head) => verify_to(&*database, &ContentHash::new(head)).await?,
        None => walk(&*database).await?,
    };
    super::print(&told(&found)?)
}

fn told(found: &Verification) -> Result<String> {
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
