//! `connect PLATFORM`: how an account is connected, and the accounts of a starting folder. Nothing is asked of the platform.

use schemars::schema_for;
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, Message, Platform};
use crate::platform::AccountConfig;

/// What every account has, though its platform may make the token from `refresh`.
const TOKEN: &str = "token";

/// Which token to make and with which rights, the file to write, and what comes then.
pub(super) fn guide(platform: Platform, language: Language) -> Result<String> {
    let (file, more) = file(platform)?;
    let file = serde_json::to_string_pretty(&json!([file]))
        .map_err(|error| Error::new(ErrorKind::Internal, "the account cannot be written").caused_by(error))?;
    let say = |message: Message| message.text(language);
    Ok([
        say(Message::new(format!("cli-guide-token-{platform}"))),
        say(Message::new(format!("cli-guide-rights-{platform}"))),
        say(Message::new("cli-guide-file")),
        file,
        say(Message::new("cli-guide-more").with("fields", more.join(", "))),
        say(Message::new("cli-guide-next")),
    ]
    .join("\n"))
}

/// An account of each platform, with the name of the environment variable that its token is filled in from.
pub(super) fn examples() -> Result<Vec<Value>> {
    let one = |platform: &Platform| {
        let (mut account, _) = file(*platform)?;
        if let Value::Object(fields) = &mut account {
            let variable = format!("${{{}_TOKEN}}", platform.as_str().to_uppercase());
            fields.insert(TOKEN.to_owned(), variable.into());
        }
        Ok(account)
    };
    Platform::ALL.iter().map(one).collect()
}

/// An account with a place for each field that it has to have, and the names of the others.
fn file(platform: Platform) -> Result<(Value, Vec<String>)> {
    let schema = schema_for!(AccountConfig).to_value();
    let is_it = |variant: &&Value| at(variant, "/properties/platform/const") == platform.as_str();
    let variant = at(&schema, "/oneOf").as_array().into_iter().flatten().find(is_it).ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, format!("{platform} has no accounts")).next("name another platform")
    })?;
    let definitions = at(&schema, "/$defs");
    let mut places = places(variant, definitions);
    if let Value::Object(fields) = &mut places {
        fields.entry(TOKEN).or_insert_with(|| place(at(variant, "/properties/token"), definitions));
    }
    let names = at(variant, "/properties").as_object().into_iter().flat_map(Map::keys);
    let more = names.filter(|name| places.get(name.as_str()).is_none()).cloned().collect();
    Ok((places, more))
}

/// What stands at a path; null where nothing does.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(path).unwrap_or(&Value::Null)
}

/// A place for each field that an object has to have.
fn places(schema: &Value, definitions: &Value) -> Value {
    let needed = at(schema, "/required").as_array().into_iter().flatten().filter_map(Value::as_str);
    let property = |name: &str| at(schema, "/properties").get(name).unwrap_or(&Value::Null);
    needed.map(|name| (name.to_owned(), place(property(name), definitions))).collect()
}

/// What stands in the place of a value: the one that it has to be, the choices, or what it is.
fn place(schema: &Value, definitions: &Value) -> Value {
    if let Some(fixed) = schema.get("const") {
        return fixed.clone();
    }
    let named = at(schema, "/$ref").as_str().and_then(|path| definitions.get(path.rsplit('/').next()?));
    let told = at(schema, "/description").as_str();
    match named {
        Some(object) if object.get("properties").is_some() => places(object, definitions),
        Some(other) => match choices(other) {
            choices if choices.is_empty() => said(told.or(at(other, "/description").as_str())),
            choices => said(Some(&choices.join(" | "))),
        },
        None => said(told),
    }
}

fn choices(schema: &Value) -> Vec<&str> {
    let plain = at(schema, "/enum").as_array().into_iter().flatten().filter_map(Value::as_str);
    let told = at(schema, "/oneOf").as_array().into_iter().flatten().filter_map(|one| at(one, "/const").as_str());
    plain.chain(told).collect()
}

/// The first sentence of a description.
fn said(description: Option<&str>) -> Value {
    let text = description.unwrap_or_default();
    let sentence = text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.');
    format!("<{}>", sentence.replace('`', "")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_has_a_guide_whose_file_has_every_field_that_an_account_needs() {
        for platform in Platform::ALL.iter().copied() {
            for language in [Language::English, Language::Portuguese] {
                let told = guide(platform, language).unwrap();
                assert!(!told.contains("cli-guide"), "{platform}: a text is missing: {told}");
                assert!(told.contains("adbrain connect accounts.json"), "{platform}: {told}");
            }
            let (file, more) = file(platform).unwrap();
            assert_eq!(file["platform"], platform.as_str());
            assert!(!more.contains(&TOKEN.to_owned()) && more.contains(&"base_url".to_owned()), "{more:?}");
            // Whatever is still wrong is what a place holds, never a field that is missing.
            if let Err(error) = AccountConfig::from_value(&file) {
                assert!(!error.to_string().contains("missing field"), "{platform}: {error}");
            }
        }
        assert_eq!(file(Platform::Meta).unwrap().0["page_id"], "<The Facebook page of the ads>");
    }
}
