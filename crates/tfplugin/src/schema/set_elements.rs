//! Matches the configured elements of a set with those of the prior state. Elements have no keys, so only their values identify
//! them.

use std::collections::{BTreeMap, VecDeque};

use super::proposed_state::{UnsetComputed, is_left_out, proposed_state};
use super::walk::{Attributes, Body};
use super::{Attribute, AttributeKind};
use crate::Value;

/// For each configured element, the index of the prior element that matches it, if one does. A prior element matches if it has
/// the configured values and differs in computed values alone. Each prior element is used once, and the number of matches is the
/// largest possible. Elements that match with their defaults filled in are matched first, so that an element does not take the
/// match of one that is configured in full.
pub(super) fn match_elements(body: Body<'_>, config: &[Value], prior: &[Value]) -> Vec<Option<usize>> {
    if prior.is_empty() {
        return vec![None; config.len()];
    }
    let filled = |element: &Value| proposed_state(body, None, element.clone(), UnsetComputed::Prior);
    let filled: Vec<_> = config.iter().map(filled).collect();
    let mut found = Found::default();
    found.add(body, &filled, prior);
    found.add(body, config, prior);
    (0..config.len()).map(|index| found.of_config.get(&index).copied()).collect()
}

/// The matches, by index of both elements.
#[derive(Default)]
struct Found {
    of_config: BTreeMap<usize, usize>,
    of_prior: BTreeMap<usize, usize>,
}

impl Found {
    fn add(&mut self, body: Body<'_>, config: &[Value], prior: &[Value]) {
        let mut alike: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, element) in unused(prior, &self.of_prior) {
            alike.entry(fixed(body, element)).or_default().push((index, element));
        }
        let candidates = unused(config, &self.of_config).filter_map(|(index, element)| {
            let may_be =
                alike.get(&fixed(body, element))?.iter().filter(|(_, prior)| came_of(body, element, prior));
            Some((index, may_be.map(|(index, _)| *index).collect()))
        });
        let candidates: BTreeMap<usize, Vec<usize>> = candidates.collect();
        let mut more = Found::default();
        for index in candidates.keys() {
            more.take(*index, &candidates);
        }
        self.of_config.extend(more.of_config);
        self.of_prior.extend(more.of_prior);
    }

    /// Matches the element with one of its candidates. If all candidates are used, their elements move to other candidates, until
    /// one is free (augmenting paths). The number of matches is the largest possible.
    fn take(&mut self, index: usize, candidates: &BTreeMap<usize, Vec<usize>>) {
        let mut seen_by = BTreeMap::new();
        let mut queue = VecDeque::from([index]);
        while let Some(element) = queue.pop_front() {
            for candidate in candidates.get(&element).into_iter().flatten() {
                if seen_by.contains_key(candidate) {
                    continue;
                }
                seen_by.insert(*candidate, element);
                match self.of_prior.get(candidate) {
                    Some(holder) => queue.push_back(*holder),
                    None => return self.hand_over(*candidate, &seen_by),
                }
            }
        }
    }

    /// Gives the free candidate to the element that reached it first, the candidate of that element to the next, and so on.
    fn hand_over(&mut self, free: usize, seen_by: &BTreeMap<usize, usize>) {
        let mut free = Some(free);
        while let Some((candidate, element)) = free.and_then(|free| Some((free, *seen_by.get(&free)?))) {
            self.of_prior.insert(candidate, element);
            free = self.of_config.insert(element, candidate);
        }
    }
}

fn unused<'a>(
    elements: &'a [Value],
    used: &BTreeMap<usize, usize>,
) -> impl Iterator<Item = (usize, &'a Value)> {
    elements.iter().enumerate().filter(|(index, _)| !used.contains_key(index))
}

/// What cannot differ between a configured element and one that came of it, to find most pairs without trying all.
fn fixed<'a>(body: Body<'a>, element: &'a Value) -> Vec<Option<&'a Value>> {
    let is_fixed = |attribute: &&Attribute| {
        matches!(attribute.kind, AttributeKind::Plain(_))
            && !attribute.computed
            && attribute.equality.is_none()
    };
    body.attributes.iter().filter(is_fixed).map(|attribute| element.get(&attribute.name)).collect()
}

