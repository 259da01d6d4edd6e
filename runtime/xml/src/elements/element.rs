//! Elements: a tag, attributes, text before the first child and behind the element, children.

use super::element_of;
use super::iterator::ElementIterator;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, IntoObject, Keywords, NativeObject, assigned};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{DEPRECATION_WARNING, RUNTIME_ERROR};
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slice::{SliceObject, wrap_index};
use sidewinder_runtime::objects::{bytes, singleton, str};
use sidewinder_runtime::operations::{call, compare, convert, import, iterate, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::cell::RefCell;

/// An element of a tree: Element(tag, attrib={}, **extra).
#[native_type("xml.etree.ElementTree.Element", base, weakrefs)]
#[derive(Traverse, Default)]
pub struct Element {
    pub tag: Field,
    /// A dictionary, or nothing as long as there are no attributes and nobody has asked.
    attributes: Field,
    pub text: Field,
    pub tail: Field,
    pub children: RefCell<Vec<Owned>>,
}

#[cold]
fn no_element(cx: &mut Context, value: Value) -> Raised {
    let found = value.type_of().name();
    cx.type_error(format!("expected an Element, not \"{found}\""))
}

fn check(cx: &mut Context, value: Value) -> Result<()> {
    if element_of(value).is_some() { Ok(()) } else { Err(no_element(cx, value)) }
}

/// Whether a path has to be looked at closely, and is not the tag of a child.
fn is_path(path: Value) -> bool {
    match (str::cast(path), bytes::like(path)) {
        (Some(text), _) => match text.as_ascii() {
            Some(ascii) => has_path_characters(ascii.bytes().map(u32::from)),
            None => has_path_characters(text.code_points()),
        },
        (None, Some(bytes)) => has_path_characters(bytes.iter().map(|byte| u32::from(*byte))),
        (None, None) => true,
    }
}

/// Whether there is a character that means something in paths, or the namespace is left open: `{}` or `{*}`.
fn has_path_characters(points: impl Iterator<Item = u32>) -> bool {
    let mut inside = None;
    for (place, point) in points.enumerate() {
        match (char::from_u32(point), inside) {
            (Some('{'), None) => inside = Some(place),
            (Some('}'), Some(0)) if place == 1 => return true,
            (Some('*'), Some(0)) if place == 1 => return true,
            (Some('}'), _) => inside = None,
            (Some('/' | '*' | '[' | '@' | '.'), None) => return true,
            _ => {}
        }
    }
    false
}

/// The dictionary of attributes that arguments say: a copy, with those that have names.
fn attributes_of(cx: &mut Context, given: Option<Value>, arguments: Arguments<'_>) -> Result<Option<Owned>> {
    let mut given = given;
    let mut extra = Vec::new();
    for (name, value) in Keywords(arguments).iter() {
        if given.is_none() && str::equals_text(name, "attrib") {
            if value.cast::<DictObject>().is_none() {
                let found = value.type_of().name();
                return Err(cx.type_error(format!("attrib must be dict, not {found}")));
            }
            given = Some(value);
        } else {
            extra.push((name, value));
        }
    }
    let made = match given {
        Some(given) => dict::of(given).copy(cx),
        None if extra.is_empty() => return Ok(None),
        None => DictObject::new(cx),
    };
    for (name, value) in extra {
        dict::of(made.value()).set(cx, name, value)?;
    }
    Ok(Some(made))
}

/// The positional arguments of `function`: the tag and perhaps a dictionary, behind so many others.
fn tag_and_attributes<'a>(
    cx: &mut Context,
    function: &str,
    arguments: Arguments<'a>,
    before: usize,
) -> Result<(&'a [Value], Option<Value>)> {
    let values = arguments.positionals();
    let (least, most) = (before + 1, before + 2);
    if values.len() < least || values.len() > most {
        let (bound, word) = if values.len() < least { (least, "least") } else { (most, "most") };
        let plural = if bound == 1 { "" } else { "s" };
        let given = values.len();
        return Err(cx.type_error(format!("{function}() takes at {word} {bound} argument{plural} ({given} given)")));
    }
    let attributes = values.get(least).copied();
    if let Some(wrong) = attributes.filter(|given| given.cast::<DictObject>().is_none()) {
        return Err(bad_argument(cx, &format!("{function}() argument {most}"), "dict", wrong));
    }
    Ok((values, attributes))
}

