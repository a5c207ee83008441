//! The house itself: the order of its folders, the one door to money, its dependencies.

mod dependencies;
mod layers;
mod surface;
