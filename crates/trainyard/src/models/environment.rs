//! The environment files of a model directory: `conda.yaml`, `python_env.yaml` and `requirements.txt`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{COMPAT_VERSION, to_yaml, write_file};
use crate::Error;

/// What a model's environment is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Version of the interpreter, such as `3.11.7`.
    pub python_version: String,
    /// Version of pip, where there is one.
    #[serde(default)]
    pub pip_version: Option<String>,
    /// Version of setuptools, where there is one.
    #[serde(default)]
    pub setuptools_version: Option<String>,
    /// Version of wheel, where there is one.
    #[serde(default)]
    pub wheel_version: Option<String>,
    /// Requirement lines; `mlflow` is put first where no line names it.
    pub requirements: Vec<String>,
    /// Constraint lines, kept in `constraints.txt`.
    #[serde(default)]
    pub constraints: Vec<String>,
    /// Text of `conda.yaml` where the caller brings one.
    #[serde(default)]
    pub conda_yaml: Option<String>,
}

impl Environment {
    /// Requirement lines with `mlflow` first, so that stock tools can rebuild the environment and load the model.
    pub fn all_requirements(&self) -> Vec<String> {
        let mut lines = self.requirements.clone();
        if !lines.iter().any(|line| is_mlflow(line)) {
            lines.insert(0, format!("mlflow=={COMPAT_VERSION}"));
        }
        if !self.constraints.is_empty() {
            lines.push("-c constraints.txt".to_owned());
        }
        lines
    }

    /// Writes the files into a model directory.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        if !self.constraints.is_empty() {
            write_file(&folder.join("constraints.txt"), self.constraints.join("\n").as_bytes())?;
        }
        write_file(&folder.join("requirements.txt"), self.all_requirements().join("\n").as_bytes())?;
        write_file(&folder.join("python_env.yaml"), self.python_env().as_bytes())?;
        write_file(&folder.join("conda.yaml"), self.conda().as_bytes())
    }

    fn python_env(&self) -> String {
        let pinned = |name: &str, version: &Option<String>| match version {
            Some(version) => format!("- {name}=={version}\n"),
            None => format!("- {name}\n"),
        };
        let pip = pinned("pip", &self.pip_version);
        let setuptools = pinned("setuptools", &self.setuptools_version);
        let wheel = pinned("wheel", &self.wheel_version);
        let python = scalar(&self.python_version);
        format!("python: {python}\nbuild_dependencies:\n{pip}{setuptools}{wheel}dependencies:\n- -r requirements.txt\n")
    }

    fn conda(&self) -> String {
        if let Some(text) = &self.conda_yaml {
            return text.clone();
        }
        let python = scalar(&format!("python={}", self.python_version));
        let pip = self.pip_version.as_ref().map_or("pip".to_owned(), |version| format!("pip<={version}"));
        let mut text = format!("channels:\n- conda-forge\ndependencies:\n- {python}\n- {}\n- pip:\n", scalar(&pip));
        for line in self.all_requirements() {
            text.push_str(&format!("  - {}\n", scalar(&line)));
        }
        text.push_str("name: mlflow-env\n");
        text
    }
}

fn scalar(text: &str) -> String {
    to_yaml(&text.into()).trim_end().to_owned()
}

/// Whether a requirement line is about MLflow itself, in any of its three distributions.
fn is_mlflow(line: &str) -> bool {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(line.len());
    let name = line[..end].to_ascii_lowercase().replace('_', "-");
    matches!(name.as_str(), "mlflow" | "mlflow-skinny" | "mlflow-tracing")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(requirements: &[&str]) -> Environment {
        Environment {
            python_version: "3.11.7".to_owned(),
            pip_version: Some("24.0".to_owned()),
            setuptools_version: None,
            wheel_version: Some("0.48.0".to_owned()),
            requirements: requirements.iter().map(|line| (*line).to_owned()).collect(),
            constraints: Vec::new(),
            conda_yaml: None,
        }
    }

    #[test]
    fn mlflow_comes_first_unless_it_is_named() {
        assert_eq!(environment(&["numpy==2.0"]).all_requirements(), ["mlflow==3.18.0", "numpy==2.0"]);
        assert_eq!(environment(&["a", "MLflow[extras]>=2"]).all_requirements(), ["a", "MLflow[extras]>=2"]);
        assert_eq!(environment(&["mlflow-plugin"]).all_requirements(), ["mlflow==3.18.0", "mlflow-plugin"]);
    }

    #[test]
    fn the_files_look_like_mlflows() {
        let environment = environment(&["scikit-learn==1.9.1", "torch @ file:///x y"]);
        assert_eq!(
            environment.python_env(),
            "python: 3.11.7\nbuild_dependencies:\n- pip==24.0\n- setuptools\n- wheel==0.48.0\n\
             dependencies:\n- -r requirements.txt\n"
        );
        assert_eq!(
            environment.conda(),
            "channels:\n- conda-forge\ndependencies:\n- python=3.11.7\n- pip<=24.0\n- pip:\n  - mlflow==3.18.0\n  \
             - scikit-learn==1.9.1\n  - 'torch @ file:///x y'\nname: mlflow-env\n"
        );
    }
}
