//! Divisions of money over response curves on one thread; prints one JSON object of figures.
//!
//! Usage: `allocation INSTANCES.json`

use std::collections::BTreeMap;

use adbrain_benches::best;
use adbrain_core::budget::{AllocationRequest, GroupLimit, Receiver, ResponseCurve, Target, allocate};
use adbrain_core::model::{Currency, Money};
use adbrain_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The best round counts: other work on the machine can only add time.
const ROUNDS: u32 = 3;
const GROUPS: usize = 4;

#[derive(Deserialize)]
struct Instances {
    all: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    budget: f64,
    cap: f64,
    curves: Vec<Hill>,
    /// Limits beyond one budget and boxes.
    limits: Option<Limits>,
}

/// Four groups in turn with a cap each, nothing or at least for every receiver, and a target.
#[derive(Deserialize)]
struct Limits {
    group_cap: f64,
    least: f64,
    roas: Option<f64>,
}

#[derive(Deserialize)]
struct Hill {
    top: f64,
    half: f64,
    shape: f64,
}

fn main() -> Result<()> {
    let path = std::env::args().nth(1);
    let path = path.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "name the file of instances"))?;
    let text = std::fs::read_to_string(&path).map_err(|error| Error::invalid(&path, error))?;
    let kinds: BTreeMap<String, Instances> =
        serde_json::from_str(&text).map_err(|error| Error::invalid(&path, error))?;
    let mut report = Map::new();
    for (name, instances) in &kinds {
        report.insert(name.clone(), figures(instances)?);
    }
    println!("{}", Value::Object(report));
    Ok(())
}

fn figures(instances: &Instances) -> Result<Value> {
    let (mut times, mut values, mut gap) = (Vec::new(), Vec::new(), 0.0_f64);
    for instance in &instances.all {
        let request = request(instance)?;
        let answer = allocate(&request)?;
        let total = Money::sum(answer.parts.iter().map(|part| part.amount))?;
        if total.is_none_or(|total| total.micros() > request.total.micros()) {
            return Err(Error::new(ErrorKind::Internal, "more was divided than there was"));
        }
        values.push(answer.value);
        gap = gap.max(answer.gap);
        times.push(best(ROUNDS, || allocate(&request))?.wall_ms);
    }
    times.sort_by(f64::total_cmp);
    Ok(json!({"median_ms": times.get(times.len() / 2), "most_ms": times.last(), "gap": gap, "values": values}))
}

fn request(instance: &Instance) -> Result<AllocationRequest> {
    let money = |units: f64| Money::parse(&format!("{units:.2}"), Currency::USD);
    let cap = money(instance.cap)?;
    let least = instance.limits.as_ref().map(|limits| money(limits.least)).transpose()?;
    let group = |index: usize| format!("g{}", index % GROUPS);
    let receivers = instance.curves.iter().enumerate().map(|(index, hill)| {
        let curve = ResponseCurve::Hill { top: hill.top, half: hill.half, shape: hill.shape };
        let group = least.is_some().then(|| group(index));
        Receiver { cap: Some(cap), least, group, ..Receiver::new(format!("c{index}"), curve) }
    });
    let mut request = AllocationRequest::new(money(instance.budget)?, receivers.collect());
    if let Some(limits) = &instance.limits {
        let cap = Some(money(limits.group_cap)?);
        let of = |index| GroupLimit { name: group(index), parent: None, floor: None, cap };
        request.groups = (0..GROUPS).map(of).collect();
        request.target = limits.roas.map(Target::Roas);
    }
    Ok(request)
}
