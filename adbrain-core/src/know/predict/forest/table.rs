//! What a forest learns from and answers about: named columns of one length.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The code of a category that is not known.
pub const MISSING: u32 = u32::MAX;

/// Named columns of equal length, checked.
///
/// ```
/// use adbrain_core::predict::forest::{Column, Table};
/// let budget = Column::numbers("budget", vec![10.0, f64::NAN, 30.0]);
/// let platform = Column::categories("platform", ["meta", "tiktok", "meta"]);
/// let table = Table::new(vec![budget, platform])?;
/// assert_eq!((table.rows(), table.columns().len()), (3, 2));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
}

/// A column with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The name, one of its kind in a table.
    pub name: String,
    /// What stands in it, a row each.
    pub values: Values,
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Values {
    /// Numbers; NaN is missing (`null` in JSON).
    Numbers(#[serde(with = "or_null::numbers")] Vec<f64>),
    /// Places in a list of levels; [`MISSING`] is missing (`null` in JSON).
    Categories {
        /// A place in `levels` per row.
        #[serde(with = "or_null::codes")]
        codes: Vec<u32>,
        /// The names of the levels, each once.
        levels: Vec<String>,
    },
}

/// JSON knows no NaN: what is missing is `null` there.
mod or_null {
    pub(super) mod numbers {
        use serde::{Deserialize, Deserializer, Serializer};

        pub(in super::super) fn serialize<S: Serializer>(values: &[f64], out: S) -> Result<S::Ok, S::Error> {
            out.collect_seq(values.iter().map(|value| (!value.is_nan()).then_some(*value)))
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(text: D) -> Result<Vec<f64>, D::Error> {
            let values = Vec::<Option<f64>>::deserialize(text)?;
            Ok(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
        }
    }

    pub(super) mod codes {
        use serde::{Deserialize, Deserializer, Serializer};

        use super::super::MISSING;

        pub(in super::super) fn serialize<S: Serializer>(codes: &[u32], out: S) -> Result<S::Ok, S::Error> {
            out.collect_seq(codes.iter().map(|code| (*code != MISSING).then_some(*code)))
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(text: D) -> Result<Vec<u32>, D::Error> {
            let codes = Vec::<Option<u32>>::deserialize(text)?;
            Ok(codes.into_iter().map(|code| code.unwrap_or(MISSING)).collect())
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    columns: Vec<Column>,
}

impl TryFrom<Unchecked> for Table {
    type Error = Error;

    fn try_from(unchecked: Unchecked) -> Result<Self> {
        Self::new(unchecked.columns)
    }
}

impl From<Table> for Unchecked {
    fn from(table: Table) -> Self {
        Self { columns: table.columns }
    }
}

impl Column {
    /// A column of numbers; NaN is missing.
    pub fn numbers(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values: Values::Numbers(values) }
    }

    /// A column of categories from their names; an empty name is missing. The levels stand in the order of the alphabet.
    pub fn categories<S: AsRef<str>>(name: impl Into<String>, values: impl IntoIterator<Item = S>) -> Self {
        let values: Vec<S> = values.into_iter().collect();
        let names: BTreeSet<&str> = values.iter().map(AsRef::as_ref).filter(|name| !name.is_empty()).collect();
        let levels: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let place = |name: &str| levels.binary_search_by(|level| level.as_str().cmp(name)).ok();
        let code = |value: &S| place(value.as_ref()).and_then(|at| u32::try_from(at).ok()).unwrap_or(MISSING);
        let codes = values.iter().map(code).collect();
        Self { name: name.into(), values: Values::Categories { codes, levels } }
    }

    fn check(&self) -> Result<()> {
        match &self.values {
            Values::Numbers(values) => match values.iter().position(|value| value.is_infinite()) {
                Some(row) => Err(Error::invalid(&self.name, format!("is infinite in row {row}"))
                    .next("give a finite number, or NaN where it is not known")),
                None => Ok(()),
            },
            Values::Categories { codes, levels } => self.check_categories(codes, levels),
        }
    }

    fn check_categories(&self, codes: &[u32], levels: &[String]) -> Result<()> {
        let mut seen = BTreeSet::new();
        if let Some(twice) = levels.iter().find(|level| !seen.insert(level.as_str())) {
            return Err(
                Error::invalid(&self.name, format!("has the level `{twice}` twice")).next("name each level once")
            );
        }
        let known = |code: &u32| *code == MISSING || (*code as usize) < levels.len();
        match codes.iter().position(|code| !known(code)) {
            Some(row) => Err(Error::invalid(&self.name, format!("has a code without a level in row {row}"))
                .next(format!("give a place below {}, or {MISSING} where it is not known", levels.len()))),
            None => Ok(()),
        }
    }
}

impl Values {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Categories { codes, .. } => codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Table {
    /// Checks columns and keeps them.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), naming the column: no columns, two of one name, lengths that differ, an
    /// infinite number, a code without a level.
    pub fn new(columns: Vec<Column>) -> Result<Self> {
        let Some(first) = columns.first() else {
            return Err(Error::invalid("columns", "there are none").next("give at least one column"));
        };
        let rows = first.values.len();
        let mut names = BTreeSet::new();
        for column in &columns {
            if column.name.trim().is_empty() {
                return Err(Error::invalid("columns", "one of them has no name").next("name each column"));
            }
            if !names.insert(column.name.as_str()) {
                return Err(Error::invalid(&column.name, "is the name of two columns").next("name each column once"));
            }
            let length = column.values.len();
            if length != rows {
                let what = format!("has {length} rows and `{}` has {rows}", first.name);
                return Err(Error::invalid(&column.name, what).next("give columns of equal length"));
            }
            column.check()?;
        }
        Ok(Self { columns, rows })
    }

    /// The columns, in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// How many rows each column has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A table of some of the rows, in the order given; a place beyond the end is left out.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let rows: Vec<usize> = rows.iter().copied().filter(|row| *row < self.rows).collect();
        let columns = self.columns.iter().map(|column| column.select(&rows)).collect();
        Self { columns, rows: rows.len() }
    }
}

impl Column {
    fn select(&self, rows: &[usize]) -> Self {
        fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().filter_map(|row| values.get(*row).copied()).collect()
        }
        let values = match &self.values {
            Values::Numbers(values) => Values::Numbers(pick(values, rows)),
            Values::Categories { codes, levels } => {
                Values::Categories { codes: pick(codes, rows), levels: levels.clone() }
            }
        };
        Self { name: self.name.clone(), values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(columns: Vec<Column>) -> String {
        Table::new(columns).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_column_is_refused_by_its_name() {
        let budget = |values| Column::numbers("budget", values);
        assert!(message(vec![]).contains("at least one column"));
        assert!(message(vec![budget(vec![1.0]), budget(vec![1.0])]).starts_with("budget: is the name of two"));
        assert!(message(vec![budget(vec![1.0, f64::INFINITY])]).starts_with("budget: is infinite in row 1"));
        assert!(
            message(vec![budget(vec![1.0]), Column::categories("type", ["a", "b"])]).starts_with("type: has 2 rows")
        );
        let codes = Values::Categories { codes: vec![1], levels: vec!["a".into()] };
        assert!(message(vec![Column { name: "type".into(), values: codes }]).contains("code without a level"));
    }

    #[test]
    fn a_table_comes_back_from_json_checked() {
        let columns =
            vec![Column::categories("type", ["b", "", "a"]), Column::numbers("budget", vec![1.0, f64::NAN, 0.1])];
        let text = serde_json::to_string(&Table::new(columns).unwrap()).unwrap();
        assert!(text.contains("[1,null,0]") && text.contains("[1.0,null,0.1]"), "{text}");
        let table: Table = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&table).unwrap(), text);
        assert!(serde_json::from_str::<Table>(&text.replace("[1,null,0]", "[1,0]")).is_err());
        assert_eq!(table.select(&[2, 9]).rows(), 1);
    }
}