/// What `SubElement` does.
pub fn sub_element(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let (values, attributes) = tag_and_attributes(cx, "SubElement", arguments, 1)?;
    let Some(parent) = element_of(values[0]) else {
        return Err(bad_argument(cx, "SubElement() argument 1", "xml.etree.ElementTree.Element", values[0]));
    };
    let attributes = attributes_of(cx, attributes, arguments)?;
    let made = Element::make(cx, Owned::new(values[1]), attributes)?;
    parent.children.borrow_mut().push(made.clone());
    Ok(made)
}

impl Element {
    /// A new element.
    pub fn make(cx: &mut Context, tag: Owned, attributes: Option<Owned>) -> Result<Owned> {
        let attributes = attributes.map_or_else(Field::empty, Field::new);
        NativeObject::new(cx, Element { tag: Field::new(tag), attributes, ..Element::default() })
    }

    fn attributes(&self, cx: &mut Context) -> Owned {
        if let Some(found) = self.attributes.get() {
            return found;
        }
        let made = DictObject::new(cx);
        self.attributes.set(Some(made.clone()));
        made
    }

    /// The child at a place.
    pub fn child(&self, place: usize) -> Option<Owned> {
        self.children.borrow().get(place).cloned()
    }

    /// Gives the children up, or others in their place. What goes may run Python, so the children are as they are to be then.
    fn replace_children(&self, children: Vec<Owned>) {
        let old = std::mem::replace(&mut *self.children.borrow_mut(), children);
        drop(old);
    }

    fn position(&self, cx: &mut Context, key: Value, doing: &str) -> Result<usize> {
        let index = convert::index_i64(cx, key)?;
        let length = self.children.borrow().len();
        wrap_index(index, length).ok_or_else(|| cx.index_error(format!("child {doing} out of range")))
    }

    fn set_slice(&self, cx: &mut Context, slice: &SliceObject, value: Option<Value>) -> Result<()> {
        let bounds = slice.unpack(cx)?;
        let new = match value {
            None => Vec::new(),
            Some(value) => match iterate::collect(cx, value) {
                Ok(new) => new,
                Err(_) if value.type_of().slots().iter.is_none() && value.type_of().slots().get_item.is_none() => {
                    drop(cx.take_pending());
                    return Err(cx.type_error("assignment expects an iterable"));
                }
                Err(raised) => return Err(raised),
            },
        };
        for element in &new {
            check(cx, element.value())?;
        }
        // Whatever ran just now may have changed the children.
        let length = self.children.borrow().len();
        let span = bounds.adjust(length);
        if span.step != 1 && value.is_some() && new.len() != span.count {
            return Err(cx.value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                new.len(),
                span.count
            )));
        }
        let mut old = Vec::with_capacity(span.count);
        {
            let mut children = self.children.borrow_mut();
            if span.step == 1 {
                let start = span.start as usize;
                old.extend(children.splice(start..start + span.count, new));
            } else if value.is_some() {
                for (place, element) in span.positions().zip(new) {
                    old.push(std::mem::replace(&mut children[place], element));
                }
            } else {
                for place in span.ascending().positions().collect::<Vec<_>>().into_iter().rev() {
                    old.push(children.remove(place));
                }
            }
        }
        drop(old);
        Ok(())
    }

    /// The first child whose tag equals the path.
    fn child_with_tag(&self, cx: &mut Context, tag: Value) -> Result<Option<Owned>> {
        let mut place = 0;
        while let Some(child) = self.child(place) {
            place += 1;
            if has_tag(cx, &child, tag)? {
                return Ok(Some(child));
            }
        }
        Ok(None)
    }

    fn deep_copy(&self, cx: &mut Context, this: Value, memo: Value) -> Result<Owned> {
        cx.check_native_stack(" in __deepcopy__")?;
        let copies = import::module(cx, "copy")?;
        let copy = |cx: &mut Context, value: Owned| -> Result<Owned> {
            if value.value() == singleton::none() || value.value().cast_exact::<str::StrObject>().is_some() {
                return Ok(value);
            }
            call::call_method(cx, copies.value(), "deepcopy", &[value.value(), memo])
        };
        let tag = copy(cx, self.tag.get_or_none())?;
        let attributes = match self.attributes.get() {
            Some(attributes) => Some(copy(cx, attributes)?),
            None => None,
        };
        let made = Element::make(cx, tag, attributes.filter(|made| made.value().cast::<DictObject>().is_some()))?;
        let Some(element) = element_of(made.value()) else { return Ok(made) };
        element.text.set(Some(copy(cx, self.text.get_or_none())?));
        element.tail.set(Some(copy(cx, self.tail.get_or_none())?));
        let mut place = 0;
        while let Some(child) = self.child(place) {
            place += 1;
            let child = match child.value().cast_exact::<NativeObject<Element>>() {
                Some(plain) => plain.deep_copy(cx, child.value(), memo)?,
                None => call::call_method(cx, copies.value(), "deepcopy", &[child.value(), memo])?,
            };
            check(cx, child.value())?;
            element.children.borrow_mut().push(child);
        }
        let number = sidewinder_runtime::objects::int::from_usize(cx, this.0 as usize);
        dict::of(memo).set(cx, number.value(), made.value())?;
        Ok(made)
    }
}

