//! The user's media files.
//!
//! In: a path, steps of a transform. Out: facts by the file's own bytes and its hash; renditions under hashes of their own. Called by
//! creative. Never changes a file.

mod error;
mod film;
#[cfg(feature = "renditions")]
mod picture;
mod probe;

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::model::{ContentHash, MediaFacts, MediaKind, TransformStep};

use error::MediaError;
pub use film::FilmProgram;
pub(crate) use film::seconds;
pub use probe::{kind_of, most_bytes};

/// Bytes that are read at once while a file is hashed or copied.
const CHUNK: usize = 1 << 16;
/// Digits of a SHA-256 in hexadecimal.
const HASH_DIGITS: usize = 64;

/// A folder of files that are kept under the SHA-256 of their bytes.
///
/// The originals are read and never changed; a kept file is never changed either.
///
/// ```
/// use adbrain_core::media::Library;
/// # let base = tempfile::tempdir().unwrap();
/// # std::fs::write(base.path().join("pixel.gif"), b"GIF89a\x01\0\x01\0\0\0\0;").unwrap();
/// let library = Library::open(&base.path().join("kept"), base.path())?;
/// let (hash, facts) = library.keep("pixel.gif")?;
/// assert_eq!((facts.format.as_str(), facts.width), ("gif", 1));
/// assert_eq!(library.read(&hash)?.len() as u64, facts.bytes);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Library {
    folder: PathBuf,
    base: PathBuf,
}

impl Library {
    /// Opens the folder in which files are kept and makes it where it is missing; relative paths start at `base`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`] where the folder cannot be made.
    pub fn open(folder: &Path, base: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|cause| MediaError::folder(folder, cause))?;
        Ok(Self { folder: folder.to_owned(), base: base.to_owned() })
    }

    /// Looks into a file and keeps a copy of it under its hash.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where there is no file, [`crate::ErrorKind::InvalidInput`] where it is no media file or
    /// too large, [`crate::ErrorKind::Unavailable`] where it cannot be read or copied.
    pub fn keep(&self, path: &str) -> Result<(ContentHash, MediaFacts)> {
        let source = self.base.join(path);
        let facts = probe::probe(&source).map_err(|error| error.about(path))?;
        let hash = self.copy(&source).map_err(|cause| MediaError::Unreadable { cause }.about(path))?;
        Ok((hash, facts))
    }

    /// The hash of a file of the brief, without keeping it; none where it cannot be read.
    pub fn fingerprint(&self, path: &str) -> Option<ContentHash> {
        fingerprint(&self.base.join(path))
    }

    /// Reads a kept file and checks it against its hash.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where no such file is kept, [`crate::ErrorKind::Corrupt`] where its bytes were changed.
    pub fn read(&self, hash: &ContentHash) -> Result<Vec<u8>> {
        let path = self.path(hash)?;
        let bytes = fs::read(&path).map_err(|cause| MediaError::Unreadable { cause }.about(hash.as_str()))?;
        if ContentHash::of(&bytes) == *hash { Ok(bytes) } else { Err(MediaError::Changed.about(hash.as_str())) }
    }

    /// Whether a kept file is an image or a video, by its own bytes.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where no such file is kept.
    pub fn kind(&self, hash: &ContentHash) -> Result<MediaKind> {
        let facts = probe::probe(&self.path(hash)?).map_err(|error| error.about(hash.as_str()))?;
        Ok(kind_of(&facts))
    }

    /// Where a kept file lies, for programs that read it themselves.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where no such file is kept.
    pub fn path(&self, hash: &ContentHash) -> Result<PathBuf> {
        let name = hash.as_str();
        let is_hash = name.len() == HASH_DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let path = self.folder.join(name);
        if is_hash && path.is_file() { Ok(path) } else { Err(MediaError::NotKept.about(name)) }
    }

    /// Carries out the steps on a kept picture, JPEG or PNG, and keeps the result under its own hash: the same picture and steps give
    /// the same bytes.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where no such file is kept, [`crate::ErrorKind::InvalidInput`] where it is no picture or the steps
    /// do not go with it, [`crate::ErrorKind::Unsupported`] in a build without the feature `renditions`.
    pub fn render(&self, source: &ContentHash, steps: &[TransformStep]) -> Result<(ContentHash, MediaFacts)> {
        let facts = probe::probe(&self.path(source)?).map_err(|error| error.about(source.as_str()))?;
        if kind_of(&facts) == MediaKind::Video {
            return Err(Error::invalid("source", "is a film")
                .with("file", source.as_str())
                .next("call `render_film` for it"));
        }
        let bytes =
            rendered(&self.read(source)?, &facts.format, steps).map_err(|error| error.about(source.as_str()))?;
        let part = self.part();
        let put = fs::write(&part, &bytes).and_then(|()| self.keep_part(&part));
        self.probed(put)
    }

    /// Carries out the steps on a kept film through `ffmpeg` and keeps the result, an MP4 file, under its own hash. The same film, steps
    /// and version of the program give the same bytes.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where no such file is kept; those of [`FilmProgram::run`]; [`crate::ErrorKind::InvalidInput`] for a
    /// format that films are not written in.
    pub async fn render_film(
        &self,
        program: &FilmProgram,
        source: &ContentHash,
        steps: &[TransformStep],
    ) -> Result<(ContentHash, MediaFacts)> {
        let part = self.part();
        let ended = program.run(film::transform(&self.path(source)?, &part, steps)?).await;
        self.keep_made(&part, ended)
    }

    /// Keeps the picture of a kept film at a moment, as PNG, for a cover or a thumbnail.
    ///
    /// # Errors
    /// As [`Library::render_film`]; [`crate::ErrorKind::InvalidInput`] where the film has no picture there.
    pub async fn thumbnail(
        &self,
        program: &FilmProgram,
        source: &ContentHash,
        at_ms: u64,
    ) -> Result<(ContentHash, MediaFacts)> {
        let part = self.part();
        let ended = program.run(film::thumbnail(&self.path(source)?, &part, at_ms)).await;
        if ended.is_ok() && !part.is_file() {
            return Err(Error::invalid("at_ms", format!("the film has no picture at {at_ms} ms"))
                .with("file", source.as_str())
                .next("give an earlier moment"));
        }
        self.keep_made(&part, ended)
    }

    fn keep_made(&self, part: &Path, ended: Result<()>) -> Result<(ContentHash, MediaFacts)> {
        if let Err(error) = ended {
            let _ = fs::remove_file(part);
            return Err(error);
        }
        self.probed(self.keep_part(part))
    }

    fn probed(&self, kept: std::io::Result<ContentHash>) -> Result<(ContentHash, MediaFacts)> {
        let hash = kept.map_err(|cause| MediaError::Unreadable { cause }.about("rendition"))?;
        let facts = probe::probe(&self.path(&hash)?).map_err(|error| error.about(hash.as_str()))?;
        Ok((hash, facts))
    }

    /// The name of a file that is not whole yet: no other one has it, in whatever library of this process.
    fn part(&self) -> PathBuf {
        static PARTS: AtomicU64 = AtomicU64::new(0);
        let number = PARTS.fetch_add(1, Ordering::Relaxed);
        self.folder.join(format!("part-{}-{number}", std::process::id()))
    }

    /// Gives a whole part the name of its hash.
    fn keep_part(&self, part: &Path) -> std::io::Result<ContentHash> {
        let kept = hashed(part, |_| Ok(())).and_then(|hash| {
            File::open(part)?.sync_all()?;
            fs::rename(part, self.folder.join(hash.as_str()))?;
            Ok(hash)
        });
        if kept.is_err() {
            let _ = fs::remove_file(part);
        }
        kept
    }

    fn copy(&self, source: &Path) -> std::io::Result<ContentHash> {
        let part = self.part();
        let kept = hash_into(source, &part).and_then(|hash| {
            fs::rename(&part, self.folder.join(hash.as_str()))?;
            Ok(hash)
        });
        if kept.is_err() {
            let _ = fs::remove_file(&part);
        }
        kept
    }
}

