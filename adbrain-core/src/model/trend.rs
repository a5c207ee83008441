//! Sounds that are trending, with the licences under which ads may use them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::flight::plain_date;
use super::{Platform, read_json};
use crate::error::{Error, Result};

super::platform::named! {
    /// What a sound may be used for.
    SoundLicence {
        /// Ads.
        Commercial = "commercial",
        /// Posts of people alone.
        Personal = "personal",
        /// Nothing that is known.
        None = "none",
    }
}

/// A sound of a list of trends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrendingSound {
    /// Its id on the platform, unique in the list.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its place among the trends; 1 is first.
    pub rank: u32,
    /// What it may be used for.
    pub licence: SoundLicence,
    /// The platforms on which the licence holds.
    pub platforms: Vec<Platform>,
    /// The last day of the licence, included; none means without end.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "plain_date::or_none")]
    #[schemars(with = "Option<String>")]
    pub expires: Option<Date>,
}

impl TrendingSound {
    /// Whether ads on a platform may use it up to a day; where no day is given, a licence that ends at all does not reach.
    pub fn is_licensed(&self, platform: Platform, until: Option<Date>) -> bool {
        let reaches = self.expires.is_none_or(|expires| until.is_some_and(|until| until <= expires));
        self.licence == SoundLicence::Commercial && self.platforms.contains(&platform) && reaches
    }
}

/// A list of trends as somebody exported it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrendList {
    /// The sounds.
    pub sounds: Vec<TrendingSound>,
}

/// A line of a list in CSV.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    title: String,
    rank: u32,
    licence: SoundLicence,
    platforms: String,
    #[serde(default)]
    expires: String,
}

impl TrendList {
    /// Reads a list from JSON: `{"sounds": [{"id", "title", "rank", "licence", "platforms", "expires"}]}`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn from_json(text: &str) -> Result<Self> {
        read_json::<Self>(text, "trends")?.checked()
    }

    /// Reads a list from CSV with the titles `id,title,rank,licence,platforms,expires`; platforms are parted by `;`, a licence
    /// without end has nothing under `expires`.
    ///
    /// ```
    /// use adbrain_core::model::{Platform, TrendList};
    /// let list = TrendList::from_csv("id,title,rank,licence,platforms,expires\n7,Brisa,1,commercial,tiktok;meta,2027-03-31\n")?;
    /// let last: jiff::civil::Date = "2027-03-31".parse()?;
    /// assert!(list.sounds[0].is_licensed(Platform::TikTok, Some(last)));
    /// assert!(!list.sounds[0].is_licensed(Platform::TikTok, Some(last.tomorrow()?)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the line.
    pub fn from_csv(text: &str) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let lines = reader.deserialize::<Line>().enumerate();
        let sounds = lines.map(|(number, line)| {
            let field = format!("trends line {}", number + 2);
            let line = line.map_err(|error| {
                Error::invalid(&field, error).next("write id,title,rank,licence,platforms,expires in each line")
            })?;
            line.sound(&field)
        });
        Self { sounds: sounds.collect::<Result<_>>()? }.checked()
    }

    /// A sound by its id.
    pub fn sound(&self, id: &str) -> Option<&TrendingSound> {
        self.sounds.iter().find(|sound| sound.id == id)
    }

    /// Refuses two entries of one id, and a licence that holds nowhere; puts the best place first.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the list.
    pub fn checked(mut self) -> Result<Self> {
        self.sounds.sort_by(|one, other| (one.rank, &one.id).cmp(&(other.rank, &other.id)));
        for (place, sound) in self.sounds.iter().enumerate() {
            if self.sounds.iter().skip(place + 1).any(|other| other.id == sound.id) {
                return Err(Error::invalid("trends", format!("the sound {:?} stands there twice", sound.id))
                    .next("keep one entry for each sound"));
            }
            if sound.licence == SoundLicence::Commercial && sound.platforms.is_empty() {
                return Err(Error::invalid("trends", format!("the licence of {:?} names no platform", sound.id))
                    .next("name the platforms on which it holds"));
            }
        }
        Ok(self)
    }
}

impl Line {
    fn sound(self, field: &str) -> Result<TrendingSound> {
        let platforms = self.platforms.split(';').map(str::trim).filter(|name| !name.is_empty());
        let sound = serde_json::json!({
            "id": self.id,
            "title": self.title,
            "rank": self.rank,
            "licence": self.licence,
            "platforms": platforms.collect::<Vec<_>>(),
            "expires": Some(self.expires).filter(|day| !day.is_empty()),
        });
        serde_json::from_value(sound)
            .map_err(|error| Error::invalid(field, error).next("write platforms as tiktok;meta and days as 2027-03-31"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "id,title,rank,licence,platforms,expires\n\
                       b,Maré,2,personal,,\n\
                       a,Brisa,1,commercial,tiktok; meta,2027-03-31\n";

    #[test]
    fn csv_and_json_give_the_same_list_best_place_first() {
        let list = TrendList::from_csv(CSV).unwrap();
        assert_eq!(list.sounds.iter().map(|sound| sound.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(list.sounds[0].platforms, [Platform::TikTok, Platform::Meta]);
        assert_eq!(TrendList::from_json(&serde_json::to_string(&list).unwrap()).unwrap(), list);
    }

    #[test]
    fn a_licence_holds_on_its_last_day_on_its_platforms_and_for_ads_alone() {
        let list = TrendList::from_csv(CSV).unwrap();
        let day = |text: &str| Some(text.parse().unwrap());
        let sound = list.sound("a").unwrap();
        assert!(sound.is_licensed(Platform::Meta, day("2027-03-31")));
        assert!(!sound.is_licensed(Platform::Meta, day("2027-04-01")));
        assert!(!sound.is_licensed(Platform::Meta, None), "nobody says how long the ad runs");
        assert!(!sound.is_licensed(Platform::Google, day("2027-03-31")));
        assert!(!list.sound("b").unwrap().is_licensed(Platform::TikTok, day("2027-01-01")));
    }

    #[test]
    fn a_wrong_list_names_its_line() {
        for (text, says) in [
            (CSV.replace("commercial", "free"), "line 3"),
            (CSV.replace("meta", "facebook"), "line 3"),
            (CSV.replace("2027-03-31", "31/03/2027"), "line 3"),
            (CSV.replace("b,Maré", "a,Maré"), "twice"),
            (CSV.replace("tiktok; meta", ""), "no platform"),
        ] {
            let error = TrendList::from_csv(&text).unwrap_err();
            assert!(error.to_string().contains(says) && error.next_step().is_some(), "{error}");
        }
    }
}
