//! The iterator over an element and all below it, or over the texts in it.

use super::element::has_tag;
use super::element_of;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::{singleton, str};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result};
use std::cell::RefCell;

/// An iterator in the order of the document.
#[native_type("_elementtree._element_iterator")]
#[derive(Traverse)]
pub struct ElementIterator {
    /// The element, as long as it was not given.
    root: Field,
    /// The elements that are open, each with the place of its next child.
    open: RefCell<Vec<(Owned, usize)>>,
    tag: Option<Owned>,
    texts: bool,
}

/// What comes next.
enum Step {
    Start(Owned),
    End(Owned),
}

impl ElementIterator {
    pub fn make(cx: &mut Context, root: Owned, tag: Option<Owned>, texts: bool) -> Result<Owned> {
        NativeObject::new(cx, ElementIterator { root: Field::new(root), open: RefCell::default(), tag, texts })
    }

    fn step(&self) -> Option<Step> {
        let mut open = self.open.borrow_mut();
        let Some((element, place)) = open.last_mut() else {
            drop(open);
            return self.root.take().map(Step::Start);
        };
        let child = element_of(element.value()).and_then(|element| element.child(*place));
        match child {
            Some(child) => {
                *place += 1;
                Some(Step::Start(child))
            }
            None => open.pop().map(|(element, _)| Step::End(element)),
        }
    }
}

#[methods]
impl ElementIterator {
    #[slot(iter)]
    fn iter(this: &NativeObject<ElementIterator>) -> Result<Owned> {
        Ok(this.to_owned_value())
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        while let Some(step) = self.step() {
            let text = match step {
                Step::Start(element) => {
                    let Some(found) = element_of(element.value()) else {
                        let name = element.value().type_of().name();
                        let message = format!("'{name}' object has no attribute 'iter'");
                        return Err(cx.raise(&ATTRIBUTE_ERROR, message));
                    };
                    // Comments and instructions have no text of their own.
                    let tag = found.tag.get_or_none();
                    let is_other = self.texts && tag.value() != singleton::none() && !str::is_str(tag.value());
                    if is_other && self.open.borrow().is_empty() {
                        return Ok(None);
                    }
                    if !is_other {
                        self.open.borrow_mut().push((element.clone(), 0));
                    }
                    if !self.texts {
                        let matches = match &self.tag {
                            Some(tag) => has_tag(cx, &element, tag.value())?,
                            None => true,
                        };
                        if matches {
                            return Ok(Some(element));
                        }
                        continue;
                    }
                    if is_other { found.tail.get() } else { found.text.get() }
                }
                // What is behind the outermost element is none of its texts.
                Step::End(element) if self.texts && !self.open.borrow().is_empty() => {
                    element_of(element.value()).and_then(|element| element.tail.get())
                }
                Step::End(_) => continue,
            };
            if let Some(text) = text
                && convert::truth(cx, text.value())?
            {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}
