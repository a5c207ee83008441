use std::sync::Mutex;

use async_trait::async_trait;
use jiff::{SignedDuration, ToSpan as _};

use super::*;
use crate::clock::ManualClock;
use crate::error::ErrorKind;
use crate::model::{AccountId, Attribution, Currency, DraftTree, Metrics, Money, ObjectId, ObjectPath, Platform, Tag};
use crate::platform::{
    Connector, InsightsQuery, LookUp, LookUpAnswer, ObjectChange, Pace, Permit, RemoteObject, Upload,
};

/// An account that reports what a test tells it to.
struct Account {
    currency: Currency,
    rows: Mutex<Vec<MetricsRow>>,
    asked: Mutex<Vec<String>>,
    fails_from: Mutex<Option<Date>>,
}

const ZONE: &str = "America/Sao_Paulo";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn row(ad: &str, day: &str, spend: i64) -> MetricsRow {
    let zone = TimeZone::get(ZONE).unwrap();
    let start = date(day).to_zoned_datetime(zone.clone()).unwrap();
    let end = start.date().saturating_add(1.day()).to_zoned_datetime(zone).unwrap().timestamp();
    let money = |units: i64| Money::from_micros(units * 1_000_000, Currency::BRL);
    let metrics =
        Metrics { impressions: 100, clicks: 5, conversions: 1, spend: money(spend), revenue: money(spend * 2) };
    let path = ObjectPath { campaign: "c".into(), ad_set: "s".into(), ad: ad.into() };
    let (start, attribution) = (start.timestamp(), Attribution::SevenDayClick);
    MetricsRow { platform: Platform::Meta, path, start, end, as_of: end, attribution, reach: None, metrics }
}

impl Account {
    fn with(rows: Vec<MetricsRow>) -> Self {
        let (asked, fails_from) = (Mutex::default(), Mutex::default());
        Self { currency: Currency::BRL, rows: Mutex::new(rows), asked, fails_from }
    }

    fn say(&self, rows: Vec<MetricsRow>) {
        *self.rows.lock().unwrap() = rows;
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

#[async_trait]
impl Connector for Account {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: Platform::Meta,
            account: AccountId::new("act_1"),
            currency: self.currency,
            time_zone: Some(ZONE.to_owned()),
            is_sandbox: false,
            creates_whole_trees: false,
            settle_seconds: 0,
            worst_case_day_percent: 100,
            least_daily_budget: Money::from_micros(1_000_000, self.currency),
            pace: Pace::default(),
            formats: vec![],
            bid_strategies: vec![],
            warnings: vec![],
        }
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        let zone = TimeZone::get(ZONE).unwrap();
        let day = |moment: Timestamp| moment.to_zoned_datetime(zone.clone()).date();
        let (first, last) = (day(query.start), day(query.end - SignedDuration::from_nanos(1)));
        self.asked.lock().unwrap().push(format!("{first}..{last}"));
        if self.fails_from.lock().unwrap().is_some_and(|from| last >= from) {
            return Err(Error::new(ErrorKind::Unavailable, "the second page was lost").next("ask again"));
        }
        let rows = self.rows.lock().unwrap();
        Ok(rows.iter().filter(|row| row.start >= query.start && row.start < query.end).cloned().collect())
    }

    async fn create(&self, _: &Permit, _: &DraftTree) -> Result<Vec<RemoteObject>> {
        unreachable!("a pull writes nothing")
    }

    async fn upload(&self, _: &Permit, _: &Upload) -> Result<ObjectId> {
        unreachable!("a pull writes nothing")
    }

    async fn change(&self, _: &Permit, _: &ObjectChange) -> Result<()> {
        unreachable!("a pull writes nothing")
    }

    async fn find(&self, _: &Tag) -> Result<Vec<RemoteObject>> {
        Ok(Vec::new())
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        Ok(Vec::new())
    }

    async fn look_up(&self, _: &LookUp) -> Result<LookUpAnswer> {
        Err(Error::new(ErrorKind::Unsupported, "no question is answered").next("ask another account"))
    }
}

struct Stand {
    clock: ManualClock,
    database: Arc<dyn Database>,
    ingestion: Ingestion,
    _folder: tempfile::TempDir,
}

