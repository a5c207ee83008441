//! Pictures cropped, scaled, padded and written anew. The same bytes and steps give the same bytes.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder as _, ImageEncoder, ImageReader, Limits};

use super::error::MediaError;
use crate::model::TransformStep;

/// The quality of JPEG, of 100: a convention; platforms write what they show anew anyway.
const QUALITY: u8 = 90;
/// The longest side that is decoded, in pixels.
const LONGEST_SIDE: u32 = 20_000;
/// The most memory that decoding may take, in bytes.
const MOST_MEMORY: u64 = 512 << 20;
/// How colours are told where they are red, green and blue or grey: only then the file's own profile still holds.
const PLAIN_COLOURS: [ExtendedColorType; 8] = [
    ExtendedColorType::L8,
    ExtendedColorType::La8,
    ExtendedColorType::Rgb8,
    ExtendedColorType::Rgba8,
    ExtendedColorType::L16,
    ExtendedColorType::La16,
    ExtendedColorType::Rgb16,
    ExtendedColorType::Rgba16,
];

/// A picture in memory.
struct Picture {
    pixels: DynamicImage,
    profile: Option<Vec<u8>>,
    format: String,
}

/// Carries out the steps on a file of a format, `jpeg` or `png`, and writes the result.
pub(super) fn render(bytes: &[u8], format: &str, steps: &[TransformStep]) -> Result<Vec<u8>, MediaError> {
    if !["jpeg", "png"].contains(&format) {
        return Err(MediaError::NotRendered { what: format!("a {format} file is not written anew") });
    }
    let mut picture = decode(bytes, format)?;
    for step in steps {
        picture = picture.take(step)?;
    }
    picture.encode()
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where errors are mapped")]
fn broken(error: image::ImageError) -> MediaError {
    MediaError::NotRendered { what: error.to_string() }
}

fn decode(bytes: &[u8], format: &str) -> Result<Picture, MediaError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let orientation = decoder.orientation().map_err(broken)?;
    let is_plain = PLAIN_COLOURS.contains(&decoder.original_color_type());
    let profile = decoder.icc_profile().map_err(broken)?.filter(|_| is_plain);
    let stored = decoder.dimensions();
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(broken)?;
    if orientation != Orientation::NoTransforms {
        pixels.apply_orientation(orientation);
    }
    // The steps were planned for the sides that stand in the file.
    if (pixels.width(), pixels.height()) != stored {
        return Err(MediaError::NotRendered { what: "it is stored turned by a quarter; save it upright".to_owned() });
    }
    Ok(Picture { pixels, profile, format: format.to_owned() })
}

impl Picture {
    fn take(self, step: &TransformStep) -> Result<Self, MediaError> {
        let (across, down) = (u64::from(self.pixels.width()), u64::from(self.pixels.height()));
        let within = |start: u32, length: u32, whole: u64| length > 0 && u64::from(start) + u64::from(length) <= whole;
        let wrong = || MediaError::NotRendered { what: format!("{step:?} does not go with {across} x {down} pixels") };
        let pixels = match step {
            TransformStep::Crop { x, y, width, height } => {
                if !within(*x, *width, across) || !within(*y, *height, down) {
                    return Err(wrong());
                }
                self.pixels.crop_imm(*x, *y, *width, *height)
            }
            TransformStep::Scale { width, height } => {
                if !within(0, *width, across) || !within(0, *height, down) {
                    return Err(wrong());
                }
                self.pixels.resize_exact(*width, *height, FilterType::CatmullRom)
            }
            TransformStep::Pad { width, height, x, y } => {
                let fits = u64::from(*x) + across <= u64::from(*width) && u64::from(*y) + down <= u64::from(*height);
                if !fits || (*width).max(*height) > LONGEST_SIDE {
                    return Err(wrong());
                }
                on_black(&self.pixels, (*width, *height), (*x, *y))
            }
            TransformStep::Encode { format } if ["jpeg", "png"].contains(&format.as_str()) => {
                return Ok(Self { format: format.clone(), ..self });
            }
            _ => return Err(wrong()),
        };
        Ok(Self { pixels, ..self })
    }

    fn encode(self) -> Result<Vec<u8>, MediaError> {
        let mut bytes = Vec::new();
        if self.format == "jpeg" {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
            write(encoder, &DynamicImage::ImageRgb8(opaque(&self.pixels)), self.profile)?;
        } else {
            write(PngEncoder::new(&mut bytes), &self.pixels, self.profile)?;
        }
        Ok(bytes)
    }
}

fn write(mut encoder: impl ImageEncoder, pixels: &DynamicImage, profile: Option<Vec<u8>>) -> Result<(), MediaError> {
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).map_err(|error| MediaError::NotRendered { what: error.to_string() })?;
    }
    pixels.write_with_encoder(encoder).map_err(broken)
}