fn came_of(body: Body<'_>, config: &Value, prior: &Value) -> bool {
    match (config, prior) {
        (Value::Object(config), Value::Object(prior)) => object_came_of(body, config, prior),
        (Value::List(config), Value::List(prior)) => {
            config.len() == prior.len()
                && config.iter().zip(prior).all(|(config, prior)| came_of(body, config, prior))
        }
        (Value::Map(config), Value::Map(prior)) => {
            let mut values = config.values().zip(prior.values());
            config.keys().eq(prior.keys()) && values.all(|(config, prior)| came_of(body, config, prior))
        }
        (Value::Set(config), Value::Set(prior)) => {
            config.len() == prior.len() && match_elements(body, config, prior).iter().all(Option::is_some)
        }
        _ => config == prior,
    }
}

fn object_came_of(body: Body<'_>, config: &Attributes, prior: &Attributes) -> bool {
    let attributes = body.attributes.iter().all(|attribute| {
        let (config, prior) = (part(config, &attribute.name), part(prior, &attribute.name));
        match &attribute.kind {
            _ if is_left_out(attribute, config) => true,
            AttributeKind::Nested(_, attributes) => came_of(Body { attributes, blocks: &[] }, config, prior),
            AttributeKind::Plain(_) => config == prior || attribute.means_the_same_value(config, prior),
        }
    });
    attributes
        && body.blocks.iter().all(|nested| {
            came_of(Body::from(&nested.block), part(config, &nested.name), part(prior, &nested.name))
        })
}

