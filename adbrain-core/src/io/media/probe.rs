//! What a media file is, by its own bytes; its name says nothing.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use imagesize::ImageType;
use mp4parse::{Track, TrackType};

use super::error::MediaError;
use crate::model::{MediaFacts, MediaKind};

/// The largest image that is looked into, in bytes: no platform takes a larger one (a test of their specifications holds it).
const MAX_IMAGE_BYTES: u64 = 30 << 20;
/// The largest video that is looked into, in bytes; likewise.
const MAX_VIDEO_BYTES: u64 = 4 << 30;
/// Bytes at the start of a file that tell its format.
const HEAD_BYTES: usize = 32;
/// Formats that are video; every other one is an image.
const VIDEO_FORMATS: [&str; 2] = ["mp4", "mov"];

/// Whether the facts are those of an image or a video.
pub fn kind_of(facts: &MediaFacts) -> MediaKind {
    if VIDEO_FORMATS.contains(&facts.format.as_str()) { MediaKind::Video } else { MediaKind::Image }
}

/// The most bytes of a file of a kind that is looked into.
pub fn most_bytes(kind: MediaKind) -> u64 {
    if kind == MediaKind::Video { MAX_VIDEO_BYTES } else { MAX_IMAGE_BYTES }
}

/// Looks into a file.
pub(super) fn probe(path: &Path) -> Result<MediaFacts, MediaError> {
    // Looked at before it is opened: opening a named pipe waits until somebody writes into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(MediaError::NotAFile);
    }
    let mut file = File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(MediaError::NotAFile);
    }
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.rewind()?;
    match container(&head) {
        Some(format) => video(file, format, about.len()),
        None => image(file, &head, about.len()),
    }
}

/// The MP4 family by its `ftyp` box (ISO/IEC 14496-12, section 4.3); HEIF images carry one as well and are left out.
fn container(head: &[u8]) -> Option<&'static str> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    match head.get(8..12)? {
        b"qt  " => Some("mov"),
        b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif" | b"avis" => None,
        _ => Some("mp4"),
    }
}

fn image(file: File, head: &[u8], bytes: u64) -> Result<MediaFacts, MediaError> {
    within(bytes, MAX_IMAGE_BYTES)?;
    let format = match imagesize::image_type(head) {
        Ok(ImageType::Png) => "png",
        Ok(ImageType::Jpeg) => "jpeg",
        Ok(ImageType::Gif) => "gif",
        Ok(ImageType::Webp) => "webp",
        _ => return Err(MediaError::NotMedia),
    };
    let size = imagesize::reader_size(BufReader::new(file)).map_err(|_| MediaError::NotMedia)?;
    let (Ok(width), Ok(height)) = (u32::try_from(size.width), u32::try_from(size.height)) else {
        return Err(MediaError::NotMedia);
    };
    facts(MediaFacts { format: format.into(), width, height, duration_ms: None, bytes })
}

fn video(file: File, format: &str, bytes: u64) -> Result<MediaFacts, MediaError> {
    within(bytes, MAX_VIDEO_BYTES)?;
    // The parser is made for hostile files; should it still panic, that file is no media.
    let parsed = catch_unwind(AssertUnwindSafe(|| mp4parse::read_mp4(&mut BufReader::new(file))));
    let context = parsed.ok().and_then(Result::ok).ok_or(MediaError::NotMedia)?;
    let track = context.tracks.iter().find(|track| track.track_type == TrackType::Video).ok_or(MediaError::NotMedia)?;
    let (width, height) = shown_size(track).ok_or(MediaError::NotMedia)?;
    let duration = duration_ms(track).ok_or(MediaError::NotMedia)?;
    facts(MediaFacts { format: format.into(), width, height, duration_ms: Some(duration), bytes })
}

/// Pixels as shown: the track header holds 16.16 fixed-point numbers and a matrix that may turn the picture by a quarter.
fn shown_size(track: &Track) -> Option<(u32, u32)> {
    let header = track.tkhd.as_ref()?;
    let (width, height) = (header.width >> 16, header.height >> 16);
    let is_turned = header.matrix.a == 0 && header.matrix.d == 0;
    Some(if is_turned { (height, width) } else { (width, height) })
}

fn duration_ms(track: &Track) -> Option<u64> {
    let (ticks, per_second) = (track.duration.as_ref()?.0, track.timescale.as_ref()?.0);
    let milliseconds = u128::from(ticks).checked_mul(1000)?.checked_div(u128::from(per_second))?;
    u64::try_from(milliseconds).ok().filter(|duration| *duration > 0)
}

fn within(bytes: u64, limit: u64) -> Result<(), MediaError> {
    if bytes > limit { Err(MediaError::TooLarge { bytes, limit }) } else { Ok(()) }
}

fn facts(found: MediaFacts) -> Result<MediaFacts, MediaError> {
    if found.width == 0 || found.height == 0 { Err(MediaError::NotMedia) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe_bytes(bytes: &[u8]) -> Result<MediaFacts, MediaError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        probe(&path)
    }

    #[test]
    fn cut_off_and_hostile_videos_are_refused_without_a_panic() {
        let video = include_bytes!("../../../../examples/media/tenis-vertical.mp4");
        for length in (0..video.len()).step_by(97) {
            let _ = probe_bytes(&video[..length]);
        }
        for place in (0..video.len()).step_by(61) {
            let mut broken = video.to_vec();
            broken[place] = 0xff;
            let _ = probe_bytes(&broken);
        }
        assert!(probe_bytes(b"\0\0\0\x10ftypisom\0\0\0\0").is_err());
    }

    #[test]
    fn a_video_tells_its_size_and_length() {
        let found = probe_bytes(include_bytes!("../../../../examples/media/tenis-vertical.mp4")).unwrap();
        assert_eq!((found.format.as_str(), found.width, found.height), ("mp4", 720, 1280));
        assert_eq!(found.duration_ms, Some(3000));
        assert_eq!(kind_of(&found), MediaKind::Video);
    }

    #[cfg(unix)]
    #[test]
    fn a_named_pipe_is_no_file_and_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(matches!(probe(&pipe), Err(MediaError::NotAFile)));
        assert!(matches!(probe(std::path::Path::new("/dev/zero")), Err(MediaError::NotAFile)));
        assert!(matches!(probe(folder.path()), Err(MediaError::NotAFile)));
    }

    #[test]
    fn a_file_above_the_limit_is_refused() {
        assert!(within(MAX_IMAGE_BYTES, MAX_IMAGE_BYTES).is_ok());
        assert!(matches!(within(MAX_IMAGE_BYTES + 1, MAX_IMAGE_BYTES), Err(MediaError::TooLarge { .. })));
    }
}
