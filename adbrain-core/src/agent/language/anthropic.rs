//! Messages with a JSON schema, as Anthropic has them (`POST /v1/messages`).

use serde_json::{Value, json};

use super::wire::{Draft, count, text, told};
use super::{Finish, ModelRequest, Speaker};
use crate::error::Result;

/// The version of the interface.
pub(super) const VERSION: &str = "2023-06-01";

/// The address below a base such as `https://api.anthropic.com`.
pub(super) fn address(base: &str) -> String {
    format!("{}/v1/messages", base.trim_end_matches('/').trim_end_matches("/v1"))
}

/// The body of a request. Anthropic's models take no seed.
pub(super) fn body(request: &ModelRequest, (model, is_stream): (&str, bool)) -> Result<Value> {
    let message = |turn: &super::Turn| {
        let role = if turn.speaker == Speaker::User { "user" } else { "assistant" };
        json!({"role": role, "content": turn.text})
    };
    let sampling = request.sampling();
    let mut body = json!({
        "model": model,
        "system": request.system(),
        "messages": request.turns().iter().map(message).collect::<Vec<_>>(),
        "max_tokens": sampling.max_tokens,
        "output_config": {"format": {"type": "json_schema", "schema": request.schema()?}},
        "stream": is_stream,
    });
    if let (Value::Object(fields), Some(temperature)) = (&mut body, sampling.temperature) {
        fields.insert("temperature".to_owned(), temperature.into());
    }
    Ok(body)
}

/// One event of a stream.
pub(super) fn event(draft: &mut Draft, event: &Value) -> Result<()> {
    match text(event, "/type") {
        "error" => return Err(told(event.get("error").unwrap_or(&Value::Null))),
        "message_start" => {
            draft.model.push_str(text(event, "/message/model"));
            usage(draft, event, "/message/usage");
        }
        "content_block_start" => draft.text.push_str(text(event, "/content_block/text")),
        "content_block_delta" => draft.text.push_str(text(event, "/delta/text")),
        "message_delta" => {
            stop(draft, text(event, "/delta/stop_reason"));
            usage(draft, event, "/usage");
        }
        // What is new or says nothing about the answer: `ping`, ends of blocks.
        _ => {}
    }
    Ok(())
}

/// An answer in one piece.
pub(super) fn whole(draft: &mut Draft, answer: &Value) -> Result<()> {
    if text(answer, "/type") == "error" {
        return Err(told(answer.get("error").unwrap_or(&Value::Null)));
    }
    let blocks = answer.get("content").and_then(Value::as_array).into_iter().flatten();
    draft.text.extend(blocks.map(|block| text(block, "/text")));
    draft.model.push_str(text(answer, "/model"));
    stop(draft, text(answer, "/stop_reason"));
    usage(draft, answer, "/usage");
    Ok(())
}

fn stop(draft: &mut Draft, reason: &str) {
    draft.finish = match reason {
        "" => draft.finish,
        "max_tokens" | "model_context_window_exceeded" => Some(Finish::Length),
        "refusal" => Some(Finish::Refused),
        _ => Some(Finish::Done),
    };
}

/// The prompt's tokens count whether they were read from a cache or not.
fn usage(draft: &mut Draft, value: &Value, place: &str) {
    let of = |name: &str| count(value, &format!("{place}/{name}"));
    let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"].into_iter().filter_map(of).sum::<u64>();
    draft.input_tokens = of("input_tokens").map(|tokens| tokens + cached).or(draft.input_tokens);
    draft.output_tokens = of("output_tokens").or(draft.output_tokens);
}
