//! Pictures that the engine crops itself, and films through a program, where no file of the brief fits a frame.

use std::sync::Arc;

use super::KeptMedia;
use crate::error::{Error, ErrorKind, Result, Source};
use crate::media::{FilmProgram, Library};
use crate::model::{Crop, Format, MediaKind, Message, Platform, SkippedAsset, TransformStep};
use crate::platform::spec::{Frame, SpecBook};

/// The least part of a picture that a crop made unasked keeps: a convention of this engine. What loses more is shown to people, as the
/// part of a file that would fit, and left to them.
const LEAST_KEPT: f64 = 0.5;
/// The formats that are written anew.
const FORMATS: [&str; 2] = ["jpeg", "png"];

/// The renditions that the formats need on the platforms, kept in the library, and what could not be made. Content of users is never
/// cropped: a right to show it is none to change it.
pub(super) async fn renditions(
    library: Arc<Library>,
    media: &[KeptMedia],
    places: (&[Format], &[Platform]),
) -> Result<(Vec<KeptMedia>, Vec<SkippedAsset>)> {
    let pictures: Vec<_> = media.iter().filter(|media| is_picture(media)).cloned().collect();
    let frames = frames(&pictures, media, places)?;
    let make = move || {
        let (mut made, mut skipped) = (Vec::<KeptMedia>::new(), Vec::new());
        let wanted = frames.iter().flat_map(|frame| pictures.iter().map(move |picture| (frame, picture)));
        for (frame, picture) in wanted {
            match crop(picture, frame).map(|crop| one(&library, picture, frame, crop)) {
                Some(Ok(rendition)) if made.iter().all(|other| other.hash != rendition.hash) => made.push(rendition),
                // A build without the feature asks for the files, as for films.
                Some(Err(error)) if error.kind() != ErrorKind::Unsupported => skipped.push(refused(picture, &error)),
                _ => (),
            }
        }
        (made, skipped)
    };
    tokio::task::spawn_blocking(make).await.map_err(|error| {
        Error::new(ErrorKind::Internal, "cropping the pictures broke off").caused_by(Box::new(error) as Source)
    })
}

/// The films that the cut plans of the platforms need, cropped by a program and kept in the library, and what could not be made.
pub(super) async fn films(
    (library, program): (&Library, &FilmProgram),
    media: &[KeptMedia],
    platforms: &[Platform],
) -> Result<(Vec<KeptMedia>, Vec<SkippedAsset>)> {
    let own = |media: &&KeptMedia| !media.item.is_user_content && media.kind() == MediaKind::Video;
    let films: Vec<&KeptMedia> = media.iter().filter(own).collect();
    let (mut made, mut skipped) = (Vec::<KeptMedia>::new(), Vec::new());
    for frames in film_frames(platforms)? {
        let fits = |film: &KeptMedia| frames.iter().any(|frame| frame.fits(&film.facts));
        if films.iter().any(|film| fits(film)) || made.iter().any(fits) {
            continue;
        }
        let crops = frames.iter().flat_map(|frame| films.iter().map(move |film| (film, frame, crop(film, frame))));
        let Some((film, frame, crop)) = crops.into_iter().find_map(|(film, frame, crop)| Some((film, frame, crop?)))
        else {
            continue;
        };
        match library.render_film(program, &film.hash, &steps(frame, &crop)).await {
            Ok((hash, facts)) => made.push(KeptMedia { item: film.item.clone(), hash, facts, crop: Some(crop) }),
            Err(error) => skipped.push(refused(film, &error)),
        }
    }
    Ok((made, skipped))
}

/// The frames that each cut plan takes, platform by platform; each list once.
fn film_frames(platforms: &[Platform]) -> Result<Vec<Vec<Frame>>> {
    let mut found: Vec<Vec<Frame>> = Vec::new();
    for platform in platforms {
        let spec = SpecBook::shipped()?.platform(*platform)?;
        for plan in spec.video.iter().flat_map(|video| &video.plans) {
            let frames = spec.frames(&plan.frames);
            if !found.contains(&frames) {
                found.push(frames);
            }
        }
    }
    Ok(found)
}

fn is_picture(media: &KeptMedia) -> bool {
    !media.item.is_user_content && media.kind() == MediaKind::Image && FORMATS.contains(&media.facts.format.as_str())
}

/// The frames that formats need and no file fits: the first of a carousel and of a story, platform by platform.
fn frames(
    pictures: &[KeptMedia],
    media: &[KeptMedia],
    (formats, platforms): (&[Format], &[Platform]),
) -> Result<Vec<Frame>> {
    let mut wanted: Vec<Frame> = Vec::new();
    for platform in platforms {
        let spec = SpecBook::shipped()?.platform(*platform)?;
        let lists = formats.iter().filter_map(|format| match format {
            Format::Carousel => spec.carousel.as_ref().map(|carousel| (&carousel.frames, pictures)),
            Format::Stories => spec.stories.as_ref().map(|stories| (&stories.frames, media)),
            _ => None,
        });
        for (names, files) in lists {
            let own = || files.iter().filter(|file| !file.item.is_user_content);
            let list = spec.frames(names);
            let has_one = list.iter().any(|frame| own().any(|file| frame.fits(&file.facts)));
            wanted.extend(list.first().filter(|first| !has_one && !wanted.contains(first)));
        }
    }
    Ok(wanted)
}

/// The part of a picture that a frame would show, where enough of it stays.
fn crop(picture: &KeptMedia, frame: &Frame) -> Option<Crop> {
    let crop = frame.crop(&picture.hash, &picture.facts)?;
    let is_enough = crop.part_of(&picture.facts) >= LEAST_KEPT;
    (is_enough && frame.fits_size(crop.width, crop.height)).then_some(crop)
}

fn one(library: &Library, picture: &KeptMedia, frame: &Frame, crop: Crop) -> Result<KeptMedia> {
    let (hash, facts) = library.render(&picture.hash, &steps(frame, &crop))?;
    Ok(KeptMedia { item: picture.item.clone(), hash, facts, crop: Some(crop) })
}

/// The crop, and a smaller scale where it is larger than the frame.
fn steps(frame: &Frame, crop: &Crop) -> Vec<TransformStep> {
    let Crop { x, y, width, height, .. } = *crop;
    let mut steps = vec![TransformStep::Crop { x, y, width, height }];
    if width > frame.width {
        steps.push(TransformStep::Scale { width: frame.width, height: frame.height });
    }
    steps
}

fn refused(picture: &KeptMedia, error: &Error) -> SkippedAsset {
    let path = picture.item.path.as_str();
    let reason = Message::new("creative-skip-rendition").with("file", path).with("why", error.to_string());
    SkippedAsset { subject: path.to_owned(), reason }
}
