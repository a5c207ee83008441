//! A look at the accounts and the journal, which has to be right at any moment.

use std::collections::{BTreeMap, BTreeSet};

use adbrain_core::clock::Clock as _;
use adbrain_core::control;
use adbrain_core::model::{Money, Platform, Tag};
use adbrain_core::platform::{Level, RemoteObject, Status};
use adbrain_core::store::{self, Statement};
use adbrain_fakes::reference;
use jiff::SignedDuration;

use crate::Outcome;
use crate::scene::Scene;

/// Long after every listing has caught up.
const LATER: SignedDuration = SignedDuration::from_mins(10);

/// Everything in the four accounts, and what the journal says.
pub(crate) struct Look {
    objects: Vec<(Platform, RemoteObject)>,
    /// The worst day of all our ad sets, whether they deliver or not, in micros.
    worst: i64,
    approved: bool,
    let_go: BTreeSet<String>,
    is_intact: bool,
}

/// What others have made; it has to stay as it is.
pub(crate) fn others(look: &Look) -> Vec<RemoteObject> {
    let others = look.objects.iter().map(|(_, object)| object).filter(|object| object.tag.is_none());
    others.cloned().collect()
}

impl Look {
    /// Looks with the clock set on for that long, and back again.
    pub(crate) async fn at(scene: &Scene) -> Outcome<Self> {
        // What a killed process sent last is still on its way into the fakes: their one thread does it before it answers this. Done with the
        // clock set on, it would be made in the future, and be hidden once the clock is set back.
        for eye in scene.eyes.values() {
            eye.list().await?;
        }
        let now = scene.clock.now();
        scene.clock.advance(LATER);
        let (mut objects, mut worst) = (Vec::new(), 0);
        for (platform, eye) in &scene.eyes {
            let percent = i64::from(eye.capabilities().worst_case_day_percent);
            let listed = eye.list().await?;
            let own = listed.iter().filter(|object| object.tag.is_some() && object.level == Level::AdSet);
            let budgets = own.filter_map(|object| object.daily_budget).map(Money::micros);
            worst += budgets.sum::<i64>() * percent / 100;
            objects.extend(listed.into_iter().map(|object| (*platform, object)));
        }
        scene.clock.set(now);
        let database = store::open(&scene.folder.path().join("launch.db")).await?;
        let is_intact = control::verify(database.as_ref()).await?.is_intact;
        let sent = "SELECT target FROM journal WHERE action = 'activate' AND state IN ('sent', 'confirmed')";
        let rows = database.query(Statement::new(sent, [])).await?;
        let let_go = rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect::<Outcome<_>>()?;
        let approvals = "SELECT count(*) FROM journal WHERE action = 'approve'";
        let rows = database.query(Statement::new(approvals, [])).await?;
        let approved = rows.first().ok_or("no count")?.integer(0)? > 0;
        Ok(Self { objects, worst, approved, let_go, is_intact })
    }

    /// What has to hold at every moment.
    pub(crate) fn check_midway(&self, before: &[RemoteObject], case: &str) {
        assert!(self.is_intact, "{case}: the journal is broken");
        assert_eq!(others(self), before, "{case}: what others made has changed");
        let cap = reference::plan().limits.daily_cap.micros();
        assert!(self.worst <= cap, "{case}: the worst day is {} and the cap {cap}", self.worst);
        for (tag, found) in self.own() {
            assert_eq!(found.len(), 1, "{case}: {tag} was made {} times", found.len());
            let is_active = found[0].status == Status::Active;
            let may = self.approved && self.let_go.contains(tag.as_str());
            assert!(!is_active || may, "{case}: {tag} delivers, and nobody let it go");
        }
    }

    /// What has to hold when the launch is done.
    pub(crate) fn check_end(&self, before: &[RemoteObject], case: &str) {
        self.check_midway(before, case);
        let own = self.own();
        let wanted = reference::tags(&reference::plan());
        assert_eq!(wanted.len(), reference::OBJECTS);
        for tag in &wanted {
            let found = own.get(tag).unwrap_or_else(|| panic!("{case}: {tag} is lost"));
            assert_eq!(found[0].status, Status::Active, "{case}: {tag}");
        }
        assert_eq!(own.len(), wanted.len(), "{case}: more was made than was planned");
    }

    fn own(&self) -> BTreeMap<Tag, Vec<&RemoteObject>> {
        let mut own: BTreeMap<Tag, Vec<_>> = BTreeMap::new();
        for (_, object) in &self.objects {
            if let Some(tag) = &object.tag {
                own.entry(tag.clone()).or_default().push(object);
            }
        }
        own
    }

    /// How many of our tags are there more than once.
    pub(crate) fn duplicates(&self) -> usize {
        self.own().values().filter(|found| found.len() > 1).count()
    }
}
