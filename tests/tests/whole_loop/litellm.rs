//! A real server that speaks both formats: the proxy of `LiteLLM`, with answers that it makes up. `tests/scripts/litellm.sh` installs it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use adbrain_core::agent::language::{CallState, Calls, Words};
use adbrain_core::brain::{Brain, RunRequest, RunResult};
use adbrain_core::control::Mode;

use super::{request, run};

/// The proxy has so many pauses of 500 ms to come up.
const PAUSES: u32 = 240;
/// The key that the proxy wants; the test's own process hands it on.
const KEY: &str = "sk-adbrain-test-0123456789abcdef0123456789abcdef";

const CONFIG: &str = r#"
model_list:
  - {model_name: talks, litellm_params: {model: openai/any, api_key: none, mock_response: '{"sentences": ["Dias observados: 2.", "O ROAS foi 77,7."]}'}}
  - {model_name: broken, litellm_params: {model: openai/any, api_key: none, mock_response: 'this is no JSON {'}}
  - {model_name: busy, litellm_params: {model: openai/any, api_key: none, mock_response: litellm.RateLimitError}}
  - {model_name: down, litellm_params: {model: openai/any, api_key: none, mock_response: litellm.InternalServerError}}
litellm_settings: {num_retries: 0}
"#;

struct Proxy {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program: named by `ADBRAIN_LITELLM`, or where the script puts it.
fn program() -> PathBuf {
    let installed = adbrain_tests::root().join("tests/.litellm/bin/litellm");
    std::env::var_os("ADBRAIN_LITELLM").map_or(installed, PathBuf::from)
}

async fn proxy(program: &Path) -> Proxy {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.yaml");
    std::fs::write(&config, CONFIG).unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(program);
    command.arg("--config").arg(&config).args(["--host", "127.0.0.1", "--port", &address.port().to_string()]);
    command.env("LITELLM_MASTER_KEY", KEY).env("LITELLM_LOCAL_MODEL_COST_MAP", "True");
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let proxy = Proxy { process, url: format!("http://{address}"), _folder: folder };
    for _ in 0..PAUSES {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return proxy;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("the proxy did not come up");
}

/// A run whose report a model of the proxy words, and what its calls came to.
async fn worded(url: &str, provider: &str, model: &str, more: &str) -> (RunResult, Vec<CallState>) {
    let base = if provider == "openai" { format!("{url}/v1") } else { url.to_owned() };
    let text = format!(
        "version = 1\nprovider = \"{provider}\"\nmodel = \"{model}\"\nbase_url = \"{base}\"\nreach = \"loopback\"\n\
         agents = [\"analyst\"]\nkey_env = \"ADBRAIN_LITELLM_KEY\"\ntries = 2\n{more}"
    );
    let folder = tempfile::tempdir().unwrap();
    let builder = Brain::builder().local(&folder.path().join("brain.db")).words(Words::from_text(&text).unwrap());
    let brain = builder.build().await.unwrap();
    let result = run(&brain, RunRequest { mode: Mode::Sandbox, ..request(7) }).await;
    let rows = Calls::new(brain.database().clone()).of_run(&result.run).await.unwrap();
    (result, rows.into_iter().map(|row| row.state).filter(|state| *state != CallState::Reserved).collect())
}

#[tokio::test]
#[ignore = "one of the long suites: tests/scripts/litellm.sh installs the proxy and runs it"]
async fn a_real_server_words_the_report_in_both_formats_and_its_failures_leave_the_rules() {
    assert_eq!(std::env::var("ADBRAIN_LITELLM_KEY").as_deref(), Ok(KEY), "the script sets it");
    let proxy = proxy(&program()).await;
    for provider in ["openai", "anthropic"] {
        for more in ["", "stream = false\n"] {
            let (result, states) = Box::pin(worded(&proxy.url, provider, "talks", more)).await;
            let used = result.words.unwrap();
            assert_eq!(used.report, ["Dias observados: 2."], "{provider}: {:?}", used.notes);
            assert_eq!((states, used.dropped), (vec![CallState::Answered; 2], 2), "one repair");
        }
        let (result, states) = Box::pin(worded(&proxy.url, provider, "broken", "")).await;
        assert_eq!((result.words.unwrap().report.len(), states), (0, vec![CallState::Answered; 2]));
        for model in ["busy", "down", "nobody"] {
            let (result, states) = Box::pin(worded(&proxy.url, provider, model, "")).await;
            let used = result.words.unwrap();
            assert_eq!((used.report.len(), used.notes.len(), states), (0, 1, vec![CallState::Failed]), "{model}");
            assert!(!format!("{:?}", used.notes).contains(KEY), "{:?}", used.notes);
        }
    }
    let (result, states) = Box::pin(worded(&proxy.url, "openai", "talks", "[limits]\nrun_tokens = 50\n")).await;
    assert_eq!((result.words.unwrap().tokens, states), (0, vec![CallState::OverBudget]));
}