/// Whether a child has a tag.
pub fn has_tag(cx: &mut Context, child: &Owned, tag: Value) -> Result<bool> {
    let Some(element) = element_of(child.value()) else { return Ok(false) };
    let own = element.tag.get_or_none();
    if own.value() == tag { Ok(true) } else { compare::equals(cx, own.value(), tag) }
}

/// Calls a function of `xml.etree.ElementPath`.
fn by_path(cx: &mut Context, function: &str, arguments: &[Value]) -> Result<Owned> {
    let paths = import::module(cx, "xml.etree.ElementPath")?;
    call::call_method(cx, paths.value(), function, arguments)
}

/// An attribute of an element is set, which cannot be deleted.
fn kept(cx: &mut Context, value: Option<Value>) -> Result<Owned> {
    assigned(cx, value, "can't delete element attribute").map(Owned::new)
}

#[methods]
impl Element {
    #[new]
    fn new(_cx: &mut Context, arguments: Arguments<'_>) -> Result<Element> {
        // They are the initialiser's.
        let _ = arguments;
        Ok(Element::default())
    }

    #[init(name = "Element")]
    fn init(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        let (values, attributes) = tag_and_attributes(cx, "Element", arguments, 0)?;
        let attributes = attributes_of(cx, attributes, arguments)?;
        self.tag.set(Some(Owned::new(values[0])));
        self.attributes.set(attributes);
        self.text.set(None);
        self.tail.set(None);
        Ok(())
    }

    /// The name of the element.
    #[get]
    fn tag(&self) -> Option<Owned> {
        self.tag.get()
    }

    #[set(tag)]
    fn set_tag(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = kept(cx, value)?;
        self.tag.set(Some(value));
        Ok(())
    }

    /// The text before the first child, or None.
    #[get]
    fn text(&self) -> Option<Owned> {
        self.text.get()
    }

    #[set(text)]
    fn set_text(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = kept(cx, value)?;
        self.text.set(Some(value));
        Ok(())
    }

    /// The text behind the element, or None.
    #[get]
    fn tail(&self) -> Option<Owned> {
        self.tail.get()
    }

    #[set(tail)]
    fn set_tail(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = kept(cx, value)?;
        self.tail.set(Some(value));
        Ok(())
    }

    /// The attributes, a dictionary.
    #[get]
    fn attrib(&self, cx: &mut Context) -> Owned {
        self.attributes(cx)
    }

