//! Making longer strings: concatenation, in place where nobody can see it, repetition and `join`.

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::heap::allocate::{CELL_BYTES_MAX, reallocate_bytes};
use crate::objects::str::units::copy_bytes;
use crate::objects::str::{DATA_BYTES_MAX, DATA_OFFSET, GRAIN, StrObject, cast, check_bytes};
use crate::value::Value;

/// `left + right`; an error unless both are strings.
pub fn concat(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (Some(first), Some(second)) = (cast(left), cast(right)) else { return Err(concat_error(cx, left, right)) };
    if first.is_empty() {
        return Ok(second.to_exact(cx));
    }
    if second.is_empty() {
        return Ok(first.to_exact(cx));
    }
    let kind = first.kind.get().max(second.kind.get());
    let length = first.len() + second.len();
    check_bytes(cx, length * kind as usize)?;
    let result = StrObject::allocate(cx, kind, first.is_ascii() && second.is_ascii(), length);
    // SAFETY: (str 2) the new object has room for both.
    unsafe {
        let middle = append(result.data_mut(), first, kind);
        append(middle, second, kind);
    }
    Ok(Owned::from_raw(Value::from_pointer(result)))
}

/// Writes a string's code points to `target` as units of `kind` bytes; returns the end of what was written.
///
/// # Safety
/// As of `Units::write`.
#[inline(always)]
unsafe fn append(target: *mut u8, string: &StrObject, kind: u8) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe {
        if string.kind.get() == kind {
            let bytes = string.as_bytes();
            copy_bytes(bytes.as_ptr(), target, bytes.len());
            target.add(bytes.len())
        } else {
            string.units().write(target, kind)
        }
    }
}

/// The error of `left + right` when one of them is no string.
#[cold]
pub fn concat_error(cx: &mut Context, left: Value, right: Value) -> crate::context::Raised {
    let (left, right) = (left.type_of().name(), right.type_of().name());
    cx.type_error(format!("can only concatenate {left} (not \"{right}\") to {left}"))
}

/// `left + right` for a caller who gives up `left`. If that was the only reference, the string grows in its own
/// memory, so that repeated appending takes linear time: memory grows by a quarter more than is needed, and a string
/// that must move takes its only reference along.
pub fn concat_in_place(cx: &mut Context, left: Owned, right: Value) -> Result<Owned> {
    let (Some(first), Some(second)) = (cast(left.value()), cast(right)) else {
        return Err(concat_error(cx, left.value(), right));
    };
    let growable = left.value().is_counted()
        && first.header.count == 1
        && first.is_exact()
        && !first.interned.get()
        && second.kind.get() <= first.kind.get()
        && !std::ptr::eq(first, second);
    if !growable {
        return concat(cx, left.value(), right);
    }
    if second.is_empty() {
        return Ok(left);
    }
    let kind = first.kind.get() as usize;
    let old_length = first.len();
    let length = old_length + second.len();
    let result = match length * kind <= first.capacity_bytes() {
        true => left,
        false => grow(cx, left, length * kind)?,
    };
    // SAFETY: (str 3) the only reference is ours, and there is room for the appended units.
    unsafe {
        let object: &StrObject = result.value().cast_unchecked();
        append(object.data_mut().add(old_length * kind), second, kind as u8);
        object.length.set(length);
        object.ascii.set(object.ascii.get() && second.is_ascii());
        object.hash.set(0);
    }
    Ok(result)
}

