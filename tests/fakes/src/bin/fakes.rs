//! `fakes FOLDER`: fake platforms on this machine, until the program is stopped.
//!
//! Writes `FOLDER/accounts.json`, which `adbrain connect` and `adbrain run --accounts` read, and prints its path; beside it
//! `people.json`, the sources that `adbrain run --people` reads. Nothing leaves the machine, and nothing is kept when the program ends.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use adbrain_core::clock::{Clock, SystemClock};
use adbrain_fakes::{Api, Fake, Faults, ga4, google, instagram, linkedin, meta, tiktok};
use serde_json::{Value, json};

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
    tokio::signal::ctrl_c().await
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

/// An account on each fake, as a file of accounts names it.
fn accounts([meta, google, tiktok, linkedin]: [&str; 4]) -> Value {
    json!([
        {"platform": "meta", "account": meta::ACCOUNT, "token": meta::TOKEN, "page_id": meta::PAGE, "pixel_id": meta::PIXEL,
         "base_url": meta},
        {"platform": "google", "account": google::CUSTOMER, "token": google::TOKEN, "business_name": "Example",
         "logo_asset": google::LOGO, "base_url": google},
        {"platform": "tiktok", "account": tiktok::ACCOUNT, "token": tiktok::TOKEN,
         "identity": {"id": tiktok::IDENTITY, "kind": "custom"}, "pixel_id": tiktok::PIXEL, "sales_event": "SHOPPING",
         "base_url": tiktok},
        {"platform": "linkedin", "account": linkedin::ACCOUNT, "token": linkedin::TOKEN, "organization": linkedin::ORGANIZATION,
         "locale": {"country": "BR", "language": "pt"}, "base_url": linkedin},
    ])
}
