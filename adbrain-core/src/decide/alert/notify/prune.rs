//! Letters that nobody needs any more are deleted.

use jiff::{SignedDuration, Timestamp};

use super::Outbox;
use crate::error::Result;
use crate::store::{Statement, Value};

/// How long a letter is kept after its last try: 90 days. One that is still to be sent stays. What was told stays known for good, so that nothing
/// is told twice.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Letters that are deleted in one go.
const AT_ONCE: i64 = 100;

const OLD: &str = "SELECT l.id FROM letters l WHERE coalesce(l.kept_at, l.at) < ?1 AND NOT EXISTS (SELECT 1 FROM deliveries d \
                   WHERE d.letter = l.id AND (d.state IN ('waiting', 'sending') OR d.due_at >= ?1)) ORDER BY l.rowid LIMIT ?2";
const DELETE: [&str; 3] = [
    "DELETE FROM letter_files WHERE letter = ?1",
    "DELETE FROM deliveries WHERE letter = ?1",
    "DELETE FROM letters WHERE id = ?1",
];

impl Outbox {
    /// Deletes letters whose time is over; how many.
    pub(super) async fn prune(&self, now: Timestamp) -> Result<usize> {
        let Ok(before) = now.checked_sub(KEPT) else { return Ok(0) };
        let rows = self.database.query(Statement::new(OLD, [before.into(), AT_ONCE.into()])).await?;
        let ids = rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<Vec<_>>>()?;
        if ids.is_empty() {
            return Ok(0);
        }
        let delete = |id: &String| DELETE.map(|sql| Statement::new(sql, [Value::from(id.as_str())]));
        self.write(ids.iter().flat_map(delete).collect()).await?;
        Ok(ids.len())
    }
}
