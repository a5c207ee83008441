//! Work on several threads with answers in the order of the work.

/// The answers of `work` for 0, 1, ... up to `count`, in this order, whichever thread was faster.
pub(super) fn ordered<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = threads.min(count);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    let mut answers: Vec<Option<T>> = (0..count).map(|_| None).collect();
    let share = count.div_ceil(threads);
    std::thread::scope(|scope| {
        for (part, slots) in answers.chunks_mut(share).enumerate() {
            let work = &work;
            scope.spawn(move || {
                for (at, slot) in slots.iter_mut().enumerate() {
                    *slot = Some(work(part * share + at));
                }
            });
        }
    });
    answers.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_work() {
        for threads in [1, 2, 3, 4, 100] {
            assert_eq!(ordered(10, threads, |at| at * at), (0..10).map(|at| at * at).collect::<Vec<_>>());
        }
        assert!(ordered(0, 4, |at| at).is_empty());
    }
}
