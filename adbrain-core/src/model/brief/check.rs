//! What the types of a brief alone cannot say.

use std::collections::BTreeSet;

use super::Brief;
use crate::error::{Error, Result};
use crate::model::MICROS_PER_UNIT;

/// The longest text in a brief, in characters.
const MAX_TEXT: usize = 2_000;
/// The longest list in a brief.
const MAX_ITEMS: usize = 200;

impl Brief {
    pub(super) fn check_texts(&self) -> Result<()> {
        text("name", &self.name)?;
        text("brand", &self.brand)?;
        text("industry", &self.industry)?;
        text("product.name", &self.product.name)?;
        if !self.product.url.starts_with("https://") && !self.product.url.starts_with("http://") {
            return Err(Error::invalid("product.url", "is not a web address").next("start it with https://"));
        }
        texts("product.benefits", &self.product.benefits)?;
        texts("product.offers", &self.product.offers)?;
        texts("product.forbidden_words", &self.product.forbidden_words)?;
        for (index, fact) in self.product.facts.iter().enumerate() {
            text(&format!("product.facts[{index}].text"), &fact.text)?;
            text(&format!("product.facts[{index}].proof"), &fact.proof)?;
        }
        if self.product.benefits.is_empty() {
            return Err(Error::invalid("product.benefits", "is empty").next("name at least one benefit"));
        }
        Ok(())
    }

    pub(super) fn check_places(&self) -> Result<()> {
        if self.markets.is_empty() {
            return Err(Error::invalid("markets", "is empty").next("name at least one country such as \"BR\""));
        }
        countries("markets", &self.markets)
    }

    pub(super) fn check_budget(&self) -> Result<()> {
        let least = self.budget.currency().minor_unit_micros().saturating_mul(self.flight.days());
        if self.budget.micros() < least {
            return Err(Error::invalid(
                "budget",
                format!("{} does not reach for the {} days of the flight", self.budget, self.flight.days()),
            )
            .next("give a budget above zero"));
        }
        if self.budget.micros() > 1_000_000_000 * MICROS_PER_UNIT {
            return Err(Error::invalid("budget", format!("{} is above one thousand million", self.budget))
                .next("check the amount"));
        }
        Ok(())
    }

    pub(super) fn check_targets(&self) -> Result<()> {
        let targets = &self.targets;
        if !(targets.min_ctr > 0.0 && targets.min_ctr <= 1.0) {
            return Err(Error::invalid(
                "targets.min_ctr",
                format!("{} is not a ratio above 0 and up to 1", targets.min_ctr),
            )
            .next("2 % is 0.02"));
        }
        if !(targets.min_roas > 0.0 && targets.min_roas <= 1000.0) {
            return Err(Error::invalid(
                "targets.min_roas",
                format!("{} is not above 0 and up to 1000", targets.min_roas),
            ));
        }
        match targets.max_cpa {
            Some(cpa) if !cpa.is_positive() => {
                Err(Error::invalid("targets.max_cpa", format!("{cpa} is not above zero")))
            }
            Some(cpa) if cpa.currency() != self.budget.currency() => Err(Error::invalid(
                "targets.max_cpa",
                format!("is in {}, the budget in {}", cpa.currency(), self.budget.currency()),
            )
            .next("use one currency")),
            _ => Ok(()),
        }
    }

    pub(super) fn check_shares(&self) -> Result<()> {
        for (name, shares) in [("shares.floors", &self.shares.floors), ("shares.caps", &self.shares.caps)] {
            for (platform, share) in shares {
                if !(0.0..=1.0).contains(share) {
                    return Err(Error::invalid(
                        &format!("{name}.{platform}"),
                        format!("{share} is not a ratio from 0 to 1"),
                    ));
                }
            }
        }
        if self.shares.floors.values().sum::<f64>() > 1.0 + 1e-9 {
            return Err(Error::invalid("shares.floors", "add up to more than 1").next("lower them"));
        }
        for (platform, floor) in &self.shares.floors {
            if self.shares.caps.get(platform).is_some_and(|cap| cap < floor) {
                return Err(Error::invalid(&format!("shares.caps.{platform}"), "is below the floor"));
            }
        }
        Ok(())
    }

    pub(super) fn check_lists(&self) -> Result<()> {
        if self.formats.is_empty() {
            return Err(
                Error::invalid("formats", "is empty").next("name at least one of: video, carousel, stories, ugc")
            );
        }
        let lists = [
            ("formats", self.formats.len()),
            ("platforms", self.platforms.len()),
            ("audiences", self.audiences.len()),
            ("media", self.media.len()),
        ];
        for (name, length) in lists {
            short(name, length)?;
        }
        let mut names = BTreeSet::new();
        for (index, audience) in self.audiences.iter().enumerate() {
            text(&format!("audiences[{index}].name"), &audience.name)?;
            countries(&format!("audiences[{index}].countries"), &audience.countries)?;
            if let Some(ages) = audience.ages {
                ages.check(&format!("audiences[{index}].ages"))?;
            }
            if !names.insert(&audience.name) {
                return Err(Error::invalid(
                    &format!("audiences[{index}].name"),
                    format!("{:?} is used twice", audience.name),
                ));
            }
        }
        for (index, item) in self.media.iter().enumerate() {
            text(&format!("media[{index}].path"), &item.path)?;
            text(&format!("media[{index}].alternative_text"), &item.alternative_text)?;
        }
        Ok(())
    }
}

fn text(field: &str, value: &str) -> Result<()> {
    if value.trim().is_empty() {
        return Err(Error::invalid(field, "is empty").next("fill it in"));
    }
    if value.chars().count() > MAX_TEXT {
        return Err(Error::invalid(field, format!("is longer than {MAX_TEXT} characters")).next("shorten it"));
    }
    if value.chars().any(|letter| letter.is_control() && letter != '\n') {
        return Err(Error::invalid(field, "holds a control character").next("remove it"));
    }
    if value.starts_with(['=', '+', '@', '\t']) {
        return Err(Error::invalid(
            field,
            format!("starts with {:?}, which spreadsheets run as a formula", value.chars().next().unwrap_or(' ')),
        )
        .next("start it with a letter or a digit"));
    }
    Ok(())
}

fn texts(field: &str, values: &[String]) -> Result<()> {
    short(field, values.len())?;
    values.iter().enumerate().try_for_each(|(index, value)| text(&format!("{field}[{index}]"), value))
}

fn short(field: &str, length: usize) -> Result<()> {
    if length > MAX_ITEMS {
        return Err(Error::invalid(field, format!("has {length} items")).next(format!("give at most {MAX_ITEMS}")));
    }
    Ok(())
}

fn countries(field: &str, codes: &[String]) -> Result<()> {
    short(field, codes.len())?;
    for (index, code) in codes.iter().enumerate() {
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::invalid(&format!("{field}[{index}]"), format!("{code:?} is not a country code"))
                .next("use two capital letters such as BR"));
        }
    }
    Ok(())
}
