use crate::program::Yard;

#[test]
fn a_created_experiment_is_listed() {
    let yard = Yard::new();
    assert_eq!(yard.ok(&["experiments", "create", "iris", "--tag", "team=botany"]), "1\n");
    let listed = yard.json(&["experiments", "list", "--filter", "name = 'iris'"]);
    assert_eq!(listed[0]["experiment_id"], "1");
    assert_eq!(listed[0]["tags"], serde_json::json!([{ "key": "team", "value": "botany" }]));
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[test]
fn the_table_is_aligned_and_without_colours_in_a_pipe() {
    let yard = Yard::new();
    yard.ok(&["experiments", "create", "a-rather-long-name-for-an-experiment"]);
    let table = yard.ok(&["experiments", "list", "--order-by", "experiment_id ASC"]);
    let lines: Vec<&str> = table.lines().collect();
    let stage = lines[0].find("STAGE").unwrap();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[1..].iter().all(|line| line[stage..].starts_with("active")), "{table}");
    assert!(!table.contains('\x1b'), "{table}");
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let yard = Yard::new();
    yard.ok(&["experiments", "create", "iris"]);
    let ended = yard.run(&["experiments", "create", "iris"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains("iris"), "{}", ended.stderr);
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let yard = Yard::new();
    yard.ok(&["experiments", "create", "iris"]);
    let ended = yard.run(&["experiments", "list", "--filter", "name ~ 'iris'"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
}

#[test]
fn looking_where_nothing_was_recorded_says_what_to_do_and_makes_nothing() {
    let yard = Yard::new();
    let ended = yard.run(&["experiments", "list"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("--tracking-uri"), "{}", ended.stderr);
    assert!(!yard.path().join("yard").exists());
}

#[test]
fn a_listing_that_stops_early_says_that_there_are_more() {
    let yard = Yard::new();
    for name in ["a", "b", "c"] {
        yard.ok(&["experiments", "create", name]);
    }
    let ended = yard.run(&["experiments", "list", "--max-results", "2", "--json"]);
    assert_eq!(ended.code, Some(0));
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&ended.stdout).unwrap().len(), 2);
    assert!(ended.stderr.contains("--max-results"), "{}", ended.stderr);
}

#[test]
fn the_tracking_uri_comes_from_the_flag_then_our_variable_then_mlflows() {
    let yard = Yard::new();
    for name in ["flag", "ours", "theirs"] {
        yard.ok(&["experiments", "create", name, "--tracking-uri", &format!("sqlite:///{name}.db")]);
    }
    let names = |args: &[&str], ours: &str, theirs: &str| {
        let mut command = yard.command(&[&["experiments", "list", "--filter", "name != 'Default'"], args].concat());
        command.env("TRAINYARD_TRACKING_URI", ours).env("MLFLOW_TRACKING_URI", theirs);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let flag = names(&["--tracking-uri", "sqlite:///flag.db"], "sqlite:///ours.db", "sqlite:///theirs.db");
    assert!(flag.contains("flag"), "{flag}");
    assert!(names(&[], "sqlite:///ours.db", "sqlite:///theirs.db").contains("ours"));
    assert!(names(&[], "", "sqlite:///theirs.db").contains("theirs"));
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let yard = Yard::new();
    let mut command = yard.command(&["experiments", "list", "--tracking-uri", "http://127.0.0.1:1"]);
    let output = command.env("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("http://127.0.0.1:1") && stderr.contains("trainyard server"), "{stderr}");
}
