//! A run that is killed goes on where it was: the same bytes at the end, no finished step again, no object twice.
#![cfg(unix)]

mod account;
mod answers;
mod boundaries;
mod child;
mod moments;
mod stop;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;
