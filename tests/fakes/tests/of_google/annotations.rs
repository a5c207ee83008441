//! What the definitions note beside a field: required, only answered, never changed, the name of a resource.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor, ReflectMessage, Value,
};

/// A note beside a field, by the number that `google.api.FieldBehavior` gives it.
type Behaviour = i32;
const REQUIRED: Behaviour = 2;
const OUTPUT_ONLY: Behaviour = 3;
const IMMUTABLE: Behaviour = 5;
/// Noted as only answered, and yet set by Google's own programmes when they make something.
const SET_BY_GOOGLE: [&str; 3] = ["Asset.image_asset", "Asset.type", "Campaign.bidding_strategy_type"];

/// The notes of all fields and resources.
pub struct Annotations {
    fields: BTreeMap<String, Vec<Behaviour>>,
    /// The required fields of a message.
    required: BTreeMap<String, Vec<String>>,
    /// The resource that a field names: `googleads.googleapis.com/Campaign`.
    named: BTreeMap<String, String>,
    patterns: BTreeMap<String, Vec<String>>,
    resources: BTreeSet<String>,
}

/// What a message is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Request,
    Create,
    Update,
}

impl Annotations {
    pub fn of(pool: &DescriptorPool) -> Self {
        let extension = |name: &str| pool.get_extension_by_name(name).unwrap();
        let behaviour = extension("google.api.field_behavior");
        let (reference, resource) = (extension("google.api.resource_reference"), extension("google.api.resource"));
        let mut notes = Self {
            fields: BTreeMap::new(),
            required: BTreeMap::new(),
            named: BTreeMap::new(),
            patterns: BTreeMap::new(),
            resources: BTreeSet::new(),
        };
        for message in pool.all_messages() {
            let options = message.options();
            if let Value::Message(resource) = options.get_extension(&resource).as_ref() {
                let patterns = resource.get_field_by_name("pattern").map(|list| texts(&list)).unwrap_or_default();
                if !patterns.is_empty() {
                    notes.patterns.insert(text(resource, "type"), patterns);
                    notes.resources.insert(message.full_name().to_owned());
                }
            }
            for field in message.fields() {
                let options = field.options();
                let behaviours = options.get_extension(&behaviour);
                let list: Vec<_> =
                    behaviours.as_list().into_iter().flatten().filter_map(Value::as_enum_number).collect();
                if list.contains(&REQUIRED) {
                    let required = notes.required.entry(message.full_name().to_owned()).or_default();
                    required.push(field.name().to_owned());
                }
                notes.fields.insert(field.full_name().to_owned(), list);
                if let (true, Value::Message(reference)) =
                    (options.has_extension(&reference), options.get_extension(&reference).as_ref())
                {
                    notes.named.insert(field.full_name().to_owned(), text(reference, "type"));
                }
            }
        }
        notes
    }

    /// What a request has against the notes.
    pub fn check(&self, request: &DynamicMessage, wrong: &mut Vec<String>) {
        self.check_message(request, Part::Request, wrong);
    }

    fn has(&self, field: &FieldDescriptor, behaviour: Behaviour) -> bool {
        self.fields.get(field.full_name()).is_some_and(|all| all.contains(&behaviour))
    }

    fn check_message(&self, message: &DynamicMessage, part: Part, wrong: &mut Vec<String>) {
        let descriptor = message.descriptor();
        for name in self.required.get(descriptor.full_name()).into_iter().flatten().filter(|_| part != Part::Update) {
            if !message.has_field_by_name(name) {
                wrong.push(format!("{}.{name} is required", descriptor.name()));
            }
        }
        for (field, value) in message.fields() {
            let place = format!("{}.{}", descriptor.name(), field.name());
            let is_answered = self.has(&field, OUTPUT_ONLY) && !SET_BY_GOOGLE.contains(&place.as_str());
            if part != Part::Request && is_answered {
                wrong.push(format!("{place} is only answered"));
            }
            let is_kept = field.name() != "resource_name" && self.resources.contains(descriptor.full_name());
            if part == Part::Update && is_kept && self.has(&field, IMMUTABLE) {
                wrong.push(format!("{place} is never changed"));
            }
            let part = match (part, field.containing_oneof().as_ref().map(OneofDescriptor::name), field.name()) {
                (_, Some("operation"), "create") => Part::Create,
                (_, Some("operation"), "update") => Part::Update,
                (part, ..) => part,
            };
            self.check_value((&field, value), part, &place, wrong);
        }
        check_operation(message, wrong);
    }

    fn check_value(
        &self,
        (field, value): (&FieldDescriptor, &Value),
        part: Part,
        place: &str,
        wrong: &mut Vec<String>,
    ) {
        match (value, field.kind()) {
            (Value::List(items), _) => {
                for item in items {
                    self.check_value((field, item), part, place, wrong);
                }
            }
            (Value::Message(message), _) => self.check_message(message, part, wrong),
            // The first two values of each of Google's lists stand for nothing and for what is not known.
            (Value::EnumNumber(number), Kind::Enum(list)) if *number < 2 || list.get_value(*number).is_none() => {
                wrong.push(format!("{place}: {number} stands for no value of {}", list.name()));
            }
            (Value::String(name), _) => self.check_name(field, name, place, wrong),
            _ => {}
        }
    }