impl Stand {
    async fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        let clock = ManualClock::at(moment(now));
        let ingestion = Ingestion::new(database.clone(), Arc::new(clock.clone()));
        Self { clock, database, ingestion, _folder: folder }
    }

    async fn pull(&self, account: &Account) -> Result<Pulled> {
        self.ingestion.pull(account, &order()).await
    }

    /// The spend of each row in whole units, as known at a moment.
    async fn known(&self, as_of: &str) -> Vec<(String, i64, bool)> {
        let question = KnownQuery {
            source: "meta/act_1".into(),
            step: InsightsStep::Day,
            first: date("2026-12-01"),
            last: date("2026-12-31"),
            as_of: moment(as_of),
        };
        let rows = self.ingestion.rows(&question).await.unwrap();
        let told = |known: Known<MetricsRow>| {
            let units = known.row.metrics.spend.micros() / 1_000_000;
            (format!("{} {}", known.day, known.row.path.ad), units, known.is_closed)
        };
        rows.into_iter().map(told).collect()
    }

    async fn lines(&self) -> i64 {
        let rows = self.database.query(crate::store::Statement::new("SELECT count(*) FROM source_rows", [])).await;
        rows.unwrap()[0].integer(0).unwrap()
    }
}

fn order() -> PullOrder {
    PullOrder::days(date("2026-12-01"), date("2026-12-31"), TimeZone::UTC)
}

#[tokio::test]
async fn what_was_known_then_is_answered_whatever_has_been_restated_since() {
    let stand = Stand::at("2026-12-03T12:00:00Z").await;
    let account =
        Account::with(vec![row("a", "2026-12-01", 10), row("b", "2026-12-02", 20), row("a", "2026-12-03", 7)]);
    let first = stand.pull(&account).await.unwrap();
    assert_eq!((first.asked_days, first.new_rows, first.known_until), (2, 2, Some(date("2026-12-02"))));
    assert_eq!(account.asked(), ["2026-12-01..2026-12-02"], "today has not closed");

    stand.clock.set(moment("2026-12-04T12:00:00Z"));
    account.say(vec![row("a", "2026-12-01", 12), row("a", "2026-12-03", 9)]);
    let second = stand.pull(&account).await.unwrap();
    assert_eq!((second.new_rows, second.restated_rows, second.gone_rows), (1, 1, 1));
    assert_eq!(stand.known("2026-12-03T11:59:59Z").await, []);
    let then = [("2026-12-01 a".to_owned(), 10, true), ("2026-12-02 b".to_owned(), 20, true)];
    assert_eq!(stand.known("2026-12-03T12:00:00Z").await, then);
    assert_eq!(stand.known("2026-12-04T11:59:59Z").await, then);
    let now = [("2026-12-01 a".to_owned(), 12, true), ("2026-12-03 a".to_owned(), 9, true)];
    assert_eq!(stand.known("2026-12-05T00:00:00Z").await, now);
}

#[tokio::test]
async fn the_same_rows_twice_change_nothing_and_a_settled_day_is_not_asked_for() {
    let stand = Stand::at("2026-12-03T12:00:00Z").await;
    let account =
        Account::with(vec![row("a", "2026-12-01", 10), row("a", "2026-12-01", 10), row("a", "2026-12-02", 3)]);
    assert_eq!(stand.pull(&account).await.unwrap().repeated_rows, 1);
    let (lines, known) = (stand.lines().await, stand.known("2026-12-03T12:00:00Z").await);
    account.asked();
    assert_eq!(stand.pull(&account).await.unwrap().asked_days, 0, "once an account day is enough");
    stand.clock.set(moment("2026-12-04T12:00:00Z"));
    account.say(vec![row("a", "2026-12-01", 10), row("a", "2026-12-02", 3)]);
    let again = stand.pull(&account).await.unwrap();
    assert_eq!((again.asked_days, again.new_rows, again.restated_rows, again.gone_rows), (3, 0, 0, 0));
    assert_eq!((stand.lines().await, stand.known("2026-12-04T12:00:00Z").await), (lines, known));
    stand.clock.set(moment("2026-12-20T12:00:00Z"));
    stand.pull(&account).await.unwrap();
    account.asked();
    stand.clock.set(moment("2026-12-21T12:00:00Z"));
    stand.pull(&account).await.unwrap();
    assert_eq!(
        account.asked(),
        ["2026-12-13..2026-12-20"],
        "what ended more than seven days before the last look is settled"
    );
}

