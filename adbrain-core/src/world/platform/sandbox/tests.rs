use jiff::SignedDuration;

use super::*;
use crate::clock::ManualClock;
use crate::market::World;
use crate::model::{
    AdDraft, AdSetDraft, Audience, BidStrategy, CampaignDraft, ChangeKind, ContentHash, CreativeDraft, Currency,
    Declarations, Draft, Flight, Format, Metrics, Money, Objective, Platform,
};
use crate::platform::{Level, Status};

const NOON: &str = "2026-11-30T12:00:00Z";

struct Bench {
    _folder: tempfile::TempDir,
    database: Arc<dyn Database>,
    clock: ManualClock,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(&folder.path().join("test.db")).await.unwrap();
        Self { _folder: folder, database, clock: ManualClock::at(NOON.parse().unwrap()) }
    }

    async fn open(&self, platform: Platform, faults: Faults) -> Sandbox {
        let options = SandboxOptions { faults, ..SandboxOptions::new(platform, Currency::BRL, 7).unwrap() };
        Sandbox::open(options, self.database.clone(), Arc::new(self.clock.clone())).await.unwrap()
    }
}

fn permit(target: &str) -> Permit {
    Permit::issue(ContentHash::of(b"entry"), Tag::new(target))
}

fn reais(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

fn ad(tag: &str) -> AdDraft {
    let creative = CreativeDraft {
        asset: tag.into(),
        format: Format::Video,
        files: Vec::new(),
        copy: Vec::new(),
        url: "https://x".into(),
    };
    AdDraft { tag: Tag::new(tag), name: tag.into(), creative }
}

fn ad_set(tag: &str) -> AdSetDraft {
    let audience = Audience::new("all", vec!["BR".to_owned()]);
    let (bid_strategy, bid, ads) = (BidStrategy::LowestCost, None, vec![ad("a")]);
    AdSetDraft { tag: Tag::new(tag), name: tag.into(), audience, daily_budget: reais(200), bid_strategy, bid, ads }
}

fn campaign(platform: Platform) -> CampaignDraft {
    let (start, end) = ("2026-12-01".parse().unwrap(), "2026-12-30".parse().unwrap());
    CampaignDraft {
        tag: Tag::new("c"),
        platform,
        name: "c".into(),
        objective: Objective::Sales,
        flight: Flight { start, end, time_zone: "America/Sao_Paulo".into() },
        declarations: Declarations::default(),
        ad_sets: vec![ad_set("s")],
    }
}

fn tree(platform: Platform, draft: Draft) -> DraftTree {
    DraftTree { platform, setting: campaign(platform).setting(), draft }
}

fn whole(platform: Platform) -> DraftTree {
    tree(platform, Draft::Campaign { draft: campaign(platform) })
}

async fn change(sandbox: &Sandbox, object: &RemoteObject, kind: ChangeKind) -> Result<()> {
    let id = object.id.clone();
    sandbox.change(&permit(object.tag.as_ref().unwrap().as_str()), &ObjectChange { id, kind }).await
}

async fn activate_all(sandbox: &Sandbox) {
    for object in sandbox.list().await.unwrap() {
        change(sandbox, &object, ChangeKind::Activate).await.unwrap();
    }
}

async fn december(sandbox: &Sandbox) -> Vec<MetricsRow> {
    let (start, end) = ("2026-12-01T03:00:00Z".parse().unwrap(), "2026-12-31T03:00:00Z".parse().unwrap());
    sandbox.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.unwrap()
}

#[tokio::test]
async fn objects_are_born_paused_at_every_level_and_spend_nothing() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Google, Faults::default()).await;
    let made = sandbox.create(&permit("c"), &whole(Platform::Google)).await.unwrap();
    assert_eq!(made.iter().map(|object| object.level).collect::<Vec<_>>(), [Level::Campaign, Level::AdSet, Level::Ad]);
    assert!(made.iter().all(|object| object.status == Status::Paused));
    bench.clock.advance(SignedDuration::from_hours(24 * 5));
    assert!(december(&sandbox).await.is_empty());
}

#[tokio::test]
async fn a_platform_without_whole_trees_makes_one_level_at_a_time() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Meta, Faults::default()).await;
    let campaign = sandbox.create(&permit("c"), &whole(Platform::Meta)).await.unwrap().remove(0);
    assert_eq!(sandbox.list().await.unwrap().len(), 1);
    let below = Draft::AdSet { campaign: campaign.id.clone(), draft: ad_set("s") };
    let made = sandbox.create(&permit("s"), &tree(Platform::Meta, below)).await.unwrap();
    let below = Draft::Ad { ad_set: made[0].id.clone(), draft: ad("a") };
    sandbox.create(&permit("a"), &tree(Platform::Meta, below)).await.unwrap();
    activate_all(&sandbox).await;
    bench.clock.advance(SignedDuration::from_hours(24 * 5));
    let rows = december(&sandbox).await;
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row.path.campaign == "c" && row.path.ad_set == "s" && row.path.ad == "a"));
}

