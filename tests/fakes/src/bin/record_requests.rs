//! `record-requests OUT.jsonl`: every action of every connector once over the fakes, a line of JSON for each request that went out.
//!
//! The connectors run on this machine alone; tokens are left out. `check-requests OUT.jsonl` reads the recording.

#[cfg_attr(not(test), expect(unused, reason = "the tests beside the actions are not part of the program"))]
#[path = "../../tests/platforms/analytics.rs"]
mod analytics;
#[cfg_attr(not(test), expect(unused, reason = "the tests beside the actions are not part of the program"))]
#[path = "../../tests/platforms/audiences.rs"]
mod audiences;
#[cfg_attr(not(test), expect(unused, reason = "the tests beside the actions are not part of the program"))]
#[path = "../../tests/platforms/google.rs"]
mod google;
#[cfg_attr(not(test), expect(unused, reason = "the tests beside the actions are not part of the program"))]
#[path = "../../tests/platforms/linkedin.rs"]
mod linkedin;
#[cfg_attr(not(test), expect(unused, reason = "the tests beside the actions are not part of the program"))]
#[path = "../../tests/platforms/meta.rs"]
mod meta;
#[cfg_attr(not(test), expect(unused, reason = "the tests beside the actions are not part of the program"))]
#[path = "../../tests/platforms/people.rs"]
mod people;
#[cfg_attr(not(test), expect(unused, reason = "the tests beside the actions are not part of the program"))]
#[path = "../../tests/platforms/tiktok.rs"]
mod tiktok;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: record-requests OUT.jsonl");
        return ExitCode::from(2);
    };
    let mut recorded = meta::all_actions().await;
    recorded.extend(google::all_actions().await);
    recorded.extend(tiktok::all_actions().await);
    recorded.extend(linkedin::all_actions().await);
    recorded.extend(audiences::all_actions().await);
    recorded.extend(people::all_actions().await);
    let lines = recorded.iter().map(|request| serde_json::to_string(request).map(|line| line + "\n"));
    match lines
        .collect::<Result<String, _>>()
        .map_err(std::io::Error::from)
        .and_then(|text| std::fs::write(&path, text))
    {
        Ok(()) => {
            println!("{} requests in {path}", recorded.len());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("record-requests: {path}: {error}");
            ExitCode::FAILURE
        }
    }
}
