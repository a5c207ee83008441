//! The store across processes and over the network: nothing acknowledged is lost, no writer fails, a real server answers.

mod crash;
mod processes;
mod server;
mod writers;
