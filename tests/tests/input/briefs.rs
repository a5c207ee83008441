//! Bad briefs.

use adbrain_core::ErrorKind;
use adbrain_core::media::kind_at;
use adbrain_core::model::{Brief, CheckedBrief, Language};
use serde_json::{Value, json};

fn example() -> Value {
    let file = adbrain_tests::root().join("examples/brief.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn refusal(bytes: &[u8]) -> String {
    let error = Brief::from_json(bytes).and_then(Brief::check).expect_err("a bad brief was taken");
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(error.next_step().is_some_and(|step| step.len() > 5), "it does not say what to do: {error}");
    error.to_string()
}

/// Sets the value at a JSON pointer, or removes it.
fn with(pointer: &str, value: Option<Value>) -> Vec<u8> {
    let mut brief = example();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let place = brief.pointer_mut(parent).unwrap();
    match (place, value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(name.to_owned(), value)),
        (Value::Object(fields), None) => drop(fields.remove(name)),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} is not there"),
    }
    brief.to_string().into_bytes()
}

#[test]
fn the_example_itself_is_good() {
    assert!(Brief::from_json(example().to_string().as_bytes()).and_then(Brief::check).is_ok());
}

#[test]
fn wrong_values_name_their_field() {
    let long = "x".repeat(2_001);
    let many: Vec<String> = (0..201).map(|number| format!("benefit {number}")).collect();
    let cases = [
        ("/name", json!(""), "name"),
        ("/name", json!("   "), "name"),
        ("/name", json!(long), "name"),
        ("/name", json!("=SUM(A1)"), "name"),
        ("/name", json!("+cmd"), "name"),
        ("/name", json!("@here"), "name"),
        ("/name", json!("a\u{0}b"), "name"),
        ("/name", json!("a\u{1b}[31m"), "name"),
        ("/brand", json!(""), "brand"),
        ("/industry", json!("\t"), "industry"),
        ("/markets", json!([]), "markets"),
        ("/markets/0", json!("Brazil"), "markets[0]"),
        ("/markets/0", json!("br"), "markets[0]"),
        ("/flight/end", json!("2026-01-01"), "flight.end"),
        ("/flight/end", json!("2036-01-01"), "flight.end"),
        ("/flight/time_zone", json!("Mars/Olympus"), "flight.time_zone"),
        ("/budget/amount", json!("0"), "budget"),
        ("/budget", json!(["60000.00", "BRL"]), "budget"),
        ("/flight", json!(["2026-12-01", "2026-12-28", "America/Sao_Paulo"]), "flight"),
        ("/product/facts", json!([["text", "proof"]]), "product.facts[0]"),
        ("/budget/amount", json!("-5.00"), "budget"),
        ("/budget/amount", json!("9999999999.00"), "budget"),
        ("/formats", json!([]), "formats"),
        ("/product/name", json!(""), "product.name"),
        ("/product/url", json!("javascript:alert(1)"), "product.url"),
        ("/product/url", json!("shop.example"), "product.url"),
        ("/product/benefits", json!([]), "product.benefits"),
        ("/product/benefits", json!(many), "product.benefits"),
        ("/product/benefits", json!([""]), "product.benefits[0]"),
        ("/product/facts", json!([{"text": "", "proof": "p"}]), "product.facts[0].text"),
        ("/product/facts", json!([{"text": "t", "proof": ""}]), "product.facts[0].proof"),
        ("/targets/min_ctr", json!(2.0), "targets.min_ctr"),
        ("/targets/min_ctr", json!(0), "targets.min_ctr"),
        ("/targets/min_ctr", json!(-0.1), "targets.min_ctr"),
        ("/targets/min_roas", json!(0), "targets.min_roas"),
        ("/targets/min_roas", json!(1e9), "targets.min_roas"),
        ("/targets/max_cpa", json!({"amount": "0", "currency": "BRL"}), "targets.max_cpa"),
        ("/targets/max_cpa", json!({"amount": "50", "currency": "USD"}), "targets.max_cpa"),
        ("/shares", json!({"floors": {"meta": 1.5}}), "shares.floors.meta"),
        ("/shares", json!({"floors": {"meta": 0.6, "google": 0.6}}), "shares.floors"),
        ("/shares", json!({"floors": {"meta": 0.6}, "caps": {"meta": 0.5}}), "shares.caps.meta"),
        ("/shares", json!({"caps": {"meta": -0.1}}), "shares.caps.meta"),
        ("/audiences", json!([{"name": "a"}, {"name": "a"}]), "audiences[1].name"),
        ("/audiences", json!([{"name": "a", "ages": {"min": 12, "max": 20}}]), "audiences[0].ages"),
        ("/audiences", json!([{"name": "a", "ages": {"min": 40, "max": 20}}]), "audiences[0].ages"),
        ("/audiences", json!([{"name": "a", "countries": ["BRA"]}]), "audiences[0].countries[0]"),
        ("/media/0/path", json!(""), "media[0].path"),
        ("/media/0/alternative_text", json!(""), "media[0].alternative_text"),
    ];
    for (pointer, value, field) in cases {
        let message = refusal(&with(pointer, Some(value.clone())));
        assert!(message.contains(field), "{pointer} = {value}: {message}");
    }
}

