//! `fakes FOLDER`: fake platforms on this machine, until the program is stopped.
//!
//! Writes `FOLDER/accounts.json`, which `adbrain connect` and `adbrain run --accounts` read, and prints its path, then an address that gives the
//! same file, for `adbrain demo --wire`; beside it `people.json`, the sources that `adbrain run --people` reads. Nothing leaves the machine, and
//! nothing is kept when the program ends.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use adbrain_core::clock::{Clock, SystemClock};
use adbrain_fakes::{Api, Fake, Faults, accounts, ga4, google, instagram, linkedin, meta, tiktok};
use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: fakes FOLDER");
        return ExitCode::from(2);
    };
    match serve(Path::new(&folder)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fakes: {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(folder: &Path) -> std::io::Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let meta = start(meta::MetaApi::new(clock.clone())).await?;
    let google = start(google::GoogleApi::new(clock.clone())).await?;
    let tiktok = start(tiktok::TikTokApi::new(clock.clone())).await?;
    let linkedin = start(linkedin::LinkedInApi::new(clock)).await?;
    let accounts = accounts([&meta.url(), &google.url(), &tiktok.url(), &linkedin.url()]);
    std::fs::create_dir_all(folder)?;
    let (analytics, insights) = (start(ga4::Ga4Api::new()).await?, start(instagram::InstagramApi).await?);
    let people = people([&analytics.url(), &insights.url()]);
    std::fs::write(folder.join("people.json"), format!("{people:#}\n"))?;
    let path = folder.join("accounts.json");
    std::fs::write(&path, format!("{accounts:#}\n"))?;
    println!("{}", path.display());
    let desk = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}", desk.local_addr()?);
    let told = Router::new().route("/accounts.json", get(move || async move { accounts.to_string() }));
    tokio::select! {
        ended = axum::serve(desk, told).into_future() => ended,
        stopped = tokio::signal::ctrl_c() => stopped,
    }
}

async fn start(api: impl Api) -> std::io::Result<Fake> {
    Fake::start(api, Faults::default()).await
}

/// A source of people on each fake that counts them.
fn people([analytics, insights]: [&str; 2]) -> Value {
    json!([
        {"source": "ga4", "property": ga4::PROPERTY, "token": ga4::TOKEN, "base_url": analytics},
        {"source": "instagram", "account": instagram::ACCOUNT, "token": instagram::TOKEN, "base_url": insights},
    ])
}
