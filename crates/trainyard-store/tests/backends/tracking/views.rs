use trainyard_api::ErrorCode;
use trainyard_api::experiments::DeleteExperiment;
use trainyard_api::views::*;

use super::{absent, invalid, missing, refused};
use crate::backend::TestStore;
use crate::search::experiment;

fn create(test: &TestStore, experiment_id: &str, name: &str, definition: &str) -> Result<View, (ErrorCode, String)> {
    let (experiment_id, name, definition) = (experiment_id.into(), name.into(), definition.into());
    let made = test.call(CreateView { experiment_id, name, definition });
    made.map(|answer| answer.view).map_err(|error| refused::<()>(Err(error)))
}

fn update(
    test: &TestStore,
    view_id: &str,
    name: Option<&str>,
    definition: Option<&str>,
) -> Result<View, (ErrorCode, String)> {
    let (name, definition) = (name.map(str::to_owned), definition.map(str::to_owned));
    let updated = test.call(UpdateView { view_id: view_id.into(), name, definition });
    updated.map(|answer| answer.view).map_err(|error| refused::<()>(Err(error)))
}

pub fn a_view_is_read_back_changed_and_removed(test: TestStore) {
    let experiment_id = experiment(&test, "e");
    let made = create(&test, experiment_id.as_str(), "Best", r#"{"filter":"metrics.loss < 1"}"#).unwrap();
    assert!(made.view_id.starts_with("view-"));
    assert_eq!((made.experiment_id.clone(), made.creation_time), (experiment_id.clone(), test.now_ms()));
    let get = || test.call(GetView { view_id: made.view_id.clone() });
    assert_eq!(get().unwrap().view, made);
    test.advance_ms(5);
    let renamed = update(&test, &made.view_id, Some("Better"), None).unwrap();
    assert_eq!(renamed, View { name: "Better".into(), last_update_time: test.now_ms(), ..made.clone() });
    assert_eq!(update(&test, &made.view_id, None, Some("{}")).unwrap().definition, "{}");
    create(&test, experiment_id.as_str(), "Another", "{}").unwrap();
    let list = || -> Vec<String> {
        let listed = test.call(ListViews { experiment_id: experiment_id.clone() }).unwrap();
        listed.views.into_iter().map(|view| view.name).collect()
    };
    assert_eq!(list(), ["Another", "Better"]);
    test.call(DeleteView { view_id: made.view_id.clone() }).unwrap();
    assert_eq!(list(), ["Another"]);
    let gone = absent(&format!("View with id={} not found", made.view_id));
    assert_eq!(refused(get()), gone);
    assert_eq!(update(&test, &made.view_id, None, None), Err(gone.clone()));
    assert_eq!(refused(test.call(DeleteView { view_id: made.view_id.clone() })), gone);
}

pub fn names_of_views_are_unique_in_their_experiment(test: TestStore) {
    let (first, second) = (experiment(&test, "first"), experiment(&test, "second"));
    create(&test, first.as_str(), "v", "{}").unwrap();
    create(&test, second.as_str(), "v", "{}").unwrap();
    let taken = (ErrorCode::ResourceAlreadyExists, "View(name=v) already exists".to_owned());
    assert_eq!(create(&test, first.as_str(), "v", "{}"), Err(taken.clone()));
    let other = create(&test, first.as_str(), "w", "{}").unwrap();
    assert_eq!(update(&test, &other.view_id, Some("v"), None), Err(taken));
    assert_eq!(update(&test, &other.view_id, Some("w"), None).unwrap().name, "w");
}

pub fn an_experiment_has_as_many_views_as_one_list_holds(test: TestStore) {
    let experiment_id = experiment(&test, "e");
    let make = |i: usize| create(&test, experiment_id.as_str(), &format!("view {i}"), "{}");
    for i in 0..100 {
        make(i).unwrap();
    }
    assert_eq!(make(100), Err(invalid("An experiment can have at most 100 views; delete some first")));
    let list = test.call(ListViews { experiment_id: experiment_id.clone() }).unwrap().views;
    assert_eq!(list.len(), 100);
    test.call(DeleteView { view_id: list[0].view_id.clone() }).unwrap();
    make(100).unwrap();
}

pub fn what_is_no_view_is_refused_by_field(test: TestStore) {
    let refusal = |name: &str, definition: &str| create(&test, "0", name, definition).unwrap_err();
    assert_eq!(refusal("", "{}"), missing("name"));
    assert_eq!(
        refusal(&"é".repeat(251), "{}"),
        invalid("Invalid value for parameter 'name': it has 251 characters, 250 at most are allowed")
    );
    assert_eq!(refusal("v", ""), missing("definition"));
    assert_eq!(refusal("v", "[]"), invalid("Invalid value for parameter 'definition': it is not a JSON object"));
    assert!(refusal("v", "{").1.starts_with("Invalid value for parameter 'definition': EOF"));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024));
    assert_eq!(
        refusal("v", &long),
        invalid("Invalid value for parameter 'definition': it has 65544 bytes, 65536 at most are allowed")
    );
    assert_eq!(create(&test, "99", "v", "{}"), Err(absent("No Experiment with id=99 exists")));
    let experiment_id = experiment(&test, "deleted");
    test.call(DeleteExperiment { experiment_id: experiment_id.clone() }).unwrap();
    assert!(create(&test, experiment_id.as_str(), "v", "{}").is_err());
    assert_eq!(refused(test.call(GetView::default())), missing("view_id"));
    assert_eq!(refused(test.call(ListViews::default())), missing("experiment_id"));
}
