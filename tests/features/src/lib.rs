//! Nothing but its dependencies: they are asked for with the same features by tests and packages, so each is built once.
