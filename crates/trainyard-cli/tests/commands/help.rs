use crate::program::Yard;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["server"],
    &["experiments"],
    &["runs"],
    &["models"],
    &["artifacts"],
    &["experiments", "list"],
    &["experiments", "create"],
    &["runs", "list"],
    &["runs", "show"],
    &["models", "list"],
    &["models", "show"],
    &["artifacts", "list"],
    &["artifacts", "download"],
    &["export", "metrics"],
    &["export", "runs"],
    &["sync"],
    &["db", "stats"],
    &["db", "pack"],
    &["db", "check"],
    &["gc"],
];

#[test]
fn help_of_every_command_shows_an_example_of_it() {
    let yard = Yard::new();
    for command in COMMANDS {
        let help = yard.ok(&[command, &["--help"][..]].concat());
        let (_, examples) = help.split_once("Example").unwrap_or_else(|| panic!("no example in: {help}"));
        let words = [&["trainyard"], *command].concat().join(" ");
        assert!(examples.contains(&words), "no {words:?} in: {examples}");
    }
}

#[test]
fn every_command_names_its_store_and_prints_json() {
    let yard = Yard::new();
    for command in COMMANDS.iter().filter(|command| command.len() == 2) {
        let help = yard.ok(&[command, &["--help"][..]].concat());
        let (flag, variable) = match command[0] {
            "db" => ("--backend-store-uri", "TRAINYARD_BACKEND_STORE_URI"),
            _ => ("--tracking-uri", "TRAINYARD_TRACKING_URI"),
        };
        assert!(help.contains(flag) && help.contains(variable), "{help}");
        assert!(help.contains("--json"), "{help}");
    }
}

#[test]
fn asking_wrongly_exits_with_2_and_says_what_is_wrong() {
    let yard = Yard::new();
    for (args, reason) in [
        (&["runs", "shwo"][..], "shwo"),
        (&["runs", "list", "--max-results", "0"], "--max-results"),
        (&["server", "--port", "70000"], "70000"),
        (&["experiments", "create"], "<NAME>"),
        (&["experiments", "create", "a", "--tag", "novalue"], "KEY=VALUE"),
    ] {
        let ended = yard.run(args);
        assert_eq!(ended.code, Some(2), "{args:?}");
        assert!(ended.stderr.contains(reason), "{args:?}: {}", ended.stderr);
    }
}
