//! FCPXML, which Final Cut Pro and Resolve read; Premiere takes the EDL.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::timeline::{Piece, RATE, frames, pieces};
use super::{CreativeTool, ExportJob, target, write};
use crate::error::{Error, ErrorKind, Result, Source};

type Xml = Writer<Vec<u8>>;

/// Writes a cut plan as FCPXML 1.9 at 30 frames per second.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fcpxml;

#[async_trait]
impl CreativeTool for Fcpxml {
    fn name(&self) -> &'static str {
        "fcpxml"
    }

    async fn export(&self, job: &ExportJob<'_>) -> Result<PathBuf> {
        let path = target(job, "fcpxml")?;
        write(&path, document(job)?).await?;
        Ok(path)
    }
}

fn document(job: &ExportJob<'_>) -> Result<String> {
    let pieces = pieces(job)?;
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = write_all(&mut xml, job, &pieces);
    written.map_err(|cause| failed().caused_by(Box::new(cause) as Source))?;
    String::from_utf8(xml.into_inner()).map_err(|_| failed())
}

fn failed() -> Error {
    Error::new(ErrorKind::Internal, "the cut plan cannot be written as FCPXML")
}

fn write_all(xml: &mut Xml, job: &ExportJob<'_>, pieces: &[Piece<'_>]) -> std::io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::DocType(BytesText::new("fcpxml")))?;
    open(xml, "fcpxml", &[("version", "1.9")])?;
    resources(xml, job, pieces)?;
    open(xml, "library", &[])?;
    open(xml, "event", &[("name", job.name)])?;
    open(xml, "project", &[("name", job.name)])?;
    sequence(xml, job, pieces)?;
    ["project", "event", "library", "fcpxml"].into_iter().try_for_each(|name| close(xml, name))
}

fn resources(xml: &mut Xml, job: &ExportJob<'_>, pieces: &[Piece<'_>]) -> std::io::Result<()> {
    open(xml, "resources", &[])?;
    let (width, height) = (job.plan.width.to_string(), job.plan.height.to_string());
    let rate = format!("1/{RATE}s");
    let format = [("id", "r1"), ("frameDuration", rate.as_str()), ("width", &width), ("height", &height)];
    empty(xml, "format", &format)?;
    for (number, piece) in sources(pieces).into_iter().enumerate() {
        let (id, duration) = (asset_id(number), time(frames(piece.entry.facts.duration_ms.unwrap_or_default())));
        let source = job.library.path(&piece.entry.hash).map_or_else(|_| piece.entry.path.clone(), |path| url(&path));
        let asset = [
            ("id", id.as_str()),
            ("name", piece.entry.path.as_str()),
            ("src", source.as_str()),
            ("start", "0s"),
            ("duration", duration.as_str()),
            ("hasVideo", "1"),
            ("format", "r1"),
        ];
        empty(xml, "asset", &asset)?;
    }
    close(xml, "resources")
}

fn sequence(xml: &mut Xml, job: &ExportJob<'_>, pieces: &[Piece<'_>]) -> std::io::Result<()> {
    let duration = time(frames(job.plan.length_ms));
    open(xml, "sequence", &[("format", "r1"), ("duration", &duration), ("tcStart", "0s"), ("tcFormat", "NDF")])?;
    open(xml, "spine", &[])?;
    let sources = sources(pieces);
    for piece in pieces {
        let number = sources.iter().position(|source| source.entry.hash == piece.entry.hash).unwrap_or_default();
        let (id, offset) = (asset_id(number), time(piece.start));
        let (start, duration) = (time(piece.source_start), time(piece.length));
        let clip = [
            ("ref", id.as_str()),
            ("name", piece.entry.path.as_str()),
            ("offset", offset.as_str()),
            ("start", start.as_str()),
            ("duration", duration.as_str()),
            ("format", "r1"),
        ];
        empty(xml, "asset-clip", &clip)?;
    }
    close(xml, "spine")?;
    close(xml, "sequence")
}

/// The first piece of each source, in the order in which they are used.
fn sources<'a, 'b>(pieces: &'b [Piece<'a>]) -> Vec<&'b Piece<'a>> {
    let mut sources: Vec<&Piece<'_>> = Vec::new();
    for piece in pieces {
        if !sources.iter().any(|source| source.entry.hash == piece.entry.hash) {
            sources.push(piece);
        }
    }
    sources
}

/// The address of a file, with every byte escaped that is not unreserved (RFC 3986, section 2.3) or a slash.
fn url(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let text = path.to_string_lossy();
    let escaped = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    format!("file://{}", escaped.collect::<Vec<_>>().concat())
}

fn asset_id(number: usize) -> String {
    format!("r{}", number + 2)
}

fn time(frames: u64) -> String {
    if frames == 0 { "0s".to_owned() } else { format!("{frames}/{RATE}s") }
}

fn open(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> std::io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())))
}

fn empty(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> std::io::Result<()> {
    xml.write_event(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())))
}

fn close(xml: &mut Xml, name: &str) -> std::io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_escapes_what_it_must() {
        assert_eq!(url(Path::new("/a b/ç#1")), "file:///a%20b/%C3%A7%231");
    }

    #[test]
    fn frames_become_fractions_of_a_second() {
        assert_eq!((time(0), time(45)), ("0s".to_owned(), "45/30s".to_owned()));
    }
}
