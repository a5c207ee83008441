//! adbrain for Python: the private extension module `adbrain._adbrain`.
//!
//! Thin: one file per folder of the core that is shown, each a conversion and a call. The public names are in
//! `python/adbrain/__init__.py`.

mod brain;
mod call;
mod cli;
mod control;
mod error;
mod file;
mod follow;
mod forecaster;
mod forest;
mod logging;
mod measure;
mod model;
mod numbers;
mod page;
mod report;
mod runtime;
mod sources;
mod table;
mod trials;
mod value;

/// The compiled part of adbrain; import `adbrain` instead.
#[pyo3::pymodule(gil_used = false)]
mod _adbrain {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::brain::Engine;
    #[pymodule_export]
    use crate::cli::cli;
    #[pymodule_export]
    use crate::control::{new_signing_key, public_key, restore, sign_journal, verify_journal};
    #[pymodule_export]
    use crate::error::error_kinds;
    #[pymodule_export]
    use crate::follow::Follower;
    #[pymodule_export]
    use crate::forecaster::ForecasterModel;
    #[pymodule_export]
    use crate::forest::ForestModel;
    #[pymodule_export]
    use crate::measure::import_history;
    #[pymodule_export]
    use crate::model::{schema, schema_names};
    #[pymodule_export]
    use crate::numbers::{statistic, statistics};
    #[pymodule_export]
    use crate::page::Page;
    #[pymodule_export]
    use crate::report::{Report, RunResult, shown};
    #[pymodule_export]
    use crate::runtime::shutdown;
    #[pymodule_export]
    use crate::table::Table;
    #[pymodule_export]
    use crate::trials::{file_text, policies, simulate, worlds};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let version = adbrain_core::VERSION;
        module.add("__version__", version)?;
        let shutdown = module.getattr("_shutdown")?;
        module.py().import("atexit")?.call_method1("register", (shutdown,))?;
        Ok(())
    }
}
