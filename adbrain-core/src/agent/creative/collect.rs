//! Looking into the brief's files and keeping those that paid ads may use.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::KeptMedia;
use crate::error::{Error, ErrorKind, Result, Source};
use crate::media::{Library, kind_of};
use crate::model::{ContentHash, Flight, MediaItem, Message, SkippedAsset, Strategy};

/// The files that may be used, and the others with the reason. Files without a right are not even copied.
pub(super) async fn collect(library: Arc<Library>, strategy: &Strategy) -> Result<(Vec<KeptMedia>, Vec<SkippedAsset>)> {
    let (items, flight) = (strategy.brief.media.clone(), strategy.brief.flight.clone());
    let look = move || {
        let (mut kept, mut skipped) = (Vec::<KeptMedia>::new(), Vec::new());
        let refused = refused_files(&library, &items, &flight);
        for item in items {
            let refusal = item.refusal(&flight).or_else(|| other_entry(&library, &item, &refused));
            let found = refusal.map_or_else(|| keep(&library, item.clone()), Err);
            match found.and_then(|media| unseen(media, &kept)) {
                Ok(media) => kept.push(media),
                Err(reason) => skipped.push(SkippedAsset { subject: item.path, reason }),
            }
        }
        (kept, skipped)
    };
    tokio::task::spawn_blocking(look).await.map_err(|error| {
        Error::new(ErrorKind::Internal, "looking into the media files broke off").caused_by(Box::new(error) as Source)
    })
}

/// The files that an entry of the brief gives no right to, by their content, with the reason: another name for the same content gives none.
pub(crate) fn refused_files(library: &Library, items: &[MediaItem], flight: &Flight) -> BTreeMap<ContentHash, Message> {
    let without = items.iter().filter_map(|item| Some((item, item.refusal(flight)?)));
    without.filter_map(|(item, reason)| Some((library.fingerprint(&item.path)?, reason))).collect()
}

fn other_entry(library: &Library, item: &MediaItem, refused: &BTreeMap<ContentHash, Message>) -> Option<Message> {
    if refused.is_empty() {
        return None;
    }
    refused.get(&library.fingerprint(&item.path)?).cloned()
}

fn keep(library: &Library, item: MediaItem) -> Result<KeptMedia, Message> {
    let (hash, facts) = library.keep(&item.path).map_err(|error| reason(&item.path, &error))?;
    let found = kind_of(&facts);
    if let Some(stated) = item.kind.filter(|stated| *stated != found) {
        return Err(Message::new("creative-skip-file-kind")
            .with("file", item.path.as_str())
            .with("stated", stated.as_str())
            .with("found", found.as_str()));
    }
    Ok(KeptMedia { item, hash, facts, crop: None })
}

fn reason(path: &str, error: &Error) -> Message {
    let key = match error.kind() {
        ErrorKind::NotFound => "creative-skip-file-missing",
        ErrorKind::InvalidInput => "creative-skip-file-unusable",
        _ => "creative-skip-file-unreadable",
    };
    Message::new(key).with("file", path)
}

fn unseen(media: KeptMedia, kept: &[KeptMedia]) -> Result<KeptMedia, Message> {
    match kept.iter().find(|other| other.hash == media.hash) {
        Some(first) => Err(Message::new("creative-skip-duplicate")
            .with("file", media.item.path.as_str())
            .with("first", first.item.path.as_str())),
        None => Ok(media),
    }
}
