//! The two forms of a date that a client needs: that of `MLmodel`, which it writes, and that of `Retry-After`, which it reads.
//!
//! A library of calendars would be a tenth of what the client of a server takes to build.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS_A_DAY: u64 = 86_400;
const DAYS_IN_400_YEARS: u64 = 146_097;
/// From the first of March of the year 0, with which years of 400 begin here, so that leap days are the last of their year.
const DAYS_BEFORE_1970: u64 = 719_468;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-01-01 00:00:30.000000`: in UTC, as MLflow writes it.
pub(crate) fn to_text(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / SECONDS_A_DAY, since.as_secs() % SECONDS_A_DAY);
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{:06}", since.subsec_micros())
}

/// Reads `Thu, 01 Jan 2026 00:00:30 GMT`, the form in which HTTP sends dates.
pub(crate) fn parse_http(text: &str) -> Option<SystemTime> {
    let words: Vec<&str> = text.split_once(", ")?.1.split(' ').collect();
    let [day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let (year, day) = (year.parse().ok()?, day.parse().ok()?);
    let time: Vec<u64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hour, minute, second] = time[..] else { return None };
    // A second may be a leap second.
    if !(1970..=9999).contains(&year) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_of(year, month, day) * SECONDS_A_DAY + hour * 3600 + minute * 60 + second;
    Some(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Days from the first of January 1970 to a date after it.
fn days_of(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_400 = year % 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year / 400 * DAYS_IN_400_YEARS + of_400 * 365 + of_400 / 4 - of_400 / 100 + of_year - DAYS_BEFORE_1970
}

/// Year, month and day so many days after the first of January 1970.
fn date_of(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_BEFORE_1970;
    let of_400 = days % DAYS_IN_400_YEARS;
    let year = (of_400 - of_400 / 1460 + of_400 / 36_524 - of_400 / 146_096) / 365;
    let of_year = of_400 - (365 * year + year / 4 - year / 100);
    // Of the months that begin with March, five have 153 days.
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (days / DAYS_IN_400_YEARS * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let text = |seconds: u64, micros: u32| to_text(UNIX_EPOCH + Duration::new(seconds, micros * 1000));
        assert_eq!(text(0, 0), "1970-01-01 00:00:00.000000");
        assert_eq!(text(951_827_696, 7), "2000-02-29 12:34:56.000007");
        assert_eq!(text(1_767_225_630, 250_000), "2026-01-01 00:00:30.250000");
        assert_eq!(text(4_107_542_400, 0), "2100-03-01 00:00:00.000000");
    }

    #[test]
    fn dates_of_http_are_read_and_nothing_else_is() {
        let seconds = |text: &str| Some(parse_http(text)?.duration_since(UNIX_EPOCH).expect("after 1970").as_secs());
        assert_eq!(seconds("Thu, 01 Jan 2026 00:00:30 GMT"), Some(1_767_225_630));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        for other in
            ["soon", "", "Thu, 01 Jan 2026 00:00:30", "Thu, 41 Jan 2026 00:00:30 GMT", "Thu, 01 Foo 2026 0:0:0 GMT"]
        {
            assert_eq!(seconds(other), None, "{other}");
        }
        assert_eq!(seconds("Thu, 01 Jan 20260 00:00:30 GMT"), None);
    }

    #[test]
    fn every_day_comes_back_from_its_date() {
        let mut before = (1969, 12, 31);
        for day in 0..DAYS_IN_400_YEARS {
            let date = date_of(day);
            assert_eq!(days_of(date.0, date.1, date.2), day);
            assert!(date > before, "{date:?} follows {before:?}");
            before = date;
        }
        assert_eq!(before, (2369, 12, 31));
    }
}
