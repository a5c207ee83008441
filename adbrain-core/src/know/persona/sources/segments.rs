//! Segments with counts: exports of Google Analytics 4 and follower insights of Instagram and Facebook.

use std::collections::BTreeMap;

use super::super::profile::{Profile, Source};
use super::time::week_hour;
use super::{ImportOptions, Imported};
use crate::error::{Error, Result};
use crate::measure::cells::{Cells, Columns, Parsed, ages, gender, label};
use crate::measure::number;
use crate::measure::table::csv_table;
use crate::model::{AgeRange, Gender, RowProblem};

/// What a column may be called: the API's name first, then what exports write.
mod names {
    pub(super) const PEOPLE: &[&str] = &[
        "activeUsers",
        "Active users",
        "totalUsers",
        "Total users",
        "Users",
        "followers",
        "Follower count",
        "people",
        "value",
    ];
    pub(super) const AGES: &[&str] = &["userAgeBracket", "age", "Age range"];
    pub(super) const GENDER: &[&str] = &["userGender", "gender"];
    pub(super) const AGES_AND_GENDER: &[&str] =
        &["gender_age", "age_gender", "audience_gender_age", "page_fans_gender_age"];
    pub(super) const PLACE: &[&str] = &["city", "Town / City", "region", "country", "Country / region"];
    pub(super) const DEVICE: &[&str] = &["deviceCategory", "Device category", "device"];
    pub(super) const DATE_HOUR: &[&str] = &["dateHour", "Date + hour (YYYYMMDDHH)", "Date hour"];
    pub(super) const DAY: &[&str] = &["dayOfWeek", "Day of week"];
    pub(super) const HOUR: &[&str] = &["hour", "Hour of day", "online_followers"];
    pub(super) const CONTENT: &[&str] =
        &["contentType", "Content type", "contentGroup", "Content group", "media_product_type", "content"];
    pub(super) const INTEREST: &[&str] = &["brandingInterest", "Interests", "interest"];
    pub(super) const EVENT: &[&str] = &["eventName", "Event name", "event"];
    pub(super) const ALL: &[&[&str]] =
        &[PEOPLE, AGES, GENDER, AGES_AND_GENDER, PLACE, DEVICE, DATE_HOUR, DAY, HOUR, CONTENT, INTEREST, EVENT];
}

/// Imports segments of people with counts from the bytes of a CSV file with a header line: an export of Google Analytics 4 (dimensions
/// such as `userAgeBracket`, `userGender`, `city`, `dateHour`, `brandingInterest`, `eventName` with `activeUsers`), or follower insights
/// (`age`, `gender` or `gender_age` as `F.25-34`, `city`, `hour`, with `followers` or `value`). Lines that begin with `#` are the export's
/// own comments.
///
/// Each row is one segment. Users are not additive over rows that overlap (the same user in two cities): export one set of
/// dimensions per file. Hours are those of the property, which has the account's time zone.
///
/// ```
/// use adbrain_core::persona::{ImportOptions, Source, import_segments};
/// let file = b"# exported by hand\nuserAgeBracket,userGender,dateHour,activeUsers\n25-34,female,2026120120,140\n";
/// let options = ImportOptions::new("BRL".parse()?, "America/Sao_Paulo")?;
/// let found = import_segments(file, Source::Analytics, &options)?;
/// assert_eq!((found.profiles[0].people, found.profiles[0].hours[&44]), (140, 140));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an empty or too large file, no column of counts, no column that says who the people are, or
/// where no row can be used; the first problems are named.
pub fn import_segments(bytes: &[u8], source: Source, _options: &ImportOptions) -> Result<Imported> {
    let table = csv_table(bytes, "segments", Some(b'#'))?;
    let (columns, hash, headers) = (Columns::new(&table.headers), table.hash.clone(), table.headers.clone());
    let Some(people) = columns.first(names::PEOPLE) else {
        let known = "activeUsers, followers or people";
        return Err(Error::invalid("segments.headers", format!("no column counts people ({known})"))
            .next("add the column or rename the one that counts people"));
    };
    let is_described = names::ALL.iter().skip(1).any(|names| columns.first(names).is_some());
    if !is_described {
        return Err(Error::invalid("segments.headers", "no column says who the people are")
            .next("export a dimension such as userAgeBracket, city or dateHour"));
    }
    let (profiles, problems) =
        table.read(|line, cells| profile(&Cells { columns: &columns, line, texts: cells }, people, source))?;
    Ok(Imported { hash, profiles, problems, unused: unused(&headers, names::ALL), orders: BTreeMap::new() })
}

