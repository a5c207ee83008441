//! Meta's Marketing API, by the types of its SDK.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::finding::Findings;
use super::{check_host, form, meta_rules as rules, meta_values as values};
use crate::Recorded;

/// Nodes with their edges, structures and enums of one version.
#[derive(Debug, Deserialize)]
pub(super) struct Definitions {
    version: String,
    pub(super) nodes: BTreeMap<String, Node>,
    pub(super) types: BTreeMap<String, Structure>,
    pub(super) enums: BTreeMap<String, Vec<String>>,
}

/// A kind of object: what can be read of it and what can be done with it.
#[derive(Debug, Deserialize)]
pub(super) struct Node {
    pub(super) apis: Vec<Call>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, String>,
}

/// One verb on one edge; `/` is the object itself.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    pub(super) endpoint: String,
    pub(super) method: String,
    #[serde(default)]
    pub(super) params: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) enums: BTreeMap<String, String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(rename = "return")]
    answers: String,
}

/// A structure inside a parameter.
#[derive(Debug, Deserialize)]
pub(super) struct Structure {
    pub(super) fields: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) enums: BTreeMap<String, String>,
}

/// The parameters of a call, from query and body together.
pub(super) struct Params {
    pub(super) values: BTreeMap<String, Value>,
    /// Bytes in parts: which fields there are is not known.
    pub(super) is_hidden: bool,
    is_multipart: bool,
}

/// Parameters that every call takes.
const COMMON: &[&str] = &[
    "access_token",
    "appsecret_proof",
    "after",
    "before",
    "debug",
    "format",
    "include_headers",
    "limit",
    "locale",
    "offset",
    "pretty",
    "since",
    "suppress_http_code",
    "until",
];

impl Definitions {
    pub(super) fn check(&self, request: &Recorded, findings: &mut Findings) {
        check_host(request, &["graph.facebook.com", "graph-video.facebook.com"], findings);
        let Some(params) = params(request) else {
            return findings.spec("body", "wants an object, a form or parts");
        };
        if !request.headers.contains_key("authorization") && !params.values.contains_key("access_token") {
            findings.rule("headers.authorization", "wants a token");
        }
        let rest = request.path.strip_prefix('/').and_then(|path| path.strip_prefix(&self.version));
        let Some(rest) = rest.and_then(|rest| rest.strip_prefix('/')) else {
            return findings.spec("path", format!("{} is not below {}", request.path, self.version));
        };
        let (id, edge) = rest.split_once('/').unwrap_or((rest, ""));
        let edge = format!("/{}", edge.trim_end_matches('/'));
        let calls = self.calls(id, &edge, &request.method);
        // The kind of an object is not seen from its id: the kind that fits best is meant.
        let found = calls.into_iter().map(|(node, call)| {
            let mut findings = Findings::default();
            self.check_call(node, call, &params, &mut findings);
            findings
        });
        match found.min_by_key(|findings| findings.0.len()) {
            Some(best) => findings.0.extend(best.0),
            None => findings.spec("path", format!("{} {}: no such edge", request.method, request.path)),
        }
    }

    /// The calls that a path can mean.
    fn calls(&self, id: &str, edge: &str, method: &str) -> Vec<(&str, &Call)> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_account = id.strip_prefix("act_").is_some_and(is_number);
        let is_object = id.split('_').all(is_number);
        let nodes = self.nodes.iter().filter(|(name, _)| match name.as_str() {
            "AdAccount" => is_account,
            "User" => id == "me" || is_object,
            _ => is_object,
        });
        let calls = nodes.flat_map(|(name, node)| node.apis.iter().map(move |call| (name.as_str(), call)));
        calls.filter(|(_, call)| call.endpoint == edge && call.method == method).collect()
    }

    fn check_call(&self, node: &str, call: &Call, params: &Params, findings: &mut Findings) {
        let target = call.target(node);
        for (name, value) in &params.values {
            let place = format!("params.{name}");
            if name == "fields" && call.method == "GET" {
                values::check_fields(self, target, value, &place, findings);
            } else if let Some(kind) = call.params.get(name) {
                let kind = values::refined(self, target, name, kind);
                values::check_parameter(self, (kind, &call.enums), value, &place, findings);
            } else if !(COMMON.contains(&name.as_str()) || is_of_lists(call, name) || params.is_file(call)) {
                findings.spec(&place, "unknown parameter");
            }
        }
        let missing = call.required.iter().filter(|name| !params.is_hidden && !params.values.contains_key(*name));
        missing.for_each(|name| findings.spec(&format!("params.{name}"), "is required"));
        rules::check(node, call, params, findings);
    }
}

impl Call {
    /// What the parameters describe, or what is answered.
    fn target<'a>(&'a self, node: &'a str) -> &'a str {
        match (self.answers.as_str(), self.endpoint.as_str()) {
            ("AbstractCrudObject", "/") => node,
            ("AbstractCrudObject", "/adsets") => "AdSet",
            (answers, _) => answers,
        }
    }
}

impl Params {
    /// A picture may come as a part of any name.
    fn is_file(&self, call: &Call) -> bool {
        self.is_multipart && call.endpoint == "/adimages"
    }
}

/// Lists are filtered and counted alike.
fn is_of_lists(call: &Call, name: &str) -> bool {
    call.method == "GET" && call.endpoint != "/" && matches!(name, "filtering" | "summary" | "sort")
}

/// Query and body in one; `None` where the body is nothing that Meta reads.
fn params(request: &Recorded) -> Option<Params> {
    let query = request.query.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
    let mut values = query.collect::<BTreeMap<_, _>>();
    let is_multipart = form::is_multipart(request);
    let fields = form::fields(request);
    let is_hidden = fields.is_none() && is_multipart;
    values.extend(fields.or_else(|| is_hidden.then(BTreeMap::new))?);
    Some(Params { values, is_hidden, is_multipart })
}
