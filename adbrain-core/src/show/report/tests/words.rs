//! The report in one language, from what is kept for machines.

use serde_json::json;

use super::fixture::{estimate, read, result};
use crate::brain::RunResult;
use crate::model::message::Argument;
use crate::model::{Language, Message};
use crate::report::Report;

/// Words that only an English report has.
const ENGLISH: &[&str] = &[
    "sales",
    "carousel",
    "objective",
    "formats",
    "targets",
    "available",
    "upper",
    "expected",
    "conversions",
    "causal",
    "difference",
    "platforms",
    "deliver",
    "unevenly",
    "hook",
    "proof",
    "question",
    "offer",
    "benefit",
    "brief",
    "memory",
    "prediction",
    "history",
    "female",
    "male",
    "interest",
    "verdict",
    "against",
    "sample",
    "units",
    "age",
    "until",
    "saturated",
    "upload",
    "image",
    "loser",
    "experiment",
];

/// A run with every line that is kept in English.
fn kept_in_english() -> RunResult {
    let mut result = result();
    let evidence = |source: &str, subject: &str| json!({"source": source, "subject": subject});
    let objective = Message::new("reason-objective").with("objective", "sales");
    let formats = Message::new("reason-formats").with("formats", "video, carousel");
    let learnt =
        Message::new("reason-learning").with("insight", "creative=carousel").with("impact", Argument::Ratio(0.3));
    let low = Message::new("reason-earlier-cpa").with("cpa", Argument::Number(348.1));
    let low = low.with("target", Argument::Number(50.0)).with("platform", "meta");
    let kind =
        Message::new("creative-skip-kind").with("kind", "image").with("file", "a.jpg").with("platform", "google");
    result.strategy.proven_styles = vec!["carousel".into(), "proof".into(), "question".into()];
    result.strategy.reasons = read(json!([
        {"choice": "objective", "message": objective, "evidence": [evidence("brief", "objective")]},
        {"choice": "formats", "message": formats, "evidence": [evidence("brief", "formats"),
            evidence("prediction", "roas of 30-34 female interest moda on meta"), evidence("history", "cpa on google"),
            evidence("prediction", "days until runners on tiktok is saturated"), evidence("persona", "35-44/male"),
            evidence("memory", "ctr_low in run r7: ctr 0.0101, target 0.0200")]},
        {"choice": "platform", "message": low, "evidence": [evidence("memory", "age:18-24: ROAS 3.61, 39 ads")]},
        {"choice": "creative", "message": learnt, "evidence":
            [{"source": "memory", "subject": "creative=carousel", "estimate": estimate(2.5)}]},
    ]));
    result.assets.skipped[0].reason = kind;
    result.actions[0].cause = "experiment:meta/a:loser".into();
    result.launch[0].action = "upload".into();
    let known = [
        ("audience_available_high", 60_212_264.0),
        ("expected_conversions_mature", 18.7789),
        ("roas_mature_upper", 2.4164),
    ];
    result.alerts[0].evidence.extend(known.map(|(name, value)| (name.to_owned(), value)));
    let causal = "no: platforms deliver ads unevenly";
    let learning = |insight: &str| {
        json!({"id": insight, "campaign": "c", "learning_type": "copy", "industry": "fashion", "objective": "sales",
            "insight": insight, "impact": estimate(0.3), "learnt_at": "2027-01-14T00:00:00Z", "metadata":
            {"causal": causal, "metric": "ctr", "verdict": "no_difference", "arm_sample": "17963", "arm_units": "14"}})
    };
    result.learnings = read(json!([
        learning("copy_style=proof"),
        learning("test=a against=b verdict=no_difference"),
        learning("audience=25-34 female")
    ]));
    let history = result.history.as_mut().unwrap();
    history.best_practices = read(json!([{"industry": "fashion", "practice_type": "age:18-24",
        "description": "age:18-24: ROAS 3.61, 39 ads", "average_performance": {"roas": 3.6088, "ctr": 0.0233, "cpa": 46.4166},
        "roas_variance": 0.5, "sample_size": 39, "last_updated": "2027-01-01T00:00:00Z"}]));
    history.winning_combinations = read(json!([{"creative_type": "carousel", "copy_style": "proof",
        "audience_segment": "45-54 male interest corrida", "average_roas": 4.2, "average_ctr": 0.02,
        "times_used": 8, "times_succeeded": 6}]));
    result
}

fn markdown(language: Language) -> String {
    Report::of(&kept_in_english()).markdown(language).unwrap()
}

#[test]
fn the_portuguese_report_speaks_no_english() {
    let text = markdown(Language::Portuguese);
    for line in text.lines() {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric());
        assert_eq!(words.find(|word| ENGLISH.contains(&word.to_lowercase().as_str())), None, "{line}");
    }
    for words in [
        "| objetivo | O briefing pede vendas | briefing; objetivo |",
        "Formatos nesta ordem: vídeo, carrossel",
        "ROAS de 30-34 anos, mulheres, interesse em moda em Meta",
        "dias até runners em TikTok saturar",
        "memória; CTR abaixo da meta; execução r7; CTR: 1,01%; meta: 2,00%",
        "18-24 anos teve ROAS 3,61 em 39 anúncios",
        "CPA de R$ 348,10, acima de R$ 50,00: Meta",
        "tipo imagem ou tamanho",
        "abertura: ",
        "| enviar arquivo |",
        "teste meta/a: perdedor",
        "teste de a contra b: sem diferença",
        "prova de causa: não: as plataformas entregam anúncios de forma desigual",
        "| carrossel | prova | 45-54 anos, homens, interesse em corrida |",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn the_english_report_has_the_same_in_words() {
    let text = markdown(Language::English);
    for words in [
        "The brief asks for sales",
        "Formats in this order: video, carousel",
        "test of a against b: no difference",
        "opening: ",
        "available, at most: 60,212,264",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn shares_are_percent_and_costs_have_their_currency() {
    let text = markdown(Language::Portuguese);
    for words in [
        "CTR atual: 1,50%; meta: 2,00% | 1,50% (1,00% a 2,00%; intervalo 90%; n = 120; shrinkage)",
        "CPA: R$ 46,42; CTR: 2,33%; ROAS: 3,61",
        "disponível, no máximo: 60.212.264; CPM da hora: R$ 12,50; conversões esperadas pela meta: 18,78",
        "limite superior do ROAS: 2,42",
        "30,00% (-80,00% a 140,00%;",
        "amostra do braço: 17.963",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn a_line_of_one_s_own_stays_as_it_is() {
    let mut result = kept_in_english();
    result.learnings[0].insight = "red = better on meta".into();
    result.learnings[1].metadata.insert("causal".into(), "yes: holdout".into());
    result.actions[0].cause = "by hand".into();
    result.history.as_mut().unwrap().best_practices[0].description = "red: ROAS high".into();
    let text = Report::of(&result).markdown(Language::Portuguese).unwrap();
    for words in ["| red = better on meta |", "yes: holdout", "| by hand |", "| red: ROAS high |"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn refused_rows_are_counted() {
    assert!(markdown(Language::Portuguese).contains("\nLinhas recusadas: 1 de 13.\n"));
    assert!(markdown(Language::English).contains("\nRows not taken: 1 of 13.\n"));
    let mut result = result();
    result.history.as_mut().unwrap().problems.clear();
    assert!(!Report::of(&result).markdown(Language::English).unwrap().contains("Rows not taken:"));
}