/// The headers that are none of the known names, and those that lost to an earlier name of the same kind.
pub(super) fn unused(headers: &[String], known: &[&[&str]]) -> Vec<String> {
    let columns = Columns::new(headers);
    let used: Vec<&str> = known.iter().filter_map(|names| columns.first(names)).collect();
    let is_used = |header: &&String| used.iter().any(|name| name.eq_ignore_ascii_case(header.trim()));
    headers.iter().filter(|header| !is_used(header)).cloned().collect()
}

fn profile(cells: &Cells<'_>, people: &str, source: Source) -> Result<Profile, RowProblem> {
    let count = cells.take(people, number::count)?;
    if count == 0 {
        return Err(cells.problem(people, "stands for nobody"));
    }
    let optional = |names: &[&'static str]| cells.columns.first(names);
    let counted = |name: Option<String>| name.map(|name| BTreeMap::from([(name, count)])).unwrap_or_default();
    let (both_ages, both_gender) =
        cells.optional(optional(names::AGES_AND_GENDER), ages_and_gender)?.unwrap_or_default();
    let mut profile = Profile {
        ages: cells.optional(optional(names::AGES), ages)?.or(both_ages),
        gender: cells.optional(optional(names::GENDER), gender)?.or(both_gender),
        place: cells.optional(optional(names::PLACE), known_label)?,
        device: cells.optional(optional(names::DEVICE), known_label)?,
        content: counted(cells.optional(optional(names::CONTENT), known_label)?),
        interests: counted(cells.optional(optional(names::INTEREST), known_label)?),
        events: counted(cells.optional(optional(names::EVENT), known_label)?),
        ..Profile::of(source, count)
    };
    add_hours(cells, &mut profile)?;
    Ok(profile)
}

fn add_hours(cells: &Cells<'_>, profile: &mut Profile) -> Result<(), RowProblem> {
    let first = |names: &[&'static str]| cells.columns.first(names);
    let (hour, day) =
        (cells.optional(first(names::HOUR), hour_of_day)?, cells.optional(first(names::DAY), day_of_week)?);
    let week = cells.optional(first(names::DATE_HOUR), date_hour)?.or_else(|| Some(week_hour(day?, hour?)));
    match (week, hour) {
        (Some(week), _) => profile.hours.insert(week, profile.people),
        (None, Some(hour)) => profile.day_hours.insert(u8::try_from(hour).unwrap_or(0), profile.people),
        (None, None) => None,
    };
    Ok(())
}

/// A label, or nothing where the source says that it does not know.
fn known_label(text: &str) -> Parsed<Option<String>> {
    match text.trim().to_lowercase().as_str() {
        "(not set)" | "(other)" | "unknown" => Ok(None),
        _ => label(text),
    }
}

/// `F.25-34`, as follower insights name ages of a gender; `U` is an unknown gender.
fn ages_and_gender(text: &str) -> Parsed<Option<(Option<AgeRange>, Option<Gender>)>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (letter, range) = text.split_once('.').ok_or("is not a gender and ages such as F.25-34")?;
    let who = if letter.eq_ignore_ascii_case("u") { None } else { gender(letter)? };
    Ok(Some((ages(range)?, who)))
}

fn hour_of_day(text: &str) -> Parsed<Option<i8>> {
    within(text, 0..=23, "is not an hour from 0 to 23")
}

/// Analytics counts from Sunday, 0; the week here starts on Monday.
fn day_of_week(text: &str) -> Parsed<Option<i8>> {
    let day = within(text, 0..=6, "is not a day of the week from 0 (Sunday) to 6")?;
    Ok(day.map(|day| (day + 6) % 7))
}

fn within(text: &str, range: std::ops::RangeInclusive<i8>, problem: &str) -> Parsed<Option<i8>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_short = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_short.then(|| text.parse().ok()).flatten().filter(|number| range.contains(number));
    number.map(Some).ok_or_else(|| problem.to_owned())
}

