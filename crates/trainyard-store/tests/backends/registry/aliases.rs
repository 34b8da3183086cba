//! Aliases of versions.

use trainyard_api::ErrorCode;
use trainyard_api::registered_models::*;
use trainyard_store::StoreError;

use super::{add_version, model, register, told};
use crate::backend::TestStore;

fn set(test: &TestStore, alias: &str, version: &str) -> Result<trainyard_api::Empty, StoreError> {
    test.call(SetRegisteredModelAlias { name: "iris".into(), alias: alias.into(), version: version.into() })
}

fn points_at(test: &TestStore, alias: &str) -> Result<String, StoreError> {
    let request = GetModelVersionByAlias { name: "iris".into(), alias: alias.into() };
    test.call(request).map(|answer| answer.model_version.version)
}

pub fn an_alias_moves_from_version_to_version(test: TestStore) {
    register(&test, "iris");
    add_version(&test, "iris");
    add_version(&test, "iris");
    set(&test, "champ", "1").unwrap();
    set(&test, "champ", "2").unwrap();
    assert_eq!(points_at(&test, "champ").unwrap(), "2");
    assert_eq!(points_at(&test, "latest").unwrap(), "2");
    let registered = model(&test, "iris");
    assert_eq!(registered.aliases, [Alias { alias: "champ".into(), version: "2".into() }]);
    assert_eq!(registered.latest_versions[0].aliases, ["champ"]);
    let remove = || test.call(DeleteRegisteredModelAlias { name: "iris".into(), alias: "champ".into() });
    remove().unwrap();
    remove().unwrap();
    let (code, message) = told(points_at(&test, "champ"));
    assert_eq!((code, message.as_str()), (ErrorCode::InvalidParameterValue, "Registered model alias champ not found."));
}

pub fn an_alias_needs_a_version_and_a_name_of_its_own(test: TestStore) {
    register(&test, "iris");
    add_version(&test, "iris");
    assert_eq!(told(set(&test, "champ", "9")).0, ErrorCode::ResourceDoesNotExist);
    for (alias, version) in [("latest", "1"), ("v1", "1"), ("a b", "1"), ("", "1"), ("champ", ""), ("champ", "x")] {
        assert_eq!(told(set(&test, alias, version)).0, ErrorCode::InvalidParameterValue, "{alias} {version}");
    }
    let outcome = test.call(GetModelVersionByAlias { name: "nope".into(), alias: "champ".into() });
    assert_eq!(told(outcome).0, ErrorCode::ResourceDoesNotExist);
}