fn part<'a>(parts: &'a Attributes, name: &str) -> &'a Value {
    parts.get(name).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;
    use crate::schema::{Block, NestedBlock, Nesting};

    /// An element by its parts; those left out are null.
    fn element(block: &Block, parts: &[(&str, Value)]) -> Value {
        block.ty().conform(Value::object(parts.iter().cloned())).unwrap()
    }

    #[track_caller]
    fn check(
        block: &Block,
        config: &[&[(&str, Value)]],
        prior: &[&[(&str, Value)]],
        expected: &[Option<usize>],
    ) {
        let elements = |all: &[&[_]]| all.iter().map(|parts| element(block, parts)).collect::<Vec<_>>();
        assert_eq!(match_elements(block.into(), &elements(config), &elements(prior)), expected);
    }

    fn either(name: &str) -> Attribute {
        Attribute::string(name).optional().computed()
    }

    fn sized() -> Block {
        Block::new()
            .attribute(Attribute::string("name").required())
            .attribute(Attribute::string("size").default_value("small"))
            .attribute(Attribute::string("id").computed())
    }

    fn a() -> (&'static str, Value) {
        ("name", "a".into())
    }

    fn size(text: &str) -> (&'static str, Value) {
        ("size", text.into())
    }

    fn id(text: &str) -> (&'static str, Value) {
        ("id", text.into())
    }

    #[test]
    fn what_is_configured_is_the_same_and_the_rest_may_differ() {
        check(&sized(), &[&[a()]], &[&[("name", "b".into())], &[a(), size("large"), id("1")]], &[Some(1)]);
        check(&sized(), &[&[a(), size("small")]], &[&[a(), size("large"), id("1")]], &[None]);
        check(&sized(), &[&[a(), id("2")]], &[&[a(), id("1")]], &[Some(0)]);
        check(&sized(), &[&[("name", Value::UNKNOWN)]], &[&[a()]], &[None]);
        check(&sized(), &[&[a()], &[a(), size("large")]], &[&[a(), size("large")]], &[None, Some(0)]);
    }

    #[test]
    fn an_element_with_the_default_comes_before_one_without() {
        let prior: [&[_]; 2] = [&[a(), size("large"), id("1")], &[a(), size("small"), id("2")]];
        check(&sized(), &[&[a()]], &prior, &[Some(1)]);
    }

    #[test]
    fn as_many_find_theirs_as_can() {
        let block = Block::new().attribute(either("a")).attribute(either("b"));
        let parts = |a: &str, b: &str| [("a", a.into()), ("b", b.into())];
        let prior: [&[_]; 3] = [&parts("1", "2"), &parts("3", "2"), &parts("3", "4")];
        check(&block, &[&[("b", "2".into())], &[("a", "1".into())]], &prior, &[Some(1), Some(0)]);
        let config: [&[_]; 3] = [&[("a", "3".into())], &[("b", "2".into())], &[("a", "1".into())]];
        check(&block, &config, &prior, &[Some(2), Some(1), Some(0)]);
    }

    #[test]
    fn nested_objects_are_compared_by_their_parts() {
        let inner = || [Attribute::string("port").optional(), Attribute::string("id").computed()];
        let ports = |nesting| Block::new().attribute(Attribute::nested("ports", nesting, inner()).optional());
        let port = |port: &str, id: Value| Value::object([("port", port.into()), ("id", id)]);
        let made = |text: &str| port(text, "1".into());
        let open = |text: &str| port(text, Value::Null);
        let compare = |block: &Block, config: Value, prior: Value, expected| {
            check(block, &[&[("ports", config)]], &[&[("ports", prior)]], &[expected]);
        };
        compare(&ports(Nesting::Single), open("80"), made("80"), Some(0));
        compare(&ports(Nesting::Single), open("80"), made("81"), None);
        compare(&ports(Nesting::Single), open("80"), Value::Null, None);
        for nesting in [Nesting::List, Nesting::Set] {
            let list = |ports: &[Value]| Value::List(ports.to_vec());
            compare(
                &ports(nesting),
                list(&[open("80"), open("81")]),
                list(&[made("80"), made("81")]),
                Some(0),
            );
            compare(&ports(nesting), list(&[open("80"), open("81")]), list(&[made("80"), made("82")]), None);
            compare(&ports(nesting), list(&[open("80")]), list(&[made("80"), made("81")]), None);
        }
        let map = |key: &str, port: Value| Value::Map([(key.to_owned(), port)].into());
        compare(&ports(Nesting::Map), map("k", open("80")), map("k", made("80")), Some(0));
        compare(&ports(Nesting::Map), map("k", open("80")), map("l", made("80")), None);
        let block = inner().into_iter().fold(Block::new(), Block::attribute);
        let blocks = Block::new().block(NestedBlock::set("ports", block));
        compare(&blocks, Value::List(vec![open("80")]), Value::List(vec![made("80")]), Some(0));
    }

    #[test]
    fn what_is_computed_as_a_whole_may_be_anything() {
        let nested =
            Attribute::nested("parts", Nesting::Set, [Attribute::string("id").computed()]).computed();
        let block = sized().attribute(Attribute::set("ids", Type::String).computed()).attribute(nested);
        let ids = ("ids", Value::List(vec!["1".into()]));
        let parts = ("parts", Value::List(vec![Value::object([id("1")])]));
        check(&block, &[&[a()]], &[&[a(), ids, parts]], &[Some(0)]);
    }

    #[test]
    fn a_long_row_of_neighbours_moves_up() {
        let last = 4999;
        let wanted =
            |index: usize| if index == last { vec![0] } else { vec![last - 1 - index, last - index] };
        let candidates: BTreeMap<_, _> = (0..=last).map(|index| (index, wanted(index))).collect();
        let mut found = Found::default();
        for index in candidates.keys() {
            found.take(*index, &candidates);
        }
        assert_eq!(found.of_config, (0..=last).map(|index| (index, last - index)).collect());
    }

    #[test]
    fn a_thousand_elements_that_could_be_each_others_are_no_trouble() {
        let block = Block::new().attribute(either("a")).attribute(either("b"));
        let (a, b) =
            (|index: i64| ("a", index.to_string().into()), |index: i64| ("b", index.to_string().into()));
        let prior: Vec<_> = (0..1000).map(|index| element(&block, &[a(index), b(index + 1)])).collect();
        let config =
            (0..1000).map(|index| element(&block, &[if index % 2 == 0 { a(index) } else { b(index + 1) }]));
        let expected: Vec<_> = (0..1000).map(Some).collect();
        assert_eq!(match_elements((&block).into(), &config.collect::<Vec<_>>(), &prior), expected);
    }
}