#[tokio::test]
async fn a_killed_process_finds_the_same_account_and_the_same_results() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Google, Faults::default()).await;
    sandbox.create(&permit("c"), &whole(Platform::Google)).await.unwrap();
    activate_all(&sandbox).await;
    bench.clock.advance(SignedDuration::from_hours(24 * 4));
    let before = december(&sandbox).await;
    let set = sandbox.find(&Tag::new("s")).await.unwrap().remove(0);
    let raise = ChangeKind::SetDailyBudget { before: reais(200), after: reais(240) };
    change(&sandbox, &set, raise).await.unwrap();
    let again = bench.open(Platform::Google, Faults::default()).await;
    assert_eq!(december(&again).await, before);
    assert_eq!(again.list().await.unwrap(), sandbox.list().await.unwrap());
    bench.clock.advance(SignedDuration::from_hours(24 * 4));
    assert_eq!(december(&again).await, december(&sandbox).await);
    assert!(!before.is_empty());
}

#[tokio::test]
async fn a_clock_that_goes_back_does_not_change_what_a_restart_finds() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Google, Faults::default()).await;
    sandbox.create(&permit("c"), &whole(Platform::Google)).await.unwrap();
    activate_all(&sandbox).await;
    bench.clock.set("2026-12-05T03:00:00Z".parse().unwrap());
    december(&sandbox).await;
    bench.clock.set("2026-12-02T03:00:00Z".parse().unwrap());
    let object = sandbox.list().await.unwrap().remove(0);
    change(&sandbox, &object, ChangeKind::Pause).await.unwrap();
    bench.clock.set("2026-12-10T03:00:00Z".parse().unwrap());
    let again = bench.open(Platform::Google, Faults::default()).await;
    assert_eq!(december(&again).await, december(&sandbox).await);
}

#[tokio::test]
async fn a_lost_answer_leaves_an_object_that_its_tag_finds_and_a_second_send_makes_two() {
    let bench = Bench::new().await;
    let faults = Faults { lose_answer_of: [1].into(), fail_before: [2].into(), ..Faults::default() };
    let sandbox = bench.open(Platform::Google, faults).await;
    let tree = whole(Platform::Google);
    let lost = sandbox.create(&permit("c"), &tree).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(sandbox.find(&Tag::new("c")).await.unwrap().len(), 1);
    let failed = sandbox.create(&permit("c"), &tree).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Unavailable);
    assert_eq!(sandbox.find(&Tag::new("c")).await.unwrap().len(), 1);
    sandbox.create(&permit("c"), &tree).await.unwrap();
    assert_eq!(sandbox.find(&Tag::new("c")).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_permit_is_good_for_one_target() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Google, Faults::default()).await;
    let error = sandbox.create(&permit("other"), &whole(Platform::Google)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let made = sandbox.create(&permit("c"), &whole(Platform::Google)).await.unwrap();
    let activate = ObjectChange { id: made[1].id.clone(), kind: ChangeKind::Activate };
    assert_eq!(sandbox.change(&permit("c"), &activate).await.unwrap_err().kind(), ErrorKind::Refused);
}

type Edit = fn(&mut AdSetDraft);

#[tokio::test]
async fn what_the_platform_cannot_take_is_refused_with_the_field() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Google, Faults::default()).await;
    let refused = async |edit: fn(&mut AdSetDraft)| {
        let mut draft = campaign(Platform::Google);
        edit(&mut draft.ad_sets[0]);
        sandbox.create(&permit("c"), &tree(Platform::Google, Draft::Campaign { draft })).await.unwrap_err().to_string()
    };
    let cases: [(Edit, &str); 8] = [
        (|set| set.ads[0].creative.format = Format::Stories, "creative.format: google does not take stories"),
        (|set| set.bid_strategy = BidStrategy::BidCap, "bid_strategy: google does not take bid_cap"),
        (|set| set.bid = Some(reais(3)), "bid: lowest_cost takes no amount"),
        (|set| set.bid_strategy = BidStrategy::CostCap, "bid: cost_cap needs an amount"),
        (|set| set.daily_budget = reais(1), "daily_budget: BRL 1.00 is below the least"),
        (|set| set.daily_budget = Money::from_micros(200_000_001, Currency::BRL), "daily_budget: "),
        (|set| set.daily_budget = Money::from_micros(200_000_000, Currency::USD), "not in the account's currency"),
        (|set| set.ads[0].creative.files = vec![ContentHash::of(b"x")], "creative.files: "),
    ];
    for (edit, wanted) in cases {
        let told = refused(edit).await;
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert!(sandbox.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_same_file_is_uploaded_once_and_a_wrong_hash_is_refused() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Meta, Faults::default()).await;
    let bytes = b"picture".to_vec();
    let hash = ContentHash::of(&bytes);
    let upload = Upload { hash: hash.clone(), kind: crate::model::MediaKind::Image, bytes };
    let first = sandbox.upload(&permit(hash.as_str()), &upload).await.unwrap();
    assert_eq!(sandbox.upload(&permit(hash.as_str()), &upload).await.unwrap(), first);
    assert!(sandbox.upload(&permit("c"), &upload).await.is_err());
    let wrong = Upload { bytes: b"other".to_vec(), ..upload };
    assert_eq!(sandbox.upload(&permit(hash.as_str()), &wrong).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn an_archived_object_is_gone_and_stops_what_is_below_it() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Google, Faults::default()).await;
    let made = sandbox.create(&permit("c"), &whole(Platform::Google)).await.unwrap();
    activate_all(&sandbox).await;
    change(&sandbox, &made[0], ChangeKind::Archive).await.unwrap();
    assert!(sandbox.list().await.unwrap().is_empty());
    assert_eq!(change(&sandbox, &made[1], ChangeKind::Activate).await.unwrap_err().kind(), ErrorKind::NotFound);
    bench.clock.advance(SignedDuration::from_hours(24 * 5));
    assert!(december(&sandbox).await.is_empty());
}

