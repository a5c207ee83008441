//! The page of the command line is what the command line says.

/// With this variable the page is written in place of compared.
const WRITE: &str = "ADBRAIN_WRITE";

#[test]
fn the_page_of_the_command_line_is_what_it_says() {
    let page = adbrain_tests::root().join("docs/reference/command-line.md");
    let wanted = adbrain_core::cli::reference();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&page, &wanted).unwrap();
    }
    assert!(
        std::fs::read_to_string(page).unwrap() == wanted,
        "the commands have changed: {WRITE}=1 cargo test -p adbrain-tests --test house reference"
    );
}
