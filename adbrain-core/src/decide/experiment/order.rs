//! Days in the order of time, in whatever order they were given.

use std::borrow::Cow;

use jiff::civil::Date;

use super::data::{Block, Data};
use super::settings::Unit;

/// The data with their days in the order of time, where all their names tell it: dates such as `2027-01-31`, or one word with a number such as
/// `day 9`. Days with other names stay as they were given.
pub(super) fn in_time(data: &Data, unit: Unit) -> Cow<'_, Data> {
    let lists = || data.arms.iter().flat_map(|arm| [&arm.blocks, &arm.before]);
    let mut words = lists().flatten().map(|block| place(&block.unit).map(|place| place.0));
    let first = words.next().flatten();
    let is_told = first.is_some() && words.all(|word| word == first);
    if unit != Unit::Day || !is_told || lists().all(|blocks| blocks.is_sorted_by_key(number)) {
        return Cow::Borrowed(data);
    }
    let mut sorted = data.clone();
    for arm in &mut sorted.arms {
        arm.blocks.sort_by_key(number);
        arm.before.sort_by_key(number);
    }
    Cow::Owned(sorted)
}

fn number(block: &Block) -> Option<u64> {
    place(&block.unit).map(|place| place.1)
}

/// What a name is before its number, and the number; that of a date is its eight digits.
fn place(unit: &str) -> Option<(String, u64)> {
    if let Ok(date) = unit.parse::<Date>() {
        return Some((String::from("a date"), date.to_string().replace('-', "").parse().ok()?));
    }
    let word = unit.trim_end_matches(|letter: char| letter.is_ascii_digit());
    Some((word.to_owned(), unit.strip_prefix(word)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Arm;

    fn read(units: &[&str], unit: Unit) -> Vec<String> {
        let blocks = units.iter().map(|unit| Block::value(*unit, 1.0)).collect();
        let data = Data::of(vec![Arm::of_blocks("a", blocks)]);
        let sorted = in_time(&data, unit).into_owned();
        sorted.arms[0].blocks.iter().map(|block| block.unit.clone()).collect()
    }

    #[test]
    fn days_are_read_in_the_order_of_time_where_their_names_tell_it() {
        let days = |units: &[&str]| read(units, Unit::Day);
        assert_eq!(days(&["2027-03-02", "2027-02-28", "2027-03-01"]), ["2027-02-28", "2027-03-01", "2027-03-02"]);
        assert_eq!(days(&["day 10", "day 9", "day 1"]), ["day 1", "day 9", "day 10"]);
        assert_eq!(days(&["3", "20", "1"]), ["1", "3", "20"]);
        for unordered in [["monday", "friday", "sunday"], ["b2", "a1", "b1"], ["2027-03-02", "day 1", "2027-03-01"]] {
            assert_eq!(days(&unordered), unordered);
        }
        assert_eq!(read(&["region 2", "region 1"], Unit::Geo), ["region 2", "region 1"]);
    }

    #[test]
    fn days_in_order_are_not_copied() {
        let arm = |name: &str| Arm::of_blocks(name, vec![Block::value("1", 1.0), Block::value("2", 1.0)]);
        assert!(matches!(in_time(&Data::of(vec![arm("a"), arm("b")]), Unit::Day), Cow::Borrowed(_)));
    }
}
