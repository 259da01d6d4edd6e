//! Where the items of a view are: shape, strides, and the parts that subscripts select.

use super::unsupported;
use sidewinder_runtime::objects::slice::{SliceObject, Span};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Result, Value};

/// Dimensions that a view has at most.
pub const DIMENSIONS_MAX: usize = 64;

/// The places of items, in bytes from the start of the memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Geometry {
    pub item_size: usize,
    /// Items in each dimension.
    pub shape: Vec<isize>,
    /// Bytes from one item to the next in each dimension.
    pub strides: Vec<isize>,
    /// The place of the first item.
    pub start: isize,
}

/// What a subscript selects.
pub enum Selection {
    Item(isize),
    Part(Geometry),
}

impl Geometry {
    pub fn new(item_size: usize, shape: Vec<isize>, strides: Vec<isize>) -> Geometry {
        Geometry { item_size, shape, strides, start: 0 }
    }

    /// A row of items in so many bytes.
    pub fn row(item_size: usize, bytes: usize) -> Geometry {
        let items = bytes.checked_div(item_size).unwrap_or(0);
        Geometry::new(item_size, vec![items as isize], vec![item_size as isize])
    }

    /// Items next to each other, the last index varying fastest.
    pub fn packed(item_size: usize, shape: Vec<isize>) -> Geometry {
        let mut strides = vec![0; shape.len()];
        let mut stride = item_size as isize;
        for dimension in (0..shape.len()).rev() {
            strides[dimension] = stride;
            stride *= shape[dimension];
        }
        Geometry::new(item_size, shape, strides)
    }

    pub fn len_bytes(&self) -> usize {
        self.shape.iter().product::<isize>() as usize * self.item_size
    }

    /// Whether the items lie next to each other; with the first index varying fastest, if `fortran`.
    pub fn is_contiguous(&self, fortran: bool) -> bool {
        if self.shape.contains(&0) {
            return true;
        }
        let mut stride = self.item_size as isize;
        let matches = |dimension: usize, stride: &mut isize| {
            let fits = self.shape[dimension] == 1 || self.strides[dimension] == *stride;
            *stride *= self.shape[dimension];
            fits
        };
        if fortran {
            (0..self.shape.len()).all(|dimension| matches(dimension, &mut stride))
        } else {
            (0..self.shape.len()).rev().all(|dimension| matches(dimension, &mut stride))
        }
    }

    /// The places of all items, the last index varying fastest; the first, if `fortran`.
    pub fn offsets(&self, fortran: bool) -> Vec<isize> {
        let dimensions: Vec<usize> =
            if fortran { (0..self.shape.len()).rev().collect() } else { (0..self.shape.len()).collect() };
        let mut offsets = vec![self.start];
        for dimension in dimensions {
            let (length, stride) = (self.shape[dimension], self.strides[dimension]);
            offsets =
                offsets.into_iter().flat_map(|offset| (0..length).map(move |index| offset + index * stride)).collect();
        }
        offsets
    }

    /// The place of an index in a dimension.
    fn place(&self, cx: &mut Context, dimension: usize, key: Value) -> Result<isize> {
        let length = self.shape[dimension];
        let index = convert::index_i64(cx, key)? as isize;
        let place = if index < 0 { index + length } else { index };
        if place < 0 || place >= length {
            return Err(cx.index_error(format!("index out of bounds on dimension {}", dimension + 1)));
        }
        Ok(place * self.strides[dimension])
    }

    /// What a subscript selects.
    pub fn select(&self, cx: &mut Context, key: Value) -> Result<Selection> {
        let dimensions = self.shape.len();
        if dimensions == 0 {
            return match key.cast::<TupleObject>() {
                Some(tuple) if tuple.is_empty() => Ok(Selection::Item(self.start)),
                _ => Err(cx.type_error("invalid indexing of 0-dim memory")),
            };
        }
        if convert::is_index(Some(key)) {
            if dimensions > 1 {
                return Err(unsupported(cx, "multi-dimensional sub-views are not implemented"));
            }
            return Ok(Selection::Item(self.start + self.place(cx, 0, key)?));
        }
        if let Some(slice) = key.cast::<SliceObject>() {
            let Span { start, step, count, .. } = slice.unpack(cx)?.adjust(self.shape[0] as usize);
            let mut part = self.clone();
            part.start += if count > 0 { start * self.strides[0] } else { 0 };
            part.shape[0] = count as isize;
            part.strides[0] *= step;
            return Ok(Selection::Part(part));
        }
        let Some(keys) = key.cast::<TupleObject>().map(|tuple| tuple.as_slice().to_vec()) else {
            return Err(cx.type_error("memoryview: invalid slice key"));
        };
        if !keys.iter().all(|key| convert::is_index(Some(*key))) {
            if keys.iter().all(|key| key.cast::<SliceObject>().is_some()) && !keys.is_empty() {
                return Err(unsupported(cx, "multi-dimensional slicing is not implemented"));
            }
            return Err(cx.type_error("memoryview: invalid slice key"));
        }
        if keys.len() < dimensions {
            return Err(unsupported(cx, "sub-views are not implemented"));
        }
        if keys.len() > dimensions {
            let given = keys.len();
            return Err(cx.type_error(format!("cannot index {dimensions}-dimension view with {given}-element tuple")));
        }
        let mut offset = self.start;
        for (dimension, key) in keys.into_iter().enumerate() {
            offset += self.place(cx, dimension, key)?;
        }
        Ok(Selection::Item(offset))
    }
}