/// Moves a string with one reference to memory for at least `data_bytes` of data.
#[inline(never)]
fn grow(cx: &mut Context, string: Owned, data_bytes: usize) -> Result<Owned> {
    check_bytes(cx, data_bytes)?;
    // SAFETY: the caller passes an exact string with one reference.
    let object: &StrObject = unsafe { string.value().cast_unchecked() };
    let wanted = (data_bytes + data_bytes / 4).min(DATA_BYTES_MAX).max(data_bytes);
    let old_bytes = object.grains.get() as usize * GRAIN;
    let new_bytes = (DATA_OFFSET + wanted).next_multiple_of(GRAIN);
    let header = string.into_raw().header();
    // SAFETY: (str 2) the object owns `old_bytes`; objects above the cell size come from mimalloc directly, so they
    // can be resized there.
    let moved = unsafe {
        if old_bytes > CELL_BYTES_MAX {
            reallocate_bytes(header as *mut u8, old_bytes, new_bytes) as *mut StrObject
        } else {
            let target = cx.heap.allocate(&crate::objects::str::STR.object, new_bytes, false);
            std::ptr::copy_nonoverlapping(header as *const u8, target as *mut u8, old_bytes);
            cx.heap.free(header, old_bytes, false);
            target as *mut StrObject
        }
    };
    // SAFETY: a valid string at its new place, with the count of one that was copied along.
    unsafe {
        (*moved).grains.set((new_bytes / GRAIN) as u32);
        Ok(Owned::from_raw(Value::from_pointer(moved)))
    }
}

/// `value * count` for a string.
pub fn repeat(cx: &mut Context, value: Value, count: usize) -> Result<Owned> {
    let Some(string) = cast(value) else { return Err(cx.type_error("descriptor '__mul__' requires a 'str' object")) };
    if count == 1 {
        return Ok(string.to_exact(cx));
    }
    if count == 0 || string.is_empty() {
        return Ok(Owned::new(cx.interpreter().interned.empty()));
    }
    let unit_bytes = string.as_bytes().len();
    let Some(bytes) = unit_bytes.checked_mul(count).filter(|bytes| *bytes <= isize::MAX as usize) else {
        return Err(cx.overflow_error("repeated string is too long"));
    };
    check_bytes(cx, bytes)?;
    let result = StrObject::allocate(cx, string.kind.get(), string.is_ascii(), string.len() * count);
    // SAFETY: (str 2) the new object has room for all copies.
    unsafe { fill_repeated(result.data_mut(), string.as_bytes(), bytes) };
    Ok(Owned::from_raw(Value::from_pointer(result)))
}

/// Fills `total` bytes at `target` with copies of `pattern`, doubling what is there.
///
/// # Safety
/// `target` has room for `total` bytes, a multiple of the pattern's length, and does not overlap the pattern.
pub unsafe fn fill_repeated(target: *mut u8, pattern: &[u8], total: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if let [byte] = pattern {
            std::ptr::write_bytes(target, *byte, total);
            return;
        }
        std::ptr::copy_nonoverlapping(pattern.as_ptr(), target, pattern.len());
        let mut filled = pattern.len();
        while filled < total {
            let step = filled.min(total - filled);
            std::ptr::copy_nonoverlapping(target, target.add(filled), step);
            filled += step;
        }
    }
}

/// `separator.join(items)` for items that the caller keeps alive.
pub fn join(cx: &mut Context, separator: Value, items: &[Value]) -> Result<Owned> {
    let Some(separator) = cast(separator) else {
        return Err(cx.type_error("descriptor 'join' requires a 'str' object"));
    };
    let mut kind = if items.len() > 1 { separator.kind.get() } else { 1 };
    let mut ascii = items.len() < 2 || separator.is_ascii();
    let mut length = separator.len() * items.len().saturating_sub(1);
    for (index, item) in items.iter().enumerate() {
        let Some(string) = cast(*item) else {
            let found = item.type_of().name();
            return Err(cx.type_error(format!("sequence item {index}: expected str instance, {found} found")));
        };
        kind = kind.max(string.kind.get());
        ascii &= string.is_ascii();
        length += string.len();
    }
    match items {
        [] => return Ok(Owned::new(cx.interpreter().interned.empty())),
        [only] if only.has_type(&super::STR) => return Ok(Owned::new(*only)),
        _ => {}
    }
    check_bytes(cx, length * kind as usize)?;
    let result = StrObject::allocate(cx, kind, ascii, length);
    let mut target = result.data_mut();
    for (index, item) in items.iter().enumerate() {
        // SAFETY: (str 2) the lengths were summed above, and all items were found to be strings.
        unsafe {
            if index > 0 {
                target = append(target, separator, kind);
            }
            target = append(target, item.cast_unchecked(), kind);
        }
    }
    Ok(result.finished(cx))
}
