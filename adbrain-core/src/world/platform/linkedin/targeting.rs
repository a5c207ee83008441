//! Audiences as `LinkedIn`'s facets: places by its own look-up, ages and genders by its brackets, the trade of people by the config.

use std::collections::BTreeMap;

use tokio::sync::Mutex;

use super::api::Api;
use super::config::LinkedInConfig;
use super::countries;
use super::draft::unsupported;
use super::restli::{self, Value};
use super::wire::{AnyOf, AudienceCount, DmpSegment, Entity, Include, Page, TargetingCriteria};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{AgeRange, Audience, Gender, Platform};
use crate::platform::pages::Pages;
use crate::platform::{LookUpAnswer, audiences};

/// `LinkedIn`'s brackets of ages, and how it writes them. Its greatest number stands for no end.
const AGES: [(u8, u8, &str); 4] = [
    (18, 24, "urn:li:ageRange:(18,24)"),
    (25, 34, "urn:li:ageRange:(25,34)"),
    (35, 54, "urn:li:ageRange:(35,54)"),
    (55, 65, "urn:li:ageRange:(55,2147483647)"),
];
/// The most entities of one facet; 200 for places.
const MOST_ENTITIES: usize = 100;
/// The most places.
const MOST_PLACES: usize = 200;
/// Segments on one page.
const SEGMENTS: usize = 100;
/// `LinkedIn` tells no size of an audience with fewer members.
const LEAST_TOLD: u64 = 300;

/// Turns audiences into facets; what was looked up once is kept for as long as the account is open.
#[derive(Default)]
pub(super) struct Targeting {
    known: Mutex<BTreeMap<(&'static str, String), String>>,
}

impl Targeting {
    /// The facets of an audience, after everything that needs no look-up was checked.
    pub(super) async fn criteria(
        &self,
        api: &Api,
        config: &LinkedInConfig,
        audience: &Audience,
    ) -> Result<TargetingCriteria> {
        check(audience)?;
        let mut places = Vec::new();
        for country in &audience.countries {
            places.push(self.place(api, config, country).await?);
        }
        let mut interests = Vec::new();
        for interest in &audience.interests {
            interests.push(self.entity(api, "interests", interest).await?);
        }
        let genders = audience.genders.iter().map(|gender| match gender {
            Gender::Female => "urn:li:gender:FEMALE".to_owned(),
            Gender::Male => "urn:li:gender:MALE".to_owned(),
        });
        let facets = [
            ("locations", places),
            ("ageRanges", audience.ages.map(ages).transpose()?.unwrap_or_default()),
            ("genders", genders.collect()),
            ("interests", interests),
            ("audienceMatchingSegments", self.segments(api, config, audience).await?),
            ("titles", self.facet(api, "titles", &config.titles).await?),
            ("seniorities", self.facet(api, "seniorities", &config.seniorities).await?),
            ("industries", self.facet(api, "industries", &config.industries).await?),
        ];
        let wanted = facets.into_iter().filter(|(_, urns)| !urns.is_empty());
        Ok(TargetingCriteria { include: Include { and: wanted.map(|(facet, urns)| any_of(facet, urns)).collect() } })
    }

    /// The segments that an audience names.
    pub(super) async fn segments(
        &self,
        api: &Api,
        config: &LinkedInConfig,
        audience: &Audience,
    ) -> Result<Vec<String>> {
        let wanted = audience.custom_on(Platform::LinkedIn);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let listed: Vec<_> = listed(api, config).await?.into_iter().map(DmpSegment::ours).collect();
        audiences::resolve(Platform::LinkedIn, wanted, &listed)
    }

    /// How many members an audience holds.
    pub(super) async fn size(&self, api: &Api, config: &LinkedInConfig, audience: &Audience) -> Result<LookUpAnswer> {
        let criteria = encoded(&self.criteria(api, config, audience).await?);
        let query = restli::query(&[("q", "targetingCriteriaV2".into()), ("targetingCriteria", criteria)]);
        let page: Page<AudienceCount> = api.read("/audienceCounts", &query).await?;
        let total = page.elements.first().map(|count| count.total).ok_or_else(|| {
            Error::new(ErrorKind::Unavailable, "linkedin gave no size of the audience").next("try again later")
        })?;
        let high = if total == 0 { LEAST_TOLD - 1 } else { total };
        Ok(LookUpAnswer::AudienceSize { low: total, high })
    }