#[test]
fn wrong_types_and_names_say_where() {
    let cases = [
        ("/name", json!(7), "expected a string"),
        ("/budget", json!(500), "amount"),
        ("/budget/amount", json!(500.5), "expected a string"),
        ("/budget/amount", json!("NaN"), "NaN"),
        ("/budget/amount", json!("1e9"), "1e9"),
        ("/budget/amount", json!("1,500.00"), "1,500.00"),
        ("/budget/amount", json!("99999999999999999999"), "too large"),
        ("/budget/amount", json!("1.0000001"), "six decimal places"),
        ("/budget/currency", json!("RRR"), "unknown currency"),
        ("/budget/tax", json!(1), "unknown field `tax`"),
        ("/colour", json!("red"), "unknown field `colour`"),
        ("/formats", json!(["hologram"]), "unknown variant `hologram`"),
        ("/platforms", json!(["orkut"]), "unknown variant `orkut`"),
        ("/objective", json!("fame"), "unknown variant `fame`"),
        ("/language", json!("tlh"), "unknown variant `tlh`"),
        ("/flight/start", json!("04/01/2027"), "line 1 column"),
        ("/flight/start", json!("2027-02-30"), "line 1 column"),
        ("/targets/min_ctr", json!("2%"), "expected f64"),
        ("/media/0/kind", json!("hologram"), "unknown variant"),
        ("/markets", json!("BR"), "expected a sequence"),
    ];
    for (pointer, value, part) in cases {
        let message = refusal(&with(pointer, Some(value.clone())));
        let field = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        let is_placed = message.starts_with(field) || message.contains(&format!("`{field}`"));
        assert!(message.contains(part) && is_placed && message.contains("line 1 column"), "{pointer}: {message}");
    }
}

#[test]
fn absurd_values_name_their_field() {
    let cases = [
        ("/audiences", json!([{"name": "a", "interests": ["a\u{0}b"]}]), "audiences[0].interests[0]"),
        ("/audiences", json!([{"name": "a", "interests": ["=1+1"]}]), "audiences[0].interests[0]"),
        ("/name", json!("abc\u{202e}fdp"), "name"),
        ("/brand", json!("a\u{2066}b"), "brand"),
        ("/markets/0", json!("ZZ"), "markets[0]"),
        ("/markets/0", json!("XX"), "markets[0]"),
        ("/flight", json!({"start": "0001-01-01", "end": "0001-01-05", "time_zone": "UTC"}), "flight.start"),
        ("/flight", json!({"start": "9999-12-01", "end": "9999-12-31", "time_zone": "UTC"}), "flight.start"),
        ("/product/url", json!("https://"), "product.url"),
        ("/product/url", json!("https:///page"), "product.url"),
        ("/product/url", json!("https://shop.example/a b"), "product.url"),
        ("/product/url", json!("https://ana:secret@shop.example/"), "product.url"),
        ("/product/url", json!("ftp://shop.example/"), "product.url"),
        ("/budget", json!({"amount": "1000000.001", "currency": "BRL"}), "budget"),
        ("/budget", json!({"amount": "100000.55", "currency": "JPY"}), "budget"),
        ("/targets/max_cpa", json!({"amount": "50.005", "currency": "BRL"}), "targets.max_cpa"),
        ("/shares", json!({"caps": {"meta": 0.1, "google": 0.1, "tiktok": 0.1, "linkedin": 0.1}}), "shares.caps"),
        ("/shares", json!({"caps": {"meta": 0, "google": 0, "tiktok": 0, "linkedin": 0}}), "shares.caps"),
        ("/declarations", json!({"payer": "=cmd|' /C calc'!A0"}), "declarations.payer"),
        ("/declarations", json!({"beneficiary": "@SUM(1)"}), "declarations.beneficiary"),
        ("/media/0/rights", json!({"creator": "Ana", "scope": "paid_ads", "proof": ""}), "media[0].rights.proof"),
        (
            "/media/0/rights",
            json!({"creator": "a\u{0}b", "scope": "paid_ads", "proof": "p"}),
            "media[0].rights.creator",
        ),
    ];
    for (pointer, value, field) in cases {
        let message = refusal(&with(pointer, Some(value.clone())));
        assert!(message.contains(field), "{pointer} = {value}: {message}");
    }
}

#[test]
fn a_share_for_a_platform_that_the_brief_does_not_list_is_refused() {
    let mut brief = example();
    brief["platforms"] = json!(["meta"]);
    for name in ["floors", "caps"] {
        brief["shares"] = json!({name: {"google": 0.2}});
        let message = refusal(brief.to_string().as_bytes());
        assert!(message.contains(&format!("shares.{name}.google")), "{message}");
    }
}

#[test]
fn a_comma_too_many_is_placed_in_the_brief() {
    let message = refusal(b"{\"name\": \"a\",}");
    assert!(message.starts_with("brief: trailing comma at line 1 column 14"), "{message}");
}