/// A picture on a larger black one.
fn on_black(pixels: &DynamicImage, size: (u32, u32), at: (u32, u32)) -> DynamicImage {
    let mut canvas = image::RgbImage::new(size.0, size.1);
    image::imageops::replace(&mut canvas, &opaque(pixels), i64::from(at.0), i64::from(at.1));
    DynamicImage::ImageRgb8(canvas)
}

/// A picture without transparency, on white.
fn opaque(pixels: &DynamicImage) -> image::RgbImage {
    if !pixels.color().has_alpha() {
        return pixels.to_rgb8();
    }
    let blend = |colour: u8, alpha: u8| {
        let mixed = (u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    let source = pixels.to_rgba8();
    let mut target = image::RgbImage::new(source.width(), source.height());
    for (to, from) in target.pixels_mut().zip(source.pixels()) {
        let [red, green, blue, alpha] = from.0;
        to.0 = [red, green, blue].map(|colour| blend(colour, alpha));
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of four colours: the pixel tells where it came from.
    fn picture(width: u32, height: u32) -> Vec<u8> {
        let pixels = image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([u8::try_from(x * 255 / width).unwrap(), u8::try_from(y * 255 / height).unwrap(), 128])
        });
        let mut bytes = Vec::new();
        DynamicImage::ImageRgb8(pixels).write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> image::RgbImage {
        image::load_from_memory(bytes).unwrap().to_rgb8()
    }

    #[test]
    fn a_crop_keeps_exactly_its_pixels() {
        let source = picture(200, 100);
        let crop = TransformStep::Crop { x: 50, y: 10, width: 80, height: 60 };
        let found = read(&render(&source, "png", &[crop]).unwrap());
        let whole = read(&source);
        assert_eq!(found.dimensions(), (80, 60));
        assert!(found.enumerate_pixels().all(|(x, y, pixel)| pixel == whole.get_pixel(x + 50, y + 10)));
    }

    #[test]
    fn steps_follow_each_other_and_give_the_same_bytes_twice() {
        let source = picture(400, 200);
        let steps = [
            TransformStep::Crop { x: 100, y: 0, width: 200, height: 200 },
            TransformStep::Scale { width: 100, height: 100 },
            TransformStep::Pad { width: 100, height: 120, x: 0, y: 10 },
            TransformStep::Encode { format: "jpeg".into() },
        ];
        let first = render(&source, "png", &steps).unwrap();
        assert_eq!(first, render(&source, "png", &steps).unwrap());
        assert_eq!(image::guess_format(&first).unwrap(), image::ImageFormat::Jpeg);
        let found = read(&first);
        assert_eq!(found.dimensions(), (100, 120));
        let near = |x: u32, y: u32, wanted: [u8; 3]| {
            let got = found.get_pixel(x, y).0;
            assert!(
                got.iter().zip(wanted).all(|(got, wanted)| got.abs_diff(wanted) <= 12),
                "{x} {y}: {got:?} {wanted:?}"
            );
        };
        near(50, 2, [0, 0, 0]);
        // The middle of the crop is the middle of the source.
        near(50, 60, [127, 127, 128]);
    }

    #[test]
    fn what_lies_outside_or_would_be_made_larger_is_refused() {
        let source = picture(20, 10);
        for step in [
            TransformStep::Crop { x: 1, y: 0, width: 20, height: 10 },
            TransformStep::Crop { x: 0, y: 0, width: 0, height: 10 },
            TransformStep::Crop { x: u32::MAX, y: 0, width: 2, height: 10 },
            TransformStep::Scale { width: 21, height: 10 },
            TransformStep::Pad { width: 20, height: 10, x: 1, y: 0 },
            TransformStep::Trim { start_ms: 0, length_ms: 1 },
            TransformStep::Encode { format: "webp".into() },
        ] {
            assert!(matches!(render(&source, "png", &[step]), Err(MediaError::NotRendered { .. })));
        }
        let whole = TransformStep::Crop { x: 0, y: 0, width: 20, height: 10 };
        assert_eq!(read(&render(&source, "png", &[whole]).unwrap()), read(&source));
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let mut source = picture(20, 10);
        source.truncate(60);
        assert!(matches!(render(&source, "png", &[]), Err(MediaError::NotRendered { .. })));
    }

    #[test]
    fn what_is_transparent_becomes_white_in_jpeg() {
        let mut bytes = Vec::new();
        let clear = DynamicImage::ImageRgba8(image::RgbaImage::new(8, 8));
        clear.write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
        let found = read(&render(&bytes, "png", &[TransformStep::Encode { format: "jpeg".into() }]).unwrap());
        assert!(found.pixels().all(|pixel| pixel.0.iter().all(|colour| *colour > 250)));
    }
}
