//! The strategist on briefs, practices, expectations and personas.

use serde_json::json;

use super::*;
use crate::model::Brief;

fn estimate(low: f64) -> Estimate {
    let method = "prior".into();
    Estimate { value: low + 1.0, low, high: low + 3.0, level: 0.9, method, sample_size: 20, warnings: vec![] }
}

fn input(platforms: &[Platform]) -> StrategistInput {
    let brief: Brief = serde_json::from_value(json!({
        "name": "n", "brand": "b", "industry": "fashion", "objective": "sales", "markets": ["BR"], "language": "en",
        "flight": {"start": "2027-01-01", "end": "2027-01-14", "time_zone": "America/Sao_Paulo"},
        "budget": {"amount": "1000.00", "currency": "BRL"}, "formats": ["video"], "platforms": ["meta", "google"],
        "product": {"name": "p", "url": "https://example.com", "benefits": ["light"]},
    }))
    .unwrap();
    let practice = |segment: &str, roas: f64| BestPractice {
        industry: "fashion".into(),
        practice_type: format!("audience:{segment}"),
        description: format!("{segment} in the past"),
        average_performance: BTreeMap::from([("roas".into(), roas)]),
        roas_variance: 1.0,
        sample_size: 12,
        last_updated: jiff::Timestamp::UNIX_EPOCH,
    };
    let of_segment = |segment: &str, low: f64| Expectation {
        platform: Platform::Meta,
        segment: Some(format!("audience:{segment}")),
        roas: estimate(low),
    };
    let whole =
        platforms.iter().map(|platform| Expectation { platform: *platform, segment: None, roas: estimate(1.0) });
    StrategistInput {
        brief: brief.check().unwrap(),
        practices: vec![practice("30-34 female", 9.0), practice("35-44 male", 4.0)],
        combinations: vec![],
        similar: vec![],
        expectations: whole.chain([of_segment("30-34 female", 0.5), of_segment("35-44 male", 2.5)]).collect(),
        personas: vec![],
    }
}

#[test]
fn the_lower_end_of_what_is_expected_ranks_segments_and_stands_as_evidence() {
    let strategy = futures::executor::block_on(Strategist.run(input(&[Platform::Meta, Platform::Google]))).unwrap();
    let names: Vec<_> = strategy.audiences.iter().map(|audience| audience.name.as_str()).collect();
    assert_eq!(names, ["35-44 male", "30-34 female"]);
    let reason = strategy.reasons.iter().find(|reason| reason.choice == "audience").unwrap();
    let sources: Vec<_> = reason.evidence.iter().map(|evidence| evidence.source.as_str()).collect();
    assert_eq!(sources, ["memory", "prediction"]);
    assert_eq!(reason.evidence[1].subject, "roas of 35-44 male on meta");
}

/// A group of the brand's people: 60 % of 18 to 24 years, the others a little older.
fn persona(interests: &[(&str, f64)]) -> Persona {
    let (ages, genders) = (json!({"18-24": 0.6, "25-34": 0.35, "other": 0.05}), json!({"female": 0.9, "male": 0.1}));
    let interests: BTreeMap<_, _> = interests.iter().copied().collect();
    serde_json::from_value(json!({
        "id": "persona-2", "name": [Message::new("persona-female"), Message::new("persona-evening")], "people": 420,
        "share": 0.3, "ages": ages, "genders": genders, "interests": interests, "value": estimate(80.0)
    }))
    .unwrap()
}

fn run(input: StrategistInput) -> Strategy {
    futures::executor::block_on(Strategist.run(input)).unwrap()
}

#[test]
fn a_persona_stands_as_evidence_for_an_audience_that_only_overlaps_its_ages() {
    let with = |min, max, genders: Vec<Gender>| {
        let mut input = input(&[Platform::Meta, Platform::Google]);
        let mut brief = crate::model::Brief::clone(&input.brief);
        let ages = Some(AgeRange { min, max });
        brief.audiences = vec![Audience { ages, genders, ..Audience::new("a", vec![]) }];
        input.brief = brief.check().unwrap();
        input.personas = vec![persona(&[])];
        let of = |reason: &Reason| reason.message.key == "reason-persona-value";
        run(input).reasons.into_iter().find(of)
    };
    let told = with(18, 34, vec![]).unwrap();
    assert_eq!((told.evidence[0].source.as_str(), told.evidence[0].subject.as_str()), ("persona", "persona-2"));
    assert_eq!(told.evidence[0].estimate, Some(estimate(80.0)));
    let text = told.message.text(crate::model::Language::Portuguese);
    assert!(text.contains("mulheres, à noite") && text.contains("420"), "{text}");
    assert!(with(20, 22, vec![Gender::Female]).is_some(), "18-24 and 20-22 overlap");
    assert!(with(35, 44, vec![]).is_none() && with(18, 34, vec![Gender::Male]).is_none());
    assert!(with(25, 34, vec![]).is_none(), "a third of the persona is not the persona");
}

#[test]
fn without_measured_segments_the_personas_become_the_audiences() {
    let mut input = input(&[Platform::Meta, Platform::Google]);
    input.personas = vec![persona(&[("corrida", 2.0), ("moda", 0.6), ("academia", 1.4)])];
    let measured = run(input.clone());
    assert_eq!(measured.audiences.len(), 2, "segments with results go first");
    input.practices.clear();
    let strategy = run(input);
    let audience = &strategy.audiences[0];
    assert_eq!((audience.name.as_str(), strategy.audiences.len()), ("persona-2", 1));
    assert_eq!(audience.ages, Some(AgeRange { min: 18, max: 34 }));
    assert_eq!(
        (audience.genders.as_slice(), audience.interests.join(" ")),
        ([Gender::Female].as_slice(), "corrida academia".into())
    );
    let keys: Vec<_> = strategy.reasons.iter().map(|reason| reason.message.key.as_str()).collect();
    assert!(keys.contains(&"reason-audience-persona") && keys.contains(&"reason-persona-value"), "{keys:?}");
    assert!(strategy.reasons.iter().all(|reason| reason.message.try_text(crate::model::Language::English).is_ok()));
}

#[test]
fn a_platform_without_an_expectation_is_named() {
    let error = futures::executor::block_on(Strategist.run(input(&[Platform::Meta]))).unwrap_err();
    assert!(error.to_string().contains("google"), "{error}");
}
