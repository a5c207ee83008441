//! The recorded answers of the examples: with them the loop has better words, without a network. `ADBRAIN_RECORD=1` writes them anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use adbrain_core::Result;
use adbrain_core::agent::language::{
    CallState, Calls, Finish, LanguageModel, ModelAnswer, ModelRequest, Recorded, Usage, Words,
};
use adbrain_core::brain::{Brain, RunResult};
use adbrain_core::control;
use adbrain_core::model::{Language, Platform};
use adbrain_core::report::Report;
use serde_json::{Value, json};

use super::{count, request, run};

fn answers() -> PathBuf {
    adbrain_tests::root().join("examples/words/answers.jsonl")
}

/// What the author of the examples writes: the first text of a role that fits a place and is not taken in its group.
const TEXTS: [(&str, &[&str]); 6] = [
    (
        "benefit",
        &[
            "Conforto que acompanha cada passo, da primeira caminhada ao último treino do dia",
            "Leve no pé, da manhã à noite",
            "Conforto da manhã à noite",
            "Caminhe com leveza",
        ],
    ),
    (
        "proof",
        &[
            "São só 210 g no tamanho 40: o pé quase não sente o peso na corrida",
            "No tamanho 40, só 210 g",
            "Só 210 g no tamanho 40",
        ],
    ),
    (
        "offer",
        &[
            "O frete é grátis para o Brasil, e a primeira troca sai sem custo para você",
            "Frete grátis, primeira troca sem custo",
            "Frete grátis no Brasil",
        ],
    ),
    (
        "question",
        &[
            "E se o treino de hoje pedisse menos peso e mais conforto?",
            "Que tal correr mais leve?",
            "Pronto para correr leve?",
        ],
    ),
    ("hook", &["Mais leve a cada passo", "Comece leve"]),
    ("call_to_action", &["Conheça por dentro e por fora", "Veja de perto"]),
];

struct Author;

impl Author {
    fn texts(prompt: &str) -> Value {
        let mut taken: Vec<(String, &str)> = Vec::new();
        let mut texts = Vec::new();
        for line in prompt.lines().filter_map(|line| line.strip_prefix("Place ")) {
            let (number, rest) = line.split_once(": ").unwrap();
            let (group, rest) = rest.split_once(", about: ").unwrap();
            let (role, limit) = rest.split_once(", at most ").unwrap();
            let limit: usize = limit.split(' ').next().unwrap().parse().unwrap();
            let known = TEXTS.iter().find(|(known, _)| *known == role).map_or(&[][..], |(_, texts)| texts);
            let is_free = |text: &&&str| !taken.contains(&(group.to_owned(), **text)) && text.chars().count() <= limit;
            if let Some(text) = known.iter().find(is_free) {
                taken.push((group.to_owned(), text));
                texts.push(json!({"number": number.parse::<usize>().unwrap(), "text": text}));
            }
        }
        json!({"texts": texts})
    }

    /// Figures are copied from the facts; the last sentence has one that is nowhere and is dropped.
    fn sentences(prompt: &str) -> Value {
        let fact = |start: &str| prompt.lines().find_map(|line| line.strip_prefix(&format!("Fact: {start}")));
        let mut sentences = Vec::new();
        if let Some(days) = fact("Dias observados: ") {
            sentences.push(format!("Este relatório fala dos primeiros {days} dias."));
        }
        if let Some((spend, rest)) = fact("all: gasto ").and_then(|line| line.split_once(", receita ")) {
            let revenue = rest.split_once(", impressões").unwrap().0;
            sentences.push(format!("Foram gastos {spend}, que trouxeram {revenue} de receita."));
        }
        sentences.extend(fact("all: ROAS ").map(|roas| format!("O ROAS do período foi {roas}.")));
        sentences.push("Amanhã o ROAS será 9,99.".to_owned());
        json!({"sentences": sentences})
    }
}