    #[set(attrib)]
    fn set_attrib(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = kept(cx, value)?;
        if value.value().cast::<DictObject>().is_none() {
            let found = value.value().type_of().name();
            return Err(cx.type_error(format!("attrib must be dict, not {found}")));
        }
        self.attributes.set(Some(value));
        Ok(())
    }

    /// Adds a child behind the others.
    fn append(&self, cx: &mut Context, subelement: Value) -> Result<()> {
        if element_of(subelement).is_none() {
            return Err(bad_argument(cx, "append() argument 1", "xml.etree.ElementTree.Element", subelement));
        }
        self.children.borrow_mut().push(Owned::new(subelement));
        Ok(())
    }

    /// Adds children behind the others.
    fn extend(&self, cx: &mut Context, elements: Value) -> Result<()> {
        let slots = elements.type_of().slots();
        if slots.iter.is_none() && slots.get_item.is_none() {
            return Err(cx.type_error("'elements' must be an iterable"));
        }
        for element in iterate::collect(cx, elements)? {
            check(cx, element.value())?;
            self.children.borrow_mut().push(element);
        }
        Ok(())
    }

    /// Adds a child at a place.
    fn insert(&self, index: sidewinder_runtime::native::Index, subelement: &NativeObject<Element>) {
        let mut children = self.children.borrow_mut();
        let length = children.len() as i64;
        let place = if index.0 < 0 { index.0.saturating_add(length) } else { index.0 };
        children.insert(place.clamp(0, length) as usize, subelement.to_owned_value());
    }

    /// Takes a child away.
    fn remove(&self, cx: &mut Context, subelement: &NativeObject<Element>) -> Result<()> {
        let wanted = subelement.value();
        let mut place = 0;
        loop {
            let Some(child) = self.child(place) else {
                return Err(cx.value_error("Element.remove(x): element not found"));
            };
            if child.value() == wanted || compare::equals(cx, child.value(), wanted)? {
                break;
            }
            place += 1;
        }
        // The comparison may have changed the children: what stands there now goes, if anything does.
        let mut children = self.children.borrow_mut();
        let old = if place < children.len() { Some(children.remove(place)) } else { None };
        drop(children);
        drop(old);
        Ok(())
    }

    /// Takes children, attributes and texts away.
    fn clear(&self) {
        self.attributes.set(None);
        self.text.set(None);
        self.tail.set(None);
        self.replace_children(Vec::new());
    }

    /// The first element that the path leads to, or None.
    fn find(
        &self,
        cx: &mut Context,
        this: Value,
        #[named] path: Value,
        #[default(None)] namespaces: Option<Value>,
    ) -> Result<Option<Owned>> {
        if namespaces.is_some() || is_path(path) {
            let namespaces = namespaces.unwrap_or(singleton::none());
            return by_path(cx, "find", &[this, path, namespaces]).map(Some);
        }
        self.child_with_tag(cx, path)
    }

    /// The text of the first element that the path leads to, or the default.
    fn findtext(
        &self,
        cx: &mut Context,
        this: Value,
        #[named] path: Value,
        #[default(None)] default: Option<Value>,
        #[default(None)] namespaces: Option<Value>,
    ) -> Result<Owned> {
        let default = default.unwrap_or(singleton::none());
        if namespaces.is_some() || is_path(path) {
            return by_path(cx, "findtext", &[this, path, default, namespaces.unwrap_or(singleton::none())]);
        }
        let found = self.child_with_tag(cx, path)?;
        Ok(match found.as_ref().and_then(|found| element_of(found.value())) {
            Some(found) => {
                found.text.get().filter(|text| text.value() != singleton::none()).unwrap_or_else(|| "".into_object(cx))
            }
            None => Owned::new(default),
        })
    }