#[test]
fn missing_fields_are_named() {
    for field in ["brand", "industry", "objective", "markets", "flight", "budget", "product"] {
        let message = refusal(&with(&format!("/{field}"), None));
        assert!(message.contains(&format!("missing field `{field}`")), "{message}");
    }
}

/// The example with some of its values taken out, and the market that it is for.
fn without(pointers: &[&str], market: &[&str]) -> Value {
    let mut brief = example();
    for pointer in pointers {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        brief.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    }
    brief["markets"] = json!(market);
    brief
}

fn checked(brief: &Value) -> adbrain_core::Result<CheckedBrief> {
    let media = adbrain_tests::root().join("examples");
    Brief::from_json(brief.to_string().as_bytes())?.check_with(&|path| kind_at(&media.join(path)))
}

#[test]
fn what_follows_from_the_rest_may_be_left_out_and_is_told() {
    let kinds: Vec<String> = (0..7).map(|place| format!("/media/{place}/kind")).collect();
    let mut pointers = vec!["/name", "/language", "/flight/time_zone"];
    pointers.extend(kinds.iter().map(String::as_str));
    let brief = checked(&without(&pointers, &["GB"])).unwrap();
    for (one, language) in brief.assumed.iter().flat_map(|one| Language::ALL.iter().map(move |to| (one, *to))) {
        let text = one.message().text(language);
        assert!(text.contains(&one.field) && text.contains(&one.value), "{text}");
    }
    let found = serde_json::to_value(brief).unwrap();
    let mut wanted = example();
    wanted["name"] = wanted["product"]["name"].clone();
    wanted["language"] = json!("en");
    wanted["flight"]["time_zone"] = json!("Europe/London");
    for pointer in &pointers {
        assert_eq!(found.pointer(pointer), wanted.pointer(pointer), "{pointer}");
    }
    let told: Vec<_> = found["assumed"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    let fields = pointers.iter().map(|pointer| pointer[1..].replace("media/", "media[").replace("/kind", "].kind"));
    assert_eq!(told, fields.map(|field| json!(field.replace('/', "."))).collect::<Vec<_>>());
}

#[test]
fn formats_follow_from_media_of_one_kind_alone() {
    let with_media = |places: &[usize]| {
        let mut brief = without(&["/formats"], &["BR"]);
        brief["media"] = places.iter().map(|place| example()["media"][*place].clone()).collect();
        checked(&brief)
    };
    let told =
        |places: &[usize]| with_media(places).unwrap().formats.iter().map(|one| one.as_str()).collect::<Vec<_>>();
    assert_eq!((told(&[0]), told(&[4, 5])), (vec!["video"], vec!["ugc"]));
    for mixed in [&[][..], &[1], &[0, 1], &[0, 4]] {
        let error = with_media(mixed).unwrap_err();
        assert_eq!(error.context_of("field"), Some("formats"), "{mixed:?}: {error}");
    }
}

#[test]
fn what_does_not_follow_is_an_error_that_names_the_field() {
    let mut gone = without(&["/media/0/kind"], &["BR"]);
    gone["media"][0]["path"] = json!("media/gone.mp4");
    let mut empty = example();
    empty["flight"]["time_zone"] = json!("");
    let cases = [
        (without(&["/language"], &["BR", "GB"]), "language"),
        (without(&["/language"], &["DE"]), "language"),
        (without(&["/flight/time_zone"], &["BR"]), "flight.time_zone"),
        (without(&["/flight/time_zone"], &["GB", "IE"]), "flight.time_zone"),
        (gone, "media[0].kind"),
        (empty, "flight.time_zone"),
    ];
    for (brief, field) in cases {
        let error = checked(&brief).unwrap_err();
        assert!(error.to_string().starts_with(field) && error.next_step().is_some(), "{field}: {error}");
    }
}

#[test]
fn a_brief_that_leaves_out_nothing_is_as_it_was_written() {
    let read = Brief::from_json(example().to_string().as_bytes()).unwrap();
    let found = serde_json::to_value(checked(&example()).unwrap()).unwrap();
    assert_eq!((found.get("assumed"), &found), (None, &serde_json::to_value(read).unwrap()));
    let mut written = example();
    written["assumed"] = json!([{"field": "budget", "value": "nothing"}]);
    assert!(checked(&written).unwrap().assumed.is_empty(), "what somebody writes there counts for nothing");
}

#[test]
fn files_that_are_no_brief_are_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let huge = vec![b' '; 50 << 20];
    let cases: [(&[u8], &str); 9] = [
        (b"", "EOF"),
        (b"{", "EOF"),
        (b"[]", "invalid length"),
        (b"null", "invalid type"),
        (b"{\"name\": NaN}", "line 1 column"),
        (b"{\"name\": \"\xff\xfe\"}", "not UTF-8 at byte"),
        (b"name: yaml", "line 1 column"),
        (deep.as_bytes(), "expected a string"),
        (&huge, "52428800 bytes"),
    ];
    for (bytes, part) in cases {
        let message = refusal(bytes);
        assert!(message.contains(part), "{message}");
    }
}
