//! The house itself: the order of its folders, the one door to money, its dependencies, what its errors say.

mod dependencies;
mod errors;
mod example;
mod layers;
mod reference;
mod roadmap;
mod surface;