#[async_trait::async_trait]
impl LanguageModel for Author {
    fn name(&self) -> &'static str {
        "example"
    }

    async fn answer(&self, request: &ModelRequest) -> Result<ModelAnswer> {
        let prompt = &request.turns()[0].text;
        let is_copy = request.schema()?["properties"].get("texts").is_some();
        let answer = match (request.turns().len(), is_copy) {
            (1, true) => Self::texts(prompt),
            (1, false) => Self::sentences(prompt),
            (_, true) => json!({"texts": []}),
            (_, false) => json!({"sentences": []}),
        };
        let usage = Some(Usage { input_tokens: 900, output_tokens: 400 });
        Ok(ModelAnswer { text: answer.to_string(), usage, model: "example".into(), finish: Finish::Done, broken: 0 })
    }
}

async fn opened(folder: &Path, model: Arc<dyn LanguageModel>) -> Brain {
    Brain::builder().local(&folder.join("brain.db")).language_model(model).build().await.unwrap()
}

#[tokio::test]
async fn the_recorded_answers_of_the_examples_word_a_run_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    if std::env::var_os("ADBRAIN_RECORD").is_some() {
        let record = tempfile::tempdir().unwrap();
        drop(std::fs::remove_file(answers()));
        let author = Recorded::of(Arc::new(Author), &answers()).unwrap();
        run(&opened(record.path(), Arc::new(author)).await, request(7)).await;
    }
    let settings = json!({"version": 1, "provider": "recorded", "model": "example", "answers": answers()});
    let builder = Brain::builder().local(&folder.path().join("brain.db")).words(Words::from_value(settings).unwrap());
    let brain = builder.build().await.unwrap();
    let result = run(&brain, request(7)).await;
    let used = result.words.clone().unwrap();
    assert_eq!((used.notes.len(), used.tokens, used.dropped), (0, 0, 1), "{used:?}");
    assert_eq!(used.report.len(), 3, "{used:?}");
    assert!(used.report[0].contains("2 dias"), "{used:?}");
    check_copy(&result);
    check_books(&brain, &result).await;
    let text = Report::of(&result).markdown(Language::Portuguese).unwrap();
    assert!(text.contains("Em palavras") && text.contains(&used.report[2]), "the report says who wrote it");
    let again = run(&brain, request(7)).await;
    assert_eq!(again.words, result.words, "a finished run asks nobody");
}

fn check_copy(result: &RunResult) {
    let of = |key: &str| result.copy.variants.iter().find(|variant| variant.key == key).unwrap();
    assert_eq!(of("meta/headline/1").platform, Platform::Meta);
    let authored = |text: &str| TEXTS.iter().any(|(_, texts)| texts.contains(&text));
    let worded = result.copy.variants.iter().filter(|variant| authored(&variant.text)).count();
    assert!(worded >= 16, "{worded} of {}", result.copy.variants.len());
    assert!(
        result
            .plan
            .campaigns
            .iter()
            .flat_map(|campaign| &campaign.ad_sets)
            .flat_map(|set| &set.ads)
            .any(|ad| { ad.creative.copy.iter().any(|variant| authored(&variant.text)) })
    );
}

/// Each call has two rows, and the journal says where their chain stood at launch and at the end.
async fn check_books(brain: &Brain, result: &RunResult) {
    let calls = Calls::new(brain.database().clone());
    let rows = calls.of_run(&result.run).await.unwrap();
    let answered = rows.iter().filter(|row| row.state == CallState::Answered).count();
    assert_eq!(rows.len(), 2 * answered);
    assert_eq!(count(brain, "SELECT count(*) FROM journal WHERE target = 'words'").await, 2);
    let head = calls.verify().await.unwrap().head;
    let pinned = format!("SELECT count(*) FROM journal WHERE cause = 'words@{head}'");
    assert_eq!(count(brain, &pinned).await, 1);
    assert!(control::verify(brain.database().as_ref()).await.unwrap().is_intact);
}
