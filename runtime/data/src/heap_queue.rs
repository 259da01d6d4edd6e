//! The module `_heapq`: priority queues in lists (Modules/_heapqmodule.c), smallest first or largest first.
//!
//! Comparisons may run Python code, which may change the list: items are copied out before, and a list whose length
//! changed is an error.

use sidewinder_macros::native_module;
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::operations::compare;
use sidewinder_runtime::{Context, Owned, Result};

/// Which of two items belongs further up.
#[derive(Clone, Copy)]
enum Order {
    Smallest,
    Largest,
}

impl Order {
    /// Whether `a` belongs above `b`.
    fn above(self, cx: &mut Context, a: &Owned, b: &Owned) -> Result<bool> {
        let (a, b) = match self {
            Order::Smallest => (a.value(), b.value()),
            Order::Largest => (b.value(), a.value()),
        };
        compare::truth(cx, CompareOp::Less, a, b)
    }
}

/// Queues in lists.
#[native_module("_heapq")]
mod rows {
    use super::*;

    /// Adds an item to a queue whose smallest item is first.
    #[function]
    fn heappush(cx: &mut Context, heap: &ListObject, item: Owned) -> Result<()> {
        push(cx, heap, item, Order::Smallest)
    }

    /// Takes the smallest item.
    #[function]
    fn heappop(cx: &mut Context, heap: &ListObject) -> Result<Owned> {
        pop(cx, heap, Order::Smallest)
    }

    /// Takes the smallest item, and adds another one.
    #[function]
    fn heapreplace(cx: &mut Context, heap: &ListObject, item: Owned) -> Result<Owned> {
        replace(cx, heap, item, Order::Smallest)
    }

    /// Adds an item, and takes the smallest one then.
    #[function]
    fn heappushpop(cx: &mut Context, heap: &ListObject, item: Owned) -> Result<Owned> {
        push_pop(cx, heap, item, Order::Smallest)
    }

    /// Makes a queue of a list, whose smallest item is first.
    #[function]
    fn heapify(cx: &mut Context, heap: &ListObject) -> Result<()> {
        super::heapify(cx, heap, Order::Smallest)
    }

    /// Adds an item to a queue whose largest item is first.
    #[function]
    fn heappush_max(cx: &mut Context, heap: &ListObject, item: Owned) -> Result<()> {
        push(cx, heap, item, Order::Largest)
    }

    /// Takes the largest item.
    #[function]
    fn heappop_max(cx: &mut Context, heap: &ListObject) -> Result<Owned> {
        pop(cx, heap, Order::Largest)
    }

    /// Takes the largest item, and adds another one.
    #[function]
    fn heapreplace_max(cx: &mut Context, heap: &ListObject, item: Owned) -> Result<Owned> {
        replace(cx, heap, item, Order::Largest)
    }

    /// Adds an item, and takes the largest one then.
    #[function]
    fn heappushpop_max(cx: &mut Context, heap: &ListObject, item: Owned) -> Result<Owned> {
        push_pop(cx, heap, item, Order::Largest)
    }

    /// Makes a queue of a list, whose largest item is first.
    #[function]
    fn heapify_max(cx: &mut Context, heap: &ListObject) -> Result<()> {
        super::heapify(cx, heap, Order::Largest)
    }
}

/// The item at a position, and an error if the list is no longer as long.
fn item(cx: &mut Context, heap: &ListObject, position: usize, length: usize) -> Result<Owned> {
    match heap.get(position).map(Owned::new) {
        Some(item) if heap.len() == length => Ok(item),
        _ => Err(cx.raise(&RUNTIME_ERROR, "list changed size during iteration")),
    }
}

fn swap(heap: &ListObject, (a, at_a): (usize, Owned), (b, at_b): (usize, Owned)) {
    let gone = (heap.replace(a, at_b), heap.replace(b, at_a));
    drop(gone);
}

/// Moves the item at `position` up to where it belongs, not above `start`.
fn sift_down(cx: &mut Context, heap: &ListObject, start: usize, position: usize, order: Order) -> Result<()> {
    let length = heap.len();
    let mut position = position;
    while position > start {
        let parent = (position - 1) >> 1;
        let (above, own) = (item(cx, heap, parent, length)?, item(cx, heap, position, length)?);
        let moves = order.above(cx, &own, &above)?;
        if heap.len() != length {
            return Err(cx.raise(&RUNTIME_ERROR, "list changed size during iteration"));
        }
        if !moves {
            break;
        }
        let (above, own) = (item(cx, heap, parent, length)?, item(cx, heap, position, length)?);
        swap(heap, (parent, above), (position, own));
        position = parent;
    }
    Ok(())
}

/// Moves the better child up until a leaf is reached, then the item from there up again.
fn sift_up(cx: &mut Context, heap: &ListObject, position: usize, order: Order) -> Result<()> {
    let (length, start) = (heap.len(), position);
    let mut position = position;
    let limit = length >> 1;
    while position < limit {
        let mut child = 2 * position + 1;
        if child + 1 < length {
            let (left, right) = (item(cx, heap, child, length)?, item(cx, heap, child + 1, length)?);
            let left_first = order.above(cx, &left, &right)?;
            if heap.len() != length {
                return Err(cx.raise(&RUNTIME_ERROR, "list changed size during iteration"));
            }
            child += usize::from(!left_first);
        }
        let (below, own) = (item(cx, heap, child, length)?, item(cx, heap, position, length)?);
        swap(heap, (position, own), (child, below));
        position = child;
    }
    sift_down(cx, heap, start, position, order)
}

fn push(cx: &mut Context, heap: &ListObject, new: Owned, order: Order) -> Result<()> {
    heap.push(new);
    sift_down(cx, heap, 0, heap.len() - 1, order)
}

fn pop(cx: &mut Context, heap: &ListObject, order: Order) -> Result<Owned> {
    let Some(last) = heap.pop() else { return Err(cx.index_error("index out of range")) };
    if heap.is_empty() {
        return Ok(last);
    }
    let first = heap.replace(0, last);
    sift_up(cx, heap, 0, order)?;
    Ok(first)
}

fn replace(cx: &mut Context, heap: &ListObject, new: Owned, order: Order) -> Result<Owned> {
    if heap.is_empty() {
        return Err(cx.index_error("index out of range"));
    }
    let first = heap.replace(0, new);
    sift_up(cx, heap, 0, order)?;
    Ok(first)
}

fn push_pop(cx: &mut Context, heap: &ListObject, new: Owned, order: Order) -> Result<Owned> {
    let Some(first) = heap.get(0).map(Owned::new) else { return Ok(new) };
    if !order.above(cx, &first, &new)? {
        return Ok(new);
    }
    if heap.is_empty() {
        return Err(cx.index_error("index out of range"));
    }
    let first = heap.replace(0, new);
    sift_up(cx, heap, 0, order)?;
    Ok(first)
}

fn heapify(cx: &mut Context, heap: &ListObject, order: Order) -> Result<()> {
    for position in (0..heap.len() / 2).rev() {
        sift_up(cx, heap, position, order)?;
    }
    Ok(())
}
