//! Reports that `TikTok` makes on its own time, as a table: begun, asked for until they are done, then fetched.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::TikTok;
use super::insights::{METRICS, Window};
use super::wire::{Answer, Dimensions, ReportMetrics, ReportRow, Task, TaskState};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Effect, Request, Response};

/// The pause before a task is asked for again: `TikTok` takes two creations a second and says nothing of checks.
const PAUSE: Duration = Duration::from_secs(10);
/// A task that takes longer is stuck. `TikTok` publishes no limit; the same as for Meta's jobs.
const LONGEST_TASK: SignedDuration = SignedDuration::from_mins(30);
/// A task that failed, or whose table is gone, is begun once more.
const TRIES: u32 = 2;

/// Whether the integrated report says that its answer would be too large for it.
pub(super) fn is_too_much(error: &Error) -> bool {
    let said = error.message().to_ascii_lowercase();
    error.context_of("code") == Some("40002") && (said.contains("async") || said.contains("too large"))
}

impl TikTok {
    /// The rows of the classic report of a window, made as a task.
    pub(super) async fn task_rows(&self, window: &Window<'_>) -> Result<Vec<ReportRow>> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.task_once(window).await {
                Err(error) if tries < TRIES && error.context_of("task").is_some() => {}
                outcome => return outcome,
            }
        }
    }

    async fn task_once(&self, window: &Window<'_>) -> Result<Vec<ReportRow>> {
        let body = json!({
            "advertiser_id": self.config.account,
            "report_type": "BASIC",
            "data_level": "AUCTION_AD",
            "dimensions": ["ad_id", window.dimension()],
            "metrics": METRICS,
            "start_date": window.first.to_string(),
            "end_date": window.last.to_string(),
            "filtering": [{"field_name": "ad_status", "filter_type": "IN", "filter_value": "[\"STATUS_ALL\"]"}],
            "output_format": "CSV_STRING",
            // The titles of the columns are those that were asked for.
            "enable_report_title_translation": false,
        });
        // A task that was begun and forgotten changes nothing.
        let request = self.post("/report/task/create/", &body)?.effect(Effect::Read);
        let task = self.remote.read::<Answer<Task>>(&request).await?.data.task_id;
        self.task_done(&task).await?;
        let request = self.get("/report/task/download/", &self.task(&task));
        let table = self.remote.judged_by(table).ask(&request).await;
        let table = table.map_err(|error| match error.kind() {
            ErrorKind::NotFound => ended(&task, "its table has expired"),
            _ => error,
        })?;
        rows(&table.body, window.dimension())
    }

    fn task(&self, task: &str) -> [(&'static str, String); 2] {
        [("advertiser_id", self.config.account.clone()), ("task_id", task.to_owned())]
    }

    /// Waits until a task is done.
    async fn task_done(&self, task: &str) -> Result<()> {
        let (start, mut waited) = (self.clock.now(), Duration::ZERO);
        let question = self.get("/report/task/check/", &self.task(task));
        loop {
            let state: TaskState = self.remote.read::<Answer<TaskState>>(&question).await?.data;
            match state.status.as_str() {
                "SUCCESS" => return Ok(()),
                "FAILED" | "CANCELED" => {
                    return Err(ended(task, &format!("it is {} {}", state.status, state.message)));
                }
                _ => {}
            }
            let passed =
                self.clock.now().duration_since(start).max(SignedDuration::try_from(waited).unwrap_or_default());
            if passed >= LONGEST_TASK {
                let what = format!("tiktok still works on the report {task} after half an hour");
                return Err(Error::new(ErrorKind::TimedOut, what).next("ask for fewer days, or try again later"));
            }
            self.remote.wait(PAUSE).await;
            waited = waited.saturating_add(PAUSE);
        }
    }
}

fn ended(task: &str, why: &str) -> Error {
    let what = format!("tiktok did not make the report {task}: {why}");
    Error::new(ErrorKind::Unavailable, what).with("task", task).next("ask for fewer days, or try again later")
}

/// A table is an answer without an envelope; a failure has one.
fn table(request: &Request, response: &Response) -> Result<()> {
    let is_table = response.status == 200 && !response.body.trim_ascii_start().starts_with(b"{");
    if is_table { Ok(()) } else { super::error::judge(request, response) }
}

/// The rows of a table whose titles are the names of dimensions and metrics, in any order.
fn rows(table: &[u8], time: &str) -> Result<Vec<ReportRow>> {
    let table = table.strip_prefix(b"\xef\xbb\xbf").unwrap_or(table);
    let mut reader = csv::ReaderBuilder::new().from_reader(table);
    let titles = reader.headers().map_err(|_| unreadable("its titles"))?.clone();
    let place = |name: &str| titles.iter().position(|title| title.trim() == name).ok_or_else(|| unreadable(name));
    let (ad, time_at) = (place("ad_id")?, place(time)?);
    let metrics = METRICS.map(place).into_iter().collect::<Result<Vec<_>>>()?;
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| unreadable("a line"))?;
        let text = |place: usize| record.get(place).map(|text| text.trim().to_owned());
        let mut values = metrics.iter().map(|place| text(*place).map_or(Value::Null, Value::String));
        let mut next = || values.next().unwrap_or_default();
        let moment = text(time_at);
        let is_day = time == "stat_time_day";
        found.push(ReportRow {
            dimensions: Dimensions {
                ad_id: text(ad),
                main_material_id: None,
                stat_time_day: moment.clone().filter(|_| is_day),
                stat_time_hour: moment.filter(|_| !is_day),
            },
            // In the order of METRICS.
            metrics: ReportMetrics {
                spend: next(),
                impressions: next(),
                clicks: next(),
                conversion: next(),
                total_complete_payment_rate: next(),
                total_purchase_value: next(),
            },
        });
    }
    Ok(found)
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("a table of tiktok's reports cannot be read: {what}"))
        .next("try again later")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: &str =
        "stat_time_day,ad_id,impressions,clicks,spend,conversion,total_purchase_value,total_complete_payment_rate";

    #[test]
    fn a_table_is_read_by_its_titles() {
        let text = format!("\u{feff}{TITLES}\n2026-12-01 00:00:00,77,2400,24,24.00,8,0,160.00\n");
        let rows = rows(text.as_bytes(), "stat_time_day").unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].dimensions.ad_id.as_deref(), Some("77"));
        assert_eq!(rows[0].dimensions.stat_time_day.as_deref(), Some("2026-12-01 00:00:00"));
        assert_eq!(
            (&rows[0].metrics.spend, &rows[0].metrics.total_complete_payment_rate),
            (&json!("24.00"), &json!("160.00"))
        );
    }

    #[test]
    fn a_table_without_a_column_or_with_a_torn_line_is_refused() {
        for text in ["", "ad_id,spend\n1,2\n", &format!("{TITLES}\n2026-12-01,77,24\n")] {
            assert!(rows(text.as_bytes(), "stat_time_day").is_err(), "{text}");
        }
    }

    #[test]
    fn an_answer_in_an_envelope_is_no_table() {
        let request = Request::get("https://business-api.tiktok.com/open_api/v1.3/report/task/download/");
        let answer = |body: &str| Response { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() };
        assert!(table(&request, &answer(TITLES)).is_ok());
        let error = table(&request, &answer(r#"{"code": 40007, "message": "gone", "request_id": "1"}"#)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