    async fn place(&self, api: &Api, config: &LinkedInConfig, country: &str) -> Result<String> {
        if let Some(urn) = config.geos.get(country) {
            return Ok(urn.clone());
        }
        let name = countries::name(country).ok_or_else(|| {
            Error::invalid("audience.countries", format!("the name of {country:?} at LinkedIn is not known"))
                .next("name its place in the field `geos` of the LinkedIn config")
        })?;
        self.entity(api, "locations", name).await
    }

    /// The URNs of a professional facet; names are looked up.
    async fn facet(&self, api: &Api, facet: &'static str, given: &[String]) -> Result<Vec<String>> {
        let mut urns = Vec::with_capacity(given.len());
        for name in given {
            let is_urn = name.starts_with("urn:");
            urns.push(if is_urn { name.clone() } else { self.entity(api, facet, name).await? });
        }
        Ok(urns)
    }

    /// The one entity of a facet with a name; `LinkedIn` also gives others whose names begin like it.
    async fn entity(&self, api: &Api, facet: &'static str, name: &str) -> Result<String> {
        let key = (facet, name.to_owned());
        if let Some(urn) = self.known.lock().await.get(&key) {
            return Ok(urn.clone());
        }
        let language = Value::Record(vec![("language".to_owned(), "en".into()), ("country".to_owned(), "US".into())]);
        let facet_urn = format!("urn:li:adTargetingFacet:{facet}");
        let (facet_value, version) = (("facet", facet_urn.as_str().into()), ("queryVersion", "QUERY_USES_URNS".into()));
        // Seniorities are a short closed list: LinkedIn gives it whole and searches in it for nobody.
        let query = if facet == "seniorities" {
            restli::query(&[("q", "adTargetingFacet".into()), facet_value, version, ("locale", language)])
        } else {
            let wanted = ("query", name.into());
            restli::query(&[("q", "typeahead".into()), facet_value, wanted, version, ("locale", language)])
        };
        let page: Page<Entity> = api.read("/adTargetingEntities", &query).await?;
        let is_it = |entity: &Entity| entity.name.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(name));
        let mut found = page.elements.into_iter().filter(is_it).filter_map(|entity| entity.urn);
        let (Some(urn), None) = (found.next(), found.next()) else { return Err(not_one(facet, name)) };
        self.known.lock().await.insert(key, urn.clone());
        Ok(urn)
    }
}

/// Every segment of the account. Lists of segments come in pages that are counted from 0.
pub(super) async fn listed(api: &Api, config: &LinkedInConfig) -> Result<Vec<DmpSegment>> {
    let (mut listed, mut start) = (Pages::<DmpSegment>::of("linkedin /dmpSegments"), 0_i64);
    loop {
        let parameters = [
            ("q", "account".into()),
            ("account", config.account_urn().as_str().into()),
            ("start", start.into()),
            ("count", i64::try_from(SEGMENTS).unwrap_or(i64::MAX).into()),
        ];
        let page: Page<DmpSegment> = api.read("/dmpSegments", &restli::query(&parameters)).await?;
        let is_full = page.elements.len() >= SEGMENTS;
        start = start.saturating_add(i64::try_from(page.elements.len()).unwrap_or(i64::MAX));
        listed.add(page.elements, is_full.then(|| start.to_string()))?;
        if !is_full {
            return listed.finish();
        }
    }
}

fn not_one(facet: &str, name: &str) -> Error {
    let (field, next) = match facet {
        "locations" => ("audience.countries", "name its place in the field `geos` of the LinkedIn config"),
        "titles" => ("titles", "name a job title as LinkedIn lists it in English, or give its URN"),
        "seniorities" => ("seniorities", "name a seniority as LinkedIn lists it in English, or give its URN"),
        "industries" => ("industries", "name an industry as LinkedIn lists it in English, or give its URN"),
        _ => ("audience.interests", "name an interest as LinkedIn lists it in English"),
    };
    Error::invalid(field, format!("linkedin has not exactly one {name:?}")).next(next)
}

