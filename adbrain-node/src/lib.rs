//! adbrain for Node: newtypes, conversions and calls. Values cross as JSON text; `index.js` turns them into objects and errors.

mod brain;
mod errors;
mod functions;
mod user;
