//! `init`: a starting folder whose example runs as it is.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::args::Init;
use super::{files, guide};
use crate::alert::rules::preset_text;
use crate::clock::{Clock as _, SystemClock};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, Message};

/// The rules that runs use by default.
const RULES: &str = "guarded";
/// The film that the brief names.
const FILM: &[u8] = include_bytes!("../../../example/media/tenis-vertical.mp4");
/// How many days from now the flight begins, and how many days after that it ends.
const FLIGHT: [i64; 2] = [14, 29];

/// A file by its path in the folder, and what it holds.
type NewFile = (&'static str, Vec<u8>);

/// Writes the folder, whole or not at all, and says what comes next.
pub(super) fn run(args: &Init) -> Result<()> {
    let language = args.answer.lang.into();
    let today = SystemClock.now().to_zoned_datetime(TimeZone::UTC).date();
    let files = starting(language, today)?;
    write(&args.folder, &files)?;
    let written = files.iter().map(|(name, _)| format!("  {}", args.folder.join(name).display()));
    let next = Message::new("cli-init-next").with("file", args.folder.join("README.md").display().to_string());
    let lines = std::iter::once(Message::new("cli-written").text(language)).chain(written);
    let text = lines.chain([next.text(language)]).collect::<Vec<_>>().join("\n");
    let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
    super::tell(args.answer.json.as_deref(), &json!({"folder": args.folder, "files": names}), &text)
}

/// The files of the folder; the flight begins some days after `today`.
fn starting(language: Language, today: Date) -> Result<Vec<NewFile>> {
    let (brief, readme) = match language {
        Language::English => (include_str!("init/brief.en.json"), include_str!("init/README.en.md")),
        Language::Portuguese => (include_str!("init/brief.pt-BR.json"), include_str!("init/README.pt-BR.md")),
    };
    let [start, end] = flight(today)?;
    let brief = brief.replace("START", &start.to_string()).replace("END", &end.to_string());
    let accounts = serde_json::to_string_pretty(&guide::examples()?)
        .map_err(|error| Error::new(ErrorKind::Internal, "the accounts cannot be written").caused_by(error))?;
    Ok(vec![
        ("brief.json", brief.into_bytes()),
        ("media/film.mp4", FILM.to_vec()),
        ("rules.toml", preset_text(RULES)?.into()),
        ("accounts.example.json", format!("{accounts}\n").into_bytes()),
        ("README.md", readme.into()),
    ])
}

fn flight(today: Date) -> Result<[Date; 2]> {
    let after = |day: Date, days: i64| -> Result<Date> {
        day.checked_add(days.days()).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the clock of this machine is beyond the calendar")
                .next("set the clock")
                .caused_by(error)
        })
    };
    let [before, length] = FLIGHT;
    let start = after(today, before)?;
    Ok([start, after(start, length)?])
}

/// Says no before anything is written where one of the files is there; takes back what was written where a later one fails.
fn write(folder: &Path, files: &[NewFile]) -> Result<()> {
    if let Some(path) = files.iter().map(|(name, _)| folder.join(name)).find(|path| path.symlink_metadata().is_ok()) {
        return Err(Error::invalid("FOLDER", format!("{} is there already", path.display()))
            .next("name an empty folder, or move that file away"));
    }
    for (at, (name, bytes)) in files.iter().enumerate() {
        if let Err(error) = write_new(&folder.join(name), bytes) {
            for (written, _) in files.iter().take(at) {
                drop(fs::remove_file(folder.join(written)));
            }
            return Err(error);
        }
    }
    Ok(())
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    files::make_folder_of(path)?;
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Unavailable, format!("cannot write {}: {error}", path.display()))
            .next("choose another folder")
            .caused_by(error)
    };
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(bytes).map_err(|error| {
        drop(fs::remove_file(path));
        failed(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::rules::RuleSet;
    use crate::model::{Brief, Platform};

    const TODAY: Date = jiff::civil::date(2026, 12, 1);

    #[test]
    fn the_brief_passes_its_check_and_the_rules_are_the_guarded_ones() {
        for language in [Language::English, Language::Portuguese] {
            let files = starting(language, TODAY).unwrap();
            let bytes = |name: &str| &files.iter().find(|(known, _)| *known == name).unwrap().1;
            let brief = Brief::from_json(bytes("brief.json")).unwrap().check().unwrap();
            assert_eq!((brief.flight.start.to_string(), brief.days()), ("2026-12-15".into(), 30));
            assert!(brief.assumed.is_empty() && brief.language == Some(language));
            assert_eq!(brief.media[0].path, "media/film.mp4");
            let rules = RuleSet::from_text(std::str::from_utf8(bytes("rules.toml")).unwrap()).unwrap();
            assert_eq!(rules, RuleSet::preset("guarded").unwrap());
        }
    }

    #[test]
    fn the_accounts_name_the_variables_of_their_tokens() {
        let files = starting(Language::English, TODAY).unwrap();
        let bytes = &files.iter().find(|(name, _)| *name == "accounts.example.json").unwrap().1;
        let accounts: Vec<serde_json::Value> = serde_json::from_slice(bytes).unwrap();
        assert_eq!(accounts.len(), Platform::ALL.len());
        for (account, platform) in accounts.iter().zip(Platform::ALL) {
            let token = format!("${{{}_TOKEN}}", platform.as_str().to_uppercase());
            assert_eq!((account["platform"].as_str(), &account["token"]), (Some(platform.as_str()), &token.into()));
        }
    }

    #[test]
    fn a_file_that_is_there_is_kept_and_nothing_is_written_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("rules.toml"), "mine").unwrap();
        let files = starting(Language::English, TODAY).unwrap();
        let error = write(folder.path(), &files).unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidInput && error.to_string().contains("rules.toml"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(folder.path().join("rules.toml")).unwrap(), "mine");
    }

    #[test]
    fn a_folder_that_cannot_be_filled_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("media"), "a file where a folder has to be").unwrap();
        assert!(write(folder.path(), &starting(Language::English, TODAY).unwrap()).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
