//! Audiences: places and interests are looked up at `TikTok`, ages and genders are `TikTok`'s groups.

use super::map::{self, Goal};
use super::wire::{Answer, CustomAudience, InterestCategories, Region, Regions, Targeting};
use super::{PLACEMENT, TikTok, list_text};
use crate::error::{Error, Result};
use crate::model::{Audience, Platform};
use crate::platform::audiences;

/// Custom audiences on one page.
pub(super) const AUDIENCES: u32 = 100;

impl TikTok {
    /// The audience of an ad set, in `TikTok`'s ids.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the part that `TikTok` does not know; nothing is guessed.
    pub(super) async fn targeting(&self, goal: &Goal, audience: &Audience) -> Result<Targeting> {
        let age_groups = map::age_groups(audience.ages)?;
        let has_minors = age_groups.contains(&"AGE_13_17");
        let location_ids = self.locations(goal, &audience.countries, has_minors).await?;
        let interest_category_ids = self.interests(&audience.interests).await?;
        let audience_ids = self.custom_audiences(audience).await?;
        let gender = map::gender(&audience.genders);
        Ok(Targeting { location_ids, age_groups, gender, interest_category_ids, audience_ids })
    }

    /// The ids of the custom audiences that an audience names.
    pub(super) async fn custom_audiences(&self, audience: &Audience) -> Result<Vec<String>> {
        let wanted = audience.custom_on(Platform::TikTok);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let parameters = [("advertiser_id", self.config.account.clone())];
        let listed: Vec<CustomAudience> = self.pages("/dmp/custom_audience/list/", &parameters, AUDIENCES).await?;
        let listed: Vec<_> = listed.into_iter().map(CustomAudience::ours).collect();
        audiences::resolve(Platform::TikTok, wanted, &listed)
    }

    async fn locations(&self, goal: &Goal, countries: &[String], has_minors: bool) -> Result<Vec<String>> {
        if countries.is_empty() {
            return Err(Error::invalid("audience.countries", "TikTok wants at least one").next("name the countries"));
        }
        let parameters = [
            ("advertiser_id", self.config.account.clone()),
            ("placements", list_text([PLACEMENT])),
            ("objective_type", goal.objective_type.to_owned()),
            ("level_range", "TO_COUNTRY".to_owned()),
        ];
        let answer: Answer<Regions> = self.remote.read(&self.get("/tool/region/", &parameters)).await?;
        countries.iter().map(|country| location(&answer.data.region_info, country, has_minors)).collect()
    }

    async fn interests(&self, interests: &[String]) -> Result<Vec<String>> {
        if interests.is_empty() {
            return Ok(Vec::new());
        }
        let parameters = [("advertiser_id", self.config.account.clone()), ("placements", list_text([PLACEMENT]))];
        let answer: Answer<InterestCategories> =
            self.remote.read(&self.get("/tool/interest_category/", &parameters)).await?;
        let known = &answer.data.interest_categories;
        let one = |interest: &String| {
            let found = known.iter().find(|category| {
                category.interest_category_id == *interest
                    || category.interest_category_name.eq_ignore_ascii_case(interest)
            });
            let unknown = || {
                Error::invalid("audience.interests", format!("TikTok has no interest {interest:?}"))
                    .next("name a category of TikTok's, in English, or leave it out")
            };
            found.map(|category| category.interest_category_id.clone()).ok_or_else(unknown)
        };
        interests.iter().map(one).collect()
    }
}

fn location(regions: &[Region], country: &str, has_minors: bool) -> Result<String> {
    let is_country = |region: &&Region| region.level.is_empty() || region.level == "COUNTRY";
    let found = regions.iter().filter(is_country).find(|region| region.code == country);
    let Some(region) = found else {
        return Err(Error::invalid("audience.countries", format!("the account cannot advertise in {country}"))
            .next("leave the country out, or ask TikTok to open it"));
    };
    if has_minors && region.support_below_18 == Some(false) {
        return Err(Error::invalid("audience.ages", format!("TikTok shows no ads to people under 18 in {country}"))
            .next("begin with 18"));
    }
    Ok(region.location_id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_found_by_its_code_and_minors_are_kept_out_where_tiktok_does() {
        let text = r#"[{"location_id": "3469034", "region_code": "BR", "level": "COUNTRY", "support_below_18": false},
            {"location_id": "3469035", "region_code": "BR", "level": "PROVINCE"}]"#;
        let regions: Vec<Region> = serde_json::from_str(text).unwrap();
        assert_eq!(location(&regions, "BR", false).unwrap(), "3469034");
        assert_eq!(location(&regions, "BR", true).unwrap_err().context_of("field"), Some("audience.ages"));
        assert_eq!(location(&regions, "DE", false).unwrap_err().context_of("field"), Some("audience.countries"));
    }
}