#[tokio::test]
async fn a_pull_that_is_cut_off_keeps_whole_days_and_goes_on() {
    let stand = Stand::at("2026-12-31T12:00:00Z").await;
    let rows = (1..=30).flat_map(|day| {
        let day = format!("2026-12-{day:02}");
        [row("a", &day, 10), row("b", &day, 20)]
    });
    let account = Account::with(rows.collect());
    *account.fails_from.lock().unwrap() = Some(date("2026-12-20"));
    let error = stand.pull(&account).await.unwrap_err();
    assert!(error.to_string().contains("the second page was lost"), "{error}");
    let kept = stand.known("2026-12-31T12:00:00Z").await;
    assert_eq!(kept.len(), 28, "fourteen days, both rows of each");
    account.asked();
    *account.fails_from.lock().unwrap() = None;
    let rest = stand.pull(&account).await.unwrap();
    assert_eq!((account.asked().first().unwrap().as_str(), rest.new_rows), ("2026-12-15..2026-12-28", 32));
    assert_eq!(rest.known_until, Some(date("2026-12-30")));
}

/// Money that cannot be is refused by its name, its day is kept out whole, and the days after it stay.
#[tokio::test]
async fn money_that_cannot_be_is_refused_by_name_and_keeps_its_day_out() {
    let mut negative = row("a", "2026-12-02", 1);
    negative.metrics.spend = Money::from_micros(-1, Currency::BRL);
    let mut foreign = row("a", "2026-12-02", 1);
    foreign.metrics.revenue = Money::from_micros(1, Currency::USD);
    let mut absurd = row("a", "2026-12-02", 1);
    absurd.metrics.impressions = u64::MAX;
    let mut long = row("a", "2026-12-02", 1);
    long.end = row("a", "2026-12-03", 1).end;
    let mut other = row("a", "2026-12-02", 1);
    other.platform = Platform::Google;
    let mut twice = row("b", "2026-12-02", 1);
    twice.metrics.clicks = 4;
    for (wrong, field) in [
        (negative, "spend"),
        (foreign, "revenue"),
        (absurd, "impressions"),
        (long, "start"),
        (other, "platform"),
        (twice, "id"),
        (row("a", "2026-12-02", 10_000_000), "amount"),
    ] {
        let stand = Stand::at("2026-12-04T12:00:00Z").await;
        let right = [row("a", "2026-12-01", 10), row("b", "2026-12-02", 10), row("a", "2026-12-03", 10)];
        let account = Account::with([right.to_vec(), vec![wrong]].concat());
        let pulled = stand.pull(&account).await.unwrap();
        let [refused] = pulled.refused.as_slice() else { panic!("{field}: {pulled:?}") };
        assert_eq!((refused.day, refused.field.as_str()), (date("2026-12-02"), field));
        assert!(refused.row.starts_with("c/s/"), "{refused:?}");
        assert_eq!((pulled.known_until, pulled.kept_days), (Some(date("2026-12-01")), 2));
        let known = stand.known("2026-12-04T12:00:00Z").await;
        assert_eq!(known.iter().map(|(row, ..)| row.as_str()).collect::<Vec<_>>(), ["2026-12-01 a", "2026-12-03 a"]);
        account.say(right.to_vec());
        assert_eq!(stand.pull(&account).await.unwrap().known_until, Some(date("2026-12-03")), "asked for again");
    }
}

#[tokio::test]
async fn a_restatement_by_a_million_is_refused_in_both_directions_and_taken_where_a_person_says_so() {
    let stand = Stand::at("2026-12-02T12:00:00Z").await;
    let account = Account::with(vec![row("a", "2026-12-01", 2_000_000)]);
    stand.pull(&account).await.unwrap();
    stand.clock.set(moment("2026-12-03T12:00:00Z"));
    account.say(vec![row("a", "2026-12-01", 2)]);
    let refused = &stand.pull(&account).await.unwrap().refused;
    assert!(refused[0].problem.contains("units and micros look mixed up"), "{refused:?}");
    assert_eq!(stand.known("2026-12-03T12:00:00Z").await[0].1, 2_000_000);
    let accepted = PullOrder { jumps: Jumps::Accept, ..order() };
    assert_eq!(stand.ingestion.pull(&account, &accepted).await.unwrap().restated_rows, 1);
    assert_eq!(stand.known("2026-12-03T12:00:00Z").await[0].1, 2);
}