#[tokio::test]
async fn a_brazilian_month_is_plausible_on_every_seed() {
    let bench = Bench::new().await;
    for seed in 0..6 {
        let mut sum = Metrics::none(Currency::BRL);
        bench.clock.set(NOON.parse().unwrap());
        let mut sandboxes = Vec::new();
        for platform in Platform::ALL {
            let account = crate::model::AccountId::new(format!("{platform}-{seed}"));
            let mut world = World::builtin().unwrap();
            world.make_whole_trees();
            let options = SandboxOptions {
                account,
                world: Arc::new(world),
                ..SandboxOptions::new(*platform, Currency::BRL, seed).unwrap()
            };
            let sandbox = Sandbox::open(options, bench.database.clone(), Arc::new(bench.clock.clone())).await.unwrap();
            sandbox.create(&permit("c"), &whole(*platform)).await.unwrap();
            activate_all(&sandbox).await;
            sandboxes.push(sandbox);
        }
        bench.clock.set("2027-02-15T00:00:00Z".parse().unwrap());
        for sandbox in &sandboxes {
            sum = sum
                .merge(&Metrics::total(december(sandbox).await.iter().map(|row| &row.metrics), Currency::BRL).unwrap())
                .unwrap();
        }
        println!("seed {seed}: {sum:?} ctr {:?} roas {:?}", sum.ctr(), sum.roas());
        assert!(
            (0.005..0.06).contains(&sum.ctr().unwrap()) && (0.8..8.0).contains(&sum.roas().unwrap()),
            "{seed} {sum:?}"
        );
    }
}

#[tokio::test]
async fn a_running_account_keeps_the_reading_contract() {
    let bench = Bench::new().await;
    let sandbox = bench.open(Platform::Google, Faults::default()).await;
    crate::platform::contract::read(&sandbox).await.unwrap();
    sandbox.create(&permit("c"), &whole(Platform::Google)).await.unwrap();
    activate_all(&sandbox).await;
    bench.clock.advance(SignedDuration::from_hours(24 * 10));
    let start = "2026-12-01T03:00:00Z".parse().unwrap();
    crate::platform::contract::read_from(&sandbox, start).await.unwrap();
}

#[tokio::test]
async fn customers_are_kept_by_their_number_and_their_hashes_nowhere() {
    use crate::http::Secret;
    use crate::platform::{Customer, CustomerConsent, hash_customers};
    let bench = Bench::new().await;
    let people = [Customer::Email(Secret::new("canary@example.com"))];
    let hashed = |platform| hash_customers(platform, &people, CustomerConsent::Given).unwrap();
    let fill = AudienceFill::new("VIP", hashed(Platform::Meta)).unwrap();
    let faults = Faults { lose_answer_of: [1].into(), ..Faults::default() };
    let sandbox = bench.open(Platform::Meta, faults).await;
    let lost = sandbox.fill_audience(&permit("audience/VIP"), &fill).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::OutcomeUnknown);
    let again = bench.open(Platform::Meta, Faults::default()).await;
    let id = again.fill_audience(&permit("audience/VIP"), &fill).await.unwrap();
    assert_eq!(again.fill_audience(&permit("audience/VIP"), &fill).await.unwrap(), id);
    assert_eq!(again.state.lock().await.next, 2, "one line in the ledger");
    let rows = crate::store::Statement::new("SELECT operation FROM sandbox_ledger", []);
    let kept = format!("{:?}", bench.database.query(rows).await.unwrap());
    assert!(kept.contains("VIP") && !kept.contains(&fill.customers().emails()[0]), "{kept}");
    let error = again.fill_audience(&permit("audience/Others"), &fill).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let elsewhere = AudienceFill::new("VIP", hashed(Platform::Google)).unwrap();
    assert_eq!(again.check_fill(&elsewhere).unwrap_err().context_of("field"), Some("customers"));
}
