//! What a trial is played on: simulated accounts with the campaigns of a world, and the door to them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::{Clock as _, ManualClock};
use crate::control::{Control, ControlOptions, JournalState, Mode, NoFiles, NoWait};
use crate::error::{Error, ErrorKind, Result};
use crate::market::{FaultRates, Trial, World};
use crate::model::{
    AdDraft, AdSetDraft, Approvals, Audience, BidStrategy, CampaignDraft, CreativeDraft, Declarations, Flight, Format,
    LaunchRule, Limits, MediaPlan, Money, Objective, Platform, RunId, Tag, TestMatrix,
};
use crate::platform::sandbox::{Faults, Sandbox, SandboxOptions};
use crate::platform::{Connector, Connectors};
use crate::stats::random::Random;
use crate::store::{self, FileOptions, Synchronous};

/// Places in a seed; never another one's.
const AUDIENCES: u64 = 0x6175_6469_656e_6365;
const FAULTS: u64 = 0x6661_756c_7473;
/// Requests to one account for which faults are drawn.
const REQUESTS: u64 = 20_000;
/// Requests that the launch of a campaign takes, and some more.
const REQUESTS_OF_A_LAUNCH: u64 = 12;
/// Edits of one budget in a day that the door lets through.
const EDITS: u32 = 20;

/// One campaign of a trial.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    /// Its name, which is our mark on it.
    pub(super) name: String,
    pub(super) platform: Platform,
}

impl Member {
    /// Our mark on its ad set.
    pub(super) fn ad_set(&self) -> Tag {
        Tag::new(format!("{}-set", self.name))
    }
}

/// The campaigns of a trial, platform by platform.
pub(super) fn members(trial: &Trial) -> Vec<Member> {
    let of = |(platform, count): (&Platform, &u32)| {
        let platform = *platform;
        (1..=*count).map(move |number| Member { name: format!("{platform}-{number:02}"), platform }).collect::<Vec<_>>()
    };
    trial.campaigns.iter().flat_map(of).collect()
}

/// Accounts, clock and door of one trial.
pub(super) struct Ground {
    pub(super) members: Vec<Member>,
    pub(super) flight: Flight,
    pub(super) clock: ManualClock,
    pub(super) accounts: Vec<Arc<Sandbox>>,
    pub(super) control: Control,
    pub(super) limits: Limits,
    _folder: Folder,
}

impl Ground {
    /// Opens the accounts of a world and launches its campaigns with equal budgets.
    pub(super) async fn open(world: &Arc<World>, trial: &Trial, (seed, budgets): (u64, &[Money])) -> Result<Self> {
        let (members, flight) = (members(trial), flight(trial)?);
        let plan = plan(trial, (&members, &flight), (seed, budgets));
        let platforms: Vec<Platform> = trial.campaigns.keys().copied().collect();
        let ground = Self::launched(world, &plan, (seed, flight, &platforms)).await?;
        Ok(Self { members, ..ground })
    }

    /// Opens accounts on some platforms at the start of a flight and launches a plan on them.
    pub(super) async fn launched(
        world: &Arc<World>,
        plan: &MediaPlan,
        (seed, flight, platforms): (u64, Flight, &[Platform]),
    ) -> Result<Self> {
        let folder = Folder::new()?;
        let options = FileOptions { synchronous: Synchronous::Normal, ..FileOptions::default() };
        let database = store::open_with(&folder.0.join("trial.db"), options).await?;
        let clock = ManualClock::at(flight.start_of_day(0)?);
        let (mut connectors, mut accounts) = (Connectors::new(), Vec::new());
        for (place, platform) in (0..).zip(platforms) {
            let launched = plan.campaigns.iter().filter(|campaign| campaign.platform == *platform).count() as u64;
            let options = SandboxOptions {
                world: world.clone(),
                faults: faults(world.faults, (seed, place), launched),
                ..SandboxOptions::new(*platform, plan.currency, seed)?
            };
            let account = Arc::new(Sandbox::open(options, database.clone(), Arc::new(clock.clone())).await?);
            connectors.insert(*platform, account.clone() as Arc<dyn Connector>);
            accounts.push(account);
        }
        let limits = plan.limits.clone();
        let mut options = ControlOptions::new(RunId::new("trial"), Mode::Sandbox, limits.clone());
        options.settle = Arc::new(NoWait);
        let control = Control::open(database, connectors, Arc::new(clock.clone()), options).await?;
        let ground = Self { members: Vec::new(), flight, clock, accounts, control, limits, _folder: folder };
        ground.launch(plan).await?;
        Ok(ground)
    }

    /// Creates the plan and lets it deliver; what a fault kept from being done is done again.
    async fn launch(&self, plan: &MediaPlan) -> Result<()> {
        const TRIES: usize = 20;
        let mut last = None;
        for _ in 0..TRIES {
            let mut outcomes = self.control.launch(plan, &NoFiles).await?;
            outcomes.extend(self.control.activate(plan).await?);
            last = outcomes.into_iter().find(|outcome| outcome.state != JournalState::Confirmed);
            if last.is_none() {
                return Ok(());
            }
            self.control.reconcile().await?;
        }
        let why = last.map(|outcome| format!("{} {}: {:?}", outcome.action, outcome.target, outcome.reason));
        Err(Error::new(ErrorKind::Refused, "the campaigns could not be launched")
            .with("why", why.unwrap_or_default())
            .next("raise the budgets above the least of their platforms and the caps above their worst case, or lower the rates of faults"))
    }

    /// The least daily budget of a member.
    pub(super) fn least(&self, member: &Member) -> Result<Money> {
        Ok(self.account(member.platform)?.capabilities().least_daily_budget)
    }

