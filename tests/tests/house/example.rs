//! The example that `adbrain demo` brings along is the one in the folder `examples`.

use std::path::Path;

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.contains("make")).collect();
    names.sort();
    names
}

#[test]
fn the_example_of_the_demo_is_that_of_the_examples() {
    let (ours, theirs) = (adbrain_tests::root().join("adbrain-core/example"), adbrain_tests::root().join("examples"));
    let media = files(&theirs.join("media"));
    assert!(media.len() > 5 && files(&ours.join("media")) == media);
    let media = media.iter().map(|name| format!("media/{name}"));
    for name in media.chain(["brief.json".into(), "history.csv".into()]) {
        let read = |folder: &Path| std::fs::read(folder.join(&name)).unwrap();
        assert_eq!(read(&ours), read(&theirs), "{name} differs: copy it from examples to adbrain-core/example");
    }
}