#[cfg(feature = "renditions")]
use picture::render as rendered;

#[cfg(not(feature = "renditions"))]
fn rendered(_bytes: &[u8], _format: &str, _steps: &[TransformStep]) -> Result<Vec<u8>, MediaError> {
    Err(MediaError::NoRenditions)
}

/// Whether a file is an image or a film, by its own bytes. Keeps nothing.
///
/// # Errors
/// As [`Library::keep`].
pub fn kind_at(path: &Path) -> Result<MediaKind> {
    let facts = probe::probe(path).map_err(|error| error.about(&path.to_string_lossy()))?;
    Ok(kind_of(&facts))
}

/// The hash of a file's bytes as they are now; none where there is no such file or it cannot be read. Keeps nothing.
pub fn fingerprint(path: &Path) -> Option<ContentHash> {
    // Looked at before it is opened: opening a named pipe waits until somebody writes into it.
    if !path.is_file() {
        return None;
    }
    hashed(path, |_| Ok(())).ok()
}

/// Copies a file and hashes exactly the bytes that were copied.
fn hash_into(source: &Path, target: &Path) -> std::io::Result<ContentHash> {
    let mut writer = BufWriter::with_capacity(CHUNK, File::create(target)?);
    let hash = hashed(source, |bytes| writer.write_all(bytes))?;
    writer.into_inner()?.sync_all()?;
    Ok(hash)
}

