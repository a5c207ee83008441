//! The connectors over their fakes: contract, faults, what goes over the wire, and that against the platforms' own definitions.

mod analytics;
mod audiences;
#[path = "../faults_in_requests/mod.rs"]
mod faults_in_requests;
mod google;
mod linkedin;
mod meta;
#[path = "../of_google/mod.rs"]
mod of_google;
mod pages;
mod people;
mod requests;
mod tiktok;
mod tokens;
mod worlds;
