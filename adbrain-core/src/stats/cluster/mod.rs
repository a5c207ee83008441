//! Clusters of weighted rows: k-means, agreement of two partitions, how many clusters hold, a mixture for soft membership; by density too.

mod agreement;
mod density;
mod kernel;
mod kmeans;
mod lloyd;
mod mixture;
mod points;
mod seed;
mod stability;

pub use agreement::adjusted_rand;
pub use density::hdbscan;
pub use kmeans::{KMeans, KMeansOptions, kmeans, kmeans_from, kmeans_restarts, settled};
pub use mixture::{Component, Mixture, MixtureOptions, mixture};
pub use points::Points;
pub use stability::{Agreement, Candidate, agreements, choose};