/// Refuses what `LinkedIn` has no facet for.
pub(super) fn check(audience: &Audience) -> Result<()> {
    if audience.countries.is_empty() {
        return Err(
            Error::invalid("audience.countries", "is empty, and LinkedIn wants a place").next("name the countries")
        );
    }
    for (field, list, most) in [
        ("audience.countries", audience.countries.len(), MOST_PLACES),
        ("audience.interests", audience.interests.len(), MOST_ENTITIES),
    ] {
        if list > most {
            return Err(Error::invalid(field, format!("has {list}, LinkedIn takes {most}")).next("leave some out"));
        }
    }
    audience.ages.map_or(Ok(()), |range| ages(range).map(|_| ()))
}

/// The brackets that make up a range; none for everybody.
fn ages(range: AgeRange) -> Result<Vec<String>> {
    if (range.min, range.max) == (13, 65) {
        return Ok(Vec::new());
    }
    let inside = AGES.iter().filter(|(min, max, _)| range.min <= *min && *max <= range.max);
    let starts = AGES.iter().any(|(min, _, _)| *min == range.min);
    let ends = AGES.iter().any(|(_, max, _)| *max == range.max);
    if !starts || !ends {
        let what = format!("LinkedIn knows 18-24, 25-34, 35-54 and 55+, and {range} is not made of them");
        return Err(unsupported("audience.ages", &what));
    }
    Ok(inside.map(|(_, _, urn)| (*urn).to_owned()).collect())
}

fn any_of(facet: &str, urns: Vec<String>) -> AnyOf {
    AnyOf { or: BTreeMap::from([(format!("urn:li:adTargetingFacet:{facet}"), urns)]) }
}

/// The facets in a query.
fn encoded(criteria: &TargetingCriteria) -> Value {
    let fields = |any: &AnyOf| any.or.iter().map(|(facet, urns)| (facet.clone(), Value::texts(urns))).collect();
    let any = criteria.include.and.iter().map(|any| Value::one("or", Value::Record(fields(any))));
    Value::one("include", Value::one("and", Value::List(any.collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_made_of_whole_brackets_or_refused() {
        let of = |text: &str| ages(text.parse().unwrap());
        assert_eq!(of("25-54").unwrap(), ["urn:li:ageRange:(25,34)", "urn:li:ageRange:(35,54)"]);
        assert_eq!(of("55-65").unwrap(), ["urn:li:ageRange:(55,2147483647)"]);
        assert_eq!(of("18-65").unwrap().len(), 4);
        assert_eq!(of("13-65").unwrap(), Vec::<String>::new());
        for range in ["25-44", "13-24", "65+", "30-34"] {
            let error = of(range).unwrap_err();
            assert_eq!(
                (error.kind(), error.context_of("field")),
                (ErrorKind::Unsupported, Some("audience.ages")),
                "{range}"
            );
        }
    }

    #[test]
    fn an_audience_without_a_place_is_refused() {
        let audience: Audience = serde_json::from_str(r#"{"name": "all"}"#).unwrap();
        assert!(check(&audience).unwrap_err().to_string().contains("audience.countries"));
    }

    #[test]
    fn facets_are_written_in_a_query_as_in_the_documents() {
        let place = any_of("locations", vec!["urn:li:geo:103644278".to_owned()]);
        let age = any_of("ageRanges", vec!["urn:li:ageRange:(25,34)".to_owned()]);
        let criteria = TargetingCriteria { include: Include { and: vec![place, age] } };
        assert_eq!(
            encoded(&criteria).to_string(),
            "(include:(and:List((or:(urn%3Ali%3AadTargetingFacet%3Alocations:List(urn%3Ali%3Ageo%3A103644278))),\
             (or:(urn%3Ali%3AadTargetingFacet%3AageRanges:List(urn%3Ali%3AageRange%3A%2825%2C34%29))))))"
        );
        assert_eq!(
            serde_json::to_value(&criteria).unwrap(),
            serde_json::json!({"include": {"and": [
                {"or": {"urn:li:adTargetingFacet:locations": ["urn:li:geo:103644278"]}},
                {"or": {"urn:li:adTargetingFacet:ageRanges": ["urn:li:ageRange:(25,34)"]}},
            ]}})
        );
    }
}
