//! Which statements about a group may stand side by side, so that no few people share what two or three of them say.

use super::profile::Profile;

/// So many members share a word of a set.
const WORD: usize = 64;

/// A set of members, one bit each.
type Members = Vec<u64>;

/// The members of a group with the statements that are told about them.
///
/// Every one, two or three statements that were admitted are true together of nobody or of at least `floor` people.
pub(super) struct Crowd<'a> {
    members: &'a [&'a Profile],
    floor: u64,
    told: Vec<Members>,
}

impl<'a> Crowd<'a> {
    /// A group of which nothing is told yet.
    pub(super) fn of(members: &'a [&'a Profile], floor: u64) -> Self {
        Self { members, floor, told: Vec::new() }
    }

    /// Tells a statement, if it is true of enough people and goes with all that is told already; says whether it was.
    pub(super) fn admit(&mut self, holds: impl Fn(&Profile) -> bool) -> bool {
        let new = self.members_of(holds);
        let may_be = self.people(new.iter().copied()) >= self.floor && self.goes_with_all(&new);
        if may_be {
            self.told.push(new);
        }
        may_be
    }

    fn goes_with_all(&self, new: &[u64]) -> bool {
        self.told.iter().enumerate().all(|(at, told)| {
            let both: Members = both(new, told).collect();
            match self.people(both.iter().copied()) {
                0 => true, // nor does anybody share a third
                few if few < self.floor => false,
                _ => self.told.iter().take(at).all(|third| !self.is_few(self.people(self::both(&both, third)))),
            }
        })
    }

    fn is_few(&self, people: u64) -> bool {
        people > 0 && people < self.floor
    }

    fn members_of(&self, holds: impl Fn(&Profile) -> bool) -> Members {
        let word = |members: &[&Profile]| {
            let bits = members.iter().enumerate().filter(|(_, member)| holds(member));
            bits.fold(0, |word, (at, _)| word | 1 << at)
        };
        self.members.chunks(WORD).map(word).collect()
    }

    /// The people of a set, counted no further than the floor.
    fn people(&self, words: impl Iterator<Item = u64>) -> u64 {
        let mut people = 0_u64;
        for (word, members) in words.zip(self.members.chunks(WORD)).filter(|(word, _)| *word > 0) {
            let inside = members.iter().enumerate().filter(|(at, _)| word >> at & 1 == 1);
            people = inside.fold(people, |people, (_, member)| people.saturating_add(member.people));
            if people >= self.floor {
                return people;
            }
        }
        people
    }
}

fn both<'s>(one: &'s [u64], other: &'s [u64]) -> impl Iterator<Item = u64> + 's {
    one.iter().zip(other).map(|(one, other)| one & other)
}

#[cfg(test)]
mod tests {
    use super::super::profile::Source;
    use super::*;
    use crate::stats::random::Random;

    fn member(interests: &[usize]) -> Profile {
        let interests = interests.iter().map(|interest| (interest.to_string(), 1)).collect();
        Profile { interests, ..Profile::of(Source::Social, 1) }
    }

    fn likes(interest: usize) -> impl Fn(&Profile) -> bool {
        move |profile| profile.interests.contains_key(&interest.to_string())
    }

    #[test]
    fn a_statement_that_few_share_with_another_is_not_told() {
        let people = [vec![member(&[0]); 90], vec![member(&[1]); 30], vec![member(&[0, 1]); 9]].concat();
        let members: Vec<&Profile> = people.iter().collect();
        let mut crowd = Crowd::of(&members, 10);
        assert!(crowd.admit(likes(0)) && !crowd.admit(likes(1)));
        let mut turned = Crowd::of(&members, 10);
        assert!(turned.admit(likes(1)) && !turned.admit(likes(0)));
        let apart: Vec<&Profile> = members.iter().take(120).copied().collect();
        let mut crowd = Crowd::of(&apart, 10);
        assert!(crowd.admit(likes(0)) && crowd.admit(likes(1)) && !crowd.admit(likes(2)));
        // Segments count with all their people.
        let segment = Profile { people: 10, ..member(&[2]) };
        assert!(Crowd::of(&[&segment], 10).admit(likes(2)));
    }

    #[test]
    fn no_three_statements_are_shared_by_few() {
        for seed in 0..40 {
            let mut luck = Random::at(seed, &[]);
            let people: Vec<Profile> =
                (0..150).map(|_| member(&(0..12).filter(|_| luck.uniform() < 0.35).collect::<Vec<_>>())).collect();
            let members: Vec<&Profile> = people.iter().collect();
            let mut crowd = Crowd::of(&members, 10);
            let told: Vec<usize> = (0..12).filter(|interest| crowd.admit(likes(*interest))).collect();
            let shared = |wanted: &[usize]| {
                people.iter().filter(|person| wanted.iter().all(|interest| likes(*interest)(person))).count()
            };
            let mut triples = 0;
            for (at, first) in told.iter().enumerate() {
                for (next, second) in told.iter().enumerate().skip(at) {
                    for third in told.iter().skip(next) {
                        let count = shared(&[*first, *second, *third]);
                        assert!(count == 0 || count >= 10, "{seed} {first} {second} {third} {count}");
                        triples += 1;
                    }
                }
            }
            assert!(triples >= 4, "{seed} {told:?}");
        }
    }
}
