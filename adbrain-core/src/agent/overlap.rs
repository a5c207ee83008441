//! How many people two audiences share.

use crate::model::{AgeRange, Audience, Gender};

/// The ages that an audience without a limit has.
const ALL_AGES: AgeRange = AgeRange { min: 13, max: 65 };

/// The greatest share of an audience that one of the others addresses too.
///
/// Platforms do not say it, so people count as spread evenly over years of age, genders and countries, and interests as if nobody had two
/// of them: with different interests the true share is above this.
pub(crate) fn overlap<'a>(one: &Audience, others: impl IntoIterator<Item = &'a Audience>) -> f64 {
    others.into_iter().map(|other| shared(one, other)).fold(0.0, f64::max)
}

fn shared(one: &Audience, other: &Audience) -> f64 {
    let genders = |audience: &Audience| match audience.genders.as_slice() {
        [] => Gender::ALL.to_vec(),
        some => some.to_vec(),
    };
    ages(one, other)
        * part(&genders(one), &genders(other))
        * part(&one.countries, &other.countries)
        * part(&one.interests, &other.interests)
}

fn ages(one: &Audience, other: &Audience) -> f64 {
    let (one, other) = (one.ages.unwrap_or(ALL_AGES), other.ages.unwrap_or(ALL_AGES));
    let years = |min: u8, max: u8| (f64::from(max) - f64::from(min) + 1.0).max(0.0);
    years(one.min.max(other.min), one.max.min(other.max)) / years(one.min, one.max).max(1.0)
}

/// The share of one list that another holds too; an empty one sets no limit.
fn part<T: PartialEq>(one: &[T], other: &[T]) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 1.0;
    }
    one.iter().filter(|item| other.contains(item)).count() as f64 / one.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(ages: (u8, u8), genders: &[Gender], interests: &[&str]) -> Audience {
        Audience {
            name: "a".into(),
            countries: vec!["BR".into()],
            ages: Some(AgeRange { min: ages.0, max: ages.1 }),
            genders: genders.to_vec(),
            interests: interests.iter().map(|interest| (*interest).to_owned()).collect(),
            custom_audiences: std::collections::BTreeMap::new(),
            size: None,
        }
    }

    #[test]
    fn years_and_genders_in_common_count_and_the_largest_share_stands() {
        let women = audience((25, 34), &[Gender::Female], &["corrida"]);
        let younger = audience((18, 29), &[], &["corrida"]);
        assert!((overlap(&women, [&younger]) - 0.5).abs() < 1e-12);
        assert!((overlap(&younger, [&women]) - 5.0 / 12.0 / 2.0).abs() < 1e-12);
        let all = audience((13, 65), &[], &[]);
        assert!((overlap(&women, [&younger, &all]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_has_nothing_in_common_shares_nobody() {
        let women = audience((25, 34), &[Gender::Female], &["corrida"]);
        for other in [
            audience((35, 44), &[Gender::Female], &["corrida"]),
            audience((25, 34), &[Gender::Male], &["corrida"]),
            audience((25, 34), &[Gender::Female], &["moda"]),
            Audience { countries: vec!["PT".into()], ..women.clone() },
        ] {
            assert!(overlap(&women, [&other]).abs() < 1e-12, "{other:?}");
        }
        assert!(overlap(&women, []).abs() < 1e-12);
    }
}
