//! Creative: what the ads show.
//!
//! In: a strategy. Out: assets, a manifest of real files and of crops of them, and what is missing. Called by the cycle. Never invents a file and
//! never uses one without a right.

mod carousel;
mod collect;
mod combine;
mod renditions;
mod respond;
mod stories;
pub mod tools;
mod ugc;
mod video;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _};

use super::Agent;
use super::wording::Material;
use crate::error::{Error, ErrorKind, Result};
use crate::media::{FilmProgram, Library, kind_of};
use crate::model::{
    Asset, AssetContent, AssetSet, ContentHash, Crop, Format, MediaFacts, MediaItem, MediaKind, Message, MissingFile,
    Platform, SkippedAsset, Strategy,
};
use crate::platform::spec::{Frame, SpecBook};

pub use carousel::CarouselExpert;
pub(crate) use collect::refused_files;
pub use respond::respond;
pub use stories::StoriesExpert;
pub use ugc::UgcCurator;
pub use video::VideoSpecialist;

/// Specialists that work at once.
const AT_ONCE: usize = 4;
/// The time that one specialist may take, where nothing else is said.
const DEADLINE: Duration = Duration::from_secs(60);

/// A file of the brief that was looked into, kept, and may be used in paid ads.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptMedia {
    /// As the brief names it.
    pub item: MediaItem,
    /// The SHA-256 of its bytes.
    pub hash: ContentHash,
    /// What was found inside.
    pub facts: MediaFacts,
    /// The part of a file of the brief that it shows, where the engine cropped it.
    pub crop: Option<Crop>,
}

/// What a specialist works from.
#[derive(Debug)]
pub struct Commission {
    /// The strategy.
    pub strategy: Strategy,
    /// The files that may be used, in the brief's order.
    pub media: Vec<KeptMedia>,
    /// What each platform takes.
    pub specs: &'static SpecBook,
    material: Material,
}

impl KeptMedia {
    /// Whether it is an image or a film, by its own bytes.
    pub fn kind(&self) -> MediaKind {
        kind_of(&self.facts)
    }
}

impl Commission {
    /// The strategy's platforms, in its order.
    pub fn platforms(&self) -> impl Iterator<Item = Platform> {
        self.strategy.platforms.iter().map(|choice| choice.platform)
    }

    /// The brief's own files, content of users left out.
    fn own_media(&self) -> impl Iterator<Item = &KeptMedia> {
        self.media.iter().filter(|media| !media.item.is_user_content)
    }

    /// A text of the catalogue in the language of the ads.
    fn text(&self, message: &Message) -> String {
        message.text(self.strategy.brief.language())
    }
}

/// What a specialist gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Made {
    /// The assets.
    pub assets: Vec<Asset>,
    /// What was not made, and why.
    pub skipped: Vec<SkippedAsset>,
}

impl Made {
    fn skip(&mut self, subject: impl Into<String>, reason: Message) {
        self.skipped.push(SkippedAsset { subject: subject.into(), reason });
    }

    fn cannot_carry(&mut self, format: Format, platform: Platform) {
        let reason =
            Message::new("creative-skip-format").with("format", format.as_str()).with("platform", platform.as_str());
        self.skip(format!("{format}/{platform}"), reason);
    }
}

/// A sub-agent of Creative that serves one format.
#[async_trait]
pub trait Specialist: Send + Sync {
    /// The format that it serves.
    fn format(&self) -> Format;

    /// Makes the assets of its format for every platform of the strategy.
    async fn run(&self, commission: &Commission) -> Result<Made>;
}

/// The agent that makes assets from a strategy, through one specialist per format, all at once.
///
/// ```
/// use std::sync::Arc;
/// use adbrain_core::agent::creative::Creative;
/// use adbrain_core::media::Library;
/// # let folder = tempfile::tempdir().unwrap();
/// let library = Arc::new(Library::open(&folder.path().join("kept"), folder.path())?);
/// let creative = Creative::new(library);
/// # let _ = creative;
/// # Ok::<(), adbrain_core::Error>(())
/// ```
pub struct Creative {
    library: Arc<Library>,
    specialists: Vec<Arc<dyn Specialist>>,
    deadline: Duration,
    films: Option<FilmProgram>,
}

impl Creative {
    /// Makes the agent with its four specialists.
    pub fn new(library: Arc<Library>) -> Self {
        Self::without_specialists(library)
            .with_specialist(VideoSpecialist)
            .with_specialist(CarouselExpert)
            .with_specialist(StoriesExpert)
            .with_specialist(UgcCurator)
    }

    /// Makes the agent without any specialist.
    pub fn without_specialists(library: Arc<Library>) -> Self {
        Self { library, specialists: Vec::new(), deadline: DEADLINE, films: None }
    }

    /// Adds a specialist; several may serve the same format.
    #[must_use]
    pub fn with_specialist(mut self, specialist: impl Specialist + 'static) -> Self {
        self.specialists.push(Arc::new(specialist));
        self
    }

    /// Sets the time that one specialist may take.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Lets a program crop the brief's own films where no film has the shape that a platform takes. Without one the film is asked for: what
    /// comes out depends on the program's version, so it is never looked for unasked.
    #[must_use]
    pub fn with_films(mut self, program: FilmProgram) -> Self {
        self.films = Some(program);
        self
    }

