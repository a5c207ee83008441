//! The forest behind linfa's traits: `Fit` and `Predict` over its data sets.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, ArrayBase, ArrayView1, Axis, Data, Ix2};

use super::fitted::Forest;
use super::settings::Settings;
use super::table::{Column, Table};
use crate::error::{Error, Result};

/// The parameters are [`Settings`]; they are checked when a data set is fitted. Columns are numbers, NaN is missing; they have the
/// feature names of the data set, else `x0`, `x1`, ... Weights are the data set's.
///
/// ```
/// use adbrain_core::predict::forest::{Forest, Settings};
/// use linfa::Dataset;
/// use linfa::traits::{Fit, Predict};
/// use ndarray::{Array1, Array2};
/// let records = Array2::from_shape_fn((100, 2), |(row, column)| (row * (column + 1) % 50) as f64);
/// let targets: Array1<f64> = records.rows().into_iter().map(|row| row[0] + row[1]).collect();
/// let dataset = Dataset::new(records, targets);
/// let forest: Forest = Settings::default().fit(&dataset)?;
/// let predicted: Array1<f64> = Predict::predict(&forest, &dataset);
/// assert_eq!(predicted.len(), 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<D: Data<Elem = f64>, T: AsSingleTargets<Elem = f64>> Fit<ArrayBase<D, Ix2>, T, Error> for Settings {
    type Object = Forest;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Forest> {
        let table = table(dataset.records(), dataset.feature_names())?;
        let targets: Vec<f64> = dataset.as_single_targets().to_vec();
        let weights: Option<Vec<f64>> =
            dataset.weights().map(|weights| weights.iter().copied().map(f64::from).collect());
        Forest::fit(&table, &targets, weights.as_deref(), self)
    }
}

/// Columns are taken in the order of the training data. linfa's trait has no place for an error: the answer is NaN where the number
/// of columns differs.
impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for Forest {
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<f64>) {
        let names: Vec<String> = self.schema().columns.iter().map(|column| column.name.clone()).collect();
        let is_like_training = names.len() == records.ncols();
        let found = is_like_training.then(|| self.predict(&table(records, &names).ok()?).ok()).flatten();
        match found {
            Some(found) => *targets = Array1::from_vec(found),
            None => targets.fill(f64::NAN),
        }
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(records.nrows())
    }
}

impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Self::invalid("dataset", &error).next("give a target for each record").caused_by(error)
    }
}

fn table<D: Data<Elem = f64>>(records: &ArrayBase<D, Ix2>, names: &[String]) -> Result<Table> {
    let name = |place: usize| names.get(place).cloned().unwrap_or_else(|| format!("x{place}"));
    let column = |(place, values): (usize, ArrayView1<'_, f64>)| Column::numbers(name(place), values.to_vec());
    Table::new(records.axis_iter(Axis(1)).enumerate().map(column).collect())
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use linfa::traits::Predict;
    use ndarray::Array2;

    use super::*;

    #[test]
    fn a_data_set_is_fitted_as_a_table_is() {
        let records = Array2::from_shape_fn((80, 2), |(row, column)| (row * (column + 3) % 17) as f64);
        let targets: Array1<f64> = records.rows().into_iter().map(|row| row[0] * row[1]).collect();
        let weights: Vec<f64> = (0..80_u8).map(|row| f64::from(row % 3)).collect();
        let columns = ["x0", "x1"].into_iter().zip(records.axis_iter(Axis(1)));
        let columns = columns.map(|(name, values)| Column::numbers(name, values.to_vec())).collect();
        let table = Table::new(columns).unwrap();
        let settings = Settings { trees: 10, ..Settings::default() };
        let wanted = Forest::fit(&table, targets.as_slice().unwrap(), Some(&weights), &settings).unwrap();
        let single: Array1<f32> = (0..80_u8).map(|row| f32::from(row % 3)).collect();
        let dataset = Dataset::new(records.clone(), targets).with_weights(single);
        let found: Forest = settings.fit(&dataset).unwrap();
        assert!(found == wanted);
        let predicted: Array1<f64> = Predict::predict(&found, &records);
        assert_eq!(predicted.to_vec(), wanted.predict(&table).unwrap());
        let narrow: Array1<f64> = Predict::predict(&found, &records.select(Axis(1), &[0]));
        assert!(narrow.iter().all(|guess| guess.is_nan()));
        let wrong: Result<Forest> = Settings { trees: 0, ..settings }.fit(&dataset);
        assert!(wrong.unwrap_err().to_string().starts_with("trees"));
    }
}
