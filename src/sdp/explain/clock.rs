//! Times as a browser's locale writes them, `1/31/2024, 11:59:59 PM`: what counts is how far they are apart.

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The order of the numbers of a date.
const ORDERS: [fn([i64; 3]) -> [i64; 3]; 3] =
    [|[month, day, year]| [year, month, day], |[day, month, year]| [year, month, day], |date| date];

/// Seconds since the first of `texts`, in their order; nothing unless all of them are such times.
///
/// A date may be read in more than one way: the one by which least time goes by counts.
pub(super) fn seconds_between(texts: &[&str]) -> Option<Vec<i64>> {
    let numbers: Vec<Numbers> = texts.iter().map(|text| Numbers::of(text)).collect::<Option<_>>()?;
    let readings = ORDERS.iter().filter_map(|order| {
        let seconds: Vec<i64> = numbers.iter().map(|one| one.seconds(*order)).collect::<Option<_>>()?;
        let first = *seconds.iter().min()?;
        let last = *seconds.iter().max()?;
        Some((last - first, seconds.iter().map(|at| at - first).collect()))
    });
    readings.min_by_key(|(span, _): &(i64, Vec<i64>)| *span).map(|(_, seconds)| seconds)
}

struct Numbers {
    date: [i64; 3],
    /// Hour of 24, minute, second.
    time: [i64; 3],
}

impl Numbers {
    fn of(text: &str) -> Option<Self> {
        let words = text.split(|letter: char| !letter.is_ascii_digit()).filter(|word| !word.is_empty());
        let numbers: Vec<i64> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
        let [a, b, c, hour, minute, rest @ ..] = &numbers[..] else { return None };
        let letters: String = text.chars().filter(|letter| letter.is_ascii_alphabetic()).collect();
        let hour = match letters.to_ascii_lowercase().as_str() {
            "" => *hour,
            "am" if *hour <= 12 => hour % 12,
            "pm" if *hour <= 12 => hour % 12 + 12,
            _ => return None,
        };
        // Words for morning and evening in other letters would be missed.
        if text.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii()) {
            return None;
        }
        Some(Self { date: [*a, *b, *c], time: [hour, *minute, rest.first().copied().unwrap_or(0)] })
    }

    fn seconds(&self, order: fn([i64; 3]) -> [i64; 3]) -> Option<i64> {
        let [year, month, day] = order(self.date);
        // 24 is 2024.
        let year = if year < 100 { year + 2000 } else { year };
        let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        let [hour, minute, second] = self.time.map(i8::try_from);
        let time = jiff::civil::Time::new(hour.ok()?, minute.ok()?, second.ok()?, 0).ok()?;
        Some(date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::seconds_between;

    #[test]
    fn times_of_many_locales_are_seconds_since_the_first() {
        let check = |texts: &[&str], expected: Option<&[i64]>| {
            assert_eq!(seconds_between(texts).as_deref(), expected, "{texts:?}");
        };
        check(&["1/1/2024, 3:00:00 AM", "1/1/2024, 3:00:18\u{202f}AM"], Some(&[0, 18]));
        check(&["1/1/2024, 11:59:59 AM", "1/1/2024, 12:00:01 PM"], Some(&[0, 2]));
        check(&["31.1.2024, 23:59:58", "1.2.2024, 00:00:03"], Some(&[0, 5]));
        check(&["1/31/2024, 11:59:58 PM", "2/1/2024, 12:00:03 AM"], Some(&[0, 5]));
        // Either the first and the second of December, or of January and February.
        check(&["12/1/2024, 11:59:58 PM", "12/2/2024, 12:00:03 AM"], Some(&[0, 5]));
        check(&["2024-05-06 10:00:07", "2024-05-06 10:00:00"], Some(&[7, 0]));
        check(&["1/1/2024, 3:00:00 AM", "later"], None);
        check(&["2024/1/1 午後3:00:00"], None);
        check(&["99/99/2024, 3:00:00 AM"], None);
        check(&[], None);
    }
}
