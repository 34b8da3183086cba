//! Times and durations as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds since the epoch in the local time zone, to the second; nothing for 0, which stands for unset.
pub fn local_time(milliseconds: i64) -> String {
    match Timestamp::from_millisecond(milliseconds) {
        Ok(time) if milliseconds != 0 => time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        _ => String::new(),
    }
}

/// The two largest units of a duration: `42 ms`, `3.1 s`, `2 min 5 s`, `7 h 3 min`, `2 d 4 h`.
pub fn duration(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        ..1 => format!("{milliseconds} ms"),
        1..60 => format!("{:.1} s", milliseconds as f64 / 1000.0),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_show_their_two_largest_units() {
        assert_eq!(duration(42), "42 ms");
        assert_eq!(duration(3_149), "3.1 s");
        assert_eq!(duration(125_000), "2 min 5 s");
        assert_eq!(duration(25_380_000), "7 h 3 min");
        assert_eq!(duration(187_200_000), "2 d 4 h");
    }

    #[test]
    fn an_unset_time_shows_as_nothing() {
        assert_eq!(local_time(0), "");
        assert_eq!(local_time(i64::MAX), "");
    }
}
