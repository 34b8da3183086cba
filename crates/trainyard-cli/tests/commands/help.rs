use crate::program::{Ended, Yard};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["server"],
    &["experiments"],
    &["runs"],
    &["models"],
    &["artifacts"],
    &["export"],
    &["db"],
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

#[test]
fn passwords_of_settings_are_not_shown() {
    const SECRET: &str = "s3cret";
    let yard = Yard::new();
    let settings = [
        ("TRAINYARD_BACKEND_STORE_URI", "postgresql://ann:s3cret@db.example/yard?sslmode=maybe"),
        ("TRAINYARD_TRACKING_URI", "https://ann:s3cret@yard.example/"),
        ("TRAINYARD_TRACKING_PASSWORD", SECRET),
        ("TRAINYARD_TRACKING_TOKEN", SECRET),
        ("TRAINYARD_WEBHOOK_SECRET_ENCRYPTION_KEY", SECRET),
        ("PGPASSWORD", SECRET),
    ];
    let run = |args: &[&str]| Ended::from(yard.command(args).envs(settings).output().unwrap());
    for command in COMMANDS {
        for help in ["-h", "--help"] {
            let ended = run(&[command, &[help][..]].concat());
            assert_eq!(ended.code, Some(0), "{command:?}: {}", ended.stderr);
            assert!(!ended.stdout.contains(SECRET), "{command:?}: {}", ended.stdout);
        }
    }
    // What the settings say cannot be used, and is said so.
    for command in [&["server", "--port", "0"][..], &["db", "stats"], &["db", "pack"], &["db", "check"], &["gc"]] {
        let ended = run(command);
        assert_ne!(ended.code, Some(0), "{command:?}");
        let said = ended.stdout + &ended.stderr;
        assert!(said.starts_with("error: ") && !said.contains(SECRET), "{command:?}: {said}");
    }
}

#[test]
fn passwords_of_addresses_that_do_not_answer_are_not_shown() {
    let yard = Yard::new();
    let database = "postgresql://ann:s3cret@127.0.0.1:1/yard";
    for (args, shown) in [
        (&["db", "stats", "--backend-store-uri", database][..], "postgresql://…@127.0.0.1:1/yard"),
        (&["server", "--port", "0", "--backend-store-uri", database], "postgresql://…@127.0.0.1:1/yard"),
        (&["gc", "--artifacts-destination", "a", "--backend-store-uri", database], "postgresql://…@127.0.0.1:1/yard"),
        (&["runs", "list", "--tracking-uri", database], "postgresql://…@127.0.0.1:1/yard"),
        (&["runs", "list", "--tracking-uri", "http://ann:s3cret@127.0.0.1:1/"], "127.0.0.1:1"),
    ] {
        let mut command = yard.command(args);
        let ended = Ended::from(command.env("TRAINYARD_HTTP_REQUEST_MAX_RETRIES", "0").output().unwrap());
        assert_ne!(ended.code, Some(0), "{args:?}");
        let said = ended.stdout + &ended.stderr;
        assert!(said.contains(shown) && !said.contains("s3cret"), "{args:?}: {said}");
    }
}
