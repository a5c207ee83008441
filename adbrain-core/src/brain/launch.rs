//! The launch of a plan: by the loop, or by a person who looked at the plan first. One way for both.

use super::session::{Files, Session};
use crate::agent::creative::refused_files;
use crate::control::{Control, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, MediaPlan};

/// The loop's own launch.
pub(super) async fn of_session(session: &Session, plan: &MediaPlan) -> Result<Vec<Outcome>> {
    let control = session.control(&plan.limits).await?;
    let files = Files(session.parts.library(&session.brief_folder)?);
    check_rights(session, &files, plan)?;
    session.note_words(&control).await?;
    launch(&control, (plan, &files), session.mode).await
}

/// Creates what the plan says, paused, and then lets it deliver, as far as the mode and the policy allow.
pub(super) async fn launch(control: &Control, (plan, files): (&MediaPlan, &Files), mode: Mode) -> Result<Vec<Outcome>> {
    let mut outcomes = control.launch(plan, files).await?;
    if mode != Mode::DryRun {
        outcomes.extend(control.activate(plan).await?);
    }
    Ok(outcomes)
}

/// Says no to a plan that shows a file without a right to it, whoever made the plan.
pub(super) fn check_rights(session: &Session, files: &Files, plan: &MediaPlan) -> Result<()> {
    let refused = refused_files(&files.0, &session.brief.media, &session.brief.flight);
    for ad in plan.ad_sets().flat_map(|set| &set.ads) {
        if let Some(reason) = ad.creative.files.iter().find_map(|file| refused.get(file)) {
            let message = format!("ad {:?} of the plan: {}", ad.name, reason.text(Language::English));
            return Err(Error::new(ErrorKind::Refused, message)
                .with("ad", ad.tag.as_str())
                .next("take the file out of the plan, or enter a right for paid ads in the brief"));
        }
    }
    Ok(())
}
