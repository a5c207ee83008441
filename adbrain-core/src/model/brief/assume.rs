//! What a brief leaves out and follows from the rest of it. Nothing that costs money or is declared is filled in.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::Brief;
use crate::error::{Error, Result};
use crate::model::flight::plain_date;
use crate::model::{Flight, Format, Language, MediaKind, Message};

/// The time zone and the official language of countries that have one of them: `country,zone,language`, either one empty where there are several
/// or where the ads have no such language. Written by `tests/golden/make_markets.py`, which says where it is from.
const MARKETS: &str = include_str!("markets.csv");

/// Says what a file of the media is, by its path.
pub(super) type KindOf<'a> = dyn Fn(&str) -> Result<MediaKind> + 'a;

/// A value that the brief leaves out and that followed from the rest of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    /// The path of the field: `flight.time_zone`, `media[0].kind`.
    pub field: String,
    /// What it was taken for.
    pub value: String,
}

impl Assumed {
    /// What was assumed and what it follows from, for people.
    pub fn message(&self) -> Message {
        let from = match self.field.as_str() {
            "name" => "name",
            "language" => "language",
            "flight.time_zone" => "zone",
            "formats" => "formats",
            _ => "kind",
        };
        Message::new(format!("assumed-{from}")).with("field", self.field.as_str()).with("value", self.value.as_str())
    }
}

/// A flight as a brief names it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Flight")]
pub(super) struct AskedFlight {
    /// The first day, `2026-12-01`.
    #[schemars(with = "String", extend("format" = "date", "pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    #[serde(deserialize_with = "plain_date::required")]
    start: Date,
    /// The last day, included.
    #[schemars(with = "String", extend("format" = "date", "pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    #[serde(deserialize_with = "plain_date::required")]
    end: Date,
    /// IANA name of the time zone of the ad accounts: `America/Sao_Paulo`. Where it is left out, that of the only market.
    #[serde(default, deserialize_with = "text")]
    #[schemars(length(min = 1))]
    time_zone: String,
}

pub(super) fn flight<'de, D: Deserializer<'de>>(from: D) -> Result<Flight, D::Error> {
    let AskedFlight { start, end, time_zone } = AskedFlight::deserialize(from)?;
    Ok(Flight { start, end, time_zone })
}

/// A text that is given: an empty one stands for what is left out.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Err(D::Error::custom("is empty; leave it out, or fill it in")) } else { Ok(text) }
}

/// A list that is given: an empty one stands for what is left out.
pub(super) fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Format>, D::Error> {
    let list = Vec::deserialize(from)?;
    if list.is_empty() { Err(D::Error::custom("is empty; leave it out, or name at least one")) } else { Ok(list) }
}

/// The line of the only market in the table.
fn only_market(markets: &[String]) -> Option<(&'static str, &'static str)> {
    let [market] = markets else { return None };
    MARKETS.lines().find_map(|line| line.strip_prefix(market.as_str())?.strip_prefix(',')?.split_once(','))
}

fn left_out(field: &str, why: &str, next: &str) -> Error {
    Error::invalid(field, format!("is left out, and {why}")).next(next)
}

impl Brief {
    /// The language of the ads: that of the brief, else the only official one of its only market, where ads are written in it.
    pub(crate) fn spoken(&self) -> Option<Language> {
        self.language.or_else(|| only_market(&self.markets)?.1.parse().ok())
    }

    pub(super) fn assume_name(&mut self) {
        if self.name.is_empty() {
            self.name.clone_from(&self.product.name);
            self.assume("name", self.name.clone());
        }
    }

    /// Everything but the name, once the markets are known to be countries.
    pub(super) fn assume_rest(&mut self, kind: Option<&KindOf<'_>>) -> Result<()> {
        if self.language.is_none() {
            let language = self.spoken().ok_or_else(|| {
                left_out("language", "the markets do not tell it", "give the language of the ads: pt-BR or en")
            })?;
            self.language = Some(language);
            self.assume("language", language.as_str());
        }
        if self.flight.time_zone.is_empty() {
            let zone = only_market(&self.markets).map_or("", |(zone, _)| zone);
            if zone.is_empty() {
                return Err(left_out(
                    "flight.time_zone",
                    "the markets have more than one",
                    "give that of the ad accounts, such as America/Sao_Paulo",
                ));
            }
            zone.clone_into(&mut self.flight.time_zone);
            self.assume("flight.time_zone", zone);
        }
        kind.map_or(Ok(()), |kind| self.assume_kinds(kind))?;
        self.assume_formats()
    }

    fn assume_kinds(&mut self, kind: &KindOf<'_>) -> Result<()> {
        for place in 0..self.media.len() {
            let Some(item) = self.media.get_mut(place).filter(|item| item.kind.is_none()) else { continue };
            let field = format!("media[{place}].kind");
            let found = kind(&item.path).map_err(|error| {
                left_out(
                    &field,
                    &format!("{} does not tell it: {error}", item.path),
                    "mend the path or the file, or give the kind: image or video",
                )
            })?;
            item.kind = Some(found);
            self.assume(&field, found.as_str());
        }
        Ok(())
    }

    /// Films of the advertiser are for the format of films, content of users is for theirs; pictures go with more than one format.
    fn assume_formats(&mut self) -> Result<()> {
        if !self.formats.is_empty() {
            return Ok(());
        }
        let is_given = !self.media.is_empty();
        let format = if is_given && self.media.iter().all(|item| item.is_user_content) {
            Format::Ugc
        } else if is_given && self.media.iter().all(|item| !item.is_user_content && item.kind == Some(MediaKind::Video))
        {
            Format::Video
        } else {
            return Err(left_out(
                "formats",
                "the media do not tell one alone",
                "name at least one of: video, carousel, stories, ugc",
            ));
        };
        self.formats = vec![format];
        self.assume("formats", format.as_str());
        Ok(())
    }

    fn assume(&mut self, field: &str, value: impl Into<String>) {
        self.assumed.push(Assumed { field: field.to_owned(), value: value.into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_market_of_the_table_is_a_country_with_a_known_zone() {
        let mut before = "";
        for line in MARKETS.lines() {
            let (country, rest) = line.split_once(',').unwrap();
            let (zone, language) = rest.split_once(',').unwrap();
            assert!(country.parse::<iso_currency::Country>().is_ok() && before < country, "{line}");
            assert!(zone.is_empty() || jiff::tz::TimeZone::get(zone).is_ok(), "{line}");
            assert!(language.is_empty() || language.parse::<Language>().is_ok(), "{line}");
            before = country;
        }
    }

    #[test]
    fn a_market_tells_what_it_has_one_of() {
        let told = |market: &str| only_market(&[market.to_owned()]);
        assert_eq!(told("BR"), Some(("", "pt-BR")), "four time zones");
        assert_eq!(told("GB"), Some(("Europe/London", "en")));
        assert_eq!(told("DE"), Some(("Europe/Berlin", "")), "no ads in German");
        assert_eq!(told("PT"), None, "three zones of time, and not the Portuguese of Brazil");
        assert_eq!(only_market(&["GB".to_owned(), "IE".to_owned()]), None);
    }
}