#[tokio::test]
async fn a_clock_that_went_back_and_rows_of_other_days_are_refused() {
    let stand = Stand::at("2026-12-03T12:00:00Z").await;
    let account = Account::with(vec![row("a", "2026-12-01", 10)]);
    stand.pull(&account).await.unwrap();
    stand.clock.set(moment("2026-12-03T11:00:00Z"));
    assert_eq!(stand.pull(&account).await.unwrap_err().kind(), ErrorKind::Conflict);
}

const ORDERS: &str = r#"{"source": "orders/shop", "id": ["order", "line"], "day": "date", "time_zone": "America/Sao_Paulo",
    "currency": "BRL", "amounts": ["total"], "numbers": ["quantity"], "labels": ["category"]}"#;

#[tokio::test]
async fn orders_are_kept_by_their_day_with_what_has_not_closed_marked() {
    let stand = Stand::at("2027-01-06T12:00:00Z").await;
    let mapping = FactMapping::from_json(ORDERS).unwrap();
    let file = "order,line,date,total,quantity,category\n1,1,2027-01-05T23:30:00Z,40.00,2,shoes\n2,1,2027-01-06,15.50,1,hats\n\
                3,1,2027-01-06T02:00:00Z,9.00,x,hats\n4,1,2027-01-04,-3.00,1,hats\n5,1,2027-01-04,1.00,1,ana@example.com\n";
    let found = read_facts(file.as_bytes(), &mapping).unwrap();
    let wrong: Vec<_> = found.problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
    assert_eq!(wrong, [(4, "quantity"), (5, "total"), (6, "category")]);
    let added = stand.ingestion.add(&mapping, &found.facts, Jumps::Refuse).await.unwrap();
    assert_eq!((added.new_rows, added.known_until), (2, Some(date("2027-01-05"))));
    let question = KnownQuery {
        source: mapping.source.clone(),
        step: InsightsStep::Day,
        first: date("2027-01-01"),
        last: date("2027-01-31"),
        as_of: moment("2027-01-06T12:00:00Z"),
    };
    let known = stand.ingestion.facts(&question).await.unwrap();
    let told: Vec<_> = known.iter().map(|known| (known.row.id.as_str(), known.is_closed)).collect();
    assert_eq!(told, [("1/1", true), ("2/1", false)]);
    assert_eq!(known[0].row.amounts["total"].amount_text(), "40.00");

    let mut absurd = found.facts.clone();
    absurd[0].numbers.insert("quantity".into(), f64::NAN);
    let refused = stand.ingestion.add(&mapping, &absurd, Jumps::Refuse).await.unwrap().refused;
    assert_eq!((refused[0].row.as_str(), refused[0].field.as_str()), ("1/1", "quantity"));
    stand.clock.set(moment("2027-01-08T12:00:00Z"));
    assert_eq!(stand.ingestion.add(&mapping, &found.facts[1..], Jumps::Refuse).await.unwrap().new_rows, 0);
    let later = KnownQuery { as_of: moment("2027-01-08T12:00:00Z"), ..question };
    assert!(stand.ingestion.facts(&later).await.unwrap().iter().all(|known| known.is_closed));
}

#[test]
fn a_mapping_that_cannot_work_names_its_field() {
    for (from, to, field) in [
        ("orders/shop", "orders", "source"),
        (r#"["order", "line"]"#, "[]", "id"),
        (r#""currency": "BRL", "#, "", "currency"),
        (r#"["quantity"]"#, r#"["total"]"#, "columns"),
        ("America/Sao_Paulo", "Mars/Crater", "time_zone"),
        (r#""labels""#, r#""lables""#, "lables"),
    ] {
        let error = FactMapping::from_json(&ORDERS.replace(from, to)).unwrap_err();
        assert!(error.to_string().contains(field), "{error}");
    }
    let mapping = FactMapping::from_json(ORDERS).unwrap();
    let error = read_facts(b"order,date\n1,2027-01-05\n", &mapping).unwrap_err();
    assert!(error.to_string().contains("\"line\"") && error.kind() == ErrorKind::InvalidInput, "{error}");
}