    /// A list of the elements that the path leads to.
    fn findall(
        &self,
        cx: &mut Context,
        this: Value,
        #[named] path: Value,
        #[default(None)] namespaces: Option<Value>,
    ) -> Result<Owned> {
        if namespaces.is_some() || is_path(path) {
            return by_path(cx, "findall", &[this, path, namespaces.unwrap_or(singleton::none())]);
        }
        let mut found = Vec::new();
        let mut place = 0;
        while let Some(child) = self.child(place) {
            place += 1;
            if has_tag(cx, &child, path)? {
                found.push(child);
            }
        }
        Ok(ListObject::new(cx, found))
    }

    /// An iterator over the elements that the path leads to.
    fn iterfind(
        &self,
        cx: &mut Context,
        this: Value,
        #[named] path: Value,
        #[default(None)] namespaces: Option<Value>,
    ) -> Result<Owned> {
        by_path(cx, "iterfind", &[this, path, namespaces.unwrap_or(singleton::none())])
    }

    /// The value of an attribute, or the default.
    fn get(&self, cx: &mut Context, #[named] key: Value, #[default(None)] default: Option<Value>) -> Result<Owned> {
        let default = default.unwrap_or(singleton::none());
        let Some(attributes) = self.attributes.get() else { return Ok(Owned::new(default)) };
        let found = dict::of(attributes.value()).get(cx, key)?;
        Ok(Owned::new(found.unwrap_or(default)))
    }

    /// Sets an attribute.
    fn set(&self, cx: &mut Context, key: Value, value: Value) -> Result<()> {
        let attributes = self.attributes(cx);
        dict::of(attributes.value()).set(cx, key, value)
    }

    /// A list of the names of the attributes.
    fn keys(&self, cx: &mut Context) -> Owned {
        let names = self.pairs().into_iter().map(|(name, _)| name).collect();
        ListObject::new(cx, names)
    }

    /// A list of the attributes, as pairs.
    fn items(&self, cx: &mut Context) -> Owned {
        let pairs = self.pairs().into_iter().map(|pair| pair.into_object(cx)).collect();
        ListObject::new(cx, pairs)
    }

    /// An iterator over the element and all below it, or those with a tag.
    fn iter(
        &self,
        cx: &mut Context,
        this: Value,
        #[named]
        #[default(None)]
        tag: Option<Owned>,
    ) -> Result<Owned> {
        let tag = tag.filter(|tag| !str::equals_text(tag.value(), "*") && bytes::like(tag.value()) != Some(b"*"));
        ElementIterator::make(cx, Owned::new(this), tag, false)
    }

    /// An iterator over the texts in the element.
    fn itertext(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        ElementIterator::make(cx, Owned::new(this), None, true)
    }

    /// A new element like this one, without children and texts.
    fn makeelement(&self, cx: &mut Context, tag: Owned, attrib: &DictObject) -> Result<Owned> {
        let attributes = attrib.copy(cx);
        Element::make(cx, tag, Some(attributes))
    }

    /// A copy with the same children.
    fn __copy__(&self, cx: &mut Context) -> Result<Owned> {
        let made = Element::make(cx, self.tag.get_or_none(), self.attributes.get())?;
        if let Some(element) = element_of(made.value()) {
            element.text.set(self.text.get());
            element.tail.set(self.tail.get());
            element.replace_children(self.children.borrow().clone());
        }
        Ok(made)
    }

    /// A copy with copies of the children.
    fn __deepcopy__(&self, cx: &mut Context, this: Value, memo: &DictObject) -> Result<Owned> {
        self.deep_copy(cx, this, Value::from_pointer(memo))
    }

    /// What is pickled.
    fn __getstate__(&self, cx: &mut Context) -> Owned {
        let made = DictObject::new(cx);
        let children = ListObject::new(cx, self.children.borrow().clone());
        let attributes = match self.attributes.get() {
            Some(attributes) => attributes,
            None => DictObject::new(cx),
        };
        let (tag, text, tail) = (self.tag.get_or_none(), self.text.get_or_none(), self.tail.get_or_none());
        let parts = [("tag", tag), ("_children", children), ("attrib", attributes), ("text", text), ("tail", tail)];
        for (name, value) in parts {
            dict::of(made.value()).set_text(cx, name, value.value());
        }
        made
    }

