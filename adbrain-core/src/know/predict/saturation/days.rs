//! The distribution of the day of saturation over curves and courses.

use super::belief::{Belief, Node};
use super::pace::Scenario;

/// The probability of each day; the last entry is every day after the horizon.
pub(super) struct Days(Vec<f64>);

impl Days {
    /// No day has any probability yet.
    pub(super) fn up_to(last_day: usize) -> Self {
        Self(vec![0.0; last_day + 2])
    }

    /// Adds to the probability of a day.
    pub(super) fn add(&mut self, day: Option<usize>, weight: f64) {
        let after = self.0.len() - 1;
        let day = day.map_or(after, |day| day.min(after));
        if let Some(probability) = self.0.get_mut(day) {
            *probability += weight;
        }
    }

    /// The day of saturation of every curve under every course, counted from day 1.
    pub(super) fn of(belief: &Belief, courses: &[Scenario]) -> Self {
        let last_day = courses.first().map_or(0, |course| course.impressions.len());
        let mut days = Self::up_to(last_day);
        let Some(first) = courses.first().and_then(|course| course.impressions.iter().find(|one| **one > 0.0)) else {
            return days;
        };
        for node in &belief.nodes {
            let limit = belief.saturated_at(node, first / node.people);
            for course in courses {
                days.add(first_above(course, node, limit), node.weight * course.weight);
            }
        }
        days
    }

    /// The quantile of the day, none where it lies after the horizon.
    pub(super) fn quantile(&self, p: f64) -> Option<u32> {
        let mut sum = 0.0;
        let found = self.0.iter().position(|probability| {
            sum += probability;
            sum >= p
        });
        found.filter(|day| *day + 1 < self.0.len()).and_then(|day| u32::try_from(day).ok())
    }

    /// The probability of a day before `day`.
    pub(super) fn before(&self, day: usize) -> f64 {
        self.0.iter().take(day).sum::<f64>().min(1.0)
    }
}

/// The first day at whose end more than `limit` impressions per head were shown to those who are there: `G_t = (1 - churn) G_(t-1) + V_t / N`.
fn first_above(course: &Scenario, node: &Node, limit: f64) -> Option<usize> {
    let mut shown = 0.0;
    let above = |impressions: &f64| {
        shown = shown * (1.0 - course.churn) + impressions / node.people;
        shown > limit
    };
    course.impressions.iter().position(above).map(|day| day + 1)
}
