//! The object tree of a skops file, and the one of a Keras file: nested JSON objects that name module and class of what
//! they stand for.

use std::fmt;
use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Found;

/// Largest `schema.json` that is read.
const MAX_BYTES: u64 = 1 << 30;

pub(super) fn scan(schema: impl BufRead, found: &mut Found) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_reader(schema.take(MAX_BYTES));
    Walk(found).deserialize(&mut deserializer).map_err(|error| error.to_string()).map(drop)
}

/// Looks at every object of the tree and keeps none of it. A text is answered to the object that holds it.
struct Walk<'f>(&'f mut Found);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // An object of skops stands for an instance, a function or a method, each of which has its own two keys.
        let mut pairs = [
            // Keras
            ("module", "class_name", None, None),
            ("__module__", "__class__", None, None),
            ("module_path", "function", None, None),
            ("module_name", "class_name", None, None),
        ];
        while let Some(key) = map.next_key::<String>()? {
            let text = map.next_value_seed(Walk(self.0))?;
            for (module_key, name_key, module, name) in &mut pairs {
                if key == *module_key {
                    module.clone_from(&text);
                } else if key == *name_key {
                    name.clone_from(&text);
                }
            }
        }
        for (_, _, module, name) in pairs {
            if let (Some(module), Some(name)) = (module, name) {
                self.0.type_of(&module, &name);
            }
        }
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element_seed(Walk(self.0))?.is_some() {}
        Ok(None)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(schema: &str) -> Result<Vec<String>, String> {
        let mut found = Found::default();
        scan(schema.as_bytes(), &mut found).map(|()| found.into_scan().types)
    }

    #[test]
    fn instances_functions_and_methods_are_found_at_any_depth() {
        let schema = r#"{"__class__": "Pipeline", "__module__": "sklearn.pipeline", "content": {"a": [1, null, true, 2.5,
            {"__class__": "function", "__module__": "builtins",
             "content": {"module_path": "numpy", "function": "log1p"}},
            {"content": {"class_name": "Scorer", "module_name": "mine.scores", "func": "x"}}]}}"#;
        let expected = ["builtins.function", "mine.scores.Scorer", "numpy.log1p", "sklearn.pipeline.Pipeline"];
        assert_eq!(types(schema).expect("a schema"), expected);
    }

    #[test]
    fn layers_of_keras_are_found() {
        let config = r#"{"module": "keras", "class_name": "Sequential", "config": {"layers": [
            {"module": "mine.layers", "class_name": "Scale", "config": {}, "registered_name": "mine>Scale"},
            {"module": null, "class_name": "Unknown"}]}}"#;
        assert_eq!(types(config).expect("a config"), ["keras.Sequential", "mine.layers.Scale"]);
    }

    #[test]
    fn broken_and_bottomless_schemas_are_errors() {
        assert!(types(r#"{"__class__": "#).is_err());
        assert!(types(&"[".repeat(1_000_000)).is_err());
    }
}