    /// The account of a platform.
    pub(super) fn account(&self, platform: Platform) -> Result<&Arc<Sandbox>> {
        let is_it = |account: &&Arc<Sandbox>| account.capabilities().platform == platform;
        self.accounts.iter().find(is_it).ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("there is no account on {platform}")).next("report this")
        })
    }

    /// Goes to the start of a day.
    pub(super) fn go_to(&self, day: u32) -> Result<()> {
        self.clock.set(self.flight.start_of_day(i64::from(day))?.max(self.clock.now()));
        Ok(())
    }
}

pub(super) fn flight(trial: &Trial) -> Result<Flight> {
    let days = i64::from(trial.all_days());
    let last = trial.start.checked_add(jiff::Span::new().days(days)).map_err(|error| {
        Error::invalid("world.trial.days", "go beyond the calendar").next("give fewer days").caused_by(error)
    })?;
    Ok(Flight { start: trial.start, end: last, time_zone: trial.time_zone.clone() })
}

/// Which requests fail: the numbers that the seed draws. None does while campaigns are launched: a launch that is broken off half-way waits for a
/// person, and there is none in a trial.
fn faults(rates: FaultRates, (seed, account): (u64, u64), launched: u64) -> Faults {
    let of = |kind: u64, rate: f64| -> BTreeSet<u64> {
        let mut random = Random::at(seed, &[FAULTS, account, kind]);
        let drawn = (1..=REQUESTS).filter(|_| rate > 0.0 && random.uniform() < rate);
        drawn.filter(|number| *number > launched * REQUESTS_OF_A_LAUNCH).collect()
    };
    Faults {
        lose_answer_of: of(1, rates.lost_answers),
        fail_before: of(2, rates.refused_writes),
        refuse_report: of(3, rates.refused_reports),
        stale_report: of(4, rates.stale_reports),
        repeat_rows_of: of(5, rates.repeated_rows),
    }
}

/// The campaigns of a trial as a plan, each with its budget.
pub(super) fn plan(
    trial: &Trial,
    (members, flight): (&[Member], &Flight),
    (seed, budgets): (u64, &[Money]),
) -> MediaPlan {
    let platforms = trial.campaigns.keys();
    let campaigns = platforms.flat_map(|platform| {
        let own = (0_u64..).zip(members.iter().zip(budgets)).filter(|(_, (member, _))| member.platform == *platform);
        own.map(|(place, (member, budget))| campaign(trial, (member, flight), (seed, place, *budget)))
    });
    let limits = limits(trial);
    MediaPlan {
        name: "trial".into(),
        currency: trial.currency,
        campaigns: campaigns.collect(),
        tests: TestMatrix::none(),
        limits,
        launch: LaunchRule::AllOrNothing,
        missing: Vec::new(),
        reasons: Vec::new(),
    }
}

/// The caps of a trial; how far a budget may go at once is the policy's own affair.
fn limits(trial: &Trial) -> Limits {
    let total = i128::from(trial.total().micros());
    let times = |percent: u32, days: u32| {
        let micros = total * i128::from(percent) * i128::from(days) / 100;
        Money::from_micros(i64::try_from(micros).unwrap_or(i64::MAX), trial.currency).floor_to_minor_unit()
    };
    let percent = trial.cap_percent;
    Limits {
        daily_cap: times(percent, 1),
        weekly_cap: times(percent, 7),
        lifetime_cap: times(percent, trial.all_days() + 1),
        max_raise_percent: u8::MAX,
        max_cut_percent: 99,
        max_changes_per_object_and_day: EDITS,
        max_pauses_per_hour: EDITS,
        learning_hours: 0,
        approvals: Approvals { none_up_to: Some(times(percent, 1)), one_up_to: None },
    }
}

fn campaign(
    trial: &Trial,
    (member, flight): (&Member, &Flight),
    (seed, place, daily_budget): (u64, u64, Money),
) -> CampaignDraft {
    let name = &member.name;
    let ad = |number: u32| AdDraft {
        tag: Tag::new(format!("{name}-ad{number}")),
        name: format!("{name} {number}"),
        creative: CreativeDraft {
            asset: format!("{name}-asset{number}"),
            format: Format::Video,
            files: Vec::new(),
            copy: Vec::new(),
            url: "https://example.com".into(),
        },
    };
    let audience = Audience { size: Some(size(trial, (seed, place))), ..Audience::new(name.clone(), Vec::new()) };
    CampaignDraft {
        tag: Tag::new(name.clone()),
        platform: member.platform,
        name: name.clone(),
        objective: Objective::Sales,
        flight: flight.clone(),
        declarations: Declarations::default(),
        ad_sets: vec![AdSetDraft {
            tag: member.ad_set(),
            name: name.clone(),
            audience,
            daily_budget,
            bid_strategy: BidStrategy::LowestCost,
            bid: None,
            ads: (1..=trial.ads).map(ad).collect(),
        }],
    }
}

/// People in the audience of a campaign.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two whole numbers")]
fn size(trial: &Trial, (seed, place): (u64, u64)) -> u64 {
    let [low, high] = trial.audience.map(|people| libm::log(people as f64));
    let luck = Random::at(seed, &[AUDIENCES, place]).uniform();
    libm::round(libm::exp(low + (high - low) * luck)) as u64
}

/// A folder of one trial, deleted with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("adbrain-trial-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| failed(&path, error))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be deleted lies in the folder for temporary files; a trial has no other use for it.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn failed(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "a folder for the trial cannot be made")
        .with("path", path.display())
        .next("check the folder for temporary files")
        .caused_by(error)
}
