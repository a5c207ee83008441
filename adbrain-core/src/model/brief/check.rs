//! What the types of a brief alone cannot say.

use std::collections::BTreeSet;

use super::Brief;
use crate::error::{Error, Result};
use crate::model::{MICROS_PER_UNIT, Money, Platform};

/// The longest text in a brief, in characters.
const MAX_TEXT: usize = 2_000;
/// The longest list in a brief.
const MAX_ITEMS: usize = 200;
/// Characters that turn the direction of the text after them, so that it reads otherwise than it is (Unicode, UAX 9).
const TURNING: [char; 9] =
    ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];
/// What a sum of shares may miss 1 by: they are written with a few decimal places.
const ROUNDING: f64 = 1e-9;

impl Brief {
    pub(super) fn check_texts(&self) -> Result<()> {
        // First: a name that is left out is the product's.
        line("product.name", &self.product.name)?;
        line("name", &self.name)?;
        line("brand", &self.brand)?;
        line("industry", &self.industry)?;
        address("product.url", &self.product.url)?;
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
        whole("budget", self.budget)?;
        if self.budget.micros() < least {
            return Err(Error::invalid(
                "budget",
                format!("{} does not reach for the {} days of the flight", self.budget, self.flight.days()),
            )
            .next("give a larger budget, or fewer days"));
        }
        if self.budget.micros() > 1_000_000_000 * MICROS_PER_UNIT {
            return Err(Error::invalid("budget", format!("{} is above one thousand million", self.budget))
                .next("check the amount"));
        }
        self.approvals.check(self.budget.currency())
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
            )
            .next("a revenue of three times the spend is 3.0"));
        }
        match targets.max_cpa {
            Some(cpa) if !cpa.is_positive() => {
                Err(Error::invalid("targets.max_cpa", format!("{cpa} is not above zero"))
                    .next("leave it out where there is no limit"))
            }
            Some(cpa) if cpa.currency() != self.budget.currency() => Err(Error::invalid(
                "targets.max_cpa",
                format!("is in {}, the budget in {}", cpa.currency(), self.budget.currency()),
            )
            .next("use one currency")),
            Some(cpa) => whole("targets.max_cpa", cpa),
            None => Ok(()),
        }
    }

    pub(super) fn check_shares(&self) -> Result<()> {
        let wanted = self.wanted_platforms();
        for (name, shares) in [("shares.floors", &self.shares.floors), ("shares.caps", &self.shares.caps)] {
            for (platform, share) in shares {
                let field = format!("{name}.{platform}");
                if !(0.0..=1.0).contains(share) {
                    return Err(Error::invalid(&field, format!("{share} is not a ratio from 0 to 1"))
                        .next("write a quarter of the budget as 0.25"));
                }
                if !wanted.contains(platform) {
                    return Err(Error::invalid(&field, "is for a platform that the brief does not list")
                        .next("add it to platforms, or leave its share out"));
                }
            }
        }
        self.check_sums(&wanted)
    }

    /// The platforms that may be used.
    fn wanted_platforms(&self) -> BTreeSet<Platform> {
        let listed = if self.platforms.is_empty() { Platform::ALL } else { &self.platforms };
        listed.iter().copied().collect()
    }

    /// Floors that fit into the budget, caps that leave room for all of it.
    fn check_sums(&self, wanted: &BTreeSet<Platform>) -> Result<()> {
        let (floors, caps) = (&self.shares.floors, &self.shares.caps);
        if floors.values().sum::<f64>() > 1.0 + ROUNDING {
            return Err(Error::invalid("shares.floors", "add up to more than 1").next("lower them"));
        }
        for (platform, floor) in floors {
            if caps.get(platform).is_some_and(|cap| cap < floor) {
                return Err(Error::invalid(&format!("shares.caps.{platform}"), "is below the floor")
                    .next("raise the cap, or lower the floor"));
            }
        }
        let room: f64 = wanted.iter().map(|platform| caps.get(platform).copied().unwrap_or(1.0)).sum();
        if room < 1.0 - ROUNDING {
            return Err(Error::invalid(
                "shares.caps",
                format!("add up to {room}, which leaves part of the budget unspent"),
            )
            .next("raise them to 1 in all, or lower the budget"));
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
        self.check_audiences()?;
        self.check_media()?;
        for (field, value) in [
            ("declarations.payer", &self.declarations.payer),
            ("declarations.beneficiary", &self.declarations.beneficiary),
        ] {
            value.as_ref().map_or(Ok(()), |value| text(field, value))?;
        }
        Ok(())
    }

    fn check_audiences(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for (index, audience) in self.audiences.iter().enumerate() {
            let field = |name: &str| format!("audiences[{index}].{name}");
            text(&field("name"), &audience.name)?;
            countries(&field("countries"), &audience.countries)?;
            texts(&field("interests"), &audience.interests)?;
            for names in audience.custom_audiences.values() {
                texts(&field("custom_audiences"), names)?;
            }
            if let Some(ages) = audience.ages {
                ages.check(&field("ages"))?;
            }
            if !names.insert(&audience.name) {
                return Err(Error::invalid(&field("name"), format!("{:?} is used twice", audience.name))
                    .next("give each audience a name of its own"));
            }
        }
        Ok(())
    }

    fn check_media(&self) -> Result<()> {
        for (index, item) in self.media.iter().enumerate() {
            let field = |name: &str| format!("media[{index}].{name}");
            text(&field("path"), &item.path)?;
            text(&field("alternative_text"), &item.alternative_text)?;
            if let Some(rights) = &item.rights {
                text(&field("rights.creator"), &rights.creator)?;
                text(&field("rights.proof"), &rights.proof)?;
            }
        }
        Ok(())
    }
}

/// Says no to a fraction of the smallest unit.
fn whole(field: &str, money: Money) -> Result<()> {
    if money.is_whole() {
        return Ok(());
    }
    let places = match money.currency().exponent() {
        0 => "no decimal places".to_owned(),
        places => format!("{places} decimal places"),
    };
    Err(Error::invalid(field, format!("{money} is a fraction of the smallest unit"))
        .next(format!("write {} with {places}", money.currency())))
}

/// Says no to what is no address of a page that an ad can lead to.
fn address(field: &str, value: &str) -> Result<()> {
    let wrong = |what: &str| Err(Error::invalid(field, what).next("give an address such as https://shop.example/page"));
    text(field, value)?;
    if value.contains(char::is_whitespace) {
        return wrong("holds a space");
    }
    // Read as browsers read it, `https:///page` leads to a host of the name `page`: nobody means that.
    let has_host = value.split_once("://").is_some_and(|(_, rest)| !rest.starts_with(['/', '\\']));
    let Ok(url) = url::Url::parse(value) else { return wrong("is not a web address") };
    if !has_host || !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        return wrong("is not a web address");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user name or password");
    }
    Ok(())
}

/// One line of text that people read in lists, such as a name.
pub(crate) fn line(field: &str, value: &str) -> Result<()> {
    text(field, value)?;
    if value.contains('\n') {
        return Err(Error::invalid(field, "has more than one line").next("write it on one line"));
    }
    Ok(())
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
    if value.contains(TURNING) {
        return Err(Error::invalid(field, "holds a character that turns the direction of the text").next("remove it"));
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
        if code.len() != 2 || code.parse::<iso_currency::Country>().is_err() {
            return Err(Error::invalid(&format!("{field}[{index}]"), format!("{code:?} is not a country code"))
                .next("use two capital letters of ISO 3166-1 such as BR"));
        }
    }
    Ok(())
}
