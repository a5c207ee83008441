//! Forecasters as files, and what one says about itself.
//!
//! In: a forecaster. Out: bytes, or its card; and back from bytes. The file is that of a forest (`ADBRAINR` in its place), whose body is
//! the settings and the past results as JSON, then the forests. What is calibrated, how far questions may lie from the past and what
//! answers where rows are few follow from these and are not stored. Never runs what it reads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::forecaster::Trees;
use super::usable::Usable;
use super::{Forecaster, Settings};
use crate::error::{Error, Result};
use crate::model::Currency;
use crate::predict::features::{Feature, PastResult, one_currency};
use crate::predict::forest::file::bytes::{Reader, Writer};
use crate::predict::forest::file::envelope::{RATE, closed, hash, opened};
use crate::predict::forest::{IntervalForest, Measured, Method};

/// What a forecaster was learnt from and how far it is to be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecasterCard {
    /// The version of the engine that shows it.
    pub engine: String,
    /// What is forecast, and how.
    pub settings: Settings,
    /// The first and the last day of the data, where days are known.
    pub window: Option<[jiff::civil::Date; 2]>,
    /// Past results that were used.
    pub rows: u64,
    /// Past results that had nothing to divide by.
    pub skipped: u64,
    /// The currency of the past results, where they name one.
    pub currency: Option<Currency>,
    /// Past results by the group that intervals are calibrated by.
    pub groups: BTreeMap<String, u64>,
    /// The features that past results have; none without a forest.
    pub features: Vec<Feature>,
    /// The share of the forest in each answer, 0 to 1; the rest is the prior of the trade.
    pub forest_share: f64,
    /// How intervals of the forest are read off; none without a forest.
    pub calibration: Option<Method>,
    /// How the forest's intervals of the level did on rows out of bag, on the scale that the rate is learnt on (ln(1 + x) for ROAS); none where
    /// no forest answers, or rows are too few for the level.
    pub out_of_bag: Option<Measured>,
}

/// What a file holds besides the forests.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    settings: Settings,
    skipped: usize,
    past: Vec<PastResult>,
    has_forest: bool,
}

impl Forecaster {
    /// What it says about itself.
    pub fn card(&self) -> ForecasterCard {
        let trees = self.forest.as_ref();
        let mut groups: BTreeMap<String, u64> = BTreeMap::new();
        for group in self.past.iter().filter_map(|row| self.settings.calibrate_by.of(&row.features)) {
            *groups.entry(group).or_default() += 1;
        }
        let days = || self.past.iter().filter_map(|row| row.features.date);
        ForecasterCard {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            settings: self.settings.clone(),
            window: days().min().zip(days().max()).map(|(first, last)| [first, last]),
            rows: self.past.len() as u64,
            skipped: self.skipped as u64,
            groups,
            currency: self.currency().filter(|currency| *currency != Currency::NONE),
            features: self.features(),
            forest_share: trees.map_or(0.0, Trees::share),
            calibration: trees.filter(|trees| trees.share() > 0.0).map(|trees| trees.forest.method()),
            out_of_bag: self.measured(),
        }
    }

