//! Every kind of fault at every operation, each with what is expected of it: data in `table.rs`, run here against the fake of Meta.

mod bench;
mod reads;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use bench::{Bench, Broken, writes_of};
use table::{ELSEWHERE, Expected, NOT_COVERED, Operation, WRITES, Wrong, wrongs};

/// A launch that nothing befalls gives the number of each operation's first write.
#[tokio::test]
async fn every_fault_at_every_operation_ends_as_the_table_says() {
    let numbers = writes_of().await;
    let mut pairs = BTreeSet::new();
    let mut runs = 0;
    for (operation, number) in &numbers {
        for wrong in chosen(*number) {
            let case = format!("{} ({}) at {operation:?}", wrong.kind, wrong.name);
            let bench = Bench::new(None).await;
            bench.fake.answer_write(*number, wrong.canned.clone());
            bench.live_through(*operation, wrong.expected(*operation), &case).await;
            pairs.insert((wrong.kind, *operation));
            runs += 1;
        }
        let bench = Bench::new(Some(number - 1)).await;
        bench.store_fails(&format!("F14 at {operation:?}")).await;
        pairs.insert(("F14", *operation));
        runs += 1;
    }
    assert_eq!(numbers.len(), WRITES.len());
    let read = reads::all().await;
    runs += read.len();
    pairs.extend(read);
    let elsewhere: BTreeSet<_> = ELSEWHERE
        .iter()
        .flat_map(|(kind, operations, _)| operations.iter().map(|operation| (*kind, *operation)))
        .collect();
    assert!(pairs.is_disjoint(&elsewhere), "a pair is counted twice");
    let covered = pairs.len() + elsewhere.len();
    let open: usize = NOT_COVERED.iter().map(|(_, pairs, _)| pairs).sum();
    println!(
        "faults x operations: {covered} of {} pairs covered ({} here in {runs} runs, {} in the suites of kills and of the simulation)",
        covered + open,
        pairs.len(),
        elsewhere.len()
    );
    for (kind, count, why) in NOT_COVERED {
        println!("not covered: {kind}, {count} pairs: {why}");
    }
    assert!(covered >= 100, "only {covered} pairs are covered");
}

/// Each kind of fault: one of its forms by turns, or all of them in the long suite.
fn chosen(turn: u64) -> Vec<Wrong> {
    let mut kinds: BTreeMap<&str, Vec<Wrong>> = BTreeMap::new();
    for wrong in wrongs() {
        kinds.entry(wrong.kind).or_default().push(wrong);
    }
    let is_long = std::env::var_os("ADBRAIN_LONG").is_some_and(|value| !value.is_empty());
    let by_turns = |mut forms: Vec<Wrong>| {
        let place = usize::try_from(turn).unwrap() % forms.len();
        if is_long { forms } else { vec![forms.swap_remove(place)] }
    };
    kinds.into_values().flat_map(by_turns).collect()
}

#[test]
fn a_refusal_is_expected_of_an_expired_token_alone() {
    for wrong in wrongs() {
        let is_refused = wrong.expected(Operation::Campaign) == Expected::TakenBack;
        assert_eq!(is_refused, wrong.kind == "F7", "{}", wrong.name);
    }
    assert!(Broken::default().is_whole());
}
