//! Google's requests by Google's own protobuf definitions, compiled from their source: a second check beside the one of the data.
//!
//! It shares nothing with `conformance`: names, types, enums, choices and the paths of methods are judged by the descriptors, and so are
//! the annotations of fields. It knows no rule that stands in documents alone. The source comes with the package `googleads-rs`, which
//! cargo brings for no machine and never builds.

mod annotations;
mod gaql;
mod template;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use adbrain_fakes::Recorded;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, ReflectMessage, Value as Field,
};
use serde_json::Value;

use annotations::Annotations;
use template::Template;

/// The version whose definitions are compiled.
const VERSION: &str = "v26";

/// The definitions of one version.
pub struct Descriptors {
    methods: Vec<Method>,
    annotations: Annotations,
    row: MessageDescriptor,
    of_fields: MessageDescriptor,
}

struct Method {
    verb: String,
    template: Template,
    input: MessageDescriptor,
}

impl Descriptors {
    /// The definitions, compiled once; says that `test` is skipped where their source is not on this machine.
    pub fn of(test: &str) -> Option<&'static Self> {
        static COMPILED: OnceLock<Result<Descriptors, String>> = OnceLock::new();
        let compiled = COMPILED.get_or_init(|| source().and_then(|folder| Self::compile(&folder)));
        compiled.as_ref().inspect_err(|error| println!("skipped: {test}: {error}")).ok()
    }

    fn compile(folder: &std::path::Path) -> Result<Self, String> {
        let services = folder.join("google/ads/googleads").join(VERSION).join("services");
        let files = std::fs::read_dir(&services).map_err(|error| format!("{}: {error}", services.display()))?;
        let mut files: Vec<PathBuf> = files.map(|file| file.map(|file| file.path())).collect::<Result<_, _>>().unwrap();
        files.sort();
        let mut compiler = protox::Compiler::new([folder]).unwrap();
        compiler.include_imports(true).open_files(files).unwrap();
        let pool = compiler.descriptor_pool();
        let message = |name: &str| pool.get_message_by_name(&format!("google.ads.googleads.{VERSION}.{name}")).unwrap();
        Ok(Self {
            methods: methods(&pool),
            annotations: Annotations::of(&pool),
            row: message("services.GoogleAdsRow"),
            of_fields: message("resources.GoogleAdsField"),
        })
    }

    /// What is wrong with a request; `None` for one that no definition describes: the bytes of a file, and the exchange of a token.
    pub fn check(&self, request: &Recorded) -> Option<Vec<String>> {
        let command = request.headers.get("x-goog-upload-command").map_or("", String::as_str);
        if command.contains("upload") || request.path == "/token" {
            return None;
        }
        let mut wrong = Vec::new();
        match self.message(request) {
            Ok(message) => {
                self.annotations.check(&message, &mut wrong);
                self.check_query(&message, &mut wrong);
            }
            Err(error) => wrong.push(error),
        }
        Some(wrong)
    }

    /// A request as the message that its method takes.
    fn message(&self, request: &Recorded) -> Result<DynamicMessage, String> {
        let path = request.path.strip_prefix("/resumable/upload").unwrap_or(&request.path);
        let mut of_verb = self.methods.iter().filter(|method| method.verb == request.method);
        let found = of_verb.find_map(|method| Some((method, method.template.bind(path)?)));
        let (method, variables) = found.ok_or_else(|| format!("no method {} {path}", request.method))?;
        let mut body = match &request.body {
            Value::Object(fields) => fields.clone(),
            Value::Null => serde_json::Map::new(),
            _ => return Err("the body is no object".to_owned()),
        };
        if request.method == "GET" {
            body.extend(request.query.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))));
        } else if let Some(name) = request.query.keys().next() {
            return Err(format!("{name} in the query is no field"));
        }
        for (name, value) in variables {
            let field = method.input.get_field_by_name(&name).ok_or("a variable that is no field")?;
            if body.remove(field.json_name()).is_some_and(|other| other != value.as_str()) {
                return Err(format!("{name} is another one in the body"));
            }
            body.insert(name, Value::String(value));
        }
        let strict = DeserializeOptions::new().deny_unknown_fields(true);
        DynamicMessage::deserialize_with_options(method.input.clone(), Value::Object(body), &strict)
            .map_err(|error| error.to_string())
    }

    /// The names in a query of the query language.
    fn check_query(&self, message: &DynamicMessage, wrong: &mut Vec<String>) {
        let Some(query) = message.get_field_by_name("query") else { return };
        let Field::String(text) = query.as_ref() else { return };
        let is_of_fields = message.descriptor().name() == "SearchGoogleAdsFieldsRequest";
        gaql::check(text, if is_of_fields { &self.of_fields } else { &self.row }, wrong);
    }
}

/// The folder of the definitions in the source of the package.
fn source() -> Result<PathBuf, String> {
    let missing = "cargo has not brought the source of googleads-rs (cargo fetch)";
    let metadata = |network: &[&str]| {
        let arguments = ["metadata", "--format-version", "1", "--locked"];
        let folder = env!("CARGO_MANIFEST_DIR");
        let output = Command::new(env!("CARGO")).args(arguments).args(network).current_dir(folder).output().ok()?;
        serde_json::from_slice::<Value>(&output.stdout).ok()
    };
    let metadata = metadata(&["--offline"]).or_else(|| metadata(&[])).ok_or(missing)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == "googleads-rs").ok_or(missing)?;
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap_or_default());
    let folder = manifest.with_file_name("proto");
    folder.is_dir().then_some(folder).ok_or_else(|| missing.to_owned())
}

/// Every method that has an address of HTTP.
fn methods(pool: &DescriptorPool) -> Vec<Method> {
    let rule = pool.get_extension_by_name("google.api.http").unwrap();
    let mut methods = Vec::new();
    for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let options = method.options();
        let value = options.get_extension(&rule);
        let Field::Message(rule) = value.as_ref() else { continue };
        for verb in ["get", "put", "post", "delete", "patch"] {
            let path = rule.get_field_by_name(verb).filter(|_| rule.has_field_by_name(verb));
            let Some(path) = path.as_ref().and_then(|path| path.as_str()) else { continue };
            let (verb, template) = (verb.to_uppercase(), Template::new(path));
            methods.push(Method { verb, template, input: method.input() });
        }
    }
    methods
}
