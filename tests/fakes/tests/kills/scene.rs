//! One case: four fakes in this process, a folder with clock, accounts and store, and the launcher as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use adbrain_core::clock::Clock;
use adbrain_core::platform::Connectors;
use adbrain_core::store;
use adbrain_fakes::{Api, Fake, Faults, SharedClock, accounts, google, linkedin, meta, reference, tiktok};

use crate::Outcome;
use crate::killer::{Killer, Stop};

/// What a process said of itself.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// Writes and requests until what was open was settled.
    pub(crate) opened: Option<(u64, usize)>,
    /// What it said at its end: `36 of 36`.
    pub(crate) done: Option<String>,
    pub(crate) writes: u64,
    pub(crate) requests: Vec<String>,
    pub(crate) is_killed: bool,
}

pub(crate) struct Scene {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: SharedClock,
    /// The harness's own connectors.
    pub(crate) eyes: Connectors,
    killer: Arc<Killer>,
    _fakes: Vec<Fake>,
    _server: Server,
}

/// The thread of the fakes. It has one thread alone, so that an answer is flushed before it is told of.
struct Server {
    handle: tokio::runtime::Handle,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let handle = runtime.handle().clone();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || runtime.block_on(stopped).unwrap_err());
        Self { handle, _stop: stop }
    }

    async fn fake(&self, api: impl Api) -> Fake {
        self.handle.spawn(Fake::start(api, Faults::default())).await.unwrap().unwrap()
    }
}

impl Scene {
    /// New accounts, whose objects are listed so many seconds late.
    pub(crate) async fn new(lag: i64) -> Self {
        let folder = adbrain_fakes::stage::folder();
        let clock = SharedClock::create(&folder.path().join("clock"), reference::START.parse().unwrap()).unwrap();
        let (server, killer, told) = (Server::start(), Arc::new(Killer::default()), Arc::new(clock.clone()));
        let fakes = vec![
            server.fake(meta::MetaApi::new(told.clone()).lagging(lag)).await,
            server.fake(google::GoogleApi::new(told.clone()).lagging(lag)).await,
            server.fake(tiktok::TikTokApi::new(told.clone()).lagging(lag)).await,
            server.fake(linkedin::LinkedInApi::new(told.clone()).lagging(lag)).await,
        ];
        let urls: Vec<_> = fakes.iter().map(Fake::url).collect();
        let accounts = accounts([&urls[0], &urls[1], &urls[2], &urls[3]]);
        std::fs::write(folder.path().join("accounts.json"), accounts.to_string()).unwrap();
        let own = store::open(&folder.path().join("eyes.db")).await.unwrap();
        let eyes = reference::connectors(&accounts, own, told as Arc<dyn Clock>).await.unwrap();
        for fake in &fakes {
            fake.watch(killer.clone());
        }
        Self { folder, clock, eyes, killer, _fakes: fakes, _server: server }
    }

    /// Runs the launcher up to a place, or to its end.
    pub(crate) fn run(&self, stop: Stop) -> Outcome<Run> {
        let errors = std::fs::File::create(self.folder.path().join("stderr"))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_launcher"));
        command.arg(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
        if matches!(stop, Stop::BeforeWrite(_) | Stop::AfterWrite(_)) {
            command.env("ADBRAIN_STOP", stop.to_string());
        }
        let mut child = command.spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        self.killer.arm(child, stop);
        if let Stop::After(time) = stop {
            std::thread::sleep(time);
            self.killer.kill();
        }
        let mut run = Run::default();
        for line in BufReader::new(out).lines() {
            self.hear(&mut run, &line?)?;
        }
        run.requests = self.killer.requests();
        run.is_killed = self.killer.was_killed().map_err(|error| format!("{error}: {}", self.errors()))?;
        Ok(run)
    }

    fn hear(&self, run: &mut Run, line: &str) -> Outcome {
        match line.split_once(' ').ok_or("a line without words")? {
            ("stands", _) => self.killer.kill(),
            ("opened", writes) => run.opened = Some((writes.parse()?, self.killer.requests().len())),
            ("done", rest) => {
                let (done, writes) = rest.split_once(", ").ok_or("no writes")?;
                (run.done, run.writes) = (Some(done.to_owned()), writes.parse()?);
            }
            _ => return Err(format!("not understood: {line}").into()),
        }
        Ok(())
    }

    /// What the newest process said in errors.
    pub(crate) fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }
}