/// The hash of a file's bytes, each of which `take` gets too.
fn hashed(source: &Path, mut take: impl FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<ContentHash> {
    let mut reader = BufReader::with_capacity(CHUNK, File::open(source)?);
    let mut digest = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = reader.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
        digest.update(bytes);
        take(bytes)?;
    }
    Ok(ContentHash::new(hex::encode(digest.finalize())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const GIF: &[u8] = b"GIF89a\x02\0\x03\0\0\0\0;";

    #[test]
    fn a_fingerprint_follows_the_bytes_and_a_missing_file_has_none() {
        let (base, _) = library();
        assert_eq!(fingerprint(&base.path().join("a.gif")), Some(ContentHash::of(GIF)));
        assert_eq!(fingerprint(&base.path().join("b.gif")), None);
        assert_eq!(fingerprint(base.path()), None);
    }

    fn library() -> (tempfile::TempDir, Library) {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join("a.gif"), GIF).unwrap();
        let library = Library::open(&base.path().join("kept"), base.path()).unwrap();
        (base, library)
    }

    #[test]
    fn a_kept_file_is_read_back_under_its_hash_and_the_original_stays() {
        let (base, library) = library();
        let (hash, facts) = library.keep("a.gif").unwrap();
        assert_eq!(hash, ContentHash::of(GIF));
        assert_eq!((facts.width, facts.height, facts.bytes), (2, 3, GIF.len() as u64));
        assert_eq!(library.read(&hash).unwrap(), GIF);
        assert_eq!(fs::read(base.path().join("a.gif")).unwrap(), GIF);
        assert_eq!(library.keep("a.gif").unwrap().0, hash);
        assert_eq!(fs::read_dir(base.path().join("kept")).unwrap().count(), 1);
    }

    #[test]
    fn libraries_of_one_folder_never_write_into_one_part() {
        let (base, library) = library();
        let beside = Library::open(&base.path().join("kept"), base.path()).unwrap();
        let parts: std::collections::BTreeSet<_> = [&library, &beside, &library, &beside].map(Library::part).into();
        assert_eq!(parts.len(), 4);
    }

    #[test]
    fn a_changed_copy_is_found() {
        let (base, library) = library();
        let (hash, _) = library.keep("a.gif").unwrap();
        fs::write(base.path().join("kept").join(hash.as_str()), b"other").unwrap();
        assert_eq!(library.read(&hash).unwrap_err().kind(), ErrorKind::Corrupt);
    }

    #[test]
    fn a_hash_cannot_name_a_file_outside_the_folder() {
        let (_base, library) = library();
        assert_eq!(library.read(&ContentHash::new("../a.gif")).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn what_is_missing_or_no_media_is_named() {
        let (base, library) = library();
        fs::write(base.path().join("b.png"), "text").unwrap();
        assert_eq!(library.keep("no.png").unwrap_err().kind(), ErrorKind::NotFound);
        let error = library.keep("b.png").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("b.png"), "{error}");
        assert_eq!(library.keep(".").unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    /// The shipped example's files.
    fn examples() -> (tempfile::TempDir, Library) {
        let folder = tempfile::tempdir().unwrap();
        let media = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/media");
        let library = Library::open(&folder.path().join("kept"), &media).unwrap();
        (folder, library)
    }

    #[cfg(feature = "renditions")]
    #[test]
    fn a_rendition_is_kept_under_the_hash_of_its_own_bytes_and_the_source_stays() {
        let (_folder, library) = examples();
        let (source, facts) = library.keep("tenis-quadrado.png").unwrap();
        let crop = TransformStep::Crop { x: 0, y: 0, width: facts.width / 2, height: facts.height };
        let (hash, made) = library.render(&source, std::slice::from_ref(&crop)).unwrap();
        assert_eq!((made.format.as_str(), made.width, made.height), ("png", facts.width / 2, facts.height));
        assert_eq!(ContentHash::of(&library.read(&hash).unwrap()), hash);
        assert_eq!(library.render(&source, &[crop]).unwrap().0, hash);
        assert!(library.read(&source).is_ok() && hash != source);
    }

    #[tokio::test]
    async fn a_film_is_cropped_scaled_and_trimmed_where_ffmpeg_is_installed() {
        let (_folder, library) = examples();
        let (source, _) = library.keep("tenis-vertical.mp4").unwrap();
        let steps = [
            TransformStep::Crop { x: 0, y: 100, width: 600, height: 600 },
            TransformStep::Scale { width: 300, height: 300 },
            TransformStep::Trim { start_ms: 0, length_ms: 1000 },
        ];
        let program = FilmProgram::default();
        match library.render_film(&program, &source, &steps).await {
            Err(error) if error.kind() == ErrorKind::Unsupported => println!("skipped: films need ffmpeg"),
            made => {
                let (hash, facts) = made.unwrap();
                assert_eq!((facts.width, facts.height), (300, 300));
                assert!(facts.duration_ms.unwrap().abs_diff(1000) <= 50, "{facts:?}");
                assert_eq!(library.render_film(&program, &source, &steps).await.unwrap().0, hash, "the same bytes");
                let (_, cover) = library.thumbnail(&program, &hash, 500).await.unwrap();
                assert_eq!((cover.format.as_str(), cover.width, cover.height), ("png", 300, 300));
                assert!(library.thumbnail(&program, &hash, 60_000).await.is_err(), "there is no such moment");
            }
        }
        assert!(library.render(&source, &steps).unwrap_err().next_step().unwrap().contains("render_film"));
    }
}