    fn check_name(&self, field: &FieldDescriptor, name: &str, place: &str, wrong: &mut Vec<String>) {
        let patterns = self.named.get(field.full_name()).and_then(|resource| self.patterns.get(resource));
        if patterns.is_some_and(|patterns| !patterns.iter().any(|pattern| follows(pattern, name))) {
            wrong.push(format!("{place}: {name} is no name of its resource"));
        }
        let is_customer = field.name() == "customer_id";
        if is_customer && (name.len() != 10 || !name.bytes().all(|byte| byte.is_ascii_digit())) {
            wrong.push(format!("{place}: {name} is no customer id"));
        }
    }
}

/// An operation does one thing, and a change names every field that it sets.
fn check_operation(message: &DynamicMessage, wrong: &mut Vec<String>) {
    let descriptor = message.descriptor();
    let Some(choice) = descriptor.oneofs().find(|oneof| oneof.name() == "operation") else { return };
    if !choice.fields().any(|field| message.has_field(&field)) {
        return wrong.push(format!("{} does nothing", descriptor.name()));
    }
    let (Some(update), Some(mask)) =
        (descriptor.get_field_by_name("update"), descriptor.get_field_by_name("update_mask"))
    else {
        return;
    };
    let (true, Kind::Message(target)) = (message.has_field(&update), update.kind()) else { return };
    let mask = message.get_field(&mask);
    let paths = mask
        .as_message()
        .and_then(|mask| mask.get_field_by_name("paths").map(|paths| texts(&paths)))
        .unwrap_or_default();
    if paths.is_empty() {
        wrong.push(format!("{} has no mask", descriptor.name()));
    }
    wrong.extend(
        paths
            .iter()
            .filter(|path| !is_path(&target, path))
            .map(|path| format!("{} has no field {path}", target.name())),
    );
    let mut set = Vec::new();
    if let Value::Message(update) = message.get_field(&update).as_ref() {
        leaves(update, "", &mut set);
    }
    let is_named = |leaf: &String| paths.iter().any(|path| leaf == path || leaf.starts_with(&format!("{path}.")));
    wrong.extend(set.iter().filter(|leaf| !is_named(leaf)).map(|leaf| format!("{leaf} is not in the mask")));
}

/// The paths of all fields that are set to something else than what they have unset.
fn leaves(message: &DynamicMessage, above: &str, set: &mut Vec<String>) {
    for (field, value) in message.fields() {
        let path = format!("{above}{}", field.name());
        match value {
            Value::Message(inner) if inner.fields().next().is_some() => leaves(inner, &format!("{path}."), set),
            _ if value.is_default_for_field(&field) || path == "resource_name" => {}
            _ => set.push(path),
        }
    }
}

/// Whether the steps of a path are fields: `campaign.status`.
pub fn is_path(target: &MessageDescriptor, path: &str) -> bool {
    field_at(target, path).is_some()
}

/// The field at the end of a path.
pub fn field_at(target: &MessageDescriptor, path: &str) -> Option<FieldDescriptor> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let field = target.get_field_by_name(first)?;
    match (rest, field.kind()) {
        (None, _) => Some(field),
        (Some(rest), Kind::Message(inner)) => field_at(&inner, rest),
        _ => None,
    }
}

/// Whether a name has the pieces of a pattern such as `customers/{customer_id}/adGroupAds/{ad_group_id}~{ad_id}`.
fn follows(pattern: &str, name: &str) -> bool {
    let (shapes, names): (Vec<_>, Vec<_>) = (pattern.split(['/', '~']).collect(), name.split(['/', '~']).collect());
    let marks = |text: &str| text.chars().filter(|letter| ['/', '~'].contains(letter)).collect::<String>();
    let fits = |(shape, name): (&&str, &&str)| match shape.strip_prefix('{') {
        Some("customer_id}") => !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()),
        Some(_) => !name.is_empty(),
        None => shape == name,
    };
    marks(pattern) == marks(name) && shapes.iter().zip(&names).all(fits)
}

fn text(message: &DynamicMessage, field: &str) -> String {
    message.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_list().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

#[test]
fn a_resource_name_follows_its_pattern() {
    let pattern = "customers/{customer_id}/adGroupAds/{ad_group_id}~{ad_id}";
    assert!(follows(pattern, "customers/1234567890/adGroupAds/-1~7"));
    assert!(!follows(pattern, "customers/1234567890/adGroupAds/7"));
    assert!(!follows(pattern, "customers/123-456-7890/adGroupAds/1~7"));
}
