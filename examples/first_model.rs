//! The whole program of docs/rust.md: fits a line by gradient descent, records how, registers the model, and loads it by its
//! alias.
//!
//! Run it with `cargo run -p trainyard --example first_model`: without a server everything is kept in ./yard.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use serde::{Deserialize, Serialize};
use trainyard::flavors::Json;
use trainyard::{Client, Error, InputExample, ModelOptions, Signature};

#[derive(Serialize)]
struct Config {
    epochs: i64,
    learning_rate: f64,
}

/// How wide a petal is by its length.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    slope: f64,
    intercept: f64,
}

impl Line {
    fn predict(&self, length: f64) -> f64 {
        self.slope * length + self.intercept
    }
}

fn main() -> Result<(), Error> {
    let lengths = [1.4, 1.3, 1.5, 4.7, 4.5, 4.9, 6.0, 5.1, 5.9];
    let widths = [0.2, 0.2, 0.2, 1.4, 1.5, 1.5, 2.5, 1.9, 2.1];
    let count = lengths.len() as f64;
    let config = Config { epochs: 200, learning_rate: 0.02 };

    let client = Client::from_env()?;
    let run = client.start_run("petals", "by hand")?;
    run.log_params(&config)?;

    let mut line = Line { slope: 0.0, intercept: 0.0 };
    for epoch in 0..config.epochs {
        let errors: Vec<f64> =
            lengths.iter().zip(widths).map(|(length, width)| line.predict(*length) - width).collect();
        let loss = errors.iter().map(|error| error * error).sum::<f64>() / count;
        run.log_metric("loss", loss, epoch)?;
        let by_slope: f64 = errors.iter().zip(lengths).map(|(error, length)| error * length).sum();
        line.slope -= config.learning_rate * 2.0 * by_slope / count;
        line.intercept -= config.learning_rate * 2.0 * errors.iter().sum::<f64>() / count;
    }

    let options = ModelOptions::new()
        .registered_model_name("petal-width")
        .signature(Signature::of(&lengths, &widths)?)
        .input_example(InputExample::tensor(&lengths[..3])?);
    let model = run.log_model_with("line", &Json(&line), &options)?;
    run.finish()?;

    let version = model.registered_model_version.unwrap_or_default();
    client.set_model_alias("petal-width", "champion", &version)?;
    let Json(loaded) = client.load_model::<Json<Line>>("models:/petal-width@champion")?;
    assert_eq!(loaded, line);
    println!("version {version} of petal-width: a petal of 5.0 cm is {:.1} cm wide", loaded.predict(5.0));
    Ok(())
}
