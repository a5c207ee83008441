//! The commands and their options as one page of Markdown, made from what the help is made from.

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory as _};

use super::args::Cli;

/// All commands with their options, as Markdown: the page `docs/reference/command-line.md`.
///
/// ```
/// assert!(adbrain_core::cli::reference().contains("\n## adbrain demo\n"));
/// ```
pub fn reference() -> String {
    let mut root = Cli::command();
    root.build();
    let mut page = vec![format!("# The command line\n\n{}\n", sentence(root.get_about()))];
    page.push(
        "\n`adbrain` is the same program from cargo, pip and npm; `adbrain help COMMAND` says what stands here.\n"
            .to_owned(),
    );
    page.extend(root.get_after_help().map(|help| format!("\n```text\n{help}\n```\n")));
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        describe(command, "adbrain", &mut page);
    }
    page.concat()
}

/// A command, and below it those that it has.
fn describe(command: &Command, parent: &str, page: &mut Vec<String>) {
    let name = format!("{parent} {}", command.get_name());
    page.push(format!("\n## {name}\n\n{}\n", sentence(command.get_about())));
    let aliases: Vec<_> = command.get_visible_aliases().map(|alias| format!("`{parent} {alias}`")).collect();
    if !aliases.is_empty() {
        page.push(format!("\nAlso {}.\n", aliases.join(", ")));
    }
    let options: Vec<_> = command.get_arguments().filter(|arg| !is_common(arg)).map(line).collect();
    if !options.is_empty() {
        page.push(format!("\n{}\n", options.join("\n")));
    }
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        describe(below, &name, page);
    }
}

/// What every command has.
fn is_common(arg: &Arg) -> bool {
    ["help", "version"].contains(&arg.get_id().as_str())
}

/// An option with its value, what it says, its choices and what holds without it.
fn line(arg: &Arg) -> String {
    let takes = arg.get_action().takes_values();
    let names = arg.get_value_names().unwrap_or_default();
    let value = names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" ");
    let shown = match arg.get_long() {
        Some(long) if takes => format!("--{long} {value}"),
        Some(long) => format!("--{long}"),
        None => value,
    };
    let choices: Vec<_> = arg.get_possible_values().iter().map(|choice| format!("`{}`", choice.get_name())).collect();
    let choices = if takes && !choices.is_empty() { format!(" One of {}.", choices.join(", ")) } else { String::new() };
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let default =
        if takes && !defaults.is_empty() { format!(" Default: `{}`.", defaults.join(" ")) } else { String::new() };
    let needed = if arg.is_required_set() { " Needed." } else { "" };
    format!("- `{shown}`: {}{choices}{default}{needed}", sentence(arg.get_help()))
}

/// A help text as a sentence; clap leaves the last full stop out.
fn sentence(help: Option<&StyledStr>) -> String {
    let text = help.map(ToString::to_string).unwrap_or_default();
    if text.is_empty() || text.ends_with('.') { text } else { format!("{text}.") }
}
