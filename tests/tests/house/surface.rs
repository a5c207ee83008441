//! The public names of the core stand in `surface.toml`; the other two languages compare themselves with the same list.

#![expect(unused_imports, reason = "the compiler checks that each name is there")]

use adbrain_core::Agent;
use adbrain_core::Connector;
use adbrain_core::Error;
use adbrain_core::ErrorKind;
use adbrain_core::MemoryStore;
use adbrain_core::Predictor;
use adbrain_core::VERSION;
use adbrain_core::agent::workflow::Cancel;
use adbrain_core::agent::workflow::Events;
use adbrain_core::agent::workflow::StepOptions;
use adbrain_core::brain::AlertRules;
use adbrain_core::brain::ApplyOrder;
use adbrain_core::brain::ApproveOrder;
use adbrain_core::brain::Brain;
use adbrain_core::brain::BrainBuilder;
use adbrain_core::brain::Door;
use adbrain_core::brain::FactFile;
use adbrain_core::brain::Feed;
use adbrain_core::brain::FillOrder;
use adbrain_core::brain::Follower;
use adbrain_core::brain::KnownRequest;
use adbrain_core::brain::MonitorOptions;
use adbrain_core::brain::Ordered;
use adbrain_core::brain::Plan;
use adbrain_core::brain::PlanStep;
use adbrain_core::brain::PullRequest;
use adbrain_core::brain::RefuseOrder;
use adbrain_core::brain::RunDrift;
use adbrain_core::brain::RunRequest;
use adbrain_core::brain::RunResult;
use adbrain_core::brain::RunStatus;
use adbrain_core::brain::StopOrder;
use adbrain_core::brain::Switched;
use adbrain_core::budget::Allocation;
use adbrain_core::budget::AllocationRequest;
use adbrain_core::budget::allocate;
use adbrain_core::budget::estimate_curves;
use adbrain_core::control::AdoptOrder;
use adbrain_core::control::Autonomy;
use adbrain_core::control::Control;
use adbrain_core::control::ControlStatus;
use adbrain_core::control::Drift;
use adbrain_core::control::ReleaseOrder;
use adbrain_core::control::new_signing_key;
use adbrain_core::control::public_key;
use adbrain_core::control::sign_journal;
use adbrain_core::control::verify;
use adbrain_core::control::verify_signed;
use adbrain_core::control::verify_to;
use adbrain_core::experiment::AbTest;
use adbrain_core::experiment::Readout;
use adbrain_core::experiment::ab_test;
use adbrain_core::experiment::readout;
use adbrain_core::market::World;
use adbrain_core::measure::AnalyticsSource;
use adbrain_core::measure::Ingestion;
use adbrain_core::measure::import_file;
use adbrain_core::media::FilmProgram;
use adbrain_core::model::Assumed;
use adbrain_core::model::TrendList;
use adbrain_core::numbers::ask_forecaster;
use adbrain_core::numbers::call;
use adbrain_core::numbers::learn_forecaster;
use adbrain_core::persona::PeopleSource;
use adbrain_core::persona::PersonaModel;
use adbrain_core::persona::build;
use adbrain_core::platform::AccountConfig;
use adbrain_core::platform::adapt::adapt;
use adbrain_core::platform::adapt::check_assets;
use adbrain_core::platform::adapt::lint_tone;
use adbrain_core::platform::hash_customers;
use adbrain_core::platform::spec::SpecBook;
use adbrain_core::predict::forest::Model;
use adbrain_core::predict::ltv::customer_values;
use adbrain_core::predict::roas::Forecast;
use adbrain_core::predict::roas::Forecaster;
use adbrain_core::predict::saturation::days_to_saturation;
use adbrain_core::report::Report;
use adbrain_core::report::allocation_svg;
use adbrain_core::report::band_svg;
use adbrain_core::schema::names;
use adbrain_core::schema::text;
use adbrain_core::sim::Contender;
use adbrain_core::sim::Decision;
use adbrain_core::sim::POLICIES;
use adbrain_core::sim::Policy;
use adbrain_core::sim::Score;
use adbrain_core::sim::Summary;
use adbrain_core::sim::View;
use adbrain_core::sim::WatchScore;
use adbrain_core::sim::run;
use adbrain_core::sim::watch;
use adbrain_core::store::open_url;
use adbrain_core::trials::simulate;

#[test]
fn every_name_of_the_list_is_public_in_rust() {
    let list = std::fs::read_to_string(adbrain_tests::root().join("tests/surface.toml")).unwrap();
    let wanted: Vec<_> = list.lines().filter_map(|line| line.strip_prefix("rust = \"")?.strip_suffix('"')).collect();
    let here = include_str!("surface.rs");
    assert!(wanted.len() > 10);
    for name in wanted {
        assert!(here.contains(&format!("use adbrain_core::{name};")), "{name} is not checked");
    }
}
