//! Pictures: one file, or a series under a key that the web UI shows step by step.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use uuid::Uuid;

use super::{Run, now_ms};
use crate::Error;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Tag that tells the web UI that there are pictures.
const LOGGED_IMAGES: &str = "mlflow.loggedImages";

/// A picture, encoded as PNG.
///
/// ```
/// use trainyard::Image;
///
/// // Two by one pixels, red and blue.
/// let picture = Image::rgb(2, 1, &[255, 0, 0, 0, 0, 255])?;
/// let again = Image::png(picture.bytes())?;
/// assert_eq!(picture, again);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    png: Vec<u8>,
}

impl Image {
    /// A picture that is encoded already.
    pub fn png(bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let png = bytes.into();
        if !png.starts_with(PNG) {
            return Err(Error::Image { reason: "these bytes do not begin like a PNG file".to_owned() });
        }
        Ok(Self { png })
    }

    /// A picture of three bytes a pixel, row by row.
    pub fn rgb(width: u32, height: u32, pixels: &[u8]) -> Result<Self, Error> {
        Self::of_pixels(width, height, pixels, 3, 2)
    }

    /// A grey picture of one byte a pixel, row by row.
    ///
    /// ```
    /// let digit = trainyard::Image::gray(28, 28, &[0; 28 * 28])?;
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn gray(width: u32, height: u32, pixels: &[u8]) -> Result<Self, Error> {
        Self::of_pixels(width, height, pixels, 1, 0)
    }

    /// The PNG file.
    pub fn bytes(&self) -> &[u8] {
        &self.png
    }

    fn of_pixels(width: u32, height: u32, pixels: &[u8], channels: u64, color: u8) -> Result<Self, Error> {
        let expected = u64::from(width).checked_mul(u64::from(height)).and_then(|size| size.checked_mul(channels));
        if width == 0 || height == 0 || expected != Some(pixels.len() as u64) {
            let reason = format!(
                "{} bytes are no picture of {width} by {height} pixels with {channels} bytes each",
                pixels.len()
            );
            return Err(Error::Image { reason });
        }
        Ok(Self { png: encode(width, height, pixels, color) })
    }
}

/// A PNG of eight bits a channel.
fn encode(width: u32, height: u32, pixels: &[u8], color: u8) -> Vec<u8> {
    let row = pixels.len() / height as usize;
    let mut data = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in pixels.chunks(row) {
        // Each row begins with the filter that was applied to it: none. Writing to memory does not fail.
        let _ = data.write_all(&[0]).and_then(|()| data.write_all(row));
    }
    let mut header = Vec::with_capacity(13);
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, color, 0, 0, 0]);
    let mut png = PNG.to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &data.finish().unwrap_or_default());
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    png.extend((content.len() as u32).to_be_bytes());
    let mut checksum = flate2::Crc::new();
    for part in [&kind, content] {
        checksum.update(part);
        png.extend_from_slice(part);
    }
    png.extend(checksum.sum().to_be_bytes());
}

impl Run {
    /// Adds a picture to the series `key`, at a training step. The web UI shows the series as one picture with a slider.
    ///
    /// A key may hold letters, digits, `_`, `-`, `.`, `/` and spaces. For a single file see [`log_bytes`](Self::log_bytes).
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let sample = trainyard::Image::gray(28, 28, &[128; 28 * 28])?;
    /// run.log_image("samples", &sample, 100)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_image(&self, key: &str, image: &Image, step: i64) -> Result<(), Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ' ');
        if key.is_empty() || !key.chars().all(allowed) {
            let reason =
                format!("the key '{key}' of a series may only contain letters, digits, '_', '-', '.', '/' and spaces");
            return Err(Error::Image { reason });
        }
        let (time, id) = (now_ms(), Uuid::new_v4());
        let path = format!("images/{}+step+{step}+timestamp+{time}+{id}.png", key.replace('/', "~"));
        self.log_bytes(&path, image.bytes())?;
        self.set_tag(LOGGED_IMAGES, "True")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::*;

    #[test]
    fn pixels_come_back_from_the_file() {
        let pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let image = Image::rgb(2, 2, &pixels).expect("a picture");
        let png = image.bytes();
        assert_eq!(&png[8..29], b"\0\0\0\x0dIHDR\0\0\0\x02\0\0\0\x02\x08\x02\0\0\0");
        let length = u32::from_be_bytes(png[33..37].try_into().expect("a length")) as usize;
        assert_eq!(&png[37..41], b"IDAT");
        let mut rows = Vec::new();
        ZlibDecoder::new(&png[41..41 + length]).read_to_end(&mut rows).expect("compressed rows");
        assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12]);
        // The checksum of an empty last chunk is the same in every file.
        assert_eq!(&png[png.len() - 12..], b"\0\0\0\0IEND\xae\x42\x60\x82");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let reason = |image: Result<Image, Error>| image.expect_err("refused").to_string();
        assert!(reason(Image::png(*b"GIF89a")).contains("do not begin like a PNG file"));
        assert!(reason(Image::rgb(2, 2, &[0; 11])).contains("11 bytes are no picture of 2 by 2 pixels"));
        assert!(reason(Image::gray(0, 5, &[])).contains("no picture of 0 by 5"));
        assert!(reason(Image::gray(u32::MAX, u32::MAX, &[])).contains("no picture"));
    }
}
