//! Personas: groups of people behind analytics, social insights, orders and past results.
//!
//! In: segments with counts, order lines, history rows. Out: groups of at least `settings.least_people` people (50, and never below 20)
//! with what tells them apart. Called by brain, strategist and report. Never describes a smaller group, a small cell or a sensitive
//! attribute.

mod background;
mod cancel;
mod cells;
mod crowd;
mod fit;
mod group;
mod model;
mod people;
mod profile;
mod sensitive;
mod settings;
mod sources;
mod summary;

pub use background::build_in_background;
pub use cancel::Cancel;
pub use group::personas;
pub use model::{Assignment, PersonaModel, Tried, build};
pub use people::{Added, People};
pub use profile::{Profile, Purchases, Source};
pub use sensitive::sensitive;
pub use settings::{LEAST_CELL_EVER, LEAST_PEOPLE_EVER, Settings};
pub use sources::{
    Breakdown, Ga4Config, ImportOptions, Imported, InstagramAudience, InstagramConfig, PageConfig, PeopleGiven,
    PeopleRead, PeopleSource, import_orders, import_segments,
};
pub use summary::{Buying, OnlineHours, Persona, Trigger};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/personas.md")]
pub struct Guide;
