//! Best-first merging under cannot-link.

use std::collections::HashSet;

use super::conflict;
use super::features::Features;
use super::rules::Rule;

/// Two records that a rule joins; indexes into the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub a: u32,
    pub b: u32,
    pub rule: Rule,
}

/// What people decided, as pairs of indexes, lower first.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    pub must: Vec<(u32, u32)>,
    pub cannot: HashSet<(u32, u32)>,
}

impl Decisions {
    fn forbids(&self, a: u32, b: u32) -> bool {
        !self.cannot.is_empty() && self.cannot.contains(&(a.min(b), a.max(b)))
    }
}

/// The outcome: which cluster each record is in, and the edges that joined them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clusters {
    /// For each record some record of its cluster, the same for all of them.
    pub root: Vec<u32>,
    /// The edges that united two clusters.
    pub links: Vec<Edge>,
}

/// Merges along the edges, strongest rule first, and skips every merge that would bring a contradiction into a cluster.
///
/// What people decided comes first and overrules what records say; only another decision stops it.
pub(crate) fn cluster(features: &[Features], mut edges: Vec<Edge>, decisions: &Decisions) -> Clusters {
    edges.extend(decisions.must.iter().map(|(a, b)| Edge { a: *a, b: *b, rule: Rule::Decision }));
    let tie = |edge: &Edge| {
        let (a, b) = (features[edge.a as usize].tie, features[edge.b as usize].tie);
        (edge.rule, a.min(b), a.max(b))
    };
    edges.sort_unstable_by_key(tie);
    let mut forest = Forest::new(features.len());
    let mut links = Vec::new();
    for edge in edges {
        let (a, b) = (forest.root(edge.a), forest.root(edge.b));
        if a != b && forest.may_join(a, b, |a, b| permits(features, decisions, edge.rule, (a, b))) {
            forest.join(a, b);
            links.push(edge);
        }
    }
    let root = (0..features.len()).map(|index| forest.root(u32::try_from(index).unwrap_or(u32::MAX))).collect();
    Clusters { root, links }
}

fn permits(features: &[Features], decisions: &Decisions, rule: Rule, (a, b): (u32, u32)) -> bool {
    !decisions.forbids(a, b)
        && (rule == Rule::Decision || conflict::between(&features[a as usize], &features[b as usize]).is_none())
}

/// Union-find whose clusters are rings, so that the members of one can be walked without lists.
struct Forest {
    parent: Vec<u32>,
    next: Vec<u32>,
    size: Vec<u32>,
}

impl Forest {
    fn new(len: usize) -> Self {
        let own: Vec<u32> = (0..u32::try_from(len).unwrap_or(u32::MAX)).collect();
        Self { parent: own.clone(), next: own, size: vec![1; len] }
    }

    fn root(&mut self, mut index: u32) -> u32 {
        while self.parent[index as usize] != index {
            let grandparent = self.parent[self.parent[index as usize] as usize];
            self.parent[index as usize] = grandparent;
            index = grandparent;
        }
        index
    }

    fn members(&self, start: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(start), move |index| Some(self.next[*index as usize]).filter(|next| *next != start))
    }

    fn may_join(&self, a: u32, b: u32, permits: impl Fn(u32, u32) -> bool) -> bool {
        self.members(a).all(|first| self.members(b).all(|second| permits(first, second)))
    }

    fn join(&mut self, a: u32, b: u32) {
        let (small, large) = if self.size[a as usize] < self.size[b as usize] { (a, b) } else { (b, a) };
        self.parent[small as usize] = large;
        self.size[large as usize] += self.size[small as usize];
        self.next.swap(small as usize, large as usize);
    }
}