/// `2026120120`: the day and the hour of it.
fn date_hour(text: &str) -> Parsed<Option<u8>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let bad = || "is not a day with hour such as 2026120120".to_owned();
    let (day, hour) = text.split_at_checked(8).ok_or_else(bad)?;
    let day: jiff::civil::Date = match (day.get(..4), day.get(4..6), day.get(6..)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}").parse().map_err(|_| bad())?,
        _ => return Err(bad()),
    };
    let hour = hour_of_day(hour).map_err(|_| bad())?.ok_or_else(bad)?;
    Ok(Some(week_hour(day.weekday().to_monday_zero_offset(), hour)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, source: Source) -> Result<Imported> {
        let options = ImportOptions::new(crate::model::Currency::BRL, "America/Sao_Paulo").unwrap();
        import_segments(text.as_bytes(), source, &options)
    }

    #[test]
    fn an_export_of_analytics_is_read_with_its_comments() {
        let file = "# ----------------------------------------\n# User attributes: Overview\n# ----------------------------------------\n\
                    Age,Gender,City,Day of week,Hour,Interests,Event name,Active users,Engagement rate\n\
                    25-34,female,Recife,0,20,Sports & Fitness,add_to_cart,140,0.5\n\
                    unknown,(not set),(not set),,21,(other),,60,0.4\n";
        let found = read(file, Source::Analytics).unwrap();
        let first = &found.profiles[0];
        assert_eq!((first.ages, first.gender), (Some(AgeRange { min: 25, max: 34 }), Some(Gender::Female)));
        assert_eq!((first.place.as_deref(), first.hours.get(&(6 * 24 + 20))), (Some("Recife"), Some(&140)));
        assert_eq!((first.interests["Sports & Fitness"], first.events["add_to_cart"]), (140, 140));
        let second = &found.profiles[1];
        assert_eq!((second.ages, second.gender, &second.place), (None, None, &None));
        assert_eq!((second.day_hours.get(&21), second.interests.len()), (Some(&60), 0));
        assert_eq!(found.unused, ["Engagement rate"]);
    }

    #[test]
    fn follower_insights_name_ages_of_a_gender_in_one_cell() {
        let found = read("gender_age,value\nF.25-34,120\nU.65+,30\nM.13-17,8\n", Source::Social).unwrap();
        let told: Vec<_> = found.profiles.iter().map(|p| (p.ages.unwrap().min, p.gender, p.people)).collect();
        assert_eq!(told, [(25, Some(Gender::Female), 120), (65, None, 30), (13, Some(Gender::Male), 8)]);
    }

    #[test]
    fn a_bad_cell_is_a_problem_with_line_and_column() {
        let header = "age,gender,city,dateHour,dayOfWeek,hour,followers";
        let good = "25-34,F,Recife,2026120120,,,10";
        for (row, column, wanted) in [
            ("25-34,F,Recife,2026120120,,,", "followers", "is empty"),
            ("25-34,F,Recife,2026120120,,,-3", "followers", "negative"),
            ("25-34,F,Recife,2026120120,,,10.5%", "followers", "not a number"),
            ("25-34,F,Recife,2026120120,,,0", "followers", "nobody"),
            ("34-25,F,Recife,2026120120,,,10", "age", "not a range"),
            ("25-34,woman,Recife,2026120120,,,10", "gender", "not a known gender"),
            ("25-34,F,=1+1,2026120120,,,10", "city", "formula"),
            ("25-34,F,Recife,2026130120,,,10", "dateHour", "not a day with hour"),
            ("25-34,F,Recife,2026120124,,,10", "dateHour", "not a day with hour"),
            ("25-34,F,Recife,,7,20,10", "dayOfWeek", "not a day of the week"),
            ("25-34,F,Recife,,1,24,10", "hour", "not an hour"),
            ("25-34,F,Recife", "", "3 fields"),
        ] {
            let found = read(&format!("{header}\n{good}\n{row}\n"), Source::Social).unwrap();
            assert_eq!((found.profiles.len(), found.problems.len()), (1, 1), "{row}");
            let problem = &found.problems[0];
            assert_eq!((problem.line, problem.column.as_str()), (3, column), "{row}: {}", problem.problem);
            assert!(problem.problem.contains(wanted), "{row}: {}", problem.problem);
        }
    }

    #[test]
    fn a_file_that_says_nothing_of_people_is_refused() {
        let said = |text: &str| read(text, Source::Analytics).unwrap_err().to_string();
        assert!(said("").contains("no header line"));
        assert!(said("city,sessions\nRecife,3\n").contains("no column counts people"));
        assert!(said("activeUsers,sessions\n3,4\n").contains("who the people are"));
        assert!(said("city,activeUsers\nRecife,x\n").contains("line 2, activeUsers"));
        assert!(said("city,City,activeUsers\nRecife,Recife,1\n").contains("appears twice"));
    }
}
