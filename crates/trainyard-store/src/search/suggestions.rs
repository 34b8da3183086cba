//! What somebody may have meant who wrote a word that there is not.

/// `; did you mean 'start_time'?` when one of the known words is close, else nothing.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> String {
    const LONGEST: usize = 100;
    if word.len() > LONGEST {
        return String::new();
    }
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).min(3);
    let closest = known
        .iter()
        .map(|known| (strsim::osa_distance(&word, &known.to_lowercase()), *known))
        .min_by_key(|(distance, _)| *distance);
    match closest {
        Some((distance, known)) if distance <= allowed => format!("; did you mean '{known}'?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words_are_suggested_and_others_are_not() {
        let known = ["run_id", "run_name", "start_time", "end_time"];
        assert_eq!(did_you_mean("startime", &known), "; did you mean 'start_time'?");
        assert_eq!(did_you_mean("RUN_ID", &known), "; did you mean 'run_id'?");
        assert_eq!(did_you_mean("loss", &known), "");
        assert_eq!(did_you_mean("is", &["IN", "IS NULL"]), "");
        assert_eq!(did_you_mean(&"x".repeat(10_000), &known), "");
    }
}
