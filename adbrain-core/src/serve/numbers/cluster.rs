//! Clusters of rows and how far two partitions agree.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain};
use crate::error::{Error, Result};
use crate::stats::cluster::{self, KMeansOptions, Points};
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!("kmeans", "Weighted k-means of rows, of which numbers may be unknown (`nan`).", kmeans, named [("values", "rows"), ("points", "rows"), ("width", "rows")]),
    checked_method!(
        "hdbscan",
        "Clusters of complete rows by how densely they lie, of any shape and number, with noise (HDBSCAN).",
        hdbscan
    ),
    method!(
        "adjusted_rand",
        "How far two partitions of the same rows agree, corrected for chance.",
        adjusted_rand,
        named[("labels", "first")]
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Rows of numbers, all of the same length.
    rows: Vec<Vec<Number>>,
    /// The number of clusters.
    k: usize,
    /// One weight per row.
    #[serde(default)]
    weights: Option<Vec<f64>>,
    /// How many starts.
    #[serde(default = "usual_restarts")]
    restarts: u32,
    #[serde(default)]
    seed: u64,
}

fn usual_restarts() -> u32 {
    KMeansOptions::default().restarts
}

#[derive(Serialize)]
struct Clusters {
    centres: Vec<Vec<f64>>,
    labels: Vec<u32>,
    inertia: f64,
}

fn kmeans(input: &Wanted) -> Defined<Clusters> {
    let points = points(&input.rows, input.weights.as_deref())?;
    let options = KMeansOptions { restarts: input.restarts, seed: input.seed, ..KMeansOptions::default() };
    let found = cluster::kmeans(&points, input.k, &options)?;
    Ok(Clusters { centres: found.centres, labels: found.labels, inertia: found.inertia })
}

fn points(rows: &[Vec<Number>], weights: Option<&[f64]>) -> Defined<Points> {
    let width = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != width) {
        return Err(Undefined::Input { field: "rows", problem: "must all have the same length" });
    }
    let values: Vec<f64> = rows.iter().flat_map(|row| plain(row)).collect();
    Points::new(&values, width, weights)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Dense {
    /// Rows of numbers, all known and all of the same length.
    rows: Vec<Vec<Number>>,
    /// The fewest rows of a cluster.
    least_rows: usize,
}

#[derive(Serialize)]
struct Labels {
    /// The cluster of each row, the largest first; none for noise.
    labels: Vec<Option<u32>>,
}

fn hdbscan(input: &Dense) -> Result<Labels> {
    let points = points(&input.rows, None).map_err(Error::from)?;
    Ok(Labels { labels: cluster::hdbscan(&points, input.least_rows)? })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Partitions {
    /// The part of each row.
    first: Vec<u32>,
    /// The same of the other partition.
    second: Vec<u32>,
    /// One weight per row.
    #[serde(default)]
    weights: Option<Vec<f64>>,
}

#[derive(Serialize)]
struct Agreed {
    index: f64,
}

fn adjusted_rand(input: &Partitions) -> Defined<Agreed> {
    cluster::adjusted_rand(&input.first, &input.second, input.weights.as_deref()).map(|index| Agreed { index })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::call;

    #[test]
    fn rows_with_unknown_numbers_are_clustered_by_name() {
        let rows = json!([[0.0, "nan"], [0.2, 1.0], [5.0, 9.0], ["nan", 9.2]]);
        let found = call("kmeans", &json!({"rows": rows, "k": 2})).unwrap();
        let labels = found["labels"].as_array().unwrap();
        assert!(labels[0] == labels[1] && labels[2] == labels[3] && labels[0] != labels[2], "{labels:?}");
        let same = call("adjusted_rand", &json!({"first": labels, "second": [7, 7, 3, 3]})).unwrap();
        assert_eq!(same["index"], 1.0);
    }

    #[test]
    fn dense_rows_are_clustered_by_name_where_the_build_can() {
        let rows = json!([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2], [5.3], [60.0]]);
        let found = call("hdbscan", &json!({"rows": rows, "least_rows": 3}));
        if cfg!(feature = "hdbscan") {
            assert_eq!(found.unwrap()["labels"], json!([1, 1, 1, 0, 0, 0, 0, null]));
        } else {
            assert_eq!(found.unwrap_err().kind(), crate::ErrorKind::Unsupported);
        }
        let gap = call("hdbscan", &json!({"rows": [[1.0, 2.0], [1.0, "nan"]], "least_rows": 2})).unwrap_err();
        assert!(gap.to_string().starts_with("rows[1]"), "{gap}");
    }

    #[test]
    fn wrong_rows_are_named() {
        let said = |arguments| call("kmeans", &arguments).unwrap_err().to_string();
        assert!(said(json!({"rows": [[1.0], [1.0, 2.0]], "k": 1})).contains("rows"));
        assert!(said(json!({"rows": [[1.0]], "k": 2})).starts_with('k'));
        assert!(said(json!({"rows": [[1.0]], "k": 1, "weights": [-1.0]})).contains("weights"));
    }
}
