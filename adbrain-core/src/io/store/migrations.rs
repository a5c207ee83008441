//! Numbered changes of the tables; each runs once, in one transaction.

use super::{Database, Statement, Value};
use crate::error::{Error, ErrorKind, Result};

/// The changes in order; number 1 comes first. A change that has been released is never edited: add the next one.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_approvals.sql"),
    include_str!("migrations/0003_heads.sql"),
    include_str!("migrations/0004_trainings.sql"),
    include_str!("migrations/0005_sources.sql"),
    include_str!("migrations/0006_reach.sql"),
    include_str!("migrations/0007_letters.sql"),
    include_str!("migrations/0008_grounds.sql"),
    include_str!("migrations/0009_words.sql"),
];

/// The version of the tables that this release works with.
pub fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The version of a database's tables; 0 for a new one.
///
/// # Errors
/// Those of the database.
pub async fn version(database: &dyn Database) -> Result<i64> {
    let found =
        Statement::new("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'", []);
    if number(database, found).await? == 0 {
        return Ok(0);
    }
    number(database, Statement::new("SELECT coalesce(max(version), 0) FROM schema_version", [])).await
}

/// Brings the tables up to the newest version. Two processes may do so at once: one runs each change, the other sees it done.
///
/// # Errors
/// [`ErrorKind::Unsupported`] where a newer release wrote the database.
pub async fn migrate(database: &dyn Database) -> Result<()> {
    loop {
        let at = version(database).await?;
        if at > newest() {
            return Err(too_new(at));
        }
        let next = usize::try_from(at).ok().and_then(|at| MIGRATIONS.get(at));
        let Some(sql) = next else { return Ok(()) };
        match database.write(change(at + 1, sql)).await {
            Err(error) if error.kind() == ErrorKind::Conflict && version(database).await? > at => {}
            other => drop(other?),
        }
    }
}

/// One change as one transaction: its number goes in first, so that a second process fails there and changes nothing.
fn change(version: i64, sql: &str) -> Vec<Statement> {
    let table = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)";
    let mut statements = vec![
        Statement::new(table, []),
        Statement::new("INSERT INTO schema_version (version) VALUES (?1)", [Value::Integer(version)]),
    ];
    statements.extend(split(sql).map(|sql| Statement::new(sql, [])));
    statements
}

/// Splits a file at the semicolons that end a line; comment lines are left out.
fn split(sql: &str) -> impl Iterator<Item = String> {
    let code: Vec<_> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let statements: Vec<_> =
        code.join("\n").split(";\n").map(|part| part.trim().trim_end_matches(';').to_owned()).collect();
    statements.into_iter().filter(|statement| !statement.is_empty())
}

fn too_new(found: i64) -> Error {
    let message = format!("the database has tables of version {found}, this release knows them up to {}", newest());
    Error::new(ErrorKind::Unsupported, message).next("install the release that wrote it, or a later one")
}

async fn number(database: &dyn Database, statement: Statement) -> Result<i64> {
    let rows = database.query(statement).await?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::FileDatabase;

    async fn new_file() -> (tempfile::TempDir, FileDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let database = FileDatabase::open(&folder.path().join("brain.db")).await.unwrap();
        (folder, database)
    }

    #[tokio::test]
    async fn a_new_file_gets_every_table_once() {
        let (_folder, database) = new_file().await;
        assert_eq!(version(&database).await.unwrap(), 0);
        migrate(&database).await.unwrap();
        migrate(&database).await.unwrap();
        assert_eq!(version(&database).await.unwrap(), newest());
        let tables =
            database.query(Statement::new("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", []));
        let names: Vec<_> = tables.await.unwrap().iter().map(|row| row.text(0).unwrap().to_owned()).collect();
        let wanted = "alert_states campaign_learnings combination_sources deliveries industry_best_practices journal journal_heads \
                      kept_results language_calls leases letter_files letters run_results runs sandbox_ledger scheduled_reports schema_version source_days source_rows steps told \
                      trainings winning_combinations";
        assert_eq!(names.join(" "), wanted);
    }

    #[tokio::test]
    async fn a_database_of_a_newer_release_is_refused_untouched() {
        let (_folder, database) = new_file().await;
        migrate(&database).await.unwrap();
        database.write(vec![Statement::new("INSERT INTO schema_version VALUES (99)", [])]).await.unwrap();
        let error = migrate(&database).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("version 99"), "{error}");
    }

    /// Brings a new file up to one version.
    async fn at_version(database: &FileDatabase, wanted: usize) {
        for (at, sql) in (1..).zip(MIGRATIONS).take(wanted) {
            database.write(change(at, sql)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_file_of_every_older_version_comes_up_to_date_with_its_rows() {
        for older in 0..MIGRATIONS.len() {
            let (_folder, database) = new_file().await;
            at_version(&database, older).await;
            let insert = "INSERT INTO campaign_learnings (id, campaign, learning_type, industry, objective, insight, \
                performance_impact, impact_low, impact_high, confidence_score, impact_method, sample_size, learnt_at) VALUES \
                ('old', 'run', 'copy', 'fashion', 'sales', 'copy_style=benefit', 0.2, 0.1, 0.3, 0.9, 'wald', 9, '2026-01-01T00:00:00Z')";
            if older > 0 {
                database.write(vec![Statement::new(insert, [])]).await.unwrap();
            }
            migrate(&database).await.unwrap();
            assert_eq!(version(&database).await.unwrap(), newest());
            let rows = Statement::new("SELECT id, taint, brand, profile FROM campaign_learnings", []);
            let rows = database.query(rows).await.unwrap();
            let wanted = vec![super::super::Row(vec!["old".into(), "measured".into(), Value::Null, Value::Null])];
            assert_eq!(rows, if older > 0 { wanted } else { Vec::new() }, "from version {older}");
            super::super::check_integrity(&database).await.unwrap();
        }
    }

    #[tokio::test]
    async fn eight_openers_at_once_migrate_once() {
        let (folder, first) = new_file().await;
        let path = folder.path().join("brain.db");
        let opened = (0..8).map(|_| async {
            let database = FileDatabase::open(&path).await?;
            migrate(&database).await
        });
        for result in futures::future::join_all(opened).await {
            result.unwrap();
        }
        assert_eq!(version(&first).await.unwrap(), newest());
    }

    #[tokio::test]
    async fn a_change_that_fails_half_way_leaves_nothing() {
        let (_folder, database) = new_file().await;
        assert!(database.write(change(1, "CREATE TABLE a (b);\nCREATE TABEL c (d);\n")).await.is_err());
        assert_eq!(version(&database).await.unwrap(), 0);
    }
}