    /// Takes what was pickled.
    fn __setstate__(&self, cx: &mut Context, state: Value) -> Result<()> {
        if state.cast::<DictObject>().is_none() {
            let shown = convert::repr_text(cx, state)?;
            return Err(cx.type_error(format!("Don't know how to unpickle \"{shown}\" as an Element")));
        }
        let part = |cx: &mut Context, name: &str| dict::of(state).get_text(cx, name).map(Owned::new);
        let Some(tag) = part(cx, "tag") else { return Err(cx.type_error("tag may not be NULL")) };
        self.tag.set(Some(tag));
        let text = part(cx, "text");
        self.text.set(text);
        let tail = part(cx, "tail");
        self.tail.set(tail);
        if let Some(children) = part(cx, "_children") {
            if children.value().cast::<ListObject>().is_none() {
                return Err(cx.type_error("'_children' is not a list"));
            }
            let children = iterate::collect(cx, children.value())?;
            for child in &children {
                check(cx, child.value())?;
            }
            self.replace_children(children);
        } else {
            self.replace_children(Vec::new());
        }
        let attributes = part(cx, "attrib").filter(|found| found.value().cast::<DictObject>().is_some());
        self.attributes.set(attributes);
        Ok(())
    }

    #[slot(length)]
    fn length(&self) -> Result<usize> {
        Ok(self.children.borrow().len())
    }

    #[slot(truth)]
    fn truth(&self, cx: &mut Context) -> Result<bool> {
        let message = "Testing an element's truth value will always return True in future versions.  Use specific \
                       'len(elem)' or 'elem is not None' test instead.";
        warnings::warn(cx, &DEPRECATION_WARNING, message, 1)?;
        Ok(!self.children.borrow().is_empty())
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        if let Some(slice) = key.cast_exact::<SliceObject>() {
            let bounds = slice.unpack(cx)?;
            let children = self.children.borrow();
            let span = bounds.adjust(children.len());
            let found = span.positions().map(|place| children[place].clone()).collect();
            drop(children);
            return Ok(ListObject::new(cx, found));
        }
        if !convert::is_index(Some(key)) {
            return Err(cx.type_error("element indices must be integers"));
        }
        let position = self.position(cx, key, "index")?;
        self.child(position).ok_or_else(|| cx.index_error("child index out of range"))
    }

    #[slot(set_item)]
    fn set_item(&self, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        if let Some(slice) = key.cast_exact::<SliceObject>() {
            return self.set_slice(cx, slice, value);
        }
        if !convert::is_index(Some(key)) {
            return Err(cx.type_error("element indices must be integers"));
        }
        let position = self.position(cx, key, "assignment index")?;
        if let Some(value) = value {
            check(cx, value)?;
        }
        let mut children = self.children.borrow_mut();
        let old = match value {
            Some(value) => std::mem::replace(&mut children[position], Owned::new(value)),
            None => children.remove(position),
        };
        drop(children);
        drop(old);
        Ok(())
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<String> {
        let address = this.0;
        let Some(tag) = self.tag.get() else { return Ok(format!("<Element at {address:#x}>")) };
        if cx.repr_active.contains(&this) {
            let class = this.type_of().name();
            return Err(cx.raise(&RUNTIME_ERROR, format!("reentrant call inside {class}.__repr__")));
        }
        cx.repr_active.push(this);
        let shown = convert::repr(cx, tag.value());
        if let Some(place) = cx.repr_active.iter().rposition(|active| *active == this) {
            cx.repr_active.remove(place);
        }
        let shown = shown?;
        Ok(format!("<Element {} at {address:#x}>", str::text(shown.value()).unwrap_or_default()))
    }
}

impl Element {
    fn pairs(&self) -> Vec<(Owned, Owned)> {
        let Some(attributes) = self.attributes.get() else { return Vec::new() };
        let dict = dict::of(attributes.value());
        let entries = (0..dict.entry_count()).filter_map(|place| dict.entry(place));
        entries.map(|(name, value)| (Owned::new(name), Owned::new(value))).collect()
    }
}