    /// The renditions that the formats need, and what could not be made.
    async fn renditions(
        &self,
        media: &[KeptMedia],
        (formats, platforms): (&[Format], &[Platform]),
    ) -> Result<(Vec<KeptMedia>, Vec<SkippedAsset>)> {
        let (mut made, mut skipped) =
            renditions::renditions(Arc::clone(&self.library), media, (formats, platforms)).await?;
        if let Some(program) = self.films.as_ref().filter(|_| formats.contains(&Format::Video)) {
            let (films, refused) = renditions::films((&self.library, program), media, platforms).await?;
            made.extend(films);
            skipped.extend(refused);
        }
        Ok((made, skipped))
    }

    fn wanted(&self, formats: &[Format]) -> Result<Vec<Arc<dyn Specialist>>> {
        let serves = |format: &Format| self.specialists.iter().any(|specialist| specialist.format() == *format);
        if let Some(format) = formats.iter().find(|format| !serves(format)) {
            return Err(Error::new(ErrorKind::Unsupported, format!("no specialist serves the format {format}"))
                .next("add one with `with_specialist`, or take the format out of the brief"));
        }
        let wanted = self.specialists.iter().filter(|specialist| formats.contains(&specialist.format()));
        Ok(wanted.cloned().collect())
    }

    async fn make(&self, specialists: Vec<Arc<dyn Specialist>>, commission: Commission) -> Result<Vec<Made>> {
        let (deadline, commission) = (self.deadline, Arc::new(commission));
        let task = |specialist: Arc<dyn Specialist>| {
            let commission = Arc::clone(&commission);
            async move { within(deadline, specialist.as_ref(), &commission).await }.boxed()
        };
        let tasks: Vec<_> = specialists.into_iter().map(task).collect();
        // `buffered` gives the answers in the order of the specialists, whichever is ready first.
        futures::stream::iter(tasks).buffered(AT_ONCE).try_collect().await
    }
}

async fn within(deadline: Duration, specialist: &dyn Specialist, commission: &Commission) -> Result<Made> {
    tokio::time::timeout(deadline, specialist.run(commission)).await.map_err(|_| {
        let format = specialist.format();
        Error::new(ErrorKind::TimedOut, format!("the specialist for {format} took longer than {deadline:?}"))
            .next("raise the deadline with `with_deadline`")
    })?
}

#[async_trait]
impl Agent for Creative {
    type Input = Strategy;
    type Output = AssetSet;

    async fn run(&self, strategy: Strategy) -> Result<AssetSet> {
        let specialists = self.wanted(&strategy.formats)?;
        let material = Material::of(&strategy.brief)?;
        let (mut media, mut skipped) = collect::collect(Arc::clone(&self.library), &strategy).await?;
        let places = (strategy.formats.clone(), platforms(&strategy));
        let (cropped, uncropped) = self.renditions(&media, (&places.0, &places.1)).await?;
        media.extend(cropped);
        skipped.extend(uncropped);
        let refused = material
            .refused
            .iter()
            .map(|claim| SkippedAsset { subject: claim.text.clone(), reason: claim.reason.clone() });
        let first = Made { assets: Vec::new(), skipped: skipped.into_iter().chain(refused).collect() };
        let kept = media.clone();
        let commission = Commission { strategy, media, specs: SpecBook::shipped()?, material };
        let made = self.make(specialists, commission).await?;
        combine::combine(std::iter::once(first).chain(made), &kept, &places.0, &places.1)
    }
}

fn platforms(strategy: &Strategy) -> Vec<Platform> {
    strategy.platforms.iter().map(|choice| choice.platform).collect()
}

/// An asset that lacks nothing yet.
fn asset(key: String, format: Format, platform: Platform, content: AssetContent) -> Asset {
    Asset { key, format, platform, content, files: Vec::new(), missing: Vec::new(), losses: Vec::new() }
}

/// A picture that an asset needs and the brief does not bring.
fn missing_image(asset: &str, frame: &Frame) -> MissingFile {
    let message = Message::new("creative-missing-image").with("asset", asset);
    missing(asset, crate::model::MediaKind::Image, frame, message)
}

/// A video that an asset needs and the brief does not bring.
fn missing_video(asset: &str, frame: &Frame, length_ms: u64) -> MissingFile {
    let seconds = i64::try_from(length_ms / 1000).unwrap_or(i64::MAX);
    let message = Message::new("creative-missing-video").with("asset", asset).with("seconds", seconds);
    MissingFile { length_ms: Some(length_ms), ..missing(asset, crate::model::MediaKind::Video, frame, message) }
}

fn missing(asset: &str, kind: crate::model::MediaKind, frame: &Frame, message: Message) -> MissingFile {
    let message = message.with("width", frame.width.to_string()).with("height", frame.height.to_string());
    let (width, height) = (frame.width, frame.height);
    MissingFile { asset: asset.to_owned(), kind, width, height, length_ms: None, crop: None, message }
}

/// The crop to a frame that keeps the greatest part of its file; of equal ones the first.
fn best_crop<'a>(media: impl IntoIterator<Item = &'a KeptMedia>, frame: &Frame) -> Option<Crop> {
    let kept = |(facts, crop): &(&MediaFacts, Crop)| crop.part_of(facts);
    let crops = media.into_iter().filter_map(|media| Some((&media.facts, frame.crop(&media.hash, &media.facts)?)));
    let best = crops.reduce(|best, next| if kept(&next) > kept(&best) { next } else { best });
    best.map(|(_, crop)| crop)
}

#[cfg(test)]
mod tests;
