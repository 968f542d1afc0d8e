//! Best-first merging under cannot-link.

use std::collections::HashSet;

use super::attach;
use super::compare;
use super::conflict;
use super::engine;
use super::levels::{Comparison, Pattern, account, alias, birth, same};
use super::model::Model;
use super::rules::Rule;
use super::table::{Record, Table};

/// Two records and how sure it is that they are one person; indexes into the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub a: u32,
    pub b: u32,
    pub rule: Rule,
    /// Odds, in hundredths of a bit.
    pub weight: i32,
}

/// What is known of the pairs that share a key.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Pairs sure enough to be one person.
    pub edges: Vec<Edge>,
    /// From a nickname to somebody it may mean.
    pub hints: Vec<Edge>,
    /// Pairs a person should look at.
    pub doubts: Vec<Edge>,
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
    /// Doubts that are still open: the surest one between any two clusters.
    pub doubts: Vec<Edge>,
}

/// The records, what they are weighed with, and what people said: all that decides whether two may be one person.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub table: &'a Table,
    pub model: &'a Model,
    pub decisions: &'a Decisions,
}

impl<'a> World<'a> {
    fn pair(self, a: u32, b: u32) -> (Record<'a>, Record<'a>, Pattern) {
        let (one, other) = (self.table.at(a), self.table.at(b));
        (one, other, compare::pattern(one, other, &self.model.frequencies))
    }

    /// Odds of two records being one person against being relatives; none if they may not be one person: because people say
    /// so, because they contradict each other, or because relatives explain better what they have in common.
    pub fn family(self, a: u32, b: u32) -> Option<i32> {
        if self.decisions.forbids(a, b) {
            return None;
        }
        let (one, other, pattern) = self.pair(a, b);
        let family = engine::score(self.model, one, other, pattern).family;
        (family >= 0 && conflict::between(one, other, pattern).is_none()).then_some(family)
    }

    /// Whether two records agree in something besides a phone.
    pub fn agree_beyond_phone(self, a: u32, b: u32) -> bool {
        let (_, _, pattern) = self.pair(a, b);
        let agrees = |comparison, levels: &[u8]| levels.contains(&pattern.level(comparison));
        agrees(Comparison::Account, &[account::UNION, account::CONTACT])
            || agrees(Comparison::Gender, &[same::EQUAL])
            || agrees(Comparison::Email, &[same::EQUAL])
            || agrees(Comparison::Birth, &[birth::EQUAL])
            || agrees(Comparison::Alias, &[alias::FITS])
    }

    /// Orders edges: surest first, then by what the records are.
    pub fn sort(self, edges: &mut [Edge]) {
        edges.sort_by_cached_key(|edge| {
            let (a, b) = (self.table.at(edge.a).tie(), self.table.at(edge.b).tie());
            (std::cmp::Reverse(edge.weight), a.min(b), a.max(b))
        });
    }
}

/// Merges along the edges, surest first, and skips every merge that would bring two records into a cluster that may not be
/// one person. Then nicknames go to the only person they can mean.
///
/// What people decided comes first and overrules what records say; only another decision stops it.
pub(crate) fn cluster(world: World<'_>, evidence: Evidence) -> Clusters {
    let Evidence { mut edges, hints, mut doubts } = evidence;
    let decided =
        world.decisions.must.iter().map(|(a, b)| Edge { a: *a, b: *b, rule: Rule::Decision, weight: i32::MAX });
    edges.extend(decided);
    world.sort(&mut edges);
    let mut forest = Forest::new(world.table.len());
    let mut links = Vec::new();
    for edge in edges {
        let permits = |a, b| {
            if edge.rule == Rule::Decision { !world.decisions.forbids(a, b) } else { world.family(a, b).is_some() }
        };
        if forest.join(edge, permits) {
            links.push(edge);
        } else if edge.rule != Rule::Decision {
            doubts.push(edge);
        }
    }
    attach::attach(world, hints, &mut forest, &mut links);
    let doubts = open_doubts(world, doubts, &mut forest);
    let root = (0..world.table.len()).map(|index| forest.root(u32::try_from(index).unwrap_or(u32::MAX))).collect();
    Clusters { root, links, doubts }
}

fn open_doubts(world: World<'_>, mut doubts: Vec<Edge>, forest: &mut Forest) -> Vec<Edge> {
    world.sort(&mut doubts);
    let mut asked = HashSet::new();
    doubts.retain(|edge| {
        let (a, b) = (forest.root(edge.a), forest.root(edge.b));
        a != b && asked.insert((a.min(b), a.max(b))) && forest.may_join(a, b, |a, b| !world.decisions.forbids(a, b))
    });
    doubts
}

/// Union-find whose clusters are rings, so that the members of one can be walked without lists.
pub(super) struct Forest {
    parent: Vec<u32>,
    next: Vec<u32>,
    size: Vec<u32>,
}

impl Forest {
    fn new(len: usize) -> Self {
        let own: Vec<u32> = (0..u32::try_from(len).unwrap_or(u32::MAX)).collect();
        Self { parent: own.clone(), next: own, size: vec![1; len] }
    }

    pub fn root(&mut self, mut index: u32) -> u32 {
        while self.parent[index as usize] != index {
            let grandparent = self.parent[self.parent[index as usize] as usize];
            self.parent[index as usize] = grandparent;
            index = grandparent;
        }
        index
    }

    pub fn members(&self, start: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(start), move |index| Some(self.next[*index as usize]).filter(|next| *next != start))
    }

    pub fn may_join(&self, a: u32, b: u32, mut permits: impl FnMut(u32, u32) -> bool) -> bool {
        self.members(a).all(|first| self.members(b).all(|second| permits(first, second)))
    }

    /// Unites the clusters of an edge if every pair across permits it; says whether they are one now.
    pub fn join(&mut self, edge: Edge, permits: impl FnMut(u32, u32) -> bool) -> bool {
        let (a, b) = (self.root(edge.a), self.root(edge.b));
        if a == b || !self.may_join(a, b, permits) {
            return false;
        }
        let (small, large) = if self.size[a as usize] < self.size[b as usize] { (a, b) } else { (b, a) };
        self.parent[small as usize] = large;
        self.size[large as usize] += self.size[small as usize];
        self.next.swap(small as usize, large as usize);
        true
    }
}
