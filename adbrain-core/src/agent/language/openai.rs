//! Chat completions with a JSON schema, as `OpenAI` has them (`POST /chat/completions`) and many servers understand.

use serde_json::{Value, json};

use super::wire::{Draft, count, text, told};
use super::{Finish, ModelRequest, Speaker};
use crate::error::Result;

/// `OpenAI`'s own address, whose models know the newer name of the greatest length alone.
const OWN: &str = "https://api.openai.com/";

/// The address below a base such as `https://api.openai.com/v1`.
pub(super) fn address(base: &str) -> String {
    format!("{}/chat/completions", base.trim_end_matches('/'))
}

/// The body of a request.
pub(super) fn body(request: &ModelRequest, (model, base, is_stream): (&str, &str, bool)) -> Result<Value> {
    let mut messages = vec![json!({"role": "system", "content": request.system()})];
    messages.extend(request.turns().iter().map(|turn| {
        let role = if turn.speaker == Speaker::User { "user" } else { "assistant" };
        json!({"role": role, "content": turn.text})
    }));
    let form = json!({"name": "answer", "strict": true, "schema": request.schema()?});
    let mut body = json!({
        "model": model,
        "messages": messages,
        "response_format": {"type": "json_schema", "json_schema": form},
    });
    let sampling = request.sampling();
    let longest = if base.starts_with(OWN) { "max_completion_tokens" } else { "max_tokens" };
    let mut set = |name: &str, value: Value| {
        if let Value::Object(fields) = &mut body {
            fields.insert(name.to_owned(), value);
        }
    };
    set(longest, sampling.max_tokens.into());
    if let Some(seed) = sampling.seed {
        set("seed", seed.into());
    }
    if let Some(temperature) = sampling.temperature {
        set("temperature", temperature.into());
    }
    if is_stream {
        set("stream", true.into());
        set("stream_options", json!({"include_usage": true}));
    }
    Ok(body)
}

/// One event of a stream.
pub(super) fn event(draft: &mut Draft, event: &Value) -> Result<()> {
    take(draft, event, "/choices/0/delta")
}

/// An answer in one piece.
pub(super) fn whole(draft: &mut Draft, answer: &Value) -> Result<()> {
    take(draft, answer, "/choices/0/message")
}

fn take(draft: &mut Draft, value: &Value, place: &str) -> Result<()> {
    if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
        return Err(told(error));
    }
    draft.text.push_str(text(value, &format!("{place}/content")));
    draft.refusal.push_str(text(value, &format!("{place}/refusal")));
    if draft.model.is_empty() {
        draft.model.push_str(text(value, "/model"));
    }
    draft.finish = match text(value, "/choices/0/finish_reason") {
        "" => draft.finish,
        "length" => Some(Finish::Length),
        "content_filter" => Some(Finish::Refused),
        _ => Some(Finish::Done),
    };
    draft.input_tokens = count(value, "/usage/prompt_tokens").or(draft.input_tokens);
    draft.output_tokens = count(value, "/usage/completion_tokens").or(draft.output_tokens);
    Ok(())
}
