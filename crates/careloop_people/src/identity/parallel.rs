//! Work on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many things are worth doing at once.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What `work` gives for each number below `count`, in order; a free core takes the next number.
pub(crate) fn map<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return done;
            }
            done.push((number, work(number)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..cores().min(count)).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What `work` gives for consecutive parts of a slice, in order; a short slice is one part.
pub(crate) fn chunks<T: Sync, R: Send>(all: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    const SHORT: usize = 10_000;
    if all.len() <= SHORT {
        return vec![work(all)];
    }
    let size = all.len().div_ceil(cores() * 8).max(SHORT);
    map(all.len().div_ceil(size), |part| work(&all[part * size..((part + 1) * size).min(all.len())]))
}