    /// The forecaster as the bytes of a file.
    ///
    /// ```
    /// use adbrain_core::predict::features::Features;
    /// use adbrain_core::predict::roas::{Forecaster, Settings};
    /// let model = Forecaster::learn(&[], &Settings::default())?;
    /// let again = Forecaster::from_bytes(&model.to_bytes()?)?;
    /// assert_eq!(again.forecast(&[Features::default()])?, model.forecast(&[Features::default()])?);
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Internal`](crate::ErrorKind::Internal) where a number cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let settings = Settings { threads: 1, ..self.settings.clone() };
        let schema = crate::model::canonical_json(&settings.features)?;
        let (skipped, past) = (self.skipped, self.past.clone());
        let kept = Kept { settings, skipped, past, has_forest: self.forest.is_some() };
        let mut body = Writer::default();
        body.text(&String::from_utf8_lossy(&crate::model::canonical_json(&kept)?));
        if let Some(trees) = &self.forest {
            trees.forest.write(&mut body);
        }
        Ok(closed(&RATE, &schema, &body.bytes))
    }

    /// A forecaster from the bytes of a file: it forecasts to the bit what it did when it was written.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for a file of a newer version; [`Corrupt`](crate::ErrorKind::Corrupt) for bytes
    /// that are cut short, changed, or no forecaster at all.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (schema_hash, body) = opened(&RATE, bytes)?;
        let mut body = Reader::new(body);
        let text = body.text()?;
        let kept: Kept = serde_json::from_str(&text)
            .map_err(|error| body.wrong("the settings and rows cannot be read").caused_by(error))?;
        let wrong = |body: &Reader<'_>, error: Error| body.wrong("the settings or rows are wrong").caused_by(error);
        kept.check().map_err(|error| wrong(&body, error))?;
        if hash(&crate::model::canonical_json(&kept.settings.features)?) != schema_hash {
            return Err(body.wrong("the features do not match their hash"));
        }
        let rows: Vec<&PastResult> = kept.past.iter().collect();
        let usable = Usable::of(&rows, &kept.settings);
        if usable.past.len() != kept.past.len() {
            return Err(body.wrong("a row has nothing to learn from"));
        }
        let forest = kept.has_forest.then(|| IntervalForest::read(&mut body, usable.groups())).transpose()?;
        body.done()?;
        let again = |forest| Trees::again(forest, &usable, &kept.settings);
        let trees = forest.map(again).transpose().map_err(|error| wrong(&body, error))?;
        let given =
            kept.past.len().checked_add(kept.skipped).ok_or_else(|| body.wrong("the count of rows is wrong"))?;
        Ok(Self::of(usable, given, &kept.settings, trees))
    }
}

impl Kept {
    fn check(&self) -> Result<()> {
        self.settings.check()?;
        for (at, row) in self.past.iter().enumerate() {
            row.check(&format!("history[{at}]"))?;
        }
        one_currency(&self.past, &[]).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::made;
    use super::*;
    use crate::error::ErrorKind;
    use crate::model::Platform;
    use crate::predict::features::Features;

    fn learnt(rows: usize, settings: &Settings) -> Forecaster {
        let settings = Settings { trees: 20, seed: 3, ..settings.clone() };
        Forecaster::learn(&made(rows, 5), &settings).unwrap()
    }

    fn questions() -> Vec<Features> {
        let known = made(9, 77).into_iter().map(|row| row.features);
        known
            .chain([Features::default(), Features { platform: Some(Platform::LinkedIn), ..Features::default() }])
            .collect()
    }

    #[test]
    fn a_forecaster_that_was_read_forecasts_to_the_bit_what_it_did() {
        let recent = Settings { half_life_days: Some(20.0), ..Settings::default() };
        let plain = Settings { tune: false, target: Some(2.0), ..Settings::default() };
        for (rows, settings) in [(0, &plain), (6, &plain), (30, &plain), (90, &Settings::default()), (90, &recent)] {
            let model = learnt(rows, settings);
            let bytes = model.to_bytes().unwrap();
            let again = Forecaster::from_bytes(&bytes).unwrap();
            assert_eq!(again.forecast(&questions()).unwrap(), model.forecast(&questions()).unwrap(), "{rows}");
            assert_eq!(again.bands(&questions(), 0.5).unwrap(), model.bands(&questions(), 0.5).unwrap(), "{rows}");
            assert_eq!(again.card(), model.card());
            assert_eq!(again.to_bytes().unwrap(), bytes);
        }
    }

    #[test]
    fn a_file_that_is_cut_or_changed_is_refused() {
        let bytes = learnt(30, &Settings { tune: false, ..Settings::default() }).to_bytes().unwrap();
        for end in (0..bytes.len()).step_by(7) {
            assert_eq!(Forecaster::from_bytes(&bytes[..end]).unwrap_err().kind(), ErrorKind::Corrupt, "{end}");
        }
        for place in (0..bytes.len()).step_by(5) {
            let mut changed = bytes.clone();
            changed[place] ^= 0x41;
            assert!(Forecaster::from_bytes(&changed).is_err(), "{place}");
        }
        let mut newer = bytes;
        newer[8] = 2;
        assert_eq!(Forecaster::from_bytes(&newer).unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn a_forged_file_is_refused_or_answers_without_a_panic() {
        let bytes = learnt(30, &Settings { tune: false, trees: 5, ..Settings::default() }).to_bytes().unwrap();
        let (head, sum) = (52, 32);
        let mut answered = 0;
        for place in (head..bytes.len() - sum).step_by(3) {
            let mut content = bytes[..bytes.len() - sum].to_vec();
            content[place] ^= 0x11;
            let forged = [content.as_slice(), &hash(&content)].concat();
            if let Ok(model) = Forecaster::from_bytes(&forged) {
                answered += 1;
                drop(model.forecast(&questions()));
            }
        }
        assert!(answered > 20, "{answered}: numbers of rows and trees may change");
    }

    #[test]
    fn a_card_tells_what_was_learnt_and_how_it_did() {
        let card = learnt(90, &Settings::default()).card();
        assert_eq!((card.rows, card.skipped, card.groups.len()), (90, 0, 2));
        assert!(card.features.contains(&Feature::Platform) && card.forest_share >= 1.0, "{card:?}");
        let measured = card.out_of_bag.unwrap();
        assert!((0.85..=1.0).contains(&measured.coverage) && measured.rows == 90, "{measured:?}");
        assert_eq!(learnt(0, &Settings::default()).card().calibration, None);
    }
}
