//! `export`: the cut plans of a run for programs that cut video.

use super::args::{Export, Tool};
use super::database;
use crate::agent::creative::tools::{CreativeTool, Edl, Fcpxml, Ffmpeg};
use crate::error::Result;
use crate::model::RunId;

/// Writes a file for each cut plan and prints the paths.
pub(super) async fn run(args: Export) -> Result<()> {
    let brain = database::brain(&args.store.db, None).await?;
    let tool: Box<dyn CreativeTool> = match args.tool {
        Tool::Edl => Box::new(Edl),
        Tool::Fcpxml => Box::new(Fcpxml),
        Tool::Ffmpeg => Box::new(Ffmpeg::default()),
    };
    let written = brain.export(&RunId::new(args.run_id), tool.as_ref(), &args.out).await?;
    let lines: Vec<_> = written.iter().map(|path| path.display().to_string()).collect();
    super::tell(args.json.as_deref(), &lines, &lines.join("\n"))
}
